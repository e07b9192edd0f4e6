import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Engine } from '../../src/core/engine.js';
import { scheduleEndpoints } from '../../src/server/routes/schedules.js';
import { openApp } from './open-app.js';

const PATH = '/api/v1/schedules';
const YEARLY = { cron: '@yearly', start: { machine: 'probe' } };

async function open() {
  const app = await openApp();
  const put = (path: string, body: object, headers: Record<string, string> = {}) =>
    app.call(path, { method: 'PUT', body: JSON.stringify(body), headers });
  const remove = (path: string) => app.call(path, { method: 'DELETE' });
  /** Created, and taken up by the worker. */
  const create = async (name: string, more: object = {}) => {
    const { status } = await app.post(PATH, { name, ...YEARLY, ...more });
    expect(status).toBe(201);
    const path = `${PATH}/${encodeURIComponent(name)}`;
    for (let i = 0; i < 2_000; i++) {
      if ((await app.call(path)).body.value !== null) return path;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    throw new Error(`${name} was never taken up`);
  };
  return { ...app, put, remove, create };
}

describe('schedules over HTTP', () => {
  it('are created, and found where the answer says, by a name that is encoded', async () => {
    const { call, post } = await open();
    const created = await post(PATH, { name: 'a b%ü', ...YEARLY });
    expect(created).toMatchObject({ status: 201, body: { name: 'a b%ü', status: 'running' } });
    const location = created.headers.get('location') ?? '';
    expect(location).toBe(`${PATH}/a%20b%25%C3%BC`);
    expect(await call(location)).toMatchObject({ status: 200, body: { id: 'schedule/a b%ü' } });
  });

  it('show what they do, when they do it next, and what they did', async () => {
    const { call, create, post } = await open();
    const path = await create('report');
    expect((await post(`${path}/trigger?wait=20s`, '')).status).toBe(200);
    const { body } = await call(path);
    expect(body).toMatchObject({
      value: 'active',
      specification: YEARLY,
      counts: { fired: 0, triggered: 1, skipped: 0, missed: 0 },
      running: [{ id: 'schedule/report/2.0/0', triggered: true }],
      recent: [],
    });
    expect(body.next).toMatch(/^\d{4}-01-01T00:00:00\.000Z$/);
    expect((await call(`/api/v1/instances/${encodeURIComponent(body.running[0].id)}`)).status).toBe(200);
  });

  it('are created once: the same again is 200, another under the name 409', async () => {
    const { post } = await open();
    expect((await post(PATH, { name: 'a', ...YEARLY })).status).toBe(201);
    expect(await post(PATH, { name: 'a', ...YEARLY })).toMatchObject({ status: 200, body: { name: 'a' } });
    expect(await post(PATH, { name: 'a', ...YEARLY, cron: '@daily' })).toMatchObject({
      status: 409,
      body: { code: 'conflict' },
    });
  });

  it('are refused with everything that is wrong, and where', async () => {
    const { call, post, put } = await open();
    const wrong = { evry: '1s', start: { machine: 'a/b' }, limit: 0 };
    const answers = [await post(PATH, { name: 'a', ...wrong }), await put(`${PATH}/a`, wrong)];
    for (const { status, body } of answers) {
      expect({ status, code: body.code }).toEqual({ status: 400, code: 'schedule-invalid' });
      const paths = body.problems.map(({ path }: { path: string }) => path);
      expect(paths.sort()).toEqual(['', '/evry', '/limit', '/start/machine']);
    }
    expect((await call(PATH)).body.items).toEqual([]);
  });

  it('are listed, a page at a time, and are no machine', async () => {
    const { call, create } = await open();
    for (const name of ['a', 'b', 'c']) await create(name);
    const first = await call(`${PATH}?limit=2&status=running`);
    const rest = await call(`${PATH}?limit=2&after=${encodeURIComponent(first.body.next)}`);
    const items = [...first.body.items, ...rest.body.items];
    expect(items.map(({ name }) => name).sort()).toEqual(['a', 'b', 'c']);
    expect(items[0]).toMatchObject({ value: 'active', counts: { fired: 0 }, next: expect.any(String) });
    expect((await call(`${PATH}?status=stopped`)).body.items).toEqual([]);
    const machines = (await call('/api/v1/machines')).body.items;
    expect(machines.map(({ machine }: { machine: string }) => machine)).toEqual(['probe']);
  });

  it('are created by PUT, and updated where they are there', async () => {
    const { call, put } = await open();
    const path = `${PATH}/a`;
    expect(await put(path, YEARLY)).toMatchObject({ status: 201, body: { name: 'a' } });
    const daily = { ...YEARLY, cron: '@daily' };
    expect((await put(path, daily)).status).toBe(202);
    // As it was created, which is not as it stands.
    const back = await put(`${path}?wait=20s`, { ...YEARLY, cron: '@weekly' });
    expect(back).toMatchObject({ status: 200, body: { applied: { outcome: { kind: 'applied' } } } });
    expect((await put(`${path}?wait=20s`, YEARLY)).status).toBe(200);
    expect((await call(path)).body.specification).toEqual(YEARLY);
  });

  it('are paused with a note, and resumed', async () => {
    const { call, create, post } = await open();
    const path = await create('a');
    await post(`${path}/pause?wait=20s`, { note: 'stocktaking' });
    expect((await call(path)).body).toMatchObject({ value: 'paused', note: 'stocktaking', next: null });
    const again = await post(`${path}/pause?wait=20s`, '');
    expect(again).toMatchObject({ status: 200, body: { applied: { outcome: { kind: 'ignored' } } } });
    expect((await post(`${path}/resume?wait=20s`, {})).status).toBe(200);
    expect((await call(path)).body).toMatchObject({ value: 'active', next: expect.any(String) });
  });

  it('leave a time out, once for the same Idempotency-Key', async () => {
    const { call, create, post } = await open();
    const path = await create('a');
    const { next } = (await call(path)).body;
    for (const duplicate of [false, true]) {
      const skipped = await post(`${path}/skip?wait=20s`, '', { 'idempotency-key': 'k' });
      expect(skipped).toMatchObject({ status: 200, body: { id: 'k', duplicate } });
    }
    const { body } = await call(path);
    expect(body.counts.skipped).toBe(1);
    expect(Number(body.next.slice(0, 4))).toBe(Number(next.slice(0, 4)) + 1);
  });

  it('are stopped by DELETE, and told nothing after that', async () => {
    const { call, create, post, put, remove } = await open();
    const path = await create('a');
    expect(await remove(path)).toMatchObject({ status: 202, body: { instance: 'schedule/a' } });
    for (let i = 0; i < 2_000 && (await call(path)).body.status === 'running'; i++) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect((await call(path)).body).toMatchObject({ status: 'stopped', value: 'finished', next: null });
    for (const answer of [await post(`${path}/trigger`, ''), await put(path, YEARLY)]) {
      expect(answer).toMatchObject({ status: 409, body: { code: 'ended' } });
    }
  });

  it('have a history', async () => {
    const { call, create } = await open();
    const path = await create('a');
    const { body } = await call(`${path}/history?limit=1`);
    expect(body.items).toMatchObject([{ instance: 'schedule/a', type: 'ScheduleCreated' }]);
  });
});

describe('a request about schedules that is wrong', () => {
  it.each([
    ['POST', '', {}, 400, 'invalid-request'],
    ['POST', '', { name: 1, ...YEARLY }, 400, 'invalid-request'],
    ['POST', '', { name: 'a/b', ...YEARLY }, 400, 'invalid-id'],
    ['POST', '', { name: '..', ...YEARLY }, 400, 'invalid-id'],
    ['POST', '?wait=1s', { name: 'a', ...YEARLY }, 400, 'invalid-request'],
    ['GET', '?machine=probe', undefined, 400, 'invalid-request'],
    ['GET', '?status=active', undefined, 400, 'invalid-request'],
    ['PUT', '/a%2Fb', YEARLY, 400, 'invalid-id'],
    ['PUT', '/a', { name: 'a', ...YEARLY }, 400, 'schedule-invalid'],
    ['PUT', '/a', { ...YEARLY, start: { machine: 'x'.repeat(70_000) } }, 413, 'payload-too-large'],
    ['POST', '/there/pause', { note: 1 }, 400, 'invalid-request'],
    ['POST', '/there/trigger', { note: 'now' }, 400, 'invalid-request'],
    ['POST', '/there/skip?wait=61s', {}, 400, 'invalid-request'],
    ['GET', '/nobody', undefined, 404, 'unknown-schedule'],
    ['GET', '/nobody/history', undefined, 404, 'unknown-schedule'],
    ['DELETE', '/nobody', undefined, 404, 'unknown-schedule'],
    ['POST', '/nobody/trigger', {}, 404, 'unknown-schedule'],
    ['GET', '/there%2F2.0%2F0', undefined, 404, 'unknown-schedule'],
    ['DELETE', '/there%2F2.0%2F0', undefined, 404, 'unknown-schedule'],
    ['POST', '/there/stop', {}, 404, 'unknown-route'],
    ['PATCH', '/there', {}, 405, 'method-not-allowed'],
    ['GET', '/there/pause', undefined, 405, 'method-not-allowed'],
  ])('%s %s %j is answered with %i %s', async (method, path, body, status, code) => {
    const { call, create, post } = await open();
    const there = await create('there');
    await post(`${there}/trigger?wait=20s`, '');
    const init = body === undefined ? { method } : { method, body: JSON.stringify(body) };
    expect(await call(PATH + path, init)).toMatchObject({ status, body: { code, status } });
  });

  it('is told which methods are allowed', async () => {
    const { call } = await open();
    const allowed = async (path: string) =>
      (await call(PATH + path, { method: 'PATCH' })).headers.get('allow');
    expect(await allowed('')).toBe('GET, HEAD, POST');
    expect(await allowed('/a')).toBe('GET, HEAD, PUT, DELETE');
    expect(await allowed('/a/skip')).toBe('POST');
  });

  it('is refused for the machine of schedules as for any that is reserved', async () => {
    const { create, post } = await open();
    await create('there');
    const created = await post('/api/v1/instances', {
      machine: 'detent/schedule',
      id: 'mine',
      input: YEARLY,
    });
    expect(created).toMatchObject({ status: 400, body: { code: 'reserved' } });
  });
});

describe('docs/schedules.md', () => {
  it('has every request that there is', () => {
    const text = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'schedules.md'), 'utf8');
    const told = [...text.matchAll(/^\| `([A-Z]+) (\/[^`?]*)/gm)].map(
      ([, method, path]) => `${method} ${path}`,
    );
    const served = scheduleEndpoints({} as Engine).flatMap(({ path, ...methods }) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replace(':name', '{name}')}`),
    );
    expect(told.sort()).toEqual(served.sort());
  });
});
