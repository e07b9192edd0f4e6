import { afterEach, describe, expect, it } from 'vitest';
import type { Definition } from '../../src/core/definition.js';
import type { Engine } from '../../src/core/engine.js';
import type { MigrateEvent } from '../../src/core/event.js';
import { refold, type Standing, UNBORN } from '../../src/core/fold.js';
import type { Json } from '../../src/core/json.js';
import type { Implementations } from '../../src/core/language.js';
import { systemClock } from '../../src/runtime/clock.js';
import { DurableEngine } from '../../src/runtime/engine.js';
import { Registry } from '../../src/runtime/registry.js';
import { statechart } from '../../src/statechart/language.js';
import { openMemoryStore } from '../../src/store/memory/memory-store.js';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.js';
import type { Store } from '../../src/store/store.js';
import { freshPath } from '../store/sqlite-folder.js';

const first: Json = {
  id: 'order',
  context: { n: 0 },
  initial: 'open',
  states: {
    open: {
      timeout: '1h',
      onTimeout: 'late',
      on: { ADD: { assign: { n: '{% context.n + 1 %}' } }, WORK: 'working', GO: 'gone' },
    },
    working: { invoke: { src: 'work', input: '{% context.n %}', onDone: 'open' } },
    late: {},
    gone: {},
    over: { type: 'final' },
  },
};

const second: Json = {
  id: 'order',
  context: { n: 0 },
  initial: 'filling',
  migrate: [{ from: 1, states: { open: 'filling', late: 'filling' }, context: { total: '{% context.n %}' } }],
  states: {
    filling: {
      timeout: '1h',
      onTimeout: 'filling',
      on: { ADD: { assign: { n: '{% context.n + 1 %}', twice: '{% 2 * context.n + 2 %}' } } },
    },
    working: { invoke: { src: 'work', onDone: 'filling', onError: 'filling' } },
  },
};

const engines: Engine[] = [];
let store: Store;

/** A process on the one store, which outlives it. */
function open(works: boolean, implementations: Record<string, Implementations> = {}, handlers = {}): Engine {
  const lasting = new Proxy(store, {
    get: (target, key) => {
      if (key === 'close') return async () => {};
      const value: unknown = Reflect.get(target, key);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  const registry = new Registry({ languages: [statechart], implementations, handlers });
  const engine = new DurableEngine({
    ...{ store: lasting, registry, clock: systemClock, works },
    identity: `worker:${process.pid}:0:${engines.length}`,
  });
  engines.push(engine);
  return engine;
}

async function publish(engine: Engine, source: Json, code?: string): Promise<Definition> {
  const given = { machine: 'order', language: 'statechart', source };
  return engine.publish(code === undefined ? given : { ...given, code });
}

async function until<T>(ask: () => Promise<T | undefined>): Promise<T> {
  for (let i = 0; i < 500; i++) {
    const found = await ask();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error('it never came to that');
}

/** What the journal folds to, with whichever definition was in force. */
async function refolded(id: string): Promise<Standing> {
  const entries = (await store.journal(id, { limit: 1_000 })).items;
  const moves = entries.flatMap(({ event }) => {
    const body = JSON.parse(event) as MigrateEvent;
    return body.type === 'migrate' ? [body] : [];
  });
  const current = (await store.read(id))?.instance.definition ?? '';
  let definition = (await store.definition(moves[0]?.from.definition ?? current)) as Definition;
  let standing = UNBORN;
  for (const entry of entries) {
    const body = JSON.parse(entry.event) as MigrateEvent;
    const from = definition;
    if (body.type === 'migrate') definition = (await store.definition(body.to.definition)) as Definition;
    const step = refold(statechart, statechart.compile(definition.source), standing, entry, from);
    expect(step.outcome).toEqual(entry.outcome);
    standing = { status: step.status, state: step.state };
  }
  return standing;
}

afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.close();
  await store.close();
});

describe.each([
  ['memory', () => Promise.resolve(openMemoryStore())],
  ['SQLite', () => openSqliteStore({ path: freshPath() })],
])('a migration of live instances (%s)', (_, openStore) => {
  async function started(): Promise<Engine> {
    store = await openStore();
    const engine = open(true, {}, { work: () => new Promise(() => {}) });
    await publish(engine, first);
    for (const id of ['a', 'b', 'c', 'd']) await engine.create('order', { id, wait: '5s' });
    await engine.send('b', { type: 'WORK' }, { wait: '5s' });
    await engine.send('c', { type: 'GO' }, { wait: '5s' });
    await engine.send('d', { type: 'ADD' }, { wait: '5s' });
    return engine;
  }

  it('is told beforehand, by state, with what they wait for, and changes nothing then', async () => {
    const engine = await started();
    await publish(engine, second);
    const report = await engine.migrate('order', { dryRun: true, status: 'running' });
    expect(report).toMatchObject({ machine: 'order', to: 2, dryRun: true, seen: 4, current: 0 });
    const groups = report.groups.toSorted((a, b) => (a.before < b.before ? -1 : 1));
    const none = { timers: 0, tasks: 0, machines: 0 };
    expect(groups).toMatchObject([
      { before: 'gone', count: 1, problem: { code: 'unmapped-state' }, instances: ['c'], kept: 0 },
      { before: 'open', after: 'filling', count: 2, kept: 2, cancelled: none, started: none },
      { before: 'working', after: 'working', count: 1, kept: 1, cancelled: none, started: none },
    ]);
    expect((await store.read('a'))?.instance).toMatchObject({ revision: 1 });
    expect((await store.journal('a', {})).items).toHaveLength(1);
  });

  it('takes them over once, leaves those that cannot go as they were, and both versions run side by side', async () => {
    const engine = await started();
    const before = (await store.read('c'))?.instance;
    await publish(engine, second);
    await engine.migrate('order');
    expect(await engine.read('a')).toMatchObject({
      version: 2,
      value: 'filling',
      context: { n: 0, total: 0 },
    });
    expect(await engine.read('d')).toMatchObject({ version: 2, context: { n: 1, total: 1 }, revision: 3 });
    expect((await store.read('c'))?.instance).toEqual(before);
    const again = await engine.migrate('order', { status: 'running' });
    expect(again).toMatchObject({ seen: 4, current: 3 });
    expect((await store.read('a'))?.instance.revision).toBe(2);

    const onSecond = await engine.send('a', { type: 'ADD' }, { wait: '5s' });
    expect(onSecond.applied?.outcome.kind).toBe('applied');
    expect(await engine.read('a')).toMatchObject({ context: { n: 1, twice: 2 } });
    await engine.create('order', { id: 'e', wait: '5s' });
    expect(await engine.read('e')).toMatchObject({ version: 2, value: 'filling' });
    expect(await engine.read('c')).toMatchObject({ version: 1, value: 'gone' });
    for (const id of ['a', 'b', 'c', 'd']) {
      const { status, state } = (await store.read(id))?.instance ?? {};
      expect(await refolded(id)).toEqual({ status, state: JSON.parse(state ?? '') });
    }
    const history = (await engine.history('a')).items.map(({ type }) => type);
    expect(history).toContain('InstanceMigrated');
  });

  it('loses no event that comes meanwhile', async () => {
    const engine = await started();
    await publish(engine, second);
    const sends = Array.from({ length: 40 }, (_, n) => engine.send('a', { type: 'ADD', id: `e${n}` }));
    const migrated = engine.migrate('order', { instance: 'a' });
    const later = Array.from({ length: 40 }, (_, n) => engine.send('a', { type: 'ADD', id: `f${n}` }));
    await Promise.all([...sends, migrated, ...later]);
    await engine.migrate('order', { instance: 'a' });
    const view = await until(async () => {
      const read = await engine.read('a');
      return (read?.context as { n?: number } | undefined)?.n === 80 ? read : undefined;
    });
    expect(view).toMatchObject({ version: 2, revision: 82 });
    const { status, state } = (await store.read('a'))?.instance ?? {};
    expect(await refolded('a')).toEqual({ status, state: JSON.parse(state ?? '') });
  });

  it('goes through a page at a time, and through one status after the other', async () => {
    const engine = await started();
    await engine.pause({ instance: 'a' });
    await publish(engine, second);
    const seen: number[] = [];
    let after: string | undefined;
    do {
      const report = await engine.migrate('order', { limit: 2, ...(after === undefined ? {} : { after }) });
      seen.push(report.seen);
      after = report.next;
    } while (after !== undefined);
    expect(seen.reduce((sum, n) => sum + n)).toBe(4);
    expect(await engine.read('a')).toMatchObject({ version: 2, status: 'paused' });
    await engine.resume({ instance: 'a' });
    await engine.send('a', { type: 'ADD' }, { wait: '5s' });
    expect(await engine.read('a')).toMatchObject({ context: { n: 1, twice: 2 } });
  });

  it('lets an instance that failed go on from there, by a version that can', async () => {
    store = await openStore();
    let tries = 0;
    const work = async (input: Json) => {
      tries += 1;
      if (tries < 2) throw new Error('not yet');
      return input;
    };
    const engine = open(true, {}, { work });
    await publish(engine, first);
    await engine.create('order', { id: 'a', wait: '5s' });
    await engine.send('a', { type: 'ADD' }, { wait: '5s' });
    await engine.send('a', { type: 'WORK' }, { wait: '5s' });
    await until(async () => ((await engine.read('a'))?.status === 'failed' ? true : undefined));
    await publish(engine, second);
    expect(await engine.migrate('order', { status: 'failed' })).toMatchObject({
      groups: [{ before: 'working', status: 'failed', count: 1, kept: 1 }],
    });
    expect(await engine.read('a')).toMatchObject({ version: 2, status: 'failed' });
    await engine.retry('a');
    await until(async () => ((await engine.read('a'))?.value === 'filling' ? true : undefined));
    const inputs = (await engine.jobs({ instance: 'a' })).items.map(({ input }) => input);
    expect(inputs).toEqual(['1', '1']);
    await expect(engine.retry('a')).rejects.toThrow('is running');
  });

  it('needs nobody who has the code of the version that they come from', async () => {
    store = await openStore();
    const guarded = (migrate: Json): Json => ({
      id: 'order',
      initial: 'open',
      ...(migrate as object),
      states: { open: { on: { GO: { guard: 'may', target: 'gone' } } }, gone: {} },
    });
    const release = (version: string, may: boolean) => ({ order: { version, guards: { may: () => may } } });
    const old = open(true, release('1', false));
    await publish(old, guarded({}), '1');
    await old.create('order', { id: 'a', wait: '5s' });
    await old.close();
    engines.splice(engines.indexOf(old), 1);
    const fresh = open(true, release('2', true));
    await publish(fresh, guarded({ migrate: true }), '2');
    await fresh.send('a', { type: 'GO' });
    expect(await fresh.migrate('order')).toMatchObject({ groups: [{ after: 'open', count: 1 }] });
    await until(async () => ((await fresh.read('a'))?.value === 'gone' ? true : undefined));
  });

  it('is refused for a version that there is not, or that cannot be stepped here', async () => {
    const engine = await started();
    await expect(engine.migrate('order', { to: 9 })).rejects.toMatchObject({ code: 'unknown-version' });
    await expect(engine.migrate('ordre')).rejects.toMatchObject({ code: 'unknown-machine' });
    await expect(engine.migrate('order', { instance: 'z' })).rejects.toMatchObject({
      code: 'unknown-instance',
    });
    await publish(engine, {
      id: 'order',
      initial: 'open',
      states: { open: { always: { guard: 'unknown', target: 'open' } } },
    });
    await expect(engine.migrate('order')).rejects.toMatchObject({ code: 'missing-code' });
  });
});
