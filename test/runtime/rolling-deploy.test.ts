import { afterEach, describe, expect, it } from 'vitest';
import type { Engine } from '../../src/core/engine.js';
import type { JournalEntry } from '../../src/core/journal.js';
import type { Implementations } from '../../src/core/language.js';
import { systemClock } from '../../src/runtime/clock.js';
import { DurableEngine } from '../../src/runtime/engine.js';
import { Registry } from '../../src/runtime/registry.js';
import { statechart } from '../../src/statechart/language.js';
import { createMachine } from '../../src/statechart/machine.js';
import { openMemoryStore } from '../../src/store/memory/memory-store.js';
import type { Store } from '../../src/store/store.js';

/** The same definition in every version: only what its guard says has changed. */
function till(implementations: Pick<Implementations, 'version' | 'compatible'>, most: number) {
  return createMachine(
    {
      id: 'till',
      initial: 'open',
      context: { coins: 0 },
      onUnhandled: 'reject',
      states: {
        open: {
          on: { COIN: { guard: 'fits', assign: { coins: '{% context.coins + 1 %}' } }, SHUT: 'shut' },
        },
        shut: { type: 'final' },
      },
    },
    { ...implementations, guards: { fits: ({ context }) => (context as { coins: number }).coins < most } },
  );
}

const running = new Set<Engine>();
let store: Store;
let workers = 0;

/** A worker of one release, with a store that outlives it. */
async function start(machine: ReturnType<typeof till>, works = true): Promise<Engine> {
  const registry = new Registry({
    languages: [statechart],
    implementations: { till: machine.implementations },
  });
  workers += 1;
  const lasting = new Proxy(store, {
    get: (target, key) => {
      if (key === 'close') return async () => {};
      const value: unknown = Reflect.get(target, key);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  const engine = new DurableEngine({
    ...{ store: lasting, registry, clock: systemClock, works },
    identity: `worker:${process.pid}:0:${workers}`,
  });
  running.add(engine);
  await engine.publish({ machine: 'till', language: 'statechart', source: machine.source });
  return engine;
}

async function stop(engine: Engine): Promise<void> {
  running.delete(engine);
  await engine.close();
}

async function journal(instance: string): Promise<readonly JournalEntry[]> {
  return (await store.journal(instance, {})).items;
}

afterEach(async () => {
  for (const engine of [...running]) await stop(engine);
  await store.close();
});

describe('code versions', () => {
  it('let a rolling deploy of three workers reject nothing, and each instance stay with its code', async () => {
    store = openMemoryStore();
    const [old, next] = [till({ version: 'v1' }, 1_000), till({ version: 'v2' }, 0)];
    const fleet = [await start(old), await start(old), await start(old)];
    for (let n = 0; n < 20; n++) await fleet[0]?.create('till', { id: `old-${n}` });
    const news = [await start(next)];
    for (let n = 0; n < 20; n++) await news[0]?.create('till', { id: `new-${n}` });
    // Whichever process takes an event, old or new: it is stepped where its code is.
    const sent: Promise<unknown>[] = [];
    for (let round = 0; round < 3; round++) {
      for (let n = 0; n < 20; n++) {
        const by = round < 2 ? [...fleet, ...news] : news;
        const engine = by[n % by.length] as Engine;
        sent.push(engine.send(`old-${n}`, { type: 'COIN', id: `coin-${round}` }));
      }
      if (round < 2) {
        await stop(fleet.shift() as Engine);
        news.push(await start(next));
      }
    }
    await Promise.all(sent);
    for (let n = 0; n < 20; n++) {
      await news[0]?.send(`old-${n}`, { type: 'SHUT' }, { wait: '10s' });
      const entries = await journal(`old-${n}`);
      expect(entries.map(({ outcome }) => outcome.kind)).toEqual(Array(5).fill('applied'));
      expect(new Set(entries.map(({ code }) => code))).toEqual(new Set(['v1']));
      expect(new Set((await journal(`new-${n}`)).map(({ code }) => code))).toEqual(new Set(['v2']));
    }
  });

  it('leave instances waiting, and say why, where no worker has their code; none is rejected', async () => {
    store = openMemoryStore();
    const old = await start(till({ version: 'v1' }, 9));
    await old.create('till', { id: 'a', wait: '5s' });
    await stop(old);
    const next = await start(till({ version: 'v2' }, 9));
    await next.send('a', { type: 'COIN' });
    await expect
      .poll(async () => (await next.read('a'))?.lag, { timeout: 10_000 })
      .toMatch(/implementations of version v1, and here is version v2/);
    const again = await start(till({ version: 'v1' }, 9));
    await expect.poll(async () => (await again.read('a'))?.revision, { timeout: 10_000 }).toBe(2);
  });

  it('are stepped by a version that names theirs as compatible, which is journaled', async () => {
    store = openMemoryStore();
    const old = await start(till({ version: 'v1' }, 9));
    await old.create('till', { id: 'a', wait: '5s' });
    await stop(old);
    const next = await start(till({ version: 'v2', compatible: ['v1'] }, 9));
    await next.send('a', { type: 'COIN' }, { wait: '5s' });
    expect((await journal('a')).map(({ code }) => code)).toEqual(['v1', 'v2']);
  });
});
