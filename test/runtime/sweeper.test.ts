import { afterEach, describe, expect, it } from 'vitest';
import type { Engine } from '../../src/core/engine.js';
import { sweepRules } from '../../src/core/retention.js';
import { type Clock, systemClock } from '../../src/runtime/clock.js';
import { DurableEngine } from '../../src/runtime/engine.js';
import { Registry } from '../../src/runtime/registry.js';
import { SHORTEST_REST_MS, SWEEP_BATCH, SWEEP_EVERY_MS, Sweeper } from '../../src/runtime/sweeper.js';
import { openMemoryStore } from '../../src/store/memory/memory-store.js';
import type { Store, SweepQuery } from '../../src/store/store.js';
import { probe } from '../../src/testing/probe-language.js';
import { born, DEFINITION } from '../../src/testing/store-suite/fixture.js';

const soon = { timeout: 10_000 };
const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** A clock on which every wait is over at once, with a note of how long it was to be. */
function hastyClock(): Clock & { readonly waits: number[] } {
  const waits: number[] = [];
  return {
    waits,
    now: () => 0,
    after(ms, action) {
      waits.push(ms);
      const timer = setTimeout(action, 1);
      return () => clearTimeout(timer);
    },
  };
}

function startSweeper(store: Store, clock: Clock, onError?: (error: unknown) => void): Sweeper {
  const rules = sweepRules({ instances: 1_000 });
  const sweeper = new Sweeper({ store, clock, rules, ...(onError === undefined ? {} : { onError }) });
  closers.push(() => sweeper.stop());
  sweeper.start();
  return sweeper;
}

describe('a sweeper', () => {
  it('deletes what became old, in batches with rests between, and looks again and again', async () => {
    let now = 1_000_000;
    const store = openMemoryStore({ clock: () => now });
    for (let n = 0; n < SWEEP_BATCH + 1; n++) await born(store, `i${n}`, { status: 'succeeded' });
    const queries: SweepQuery[] = [];
    const { sweep } = store;
    store.sweep = (query) => {
      queries.push(query);
      return sweep.call(store, query);
    };
    const clock = hastyClock();
    startSweeper(store, clock);
    await expect.poll(() => queries.length, soon).toBeGreaterThan(2);
    expect(await store.count({})).toBe(SWEEP_BATCH + 1);
    expect(new Set(clock.waits)).toEqual(new Set([SWEEP_EVERY_MS]));
    expect(queries[0]).toEqual({ what: 'instances', before: now - 1_000, limit: SWEEP_BATCH });
    now += 1_001;
    await expect.poll(() => store.count({}), soon).toBe(0);
    expect(clock.waits.filter((ms) => ms === SHORTEST_REST_MS)).toHaveLength(2);
  });

  it('survives a store that fails, says so, and tries again later', async () => {
    const store = openMemoryStore();
    let failures = 0;
    store.sweep = async () => {
      failures += 1;
      if (failures < 3) throw new Error('away');
      return 0;
    };
    const errors: unknown[] = [];
    startSweeper(store, hastyClock(), (error) => errors.push(error));
    await expect.poll(() => failures, soon).toBeGreaterThan(2);
    expect(errors).toEqual([new Error('away'), new Error('away')]);
  });

  it('ends at once where it is told to, in the middle of much to do', async () => {
    const store = openMemoryStore();
    let calls = 0;
    store.sweep = async () => {
      calls += 1;
      return SWEEP_BATCH;
    };
    const sweeper = startSweeper(store, systemClock);
    await expect.poll(() => calls, soon).toBeGreaterThan(0);
    await sweeper.stop();
    const done = calls;
    await new Promise((resolve) => setTimeout(resolve, 3 * SHORTEST_REST_MS));
    expect(calls).toBe(done);
  });
});

describe('an engine', () => {
  let now = 1_000_000;

  async function open(
    works: boolean,
    store = openMemoryStore({ clock: () => now }),
    retention = {},
  ): Promise<Engine> {
    const engine = new DurableEngine({
      store,
      registry: new Registry({ languages: [probe] }),
      clock: systemClock,
      identity: 'test:1:0:1',
      works,
      sweeps: sweepRules(retention),
    });
    closers.push(() => engine.close());
    await engine.publish({ machine: 'probe', language: 'probe', source: {} });
    return engine;
  }

  it('that works deletes what its retention says, and keeps the rest', async () => {
    const store = openMemoryStore({ clock: () => now });
    await store.publish({ hash: DEFINITION, machine: 'light', language: 'probe', source: {} });
    await born(store, 'a');
    await born(store, 'b', { status: 'succeeded' });
    now += 11;
    await born(store, 'c', { status: 'succeeded' });
    const engine = await open(true, store, { instances: 10 });
    const left = async () => (await engine.list()).items.map(({ id }) => id);
    await expect.poll(left, soon).toEqual(['c', 'a']);
  });

  it('that does not work deletes nothing', async () => {
    const store = openMemoryStore({ clock: () => now });
    await born(store, 'b', { status: 'succeeded' });
    now += 11;
    let calls = 0;
    store.sweep = async () => {
      calls += 1;
      return 0;
    };
    await open(false, store, { instances: 10 });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(calls).toBe(0);
  });

  it('sweeps at once where it is asked to, and says how many', async () => {
    const engine = await open(true);
    for (const id of ['a', 'b']) {
      await engine.create('probe', { id, input: [{ end: 'succeeded' }], wait: '10s' });
    }
    now += 10;
    const nothing = { instances: 0, journals: 0, jobs: 0, letters: 0 };
    expect(await engine.sweep({ instances: 10 })).toEqual(nothing);
    now += 1;
    const retention = { instances: 10, jobs: 0, machines: { other: { instances: 0 } } };
    expect(await engine.sweep(retention)).toEqual({ ...nothing, instances: 2 });
    await expect(engine.sweep({ instances: 'soon' })).rejects.toMatchObject({ code: 'retention-invalid' });
  });
});
