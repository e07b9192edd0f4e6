import { describe, expect, it } from 'vitest';
import { openMemoryStore } from '../../src/store/memory/memory-store.js';
import type { Store } from '../../src/store/store.js';
import { FAULT_KINDS } from '../../src/testing/simulation/fault.js';
import { type SimulationReport, simulate } from '../../src/testing/simulation/simulation.js';

/** More with DETENT_SEEDS=100000; another range with DETENT_FIRST_SEED, one seed again with both. */
const SEEDS = Number(process.env['DETENT_SEEDS'] ?? 1_000);
const FIRST = Number(process.env['DETENT_FIRST_SEED'] ?? 1);

const openStore = (clock: () => number, random: () => string) => openMemoryStore({ clock, random });

describe('a simulated world of processes, clients and faults', () => {
  it(`keeps every promise over ${SEEDS} seeds`, async () => {
    const faults: Record<string, number> = {};
    let acknowledged = 0;
    for (let seed = FIRST; seed < FIRST + SEEDS; seed++) {
      const report = await simulate({ seed, openStore });
      expect(report.violations, `again with DETENT_FIRST_SEED=${seed} DETENT_SEEDS=1`).toEqual([]);
      acknowledged += report.acknowledged;
      for (const [kind, count] of Object.entries(report.faults)) faults[kind] = (faults[kind] ?? 0) + count;
    }
    console.log(`simulation: ${SEEDS} seeds, ${acknowledged} acknowledged events,`, faults);
    if (SEEDS >= 100) {
      const happened = Object.keys(faults).filter((kind) => (faults[kind] ?? 0) > 0);
      expect(happened.sort()).toEqual([...FAULT_KINDS, 'doubled', 'repeated'].sort());
    }
  }, 3_600_000);

  it('is the same again for the same seed, and another for another', async () => {
    const run = (seed: number) => simulate({ seed, openStore });
    for (const seed of [3, 14, 159]) expect(await run(seed)).toEqual(await run(seed));
    expect((await run(1)).trace).not.toBe((await run(2)).trace);
  });
});

/** A store with one method replaced. */
function sabotaged(sabotage: (store: Store, times: () => number) => Partial<Store>): typeof openStore {
  return (clock, random) => {
    const store = openStore(clock, random);
    let count = 0;
    const replaced = sabotage(store, () => ++count);
    return new Proxy(store, {
      get: (target, property: string & keyof Store) => {
        const member = replaced[property] ?? target[property];
        return typeof member === 'function' ? member.bind(target) : member;
      },
    });
  };
}

async function findViolation(open: typeof openStore): Promise<string> {
  for (let seed = 1; seed <= 40; seed++) {
    const report: SimulationReport = await simulate({ seed, openStore: open });
    const [violation] = report.violations;
    if (violation !== undefined) return violation;
  }
  return 'none found';
}

describe('the simulator notices a store that', () => {
  it('acknowledges an event and forgets it', async () => {
    const open = sabotaged((store, times) => ({
      send: (messages) =>
        times() % 20 === 0 ? Promise.resolve(messages.map(() => 'accepted')) : store.send(messages),
    }));
    // Or the id that was forgotten is taken by another body.
    expect(await findViolation(open)).toMatch(/is in the journal 0 times|taken again with another body/);
  });

  it('takes an event again that it has taken before', async () => {
    const open = sabotaged((store) => ({
      send: (messages) => store.send(messages.map(({ hash: _, ...message }) => message)),
    }));
    expect(await findViolation(open)).toMatch(/is in the journal 2 times|a step|rest|was never answered/);
  });

  it('hands messages out in another order', async () => {
    const open = sabotaged((store) => ({
      load: async (claims, limit) =>
        (await store.load(claims, limit)).map((load) =>
          load.instance.revision === 0 ? load : { ...load, messages: [...load.messages].reverse() },
        ),
    }));
    expect(await findViolation(open)).toMatch(/overtook/);
  });

  it('fires timers early', async () => {
    const open = sabotaged((store) => ({
      commit: (commits) =>
        store.commit(
          commits.map((commit) => ({
            ...commit,
            timers: commit.timers.map((timer) => ({
              ...timer,
              dueAt: Math.max(0, (timer.dueAt ?? 0) - 100),
            })),
          })),
        ),
    }));
    expect(await findViolation(open)).toMatch(/fired early/);
  });

  it('loses what one instance sends to another', async () => {
    const open = sabotaged((store) => ({
      commit: (commits) => store.commit(commits.map((commit) => ({ ...commit, messages: [] }))),
    }));
    expect(await findViolation(open)).toMatch(/is in the journal 0 times|was never answered/);
  });

  it('takes another body under an id that was taken', async () => {
    const open = sabotaged((store) => ({
      send: async (messages) =>
        (await store.send(messages)).map((result) => (result === 'conflict' ? 'duplicate' : result)),
    }));
    expect(await findViolation(open)).toMatch(/was taken again with another body/);
  });

  it('forgets what was wrong with a step that threw', async () => {
    const open = sabotaged((store) => ({
      release: (releases) => store.release(releases.map(({ problem: _, ...release }) => release)),
    }));
    expect(await findViolation(open)).toMatch(/is parked for gave-up/);
  });

  it('stores a state other than the one it was given', async () => {
    const open = sabotaged((store, times) => ({
      commit: (commits) =>
        store.commit(
          commits.map((commit) => (times() % 30 === 0 ? { ...commit, state: undefined } : commit)),
        ),
    }));
    expect(await findViolation(open)).toMatch(/folds to another state|rest|outcome/);
  });
});

describe('the runtime gets over a store that', () => {
  it('says that a job has ended without writing it: the lease runs out, and the job is done again', async () => {
    const open = sabotaged((store, times) => ({
      endJobs: (ends) => (times() % 5 === 0 ? Promise.resolve(ends.map(() => 'ended')) : store.endJobs(ends)),
    }));
    for (let seed = 1; seed <= 20; seed++) {
      expect((await simulate({ seed, openStore: open })).violations).toEqual([]);
    }
  });
});
