import { afterEach, describe, expect, it } from 'vitest';
import type { Engine, InstanceView } from '../../src/core/engine.js';
import type { Json } from '../../src/core/json.js';
import type { Implementations } from '../../src/core/language.js';
import { SNAPSHOT_EVERY } from '../../src/core/limits.js';
import { systemClock } from '../../src/runtime/clock.js';
import { DurableEngine } from '../../src/runtime/engine.js';
import { Registry } from '../../src/runtime/registry.js';
import { statechart } from '../../src/statechart/language.js';
import { openMemoryStore } from '../../src/store/memory/memory-store.js';
import type { Store } from '../../src/store/store.js';

const wait = '10s';
const engines: Engine[] = [];
afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.close();
});

function open(store: Store = openMemoryStore(), implementations?: Implementations): Engine {
  const registry = new Registry({
    languages: [statechart],
    ...(implementations === undefined ? {} : { implementations: { counter: implementations } }),
  });
  const engine = new DurableEngine({ store, registry, clock: systemClock, identity: 'test', works: true });
  engines.push(engine);
  return engine;
}

const COUNTER: Json = {
  context: { n: 0 },
  initial: 'on',
  states: {
    on: { on: { ADD: { assign: { n: '{% context.n + 1 %}' } }, END: 'off' } },
    off: { type: 'final' },
  },
};

const publish = (engine: Engine, source: Json = COUNTER) =>
  engine.publish({ machine: 'counter', language: 'statechart', source });

async function counted(engine: Engine, times: number): Promise<void> {
  await engine.create('counter', { id: 'a', wait });
  const sends = Array.from({ length: times - 1 }, () => engine.send('a', { type: 'ADD' }));
  await Promise.all(sends);
  await engine.send('a', { type: 'ADD' }, { wait });
}

const told = (view: InstanceView | undefined) => [view?.revision, view?.status, view?.value, view?.context];

describe('an instance as it stood', () => {
  it('is folded from its journal up to any revision', async () => {
    const engine = open();
    await publish(engine);
    await counted(engine, 3);
    await engine.send('a', { type: 'END' }, { wait });
    const past = await Promise.all([1, 2, 4, 5].map((revision) => engine.read('a', { revision })));
    expect(past.map(told)).toEqual([
      [1, 'running', 'on', { n: 0 }],
      [2, 'running', 'on', { n: 1 }],
      [4, 'running', 'on', { n: 3 }],
      [5, 'succeeded', 'off', { n: 3 }],
    ]);
    const times = past.map((view) => view?.updatedAt ?? 0);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(past[3]).toEqual(await engine.read('a'));
  });

  it('is folded from a snapshot where there is one, and says what was swept', async () => {
    const engine = open();
    await publish(engine);
    await counted(engine, 2 * SNAPSHOT_EVERY + 3);
    // A snapshot is taken of all that one turn folds, so surely before these.
    for (let n = 0; n < 2; n++) await engine.send('a', { type: 'ADD' }, { wait });
    const revision = 2 * SNAPSHOT_EVERY + 5;
    const before = await engine.read('a', { revision });
    expect(told(before)[3]).toEqual({ n: revision - 1 });
    await expect.poll(async () => (await engine.sweep({ journals: 0 })).journals).toBeGreaterThan(0);
    expect(await engine.read('a', { revision })).toEqual(before);
    await expect(engine.read('a', { revision: 3 })).rejects.toMatchObject({
      problems: [
        {
          code: 'unknown-revision',
          message: 'what led to revision 3 of "a" was swept away',
          hint: expect.stringMatching(/^what is kept begins at \d+$/),
        },
      ],
    });
  });

  it('is folded by the versions that were in force, and back across migrations', async () => {
    const engine = open();
    await publish(engine);
    await counted(engine, 2);
    await publish(engine, {
      ...(COUNTER as object),
      migrate: { context: { n: '{% context.n * 100 %}' } },
      states: {
        on: { on: { ADD: { assign: { n: '{% context.n + 7 %}' } } } },
      },
    });
    await engine.migrate('counter', { instance: 'a' });
    await engine.send('a', { type: 'ADD' }, { wait });
    const past = await Promise.all([3, 4, 5].map((revision) => engine.read('a', { revision })));
    expect(past.map((view) => [view?.version, view?.context])).toEqual([
      [1, { n: 2 }],
      [2, { n: 200 }],
      [2, { n: 207 }],
    ]);
  });

  it('refuses a revision that never was, and says which there are', async () => {
    const engine = open();
    await publish(engine);
    await counted(engine, 1);
    for (const revision of [0, -1, 1.5, 3, Number.NaN])
      await expect(engine.read('a', { revision })).rejects.toMatchObject({
        code: 'unknown-revision',
        problems: [
          { message: `instance "a" has no revision ${revision}: it is at 2`, hint: 'known: 1 to 2' },
        ],
      });
    await engine.send('a', { type: 'END' }, { wait });
    await expect(engine.read('a', { revision: 9 })).rejects.toThrow(
      'instance "a" has no revision 9: it is at 3, and has ended (succeeded)',
    );
    expect(await engine.read('nobody', { revision: 1 })).toBeUndefined();
  });

  it('shows nothing that is sensitive', async () => {
    const engine = open();
    await publish(engine, { ...(COUNTER as object), sensitive: ['n'] });
    await counted(engine, 2);
    expect((await engine.read('a', { revision: 2 }))?.context).toEqual({ n: '[sensitive]' });
    expect((await engine.read('a', { revision: 2, reveal: true }))?.context).toEqual({ n: 1 });
  });

  it('is not made up where the functions here are not those of then', async () => {
    const store = openMemoryStore();
    const source: Json = {
      initial: 'on',
      states: { on: { on: { GO: { target: 'off', guard: 'may' } } }, off: {} },
    };
    const engine = open(store, { guards: { may: () => true } });
    await publish(engine, source);
    await engine.create('counter', { id: 'a', wait });
    await engine.send('a', { type: 'GO' }, { wait });
    const other = open(store, { guards: { may: () => false } });
    await expect(other.read('a', { revision: 2 })).resolves.toBeDefined();
    await engine.send('a', { type: 'GO' }, { wait });
    await expect(other.read('a', { revision: 2 })).rejects.toMatchObject({ code: 'other-code' });
    await expect(open(store).read('a', { revision: 2 })).rejects.toMatchObject({ code: 'missing-code' });
  });
});
