import { describe, expect, it } from 'vitest';
import { openMemoryStore } from '../../src/store/memory/memory-store.js';
import type { Store } from '../../src/store/store.js';
import { replacedStore } from '../../src/testing/simulation/wrapped-store.js';
import { simulateMaps } from './map-world.js';

/** More with DETENT_SEEDS=10000; another range with DETENT_FIRST_SEED, one seed again with both. */
const SEEDS = Number(process.env['DETENT_SEEDS'] ?? 20);
const FIRST = Number(process.env['DETENT_FIRST_SEED'] ?? 1);

type OpenStore = Parameters<typeof simulateMaps>[1];

const openStore: OpenStore = (clock, random) => openMemoryStore({ clock, random });

describe('distributed Maps in a simulated world of processes that die', () => {
  it(`keep every promise over ${SEEDS} seeds: each item once, results in order, nothing left behind`, async () => {
    const sum = { faults: 0, redriven: 0, changed: 0 };
    for (let seed = FIRST; seed < FIRST + SEEDS; seed++) {
      const report = await simulateMaps(seed, openStore);
      expect(report.violations, `again with DETENT_FIRST_SEED=${seed} DETENT_SEEDS=1`).toEqual([]);
      for (const key of Object.keys(sum) as (keyof typeof sum)[]) sum[key] += report[key];
    }
    console.log(`distributed Maps: ${SEEDS} seeds,`, sum);
    expect(Object.values(sum).every((count) => count >= SEEDS)).toBe(true);
  }, 3_600_000);

  it('do the same again for the same seed, and something else for another', async () => {
    const run = (seed: number) => simulateMaps(seed, openStore);
    expect(await run(3)).toEqual(await run(3));
    expect((await run(1)).trace).not.toBe((await run(2)).trace);
  });
});

/** The first thing that is wrong in a world on a store with methods replaced. */
async function findViolation(
  sabotage: (store: Store, times: () => number) => Partial<Store>,
): Promise<string> {
  for (let seed = 1; seed <= 10; seed++) {
    let count = 0;
    const report = await simulateMaps(seed, (clock, random) => {
      const store = openStore(clock, random);
      return replacedStore(
        store,
        sabotage(store, () => ++count),
      );
    });
    const [violation] = report.violations;
    if (violation !== undefined) return violation;
  }
  return 'none found';
}

describe('the simulation of distributed Maps notices a store that', () => {
  it('loses executions of items', async () => {
    const violation = await findViolation((store, times) => ({
      commit: (commits, take) =>
        store.commit(
          commits.map((each) => (times() % 5 === 0 ? { ...each, spawns: [] } : each)),
          take,
        ),
    }));
    expect(violation).toMatch(/rest|does not exist/);
  });

  it('forgets what executions gave', async () => {
    const violation = await findViolation((store, times) => ({
      instances: async (ids) =>
        (await store.instances(ids)).map((each) => (times() % 5 === 0 ? { ...each, state: null } : each)),
    }));
    expect(violation).toMatch(/output|written|rest|folds/);
  });
});
