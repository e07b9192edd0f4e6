import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Json } from '../../src/core/json.js';
import { SNAPSHOT_EVERY } from '../../src/core/limits.js';
import { openEngine } from '../../src/embed/engine.js';
import { LANGUAGES } from '../../src/embed/languages.js';
import { type Replayed, replayInstances } from '../../src/embed/replay.js';
import { statechart } from '../../src/statechart/language.js';
import { createMachine } from '../../src/statechart/machine.js';
import { openMemoryStore } from '../../src/store/memory/memory-store.js';
import type { Store } from '../../src/store/store.js';
import { callReal } from './real-call.js';

const folder = mkdtempSync(join(tmpdir(), 'detent-replay-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, definition: Json): string {
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify(definition));
  return path;
}

const order = (paying: Record<string, Json>): Json => ({
  id: 'order',
  initial: 'open',
  context: { tries: 0 },
  states: {
    open: { on: { PAY: 'paying' } },
    paying: {
      on: {
        CARD_DECLINED: { target: 'declined', assign: { tries: '{% context.tries + 1 %}' } },
        PAID: 'done',
        ...paying,
      },
    },
    declined: {},
    done: { type: 'final' },
  },
});

const RECORDED = order({});

/** Leaves the store open when its engine closes. */
async function recorded(
  definitions: readonly object[],
  act: (engine: Awaited<ReturnType<typeof openEngine>>) => Promise<void>,
): Promise<Store> {
  const store = openMemoryStore();
  const db = new Proxy(store, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (name === 'close') return async () => {};
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  const engine = await openEngine({ db, definitions, worker: true });
  try {
    await act(engine);
  } finally {
    await engine.close();
  }
  return store;
}

async function replayed(store: Store, changed: Json, machine = 'order'): Promise<Replayed[]> {
  const all: Replayed[] = [];
  const program = statechart.compile(changed);
  for await (const one of replayInstances({
    store,
    languages: LANGUAGES,
    changed: { language: statechart, program },
    query: { machine },
  }))
    all.push(one);
  return all;
}

describe('detent replay', () => {
  const db = `sqlite:${join(folder, 'orders.db')}`;
  const EVENTS: Readonly<Record<string, readonly string[]>> = {
    o1: ['PAY', 'PAID'],
    o2: ['PAY', 'CARD_DECLINED'],
    o3: ['PAY', 'CARD_DECLINED'],
    o4: ['PAY'],
  };

  it('says which instances would have gone otherwise, where, and how many alike', async () => {
    const engine = await openEngine({ db, definitions: [RECORDED as object] });
    for (const [id, events] of Object.entries(EVENTS)) {
      await engine.create('order', { id, wait: '10s' });
      for (const type of events) await engine.send(id, { type }, { wait: '10s' });
    }
    await engine.close();
    const same = await callReal(['replay', file('order.json', RECORDED), '--db', db]);
    expect(same).toMatchObject({ code: 0, out: '', err: '4 replayed, 0 differ\n' });

    const changed = file('changed.json', order({ CARD_DECLINED: 'open' }));
    const { code, out, err } = await callReal(['replay', changed, '--db', db]);
    expect(code).toBe(1);
    expect(out).toContain(
      'o2: revision 3, CARD_DECLINED at paying\n  value: declined -> open\n  context: {"tries":1} -> {"tries":0}\n',
    );
    expect(out).not.toMatch(/o1|o4/);
    expect(err).toContain('2 instances differ at paying on CARD_DECLINED: value, context');
    expect(err).toContain('4 replayed, 2 differ\n');

    const lines = (await callReal(['replay', changed, '--db', db, '--json'])).out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map(({ instance }) => instance)).toEqual(['o3', 'o2', undefined]);
    expect(lines[2].summary).toMatchObject({
      instances: 4,
      different: 2,
      same: 2,
      groups: [{ at: 'paying', event: 'CARD_DECLINED', count: 2 }],
    });
  });

  it('replays those that it is told to', async () => {
    const changed = file('changed.json', order({ CARD_DECLINED: 'open' }));
    const one = await callReal(['replay', changed, 'o1', 'o4', '--db', db]);
    expect(one).toMatchObject({ code: 0, err: '2 replayed, 0 differ\n' });
    expect(await callReal(['replay', changed, '--status', 'succeeded', '--db', db])).toMatchObject({
      code: 0,
      err: '1 replayed, 0 differ\n',
    });
    expect(await callReal(['replay', changed, '--limit', '1', '--db', db])).toMatchObject({
      code: 0,
      err: '1 replayed, 0 differ\n',
    });
    expect(await callReal(['replay', changed, 'o9', '--db', db])).toMatchObject({
      code: 1,
      err: expect.stringContaining('there is no instance "o9"'),
    });
    const other = file('other.json', { ...(RECORDED as object), id: 'other' });
    expect(await callReal(['replay', other, 'o1', '--db', db])).toMatchObject({
      code: 1,
      err: expect.stringContaining('is an instance of "order"'),
    });
    expect(await callReal(['replay', changed, '--db', `sqlite:${folder}/none.db`])).toMatchObject({
      code: 1,
    });
  });
});

describe('a replay', () => {
  it('shows other effects where they are asked for, not the answers that follow', async () => {
    const machine = (src: string): Json => ({
      id: 'm',
      initial: 'a',
      states: { a: { invoke: { src, onDone: 'b' } }, b: { type: 'final' } },
    });
    const definition = { source: machine('one'), implementations: {}, handlers: { one: () => 1 } };
    const store = await recorded(
      [definition],
      async (engine) => void (await engine.create('m', { id: 'x', wait: '10s' })),
    );
    const [same] = await replayed(store, machine('one'), 'm');
    expect(same?.divergence).toBeUndefined();
    const [other] = await replayed(store, machine('two'), 'm');
    expect(other?.divergence).toMatchObject({
      revision: 1,
      event: 'start',
      before: null,
      differences: expect.arrayContaining([expect.objectContaining({ what: 'effects' })]),
    });
  });

  it('tells an answer that nothing waits for by its outcome', async () => {
    const machine = (a: Record<string, Json>): Json => ({
      id: 'm',
      initial: 'a',
      states: { a: { ...a, on: { NEXT: 'b' } }, b: { type: 'final' } },
    });
    const store = await recorded([machine({}) as object], async (engine) => {
      await engine.create('m', { id: 'x', wait: '10s' });
      await engine.send('x', { type: 'NEXT' }, { wait: '10s' });
    });
    const [one] = await replayed(
      store,
      { id: 'm', initial: 'a', onUnhandled: 'reject', states: { a: {} } },
      'm',
    );
    expect(one?.divergence).toMatchObject({
      revision: 2,
      event: 'NEXT',
      before: 'a',
      differences: expect.arrayContaining([
        { what: 'outcome', recorded: 'applied', replayed: expect.stringContaining('rejected') },
      ]),
    });
  });

  it('begins at the snapshot where what came before was swept, and says where a changed definition cannot', async () => {
    const counter = (states: Json): Json => ({ id: 'order', initial: 'a', context: { n: 0 }, states });
    const on = { X: { assign: { n: '{% context.n + 1 %}' } } };
    const store = await recorded([counter({ a: { on } }) as object], async (engine) => {
      await engine.create('order', { id: 'x' });
      await Promise.all(Array.from({ length: SNAPSHOT_EVERY + 20 }, () => engine.send('x', { type: 'X' })));
      await expect
        .poll(async () => (await engine.read('x'))?.revision, { timeout: 20_000 })
        .toBe(SNAPSHOT_EVERY + 21);
      await expect
        .poll(async () => (await engine.sweep({ journals: 0 })).journals, { timeout: 20_000 })
        .toBeGreaterThan(0);
      await engine.send('x', { type: 'X' }, { wait: '10s' });
    });
    const [base] = await replayed(store, counter({ a: { on } }));
    expect(base?.base).toBeGreaterThanOrEqual(SNAPSHOT_EVERY);
    expect(base?.folded).toBeGreaterThan(0);
    expect(base?.divergence).toBeUndefined();
    const [gone] = await replayed(store, { id: 'order', initial: 'b', states: { b: { on } } });
    expect(gone?.divergence?.differences).toMatchObject([
      { what: 'step', replayed: expect.stringContaining('no state "a"') },
    ]);
  });

  it('compares outcomes and history alone where the recorded functions are not here', async () => {
    const machine = createMachine<{ n: number }>({
      id: 'order',
      initial: 'a',
      context: { n: 0 },
      states: { a: { on: { X: { target: 'b', guard: () => true } } }, b: {} },
    });
    const store = await recorded([machine], async (engine) => {
      await engine.create('order', { id: 'x', wait: '10s' });
      await engine.send('x', { type: 'X' }, { wait: '10s' });
    });
    const changed = (target: string): Json => ({
      id: 'order',
      initial: 'a',
      context: { n: 0 },
      states: { a: { on: { X: target } }, b: {}, c: {} },
    });
    const [same] = await replayed(store, changed('b'));
    expect(same).toMatchObject({ unknown: expect.stringContaining('version 1') });
    expect(same?.divergence).toBeUndefined();
    const [other] = await replayed(store, changed('c'));
    expect(other?.divergence).toMatchObject({ revision: 2, differences: [{ what: 'history' }] });
  });

  it('does not take functions of the same name for those of then', async () => {
    const machine = (free: boolean) =>
      createMachine<{ n: number }>({
        id: 'order',
        initial: 'a',
        context: { n: 0 },
        states: { a: { on: { X: { target: 'b', guard: () => free } } }, b: {} },
      });
    const store = await recorded([machine(true)], async (engine) => {
      await engine.create('order', { id: 'x', wait: '10s' });
      await engine.send('x', { type: 'X' }, { wait: '10s' });
    });
    const { source, implementations } = machine(false);
    const changed = { language: statechart, program: statechart.compile(source, implementations) };
    const all: Replayed[] = [];
    for await (const one of replayInstances({
      store,
      languages: LANGUAGES,
      changed,
      implementations,
      query: {},
    })) {
      all.push(one);
    }
    expect(all).toMatchObject([
      {
        unknown: 'its functions here are not those that it was recorded with',
        divergence: {
          revision: 2,
          event: 'X',
          before: 'a',
          differences: [{ what: 'outcome' }, { what: 'history' }],
        },
      },
    ]);
  });

  it('follows an instance that was taken over to another version', async () => {
    const second = { ...(order({ CARD_DECLINED: 'open' }) as object), migrate: { states: {} } };
    const store = await recorded([RECORDED as object], async (engine) => {
      await engine.create('order', { id: 'x', wait: '10s' });
      await engine.send('x', { type: 'PAY' }, { wait: '10s' });
      await engine.publish({ machine: 'order', language: 'statechart', source: second as Json });
      const { groups } = await engine.migrate('order');
      expect(groups.map(({ problem }) => problem)).toEqual([undefined]);
      await engine.send('x', { type: 'CARD_DECLINED' }, { wait: '10s' });
    });
    expect((await replayed(store, second as Json))[0]?.divergence).toBeUndefined();
    const [back] = await replayed(store, RECORDED);
    expect(back?.divergence).toMatchObject({ revision: 4, event: 'CARD_DECLINED', before: 'paying' });
  });

  it('holds what was recorded before that against the version of then, also where they part before it', async () => {
    const second = {
      id: 'order',
      initial: 'begun',
      states: { begun: { on: { PAY: 'paid' } }, paid: {} },
      migrate: { states: { open: 'begun', paying: 'paid' }, context: { tries: 1 } },
    };
    const store = await recorded([RECORDED as object], async (engine) => {
      await engine.create('order', { id: 'x', wait: '10s' });
      await engine.send('x', { type: 'PAY' }, { wait: '10s' });
      await engine.publish({ machine: 'order', language: 'statechart', source: second as Json });
      await engine.migrate('order');
    });
    const [one] = await replayed(store, second as Json);
    expect(one?.unknown).toBeUndefined();
    expect(one?.divergence?.revision).toBe(1);
    expect(one?.divergence?.differences).toContainEqual({
      what: 'value',
      recorded: 'open',
      replayed: 'begun',
    });
    expect(one?.divergence?.differences).toContainEqual({
      ...{ what: 'context', recorded: { tries: 0 }, replayed: {} },
    });
  });
});
