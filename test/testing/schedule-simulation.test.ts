import { describe, expect, it } from 'vitest';
import { openMemoryStore } from '../../src/store/memory/memory-store.js';
import type { Store } from '../../src/store/store.js';
import { replacedStore } from '../../src/testing/simulation/wrapped-store.js';
import { simulateSchedules } from './schedule-world.js';

/** More with DETENT_SEEDS=10000; another range with DETENT_FIRST_SEED, one seed again with both. */
const SEEDS = Number(process.env['DETENT_SEEDS'] ?? 100);
const FIRST = Number(process.env['DETENT_FIRST_SEED'] ?? 1);

type OpenStore = Parameters<typeof simulateSchedules>[1];

const openStore: OpenStore = (clock, random) => openMemoryStore({ clock, random });

describe('schedules in a simulated world of processes that die', () => {
  it(`keep every promise over ${SEEDS} seeds: at most once, none early, none lost, never two at once`, async () => {
    const sum = { fired: 0, skipped: 0, missed: 0, faults: 0 };
    for (let seed = FIRST; seed < FIRST + SEEDS; seed++) {
      const report = await simulateSchedules(seed, openStore);
      expect(report.violations, `again with DETENT_FIRST_SEED=${seed} DETENT_SEEDS=1`).toEqual([]);
      for (const key of Object.keys(sum) as (keyof typeof sum)[]) sum[key] += report[key];
    }
    console.log(`schedules: ${SEEDS} seeds,`, sum);
    if (SEEDS >= 100) expect(Object.values(sum).every((count) => count > 0)).toBe(true);
  }, 3_600_000);

  it('do the same again for the same seed, and something else for another', async () => {
    const run = (seed: number) => simulateSchedules(seed, openStore);
    for (const seed of [3, 14]) expect(await run(seed)).toEqual(await run(seed));
    expect((await run(1)).trace).not.toBe((await run(2)).trace);
  });
});

/** A store with methods replaced. */
function sabotaged(sabotage: (store: Store, times: () => number) => Partial<Store>): OpenStore {
  return (clock, random) => {
    const store = openStore(clock, random);
    let count = 0;
    const replaced = sabotage(store, () => ++count);
    return replacedStore(store, replaced);
  };
}

async function findViolation(open: OpenStore): Promise<string> {
  for (let seed = 1; seed <= 10; seed++) {
    const [violation] = (await simulateSchedules(seed, open)).violations;
    if (violation !== undefined) return violation;
  }
  return 'none found';
}

describe('the simulation of schedules notices a store that', () => {
  it('is ahead of its time', async () => {
    expect(await findViolation((clock, random) => openStore(() => clock() + 700, random))).toMatch(/early/);
  });

  it('forgets the state of a step', async () => {
    const open = sabotaged((store, times) => ({
      commit: (commits, take) =>
        store.commit(
          commits.map((each) => (times() % 20 === 0 ? { ...each, state: undefined } : each)),
          take,
        ),
    }));
    expect(await findViolation(open)).toMatch(/twice|fates|lost|forgotten|two runs|rest/);
  });

  it('loses runs', async () => {
    const open = sabotaged((store, times) => ({
      commit: (commits, take) =>
        store.commit(
          commits.map((each) => (times() % 5 === 0 ? { ...each, spawns: [] } : each)),
          take,
        ),
    }));
    expect(await findViolation(open)).toMatch(/not there|rest/);
  });

  it('loses what is sent', async () => {
    const open = sabotaged((store, times) => ({
      commit: (commits, take) =>
        store.commit(
          commits.map((each) => (times() % 5 === 0 ? { ...each, messages: [] } : each)),
          take,
        ),
    }));
    expect(await findViolation(open)).toMatch(/not got|rest/);
  });

  it('loses timers', async () => {
    const open = sabotaged((store, times) => ({
      commit: (commits, take) =>
        store.commit(
          commits.map((each) => (times() % 20 === 0 ? { ...each, timers: [] } : each)),
          take,
        ),
    }));
    expect(await findViolation(open)).toMatch(/rest|forgotten/);
  });
});

describe('schedules get over a store that', () => {
  it('fires timers early: they wait for the rest of the time', async () => {
    const open = sabotaged((store) => ({
      commit: (commits, take) =>
        store.commit(
          commits.map((each) => ({
            ...each,
            timers: each.timers.map((timer) => ({ ...timer, dueAt: Math.max(0, (timer.dueAt ?? 0) - 100) })),
          })),
          take,
        ),
    }));
    for (let seed = 1; seed <= 5; seed++) {
      expect((await simulateSchedules(seed, open)).violations).toEqual([]);
    }
  });
});
