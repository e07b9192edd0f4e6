import { describe, expect, it } from 'vitest';
import { listen } from '../../src/server/listen.js';
import { openApp } from './open-app.js';

/** The API of an engine, with one job claimed by a worker out there. */
async function withClaim(job: object = {}) {
  const api = await openApp();
  await api.post('/api/v1/jobs', { name: 'greet', id: 'one', ...job });
  const { body } = await api.post('/api/v1/jobs/claim', { names: ['greet'] });
  expect(body.items).toHaveLength(1);
  const told = (verb: string, members: object = {}) =>
    api.post(`/api/v1/jobs/one/${verb}`, { token: body.items[0].token, ...members });
  return { ...api, told, claimed: body.items[0] };
}

describe('jobs over HTTP', () => {
  it('are enqueued, and found where the answer says', async () => {
    const { call, post } = await openApp();
    const options = { queue: 'mail', priority: 2, delay: '1h', attempts: 7, backoff: { rate: 3 } };
    const created = await post('/api/v1/jobs', { name: 'greet', id: 'a b', input: { n: 1 }, ...options });
    expect(created).toMatchObject({
      status: 201,
      body: { id: 'a b', name: 'greet', status: 'pending', input: { n: 1 }, duplicate: false },
    });
    const location = created.headers.get('location') ?? '';
    expect(location).toBe('/api/v1/jobs/a%20b');
    expect(await call(location)).toMatchObject({
      status: 200,
      body: { queue: 'mail', priority: 2, retry: { attempts: 7, rate: 3 } },
    });
    expect((await call('/api/v1/jobs/none')).body.code).toBe('unknown-job');
  });

  it('are there once for each key, and a conflict for another job under it', async () => {
    const { call, post } = await openApp();
    const key = { 'idempotency-key': 'k1' };
    expect((await post('/api/v1/jobs', { name: 'greet' }, key)).status).toBe(201);
    const again = await post('/api/v1/jobs', { name: 'greet' }, key);
    expect(again).toMatchObject({ status: 200, body: { id: 'k1', duplicate: true } });
    expect(await post('/api/v1/jobs', { name: 'wave' }, key)).toMatchObject({
      status: 409,
      body: { code: 'conflict' },
    });
    expect((await post('/api/v1/jobs', { name: 'greet', id: 'k2' }, key)).body.code).toBe('invalid-request');
    expect((await call('/api/v1/jobs')).body.items).toHaveLength(1);
  });

  it.each([
    [{}, 'invalid-request', '/name'],
    [{ name: 'greet', prio: 1 }, 'invalid-request', ''],
    [{ name: 'greet', priority: '1' }, 'invalid-job', '/priority'],
    [{ name: 'greet', backoff: null }, 'duration', '/backoff/delay'],
    [{ name: 'greet', queue: 7 }, 'invalid-job', '/queue'],
    [{ name: 'greet', id: 'a/b' }, 'invalid-id', '/id'],
  ])('are refused where they are wrong: %j', async (body, code, path) => {
    const { post } = await openApp();
    const answer = await post('/api/v1/jobs', body);
    expect(answer.status).toBe(400);
    expect(answer.body.problems[0]).toMatchObject({ code, path });
  });

  it('are listed by queue, name and status', async () => {
    const { call, post } = await openApp();
    await post('/api/v1/jobs', { name: 'greet', id: 'one', queue: 'mail' });
    await post('/api/v1/jobs', { name: 'wave', id: 'two', queue: 'mail' });
    await post('/api/v1/jobs', { name: 'wave', id: 'three' });
    const ids = async (query: string) =>
      (await call(`/api/v1/jobs?${query}`)).body.items.map(({ id }: { id: string }) => id);
    expect(await ids('queue=mail')).toEqual(['two', 'one']);
    expect(await ids('name=wave&queue=mail&status=pending')).toEqual(['two']);
    expect(await ids('status=failed')).toEqual([]);
  });

  it('are cancelled, and tried again', async () => {
    const { post } = await openApp();
    await post('/api/v1/jobs', { name: 'greet', id: 'one' });
    expect(await post('/api/v1/jobs/one/cancel', '')).toMatchObject({
      status: 200,
      body: { status: 'cancelled' },
    });
    expect(await post('/api/v1/jobs/one/cancel', '')).toMatchObject({
      status: 409,
      body: { code: 'job-state' },
    });
    expect(await post('/api/v1/jobs/one/retry', '')).toMatchObject({
      status: 200,
      body: { status: 'pending' },
    });
    expect((await post('/api/v1/jobs/none/retry', '')).status).toBe(404);
  });

  it('may be called claim', async () => {
    const { call, post } = await openApp();
    expect((await call('/api/v1/jobs/claim')).status).toBe(404);
    await post('/api/v1/jobs', { name: 'greet', id: 'claim' });
    expect((await call('/api/v1/jobs/claim')).body.id).toBe('claim');
  });

  it('of instances are read by an id with slashes, and belong to their instances', async () => {
    const { engine, call, post } = await openApp();
    await engine.create('probe', { id: 'a', wait: '10s' });
    await engine.send('a', { type: 'ASK', data: [{ task: 'greet', input: 1 }] }, { wait: '10s' });
    const [job] = (await call('/api/v1/jobs?instance=a')).body.items;
    const path = `/api/v1/jobs/${encodeURIComponent(job.id)}`;
    expect(job.id).toContain('/');
    expect((await call(path)).body).toEqual(job);
    expect(await post(`${path}/cancel`, '')).toMatchObject({ status: 409, body: { code: 'job-owned' } });
    const { body } = await post('/api/v1/jobs/claim', {});
    const { token } = body.items[0];
    expect(await post(`${path}/complete`, { token, output: 'hello' })).toMatchObject({
      status: 200,
      body: { status: 'completed' },
    });
  });
});

describe('a worker over HTTP', () => {
  it('claims a job with its input and a token, and completes it', async () => {
    const { call, told, claimed } = await withClaim({ input: { to: 'Ada' } });
    expect(claimed).toMatchObject({ id: 'one', input: { to: 'Ada' }, attempts: 1, status: 'processing' });
    expect((await call('/api/v1/jobs/one')).body.token).toBeUndefined();
    const beat = await told('heartbeat', { lease: '1m' });
    expect([beat.status, beat.body]).toEqual([204, undefined]);
    expect(await told('complete', { output: { hello: 'Ada' } })).toMatchObject({
      status: 200,
      body: { status: 'completed', output: { hello: 'Ada' } },
    });
  });

  it('may complete a job again whose answer it lost, which changes nothing; nobody else may', async () => {
    const { post, told } = await withClaim();
    const first = await told('complete', { output: 1 });
    expect(await told('complete', { output: 2 })).toMatchObject({ status: 200, body: first.body });
    const other = await post('/api/v1/jobs/one/complete', { token: 'not-mine', output: 3 });
    expect(other).toMatchObject({ status: 409, body: { code: 'lease-lost' } });
  });

  it('fails a job, to be tried again or for good', async () => {
    const first = await withClaim();
    const failure = { error: 'Dark', cause: 'no power' };
    expect((await first.told('fail', failure)).body).toMatchObject({ status: 'pending', error: 'Dark' });
    const second = await withClaim();
    expect((await second.told('fail', { ...failure, final: true })).body.status).toBe('failed');
    expect(await second.told('fail')).toMatchObject({ status: 400, body: { code: 'invalid-job' } });
  });

  it.each(['heartbeat', 'complete', 'fail'])('shows a token to %s', async (verb) => {
    const { post } = await withClaim();
    const without = await post(`/api/v1/jobs/one/${verb}`, verb === 'fail' ? { error: 'Dark' } : {});
    expect(without.body.problems[0]).toMatchObject({ path: '/token' });
  });

  it('gets nothing where there is nothing, and waits where it asks to', async () => {
    const { call, post } = await openApp();
    expect((await post('/api/v1/jobs/claim', {})).body).toEqual({ items: [] });
    const waiting = post('/api/v1/jobs/claim?wait=30s', { limit: 5, queues: ['mail'] });
    await new Promise((resolve) => setTimeout(resolve, 20));
    await post('/api/v1/jobs', { name: 'greet', id: 'one', queue: 'mail' });
    expect((await waiting).body.items).toMatchObject([{ id: 'one' }]);
    expect((await post('/api/v1/jobs/claim?wait=2m', {})).status).toBe(400);
    expect((await post('/api/v1/jobs/claim', { names: 'greet' })).body.problems[0].path).toBe('/names');
    expect(await call('/api/v1/jobs/claim', { method: 'DELETE' })).toMatchObject({ status: 405 });
  });
});

describe('a worker that hangs up', () => {
  it('is handed nothing that it was waiting for', async () => {
    const { app, call, engine } = await openApp();
    const server = await listen({ app, port: 0 });
    try {
      let waits = 0;
      const claimJobs = engine.claimJobs.bind(engine);
      engine.claimJobs = (options) => {
        waits += 1;
        return claimJobs(options).finally(() => {
          waits -= 1;
        });
      };
      const gone = new AbortController();
      const { signal } = gone;
      const waiting = fetch(`${server.url}/api/v1/jobs/claim?wait=60s`, {
        method: 'POST',
        body: '{}',
        signal,
      });
      const hungUp = waiting.catch((error: Error) => error.name);
      while (waits === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      gone.abort();
      expect(await hungUp).toBe('AbortError');
      while (waits > 0) await new Promise((resolve) => setTimeout(resolve, 5));
      await engine.enqueue('greet', { id: 'one' });
      expect((await call('/api/v1/jobs/one')).body).toMatchObject({ status: 'pending', attempts: 0 });
    } finally {
      await server.close();
    }
  });
});

describe('queues over HTTP', () => {
  it('are counted, paused, resumed and limited', async () => {
    const { call, post } = await openApp();
    await post('/api/v1/jobs', { name: 'greet', queue: 'mail' });
    const put = (body: object) => call('/api/v1/queues/mail', { method: 'PUT', body: JSON.stringify(body) });
    expect(await put({ concurrency: 3 })).toMatchObject({
      status: 200,
      body: { queue: 'mail', concurrency: 3 },
    });
    expect((await post('/api/v1/queues/mail/pause', '')).body).toEqual({ queue: 'mail', paused: true });
    expect((await call('/api/v1/queues')).body).toMatchObject({
      items: [{ queue: 'mail', paused: true, concurrency: 3, pending: 1 }],
    });
    expect((await post('/api/v1/jobs/claim', {})).body.items).toEqual([]);
    expect((await post('/api/v1/queues/mail/resume', '')).body).toEqual({ queue: 'mail', paused: false });
    expect((await put({ concurrency: null })).body).toEqual({ queue: 'mail', concurrency: null });
    expect((await call('/api/v1/queues')).body.items[0].concurrency).toBeUndefined();
    expect((await put({})).body.problems[0].path).toBe('/concurrency');
    expect((await put({ concurrency: 0 })).body.code).toBe('invalid-job');
    expect((await put({ concurrency: 'many' })).body.code).toBe('invalid-job');
  });
});
