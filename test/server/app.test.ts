import { describe, expect, it } from 'vitest';
import type { Engine } from '../../src/core/engine.js';
import { MAX_PAYLOAD_BYTES } from '../../src/core/limits.js';
import { Refused } from '../../src/core/problem.js';
import { MAX_BODY_BYTES, MAX_WAIT_MS } from '../../src/server/request.js';
import { openApp, openProbe } from './open-app.js';

describe('instances over HTTP', () => {
  it('are created, and found where the answer says', async () => {
    const { call, post } = await openApp();
    const created = await post('/api/v1/instances', { machine: 'probe', id: 'a b%', input: { n: 1 } });
    expect(created).toMatchObject({ status: 201, body: { id: 'a b%', machine: 'probe', status: 'running' } });
    const location = created.headers.get('location') ?? '';
    expect(location).toBe('/api/v1/instances/a%20b%25');
    expect(await call(location)).toMatchObject({ status: 200, body: { id: 'a b%', version: 1 } });
  });

  it('are shown as they stood', async () => {
    const { engine, call } = await openApp();
    await engine.create('probe', { id: 'a', wait: '10s' });
    await engine.send('a', { type: 'GO', data: [{ timer: 60_000 }] }, { wait: '10s' });
    const at = (revision: string) => call(`/api/v1/instances/a?revision=${revision}`);
    expect((await at('1')).body).toMatchObject({ revision: 1, context: { pending: [] } });
    expect((await at('2')).body).toMatchObject({ revision: 2, context: { pending: [{ kind: 'timer' }] } });
    expect(await at('3')).toMatchObject({ status: 404, body: { code: 'unknown-revision' } });
    for (const wrong of ['0', '-1', '1e3', 'x', '']) expect((await at(wrong)).status).toBe(400);
  });

  it('are created once for each Idempotency-Key, which is the id of what has no other', async () => {
    const { call, post } = await openApp();
    const key = { 'idempotency-key': 'k1' };
    const body = { machine: 'probe', input: [{ timer: 60_000 }] };
    for (let time = 0; time < 2; time++) {
      expect(await post('/api/v1/instances?wait=5s', body, key)).toMatchObject({
        status: 201,
        body: { id: 'k1', revision: 1 },
      });
    }
    expect((await post('/api/v1/instances', { machine: 'probe' }, key)).status).toBe(409);
    expect((await post('/api/v1/instances', { machine: 'probe', id: 'k2' }, key)).status).toBe(400);
    expect((await call('/api/v1/instances')).body.items).toHaveLength(1);
  });

  it('get an id of their own if none is given', async () => {
    const { post } = await openApp();
    const { body } = await post('/api/v1/instances', { machine: 'probe' });
    expect(body.id).toMatch(/./);
  });

  it('have started where the caller waited', async () => {
    const { post } = await openApp();
    const { body } = await post('/api/v1/instances?wait=10s', { machine: 'probe' });
    expect(body).toMatchObject({ revision: 1, value: 'probing' });
  });

  it('are the same for the same request, and a conflict for another', async () => {
    const { post } = await openApp();
    const path = '/api/v1/instances';
    expect((await post(path, { machine: 'probe', id: 'a', input: 1 })).status).toBe(201);
    expect((await post(path, { machine: 'probe', id: 'a', input: 1 })).status).toBe(201);
    expect(await post(path, { machine: 'probe', id: 'a', input: 2 })).toMatchObject({
      status: 409,
      body: { code: 'conflict', status: 409, title: 'Conflict', type: 'about:blank' },
    });
  });

  it('are listed by machine and status, a page at a time', async () => {
    const { call, post } = await openApp();
    for (const id of ['a', 'b', 'c']) await post('/api/v1/instances', { machine: 'probe', id });
    const first = await call('/api/v1/instances?machine=probe&status=running&limit=2');
    expect(first.body.items).toHaveLength(2);
    const rest = await call(`/api/v1/instances?limit=2&after=${encodeURIComponent(first.body.next)}`);
    const ids = [...first.body.items, ...rest.body.items].map(({ id }: { id: string }) => id);
    expect(ids.sort()).toEqual(['a', 'b', 'c']);
    expect(rest.body.next).toBeUndefined();
    expect((await call('/api/v1/instances?status=failed')).body).toEqual({ items: [] });
    expect((await call('/api/v1/instances?parked=true')).body).toEqual({ items: [] });
  });

  it('are told to stop', async () => {
    const { call, post } = await openApp();
    await post('/api/v1/instances?wait=10s', { machine: 'probe', id: 'a' });
    const stopped = await post('/api/v1/instances/a/stop', { cause: 'no longer wanted' });
    expect(stopped).toMatchObject({ status: 202, body: { instance: 'a' } });
    await post('/api/v1/instances/a/events?wait=10s', { type: 'AFTER' });
    const { items } = (await call('/api/v1/instances/a/history')).body;
    expect(items.map(({ data }: { data: object }) => data)).toContainEqual({ event: 'stop' });
  });

  it('cannot be retried while nothing holds them', async () => {
    const { post } = await openApp();
    await post('/api/v1/instances', { machine: 'probe', id: 'a' });
    expect(await post('/api/v1/instances/a/retry', '')).toMatchObject({
      status: 409,
      body: { code: 'not-parked' },
    });
  });
});

describe('events over HTTP', () => {
  it('are accepted, and applied where the caller waits', async () => {
    const { post } = await openApp();
    await post('/api/v1/instances', { machine: 'probe', id: 'a' });
    const sent = await post('/api/v1/instances/a/events', { type: 'GO', data: [], id: 'e1' });
    expect(sent).toMatchObject({ status: 202, body: { instance: 'a', id: 'e1', duplicate: false } });
    const applied = await post('/api/v1/instances/a/events?wait=10s', { type: 'GO', data: [] });
    expect(applied).toMatchObject({
      status: 200,
      body: { applied: { revision: 3, outcome: { kind: 'applied' } } },
    });
  });

  it('are applied once per id, and the id may stand in Idempotency-Key', async () => {
    const { post } = await openApp();
    await post('/api/v1/instances', { machine: 'probe', id: 'a' });
    const path = '/api/v1/instances/a/events';
    await post(path, { type: 'GO' }, { 'idempotency-key': 'e1' });
    expect((await post(path, { type: 'GO', id: 'e1' })).body).toMatchObject({ id: 'e1', duplicate: true });
    expect(await post(path, { type: 'STOP', id: 'e1' })).toMatchObject({
      status: 409,
      body: { code: 'conflict' },
    });
    expect(await post(path, { type: 'GO', id: 'e2' }, { 'idempotency-key': 'e3' })).toMatchObject({
      status: 400,
    });
  });

  it('create their instance where the call says so', async () => {
    const { call, post } = await openApp();
    const path = '/api/v1/instances/new/events';
    expect(await post(path, { type: 'GO' })).toMatchObject({
      status: 404,
      body: { code: 'unknown-instance' },
    });
    expect((await post(`${path}?create=probe`, { type: 'GO' })).status).toBe(202);
    expect((await call('/api/v1/instances/new')).body.machine).toBe('probe');
  });
});

describe('what is read over HTTP', () => {
  it('has the history of an instance', async () => {
    const { call, post } = await openApp();
    await post('/api/v1/instances?wait=10s', { machine: 'probe', id: 'a' });
    const { body } = await call('/api/v1/instances/a/history?limit=10');
    expect(body.items).toMatchObject([{ instance: 'a', revision: 1, index: 0, type: 'Probed' }]);
  });

  it('has jobs with their input as JSON', async () => {
    const { call, post } = await openApp();
    await post('/api/v1/instances', { machine: 'probe', id: 'a' });
    await post('/api/v1/instances/a/events?wait=10s', {
      type: 'GO',
      data: [{ task: 'pack', input: { n: 1 } }],
    });
    const { body } = await call('/api/v1/jobs?instance=a&status=pending');
    expect(body.items).toMatchObject([{ name: 'pack', input: { n: 1 }, status: 'pending' }]);
    expect((await call('/api/v1/jobs?instance=b')).body.items).toEqual([]);
  });

  it('has the machines', async () => {
    const { call } = await openApp();
    expect((await call('/api/v1/machines')).body.items).toMatchObject([{ machine: 'probe', version: 1 }]);
  });

  it('reaches the instance whose id has a slash', async () => {
    const { call } = await openApp();
    const { body } = await call('/api/v1/instances/order-1%2F3%2F0');
    expect(body.detail).toBe('there is no instance "order-1/3/0"');
  });
});

describe('health over HTTP', () => {
  it('is told to people and to load balancers', async () => {
    const { call } = await openApp();
    expect(await call('/livez')).toMatchObject({ status: 200, body: { status: 'ok' } });
    expect(await call('/readyz')).toMatchObject({ status: 200, body: { status: 'ok' } });
    expect(await call('/health')).toMatchObject({ status: 200, body: { ok: true, instances: 0, parked: 0 } });
  });

  it('is told to load balancers without counting what there is', async () => {
    const engine = await openProbe();
    engine.health = () => Promise.reject(new Error('somebody counted'));
    const { call } = await openApp({ engine });
    expect((await call('/readyz')).status).toBe(200);
  });

  it('is not ready while it drains', async () => {
    const { call } = await openApp({ isDraining: () => true });
    expect((await call('/readyz')).status).toBe(503);
    expect((await call('/livez')).status).toBe(200);
  });

  it('is not ready without its store, and says nothing of the inside', async () => {
    const { call, errors } = await openBroken(new Error('secret path /var/db'));
    expect((await call('/readyz')).status).toBe(503);
    const health = await call('/health');
    expect(health).toMatchObject({ status: 500, body: { code: 'internal' } });
    expect(JSON.stringify(health.body)).not.toContain('secret');
    expect(errors).toHaveLength(1);
  });

  it('tells a store that refuses to work from a request that is refused', async () => {
    const full = new Refused({ code: 'store-full', message: '/var/secret.db cannot grow', path: '' });
    const { call, errors } = await openBroken(full);
    const health = await call('/health');
    expect(health).toMatchObject({ status: 503, body: { code: 'unavailable' } });
    expect(JSON.stringify(health.body)).not.toContain('secret');
    expect(errors).toEqual([full]);
  });
});

/** The API of an engine whose store cannot be asked anything. */
async function openBroken(failure: Error) {
  const engine = await openProbe();
  const errors: unknown[] = [];
  const reject = { value: async () => Promise.reject(failure) };
  const broken: Engine = Object.create(engine, { health: reject, paused: reject });
  const { call } = await openApp({ engine: broken, onError: (error) => errors.push(error) });
  return { call, errors };
}

describe('a request that is wrong', () => {
  it.each([
    ['a body that is not JSON', '{"machine": ', 'not-json'],
    ['a body that is no object', '[1]', 'invalid-request'],
    ['no machine', '{}', 'invalid-request'],
    ['a machine that is no text', '{"machine": 1}', 'invalid-request'],
    ['an id with a slash', '{"machine": "probe", "id": "a/b"}', 'invalid-id'],
    ['an empty id', '{"machine": "probe", "id": ""}', 'invalid-id'],
  ])('is refused with 400: %s', async (_, body, code) => {
    const { post } = await openApp();
    const answer = await post('/api/v1/instances', body);
    expect(answer).toMatchObject({ status: 400, body: { code, status: 400, title: 'Bad Request' } });
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
  });

  it.each([
    '/api/v1/instances?limit=0',
    '/api/v1/instances?limit=1001',
    '/api/v1/instances?limit=ten',
    '/api/v1/instances?status=runing',
    '/api/v1/instances?machin=probe',
    '/api/v1/instances?machine=a&machine=b',
    '/api/v1/jobs?status=done',
  ])('is refused with 400: %s', async (path) => {
    const { call } = await openApp();
    expect((await call(path)).status).toBe(400);
  });

  it('is told what it probably meant', async () => {
    const { call, post } = await openApp();
    const status = await call('/api/v1/instances?status=runing');
    expect(status.body.problems[0].hint).toBe('did you mean "running"?');
    const key = await post('/api/v1/instances', { machine: 'probe', inptu: 1 });
    expect(key).toMatchObject({ status: 400, body: { problems: [{ hint: 'did you mean "input"?' }] } });
  });

  it('is refused if its wait is no duration', async () => {
    const { post } = await openApp();
    expect(await post('/api/v1/instances?wait=soon', { machine: 'probe' })).toMatchObject({ status: 400 });
  });

  it('may wait so long and no longer', async () => {
    const { post } = await openApp();
    const waiting = (ms: number) => post(`/api/v1/instances?wait=${ms}ms`, { machine: 'probe' });
    expect((await waiting(MAX_WAIT_MS)).status).toBe(201);
    expect((await waiting(MAX_WAIT_MS + 1)).status).toBe(400);
  });

  it.each([
    ['/api/v1/instances/nobody', 'unknown-instance'],
    ['/api/v1/instances/nobody/history', 'unknown-instance'],
    ['/api/v1/nothing', 'unknown-route'],
    ['/', 'unknown-route'],
  ])('is answered with 404: %s', async (path, code) => {
    const { call } = await openApp();
    expect(await call(path)).toMatchObject({ status: 404, body: { code } });
  });

  it('is answered with 404 for a machine that nobody published', async () => {
    const { post } = await openApp();
    expect(await post('/api/v1/instances', { machine: 'prob' })).toMatchObject({
      status: 404,
      body: { code: 'unknown-machine', problems: [{ hint: 'did you mean "probe"?' }] },
    });
  });

  it('is answered with 405 for another method, and told which are allowed', async () => {
    const { call } = await openApp();
    const answer = await call('/api/v1/instances', { method: 'DELETE' });
    expect(answer).toMatchObject({ status: 405, body: { code: 'method-not-allowed' } });
    expect(answer.headers.get('allow')).toBe('GET, HEAD, POST');
    expect((await call('/api/v1/instances/a/events')).status).toBe(405);
  });

  it('is refused if it is not UTF-8', async () => {
    const { app } = await openApp();
    const body = new Uint8Array([0x7b, 0xff, 0x7d]);
    const response = await app.request('/api/v1/instances', { method: 'POST', body });
    expect(response.status).toBe(400);
  });
});

describe('a text that no store can hold', () => {
  it('is refused in the path, the query and the body', async () => {
    const { call, post } = await openApp();
    for (const url of ['/api/v1/instances/a%00b', '/api/v1/jobs?instance=%00']) {
      expect(await call(url)).toMatchObject({ status: 400, body: { code: 'invalid-request' } });
    }
    for (const machine of ['a\u0000', '\ud800']) {
      const answer = await post('/api/v1/instances', { machine });
      expect(answer).toMatchObject({ status: 400, body: { problems: [{ path: '/machine' }] } });
    }
  });
});

describe('the size of a request', () => {
  const padded = (bytes: number) => {
    const body = JSON.stringify({ machine: 'probe' });
    return body + ' '.repeat(bytes - body.length);
  };

  it('may reach the limit, and not one byte more', async () => {
    const { post } = await openApp();
    expect((await post('/api/v1/instances', padded(MAX_BODY_BYTES))).status).toBe(201);
    expect(await post('/api/v1/instances', padded(MAX_BODY_BYTES + 1))).toMatchObject({
      status: 413,
      body: { code: 'payload-too-large' },
    });
  });

  it('is counted while it arrives: an endless body is not read to its end', async () => {
    const { app } = await openApp();
    let pulled = 0;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        pulled += 65_536;
        controller.enqueue(new Uint8Array(65_536).fill(0x20));
      },
    });
    const request = new Request('http://localhost/api/v1/instances', {
      method: 'POST',
      body,
      duplex: 'half',
    } as never);
    expect((await app.request(request)).status).toBe(413);
    expect(pulled).toBeLessThan(2 * MAX_BODY_BYTES);
  });

  it('has room for a payload at its own limit, however it is written, which is refused beyond it', async () => {
    const { post } = await openApp();
    const escaped = `"${'\\u00fc'.repeat((MAX_PAYLOAD_BYTES - 2) / 2)}"`;
    expect((await post('/api/v1/instances', `{"machine": "probe", "input": ${escaped}}`)).status).toBe(201);
    const input = 'x'.repeat(MAX_PAYLOAD_BYTES - 2);
    expect((await post('/api/v1/instances', { machine: 'probe', input })).status).toBe(201);
    expect((await post('/api/v1/instances', { machine: 'probe', input: `${input}x` })).status).toBe(413);
  });

  it('is bounded in depth too', async () => {
    const { post } = await openApp();
    const deep = `{"machine": "probe", "input": ${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
    expect(await post('/api/v1/instances', deep)).toMatchObject({ status: 400, body: { code: 'not-json' } });
  });
});

describe('a web page of another site', () => {
  it('cannot make a browser send events', async () => {
    const { call } = await openApp();
    const answer = await call('http://localhost/api/v1/machines', {
      headers: { origin: 'https://elsewhere.example' },
    });
    expect(answer).toMatchObject({ status: 403, body: { code: 'foreign-origin' } });
    expect((await call('http://localhost/livez', { headers: { origin: 'http://localhost' } })).status).toBe(
      200,
    );
  });

  it('cannot reach a local server under a name of its own', async () => {
    const { call } = await openApp({ localOnly: true });
    expect(await call('http://rebound.example/livez')).toMatchObject({
      status: 403,
      body: { code: 'unknown-host' },
    });
    for (const host of ['localhost:4400', '127.0.0.1:4400', '[::1]:4400', 'a.localhost']) {
      expect((await call(`http://${host}/livez`)).status).toBe(200);
    }
  });
});
