import { describe, expect, it } from 'vitest';
import { DEFAULT_QUEUE } from '../../src/core/limits.js';
import type { Pausable } from '../../src/core/queue.js';
import { openMemoryStore } from '../../src/store/memory/memory-store.js';
import type { Migration, Store } from '../../src/store/store.js';
import { FAULT_KINDS } from '../../src/testing/simulation/fault.js';
import { NARROW } from '../../src/testing/simulation/job-workload.js';
import { RACES } from '../../src/testing/simulation/races.js';
import { type SimulationReport, simulate } from '../../src/testing/simulation/simulation.js';
import { replacedStore } from '../../src/testing/simulation/wrapped-store.js';

/** More with DETENT_SEEDS=100000; another range with DETENT_FIRST_SEED, one seed again with both. */
const SEEDS = Number(process.env['DETENT_SEEDS'] ?? 1_000);
const FIRST = Number(process.env['DETENT_FIRST_SEED'] ?? 1);

const openStore = (clock: () => number, random: () => string) => openMemoryStore({ clock, random });

describe('a simulated world of processes, clients and faults', () => {
  it(`keeps every promise over ${SEEDS} seeds`, async () => {
    const faults: Record<string, number> = {};
    const races: Record<string, number> = {};
    let [acknowledged, moves, redriven] = [0, 0, 0];
    for (let seed = FIRST; seed < FIRST + SEEDS; seed++) {
      const report = await simulate({ seed, openStore });
      expect(report.violations, `again with DETENT_FIRST_SEED=${seed} DETENT_SEEDS=1`).toEqual([]);
      acknowledged += report.acknowledged;
      moves += report.moves;
      redriven += report.redriven;
      for (const [kind, count] of Object.entries(report.faults)) faults[kind] = (faults[kind] ?? 0) + count;
      for (const [order, count] of Object.entries(report.races)) races[order] = (races[order] ?? 0) + count;
    }
    console.log(
      `simulation: ${SEEDS} seeds, ${acknowledged} acknowledged events, ${moves} moves, ${redriven} redriven,`,
      faults,
      races,
    );
    if (SEEDS >= 100) {
      expect(moves).toBeGreaterThan(SEEDS);
      expect(redriven).toBeGreaterThan(SEEDS / 10);
      // Each of two things that come at the same instant was first.
      expect(Object.keys(races).sort()).toEqual([...RACES].sort());
      const happened = Object.keys(faults).filter((kind) => (faults[kind] ?? 0) > 0);
      expect(happened.sort()).toEqual([...FAULT_KINDS, 'doubled', 'repeated', 'orphaned'].sort());
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
    return replacedStore(store, replaced);
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
    // Or the id that was forgotten is taken by another body, or it was a stop.
    expect(await findViolation(open)).toMatch(
      /is in the journal 0 times|taken again with another body|was stopped and is running/,
    );
  });

  it('takes an event again that it has taken before', async () => {
    const open = sabotaged((store) => ({
      send: (messages) => store.send(messages.map(({ hash: _, ...message }) => message)),
    }));
    expect(await findViolation(open)).toMatch(/is in the journal 2 times|a step|rest|was never answered/);
  });

  it('hands messages out in another order', async () => {
    const open = sabotaged((store) => ({
      claim: async (query) =>
        (await store.claim(query)).map(({ load, ...claim }) => {
          const messages = load.instance.revision === 0 ? load.messages : [...load.messages].reverse();
          return { ...claim, load: { ...load, messages } };
        }),
    }));
    expect(await findViolation(open)).toMatch(/overtook/);
  });

  it('fires timers early', async () => {
    const open = sabotaged((store) => ({
      commit: (commits, take) =>
        store.commit(
          commits.map((commit) => ({
            ...commit,
            timers: commit.timers.map((timer) => ({
              ...timer,
              dueAt: Math.max(0, (timer.dueAt ?? 0) - 100),
            })),
          })),
          take,
        ),
    }));
    expect(await findViolation(open)).toMatch(/fired early/);
  });

  it('loses what one instance sends to another', async () => {
    const open = sabotaged((store) => ({
      commit: (commits, take) =>
        store.commit(
          commits.map((commit) => ({ ...commit, messages: [] })),
          take,
        ),
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

  it('says that an instance was taken over to another version, and leaves it', async () => {
    const open = sabotaged((store, times) => ({
      migrate: (migrations) =>
        times() % 3 === 0 ? Promise.resolve(migrations.map(() => 'committed')) : store.migrate(migrations),
    }));
    expect(await findViolation(open)).toMatch(/was taken over \d+ times, its journal says/);
  });

  it('takes an instance over and leaves it its definition', async () => {
    const open = sabotaged((store) => ({
      migrate: (migrations) =>
        store.migrate(migrations.map((one) => ({ ...one, definition: one.from.definition }))),
    }));
    expect(await findViolation(open)).toMatch(
      /its journal ends with|taken over from|folds to another (state|outcome|status)/,
    );
  });

  it('forgets what a migration waits for', async () => {
    const open = sabotaged((store) => ({
      migrate: (migrations) =>
        store.migrate(migrations.map((one) => ({ ...one, commit: { ...one.commit, timers: [] } }))),
    }));
    expect(await findViolation(open)).toMatch(/was never answered/);
  });

  it('takes an instance over by what it was before it went on', async () => {
    const open = sabotaged((store) => {
      const late = async (migration: Migration): Promise<Migration> => {
        const { revision = 0 } = (await store.read(migration.entry.instance))?.instance ?? {};
        const entry = { ...migration.entry, revision: revision + 1 };
        const commit = { ...migration.commit, baseRevision: revision, revision: revision + 1 };
        return { ...migration, entry, commit };
      };
      return { migrate: async (migrations) => store.migrate(await Promise.all(migrations.map(late))) };
    });
    expect(await findViolation(open)).toMatch(/folds to another state|was never answered/);
  });

  it('stores a state other than the one it was given', async () => {
    const open = sabotaged((store, times) => ({
      commit: (commits, take) =>
        store.commit(
          commits.map((commit) => (times() % 30 === 0 ? { ...commit, state: undefined } : commit)),
          take,
        ),
    }));
    expect(await findViolation(open)).toMatch(/folds to another state|rest|outcome/);
  });
});

describe('the simulator notices a store of jobs that', () => {
  it('lets a job end again for a worker that lost it', async () => {
    const open = sabotaged((store) => ({
      endJobs: async (ends) => (await store.endJobs(ends)).map(() => 'ended'),
    }));
    expect(await findViolation(open)).toMatch(
      /ended 2 times|was ended by who had lost it|completed though its time was over/,
    );
  });

  it('lets more of a queue be processed than its limit allows', async () => {
    const open = sabotaged((store) => ({
      claimJobs: async (query) => {
        await store.limitQueue('narrow', undefined);
        const claimed = await store.claimJobs(query);
        await store.limitQueue('narrow', 2);
        return claimed;
      },
    }));
    expect(await findViolation(open)).toMatch(/jobs of queue narrow are processed at once/);
  });

  it('tries a job once more than it may', async () => {
    const open = sabotaged((store) => ({
      enqueue: (jobs) =>
        store.enqueue(
          jobs.map((job) =>
            job.name === 'raced'
              ? job
              : { ...job, retry: { ...job.retry, attempts: job.retry.attempts + 1 } },
          ),
        ),
    }));
    expect(await findViolation(open)).toMatch(/was handed out \d times|is pending/);
  });

  it('hands jobs out of a paused queue', async () => {
    const open = sabotaged((store) => ({ pause: async () => (await store.now()) > 0 }));
    expect(await findViolation(open)).toMatch(/was handed out of a paused queue/);
  });

  it('hands jobs of a paused queue over with the commit that makes them', async () => {
    const open = sabotaged((store) => {
      let isPaused = false;
      const hide = (target: Pausable, paused: boolean): boolean => {
        const isHidden = 'queue' in target && target.queue === DEFAULT_QUEUE;
        if (isHidden) isPaused = paused;
        return isHidden;
      };
      return {
        pause: async (target) => hide(target, true) || store.pause(target),
        resume: async (target) => hide(target, false) || store.resume(target),
        claimJobs: (query) => store.claimJobs(isPaused ? { queues: [NARROW.queue], ...query } : query),
      };
    });
    expect(await findViolation(open)).toMatch(/was handed out of a paused queue/);
  });

  it('hands a job over with the commit that makes it, and to another worker', async () => {
    const open = sabotaged((store) => ({
      commit: async (commits, take) => {
        const committed = await store.commit(commits, take);
        await store.releaseJobs(committed.jobs);
        return committed;
      },
    }));
    expect(await findViolation(open)).toMatch(/was begun twice/);
  });

  it('keeps a job though its worker is silent', async () => {
    const open = sabotaged((store) => ({
      enqueue: (jobs) => store.enqueue(jobs.map(({ heartbeatMs: _, ...job }) => job)),
    }));
    expect(await findViolation(open)).toMatch(/was kept though its worker was silent/);
  });
});

describe('the runtime gets over a store that', () => {
  it('hands jobs over and does not say so: their leases run out, and they are done elsewhere', async () => {
    let hidden = 0;
    const open = sabotaged((store, times) => ({
      commit: async (commits, take) => {
        const committed = await store.commit(commits, take);
        if (times() % 3 > 0) return committed;
        hidden += committed.jobs.length;
        return { ...committed, jobs: [] };
      },
    }));
    for (let seed = 1; seed <= 20; seed++)
      expect((await simulate({ seed, openStore: open })).violations).toEqual([]);
    expect(hidden).toBeGreaterThan(0);
  });

  it('says that a job has ended without writing it: the lease runs out, and the job is done again', async () => {
    const isRace = ({ id }: { id: string }) => id.startsWith('race-');
    const open = sabotaged((store, times) => ({
      endJobs: (ends) =>
        times() % 5 > 0 || ends.some(isRace) ? store.endJobs(ends) : Promise.resolve(ends.map(() => 'ended')),
    }));
    for (let seed = 1; seed <= 20; seed++) {
      const { violations } = await simulate({ seed, openStore: open });
      // That it ends twice is what such a store says of itself.
      expect(violations.filter((what) => !/ended \d times/.test(what))).toEqual([]);
    }
  });
});
