import { describe, expect, it } from 'vitest';
import type { Engine } from '../../src/core/engine.js';
import type { Json } from '../../src/core/json.js';
import { systemClock } from '../../src/runtime/clock.js';
import { DurableEngine } from '../../src/runtime/engine.js';
import { Registry } from '../../src/runtime/registry.js';
import { schedule } from '../../src/schedule/language.js';
import { statechart } from '../../src/statechart/language.js';
import { openMemoryStore } from '../../src/store/memory/memory-store.js';
import { openApp } from './open-app.js';

const wait = '10s';

const FIRST: Json = {
  initial: 'open',
  states: { open: { on: { ASK: 'asking' } }, asking: { invoke: { src: 'fetch', onDone: 'done' } }, done: {} },
};
const SECOND: Json = {
  migrate: [{ from: 1, states: { open: 'basket' } }],
  initial: 'basket',
  states: { basket: {}, asking: { invoke: { src: 'fetch', onDone: 'done' } }, done: {} },
};

/** An engine with an order in each version, of which the first may be taken over to the second. */
async function openOrders(handler?: () => Json) {
  const engine: Engine = new DurableEngine({
    store: openMemoryStore(),
    registry: new Registry({
      languages: [statechart, schedule],
      handlers: handler === undefined ? {} : { fetch: async () => handler() },
    }),
    clock: systemClock,
    identity: 'test',
    works: true,
  });
  const publish = (source: Json) => engine.publish({ machine: 'order', language: 'statechart', source });
  await publish(FIRST);
  await engine.create('order', { id: 'a', wait });
  return { ...(await openApp({ engine })), publish };
}

const PATH = '/api/v1/machines/order/migrate';

describe('migrating over HTTP', () => {
  it('tells what would become of instances, and changes nothing', async () => {
    const { engine, publish, post } = await openOrders();
    await publish(SECOND);
    await engine.create('order', { id: 'b', wait });
    const { status, body } = await post(PATH, { dryRun: true });
    expect(status).toBe(200);
    expect(body).toMatchObject({ machine: 'order', to: 2, dryRun: true, seen: 2, current: 1 });
    expect(body.groups).toMatchObject([
      { from: 1, status: 'running', before: 'open', after: 'basket', count: 1, instances: ['a'] },
    ]);
    expect(await engine.read('a')).toMatchObject({ version: 1, value: 'open', revision: 1 });
    await engine.close();
  });

  it('takes instances over, page by page, and once', async () => {
    const { engine, publish, post } = await openOrders();
    for (const id of ['b', 'c']) await engine.create('order', { id, wait });
    await publish(SECOND);
    const seen: string[] = [];
    let after: string | undefined;
    do {
      const { status, body } = await post(PATH, { limit: 2, ...(after === undefined ? {} : { after }) });
      expect(status).toBe(200);
      seen.push(...body.groups.flatMap((group: { instances: string[] }) => group.instances));
      after = body.next;
    } while (after !== undefined);
    expect(seen.sort()).toEqual(['a', 'b', 'c']);
    expect(await engine.read('c')).toMatchObject({ version: 2, value: 'basket', revision: 2 });
    expect((await post(PATH, { instance: 'c' })).body).toMatchObject({ seen: 1, current: 1, groups: [] });
    expect(await engine.read('c')).toMatchObject({ revision: 2 });
    await engine.close();
  });

  it('says of each instance that cannot go why it stays', async () => {
    const { engine, publish, post } = await openOrders();
    await publish(SECOND);
    const { status, body } = await post(PATH, { to: 1, instance: 'a' });
    expect({ status, current: body.current }).toEqual({ status: 200, current: 1 });
    await engine.create('order', { id: 'b', wait });
    const back = await post(PATH, { to: 1, instance: 'b' });
    expect(back.body.groups).toMatchObject([
      { count: 1, problem: { code: 'no-migration' }, instances: ['b'] },
    ]);
    expect(await engine.read('b')).toMatchObject({ version: 2, value: 'basket' });
    await engine.stop('b');
    await engine.send('b', { type: 'ASK' }, { wait });
    const ended = await post(PATH, { to: 1, instance: 'b' });
    expect(ended.body.groups).toMatchObject([{ status: 'stopped', problem: { code: 'ended' } }]);
    await engine.close();
  });

  it('refuses what is not there', async () => {
    const { engine, post } = await openOrders();
    expect(await post('/api/v1/machines/ordr/migrate', {})).toMatchObject({
      status: 404,
      body: { code: 'unknown-machine', problems: [{ hint: 'did you mean "order"?' }] },
    });
    expect(await post('/api/v1/machines/__proto__/migrate', {})).toMatchObject({
      status: 404,
      body: { code: 'unknown-machine' },
    });
    expect(await post(PATH, { to: 7 })).toMatchObject({
      status: 404,
      body: { code: 'unknown-version', problems: [{ hint: 'known: 1', path: '/to' }] },
    });
    expect(await post(PATH, { instance: 'z' })).toMatchObject({
      status: 404,
      body: { code: 'unknown-instance' },
    });
    await engine.close();
  });

  it('refuses a version whose functions are not here', async () => {
    const { engine, post } = await openOrders();
    await engine.publish({ machine: 'order', language: 'statechart', source: SECOND, code: 'v9' });
    expect(await post(PATH, {})).toMatchObject({ status: 409, body: { code: 'missing-code' } });
    await engine.close();
  });

  it.each([
    ['not JSON', '{', ''],
    ['an array', '[]', ''],
    ['a version that is a text', { to: '2' }, '/to'],
    ['a version below one', { from: 0 }, '/from'],
    ['a status that there is not', { status: 'asleep' }, ''],
    ['an unknown member', { dryrun: true }, ''],
    ['a flag that is a text', { dryRun: 'yes' }, '/dryRun'],
    ['a page that is too long', { limit: 1_000_000 }, ''],
    ['a page that none was before', { after: 'nonsense' }, '/after'],
    ['a page of another status', { after: 'failed:a', status: 'running' }, '/after'],
  ])('refuses a body with %s', async (_, body, path) => {
    const { engine, post } = await openOrders();
    const refused = await post(PATH, body);
    expect(refused.status).toBe(400);
    expect(refused.body.problems[0].path).toBe(path);
    await engine.close();
  });
});

describe('redriving over HTTP', () => {
  it('lets a failed instance go on, with what its task was given', async () => {
    let works = false;
    const { engine, post } = await openOrders(() => {
      if (works) return { ok: true };
      throw new Error('away');
    });
    await engine.send('a', { type: 'ASK' }, { wait });
    await expect.poll(async () => (await engine.read('a'))?.status).toBe('failed');
    works = true;
    expect(await post('/api/v1/instances/a/retry', '')).toMatchObject({ status: 200, body: { id: 'a' } });
    await expect.poll(async () => (await engine.read('a'))?.value).toBe('done');
    expect(await post('/api/v1/instances/a/retry', '')).toMatchObject({
      status: 409,
      body: { code: 'not-parked' },
    });
    await engine.close();
  });

  it('refuses to where there is no instance, and a body that says something', async () => {
    const { engine, post } = await openOrders();
    expect((await post('/api/v1/instances/z/retry', '')).status).toBe(404);
    expect((await post('/api/v1/instances/a/retry', { force: true })).status).toBe(400);
    await engine.close();
  });
});
