import { describe, expect, it } from 'vitest';
import type { Changes, Pausable, Store, SweepQuery } from '../../src/store/store.js';
import { type Fault, isCaught } from './fault.js';

/** A fault in pausing some targets. */
function inPause(isMeant: (target: Pausable) => boolean): Fault {
  return (store) => ({
    pause: async (target) => (isMeant(target) ? true : store.pause(target)),
  });
}

/** A fault in what is swept. */
function inSweep(change: (query: SweepQuery, store: Store) => SweepQuery): Fault {
  return (store) => ({ sweep: (query) => store.sweep(change(query, store)) });
}

/** A fault in what is read of the changes. */
function inChanges(change: (changes: Changes) => Changes): Fault {
  return (store) => ({ changes: async (query) => change(await store.changes(query)) });
}

const FAULTS: Readonly<Record<string, Readonly<Record<string, Fault>>>> = {
  pauses: {
    'pauses no instance': inPause((target) => 'instance' in target),
    'pauses no machine': inPause((target) => 'machine' in target),
    'resumes nothing': () => ({ resume: async () => true }),
    'says of every pause that it was new': (store) => ({
      pause: async (target) => {
        await store.pause(target);
        return true;
      },
    }),
    'lists nothing that is paused': () => ({ paused: async () => [] }),
    'lists what is paused in any order': (store) => ({
      paused: async () => [...(await store.paused())].reverse(),
    }),
    'calls for what is paused': (store) => ({
      nextDue: async (query) => {
        const now = await store.now();
        return (await store.nextDue(query)) ?? { at: now, now };
      },
    }),
    'keeps the attempt of a worker that is stopped': (store) => ({
      pause: async (target) => {
        const held = 'instance' in target ? (await store.read(target.instance))?.attempts : undefined;
        const paused = await store.pause(target);
        if (!paused || held !== 1 || !('instance' in target)) return paused;
        await store.resume(target);
        const { hash } = (await store.latest('light')) ?? { hash: 'hash-of-light' };
        const claims = await store.claim({
          worker: 'w',
          limit: 9,
          leaseMs: 1,
          definitions: [hash],
          messages: 1,
        });
        await store.release(claims.map((claim) => ({ ...claim, giveBack: false })));
        return store.pause(target);
      },
    }),
    'lets the holder of a paused instance go on': (store) => {
      const held = new Set<string>();
      return {
        claim: async (query) => {
          const claims = await store.claim(query);
          for (const { instance } of claims) held.add(instance);
          return claims;
        },
        pause: async (target) =>
          'instance' in target && held.has(target.instance) ? true : store.pause(target),
      };
    },
    'refuses what comes for a paused instance': (store) => ({
      send: async (messages) => {
        const paused = await store.find({ status: 'paused' });
        const ids = new Set(paused.items.map(({ instance }) => instance.id));
        return (await store.send(messages.filter(({ to }) => !ids.has(to)))).concat(
          messages.filter(({ to }) => ids.has(to)).map(() => 'accepted' as const),
        );
      },
    }),
    'pauses a machine by its instances': (store) => ({
      pause: async (target) => {
        if (!('machine' in target)) return store.pause(target);
        for (const { instance } of (await store.find({ machine: target.machine })).items)
          await store.pause({ instance: instance.id });
        return true;
      },
    }),
    'unparks what is paused and lets it go on': (store) => ({
      unpark: async (instance) => {
        const unparked = await store.unpark(instance);
        if (unparked) await store.resume({ instance });
        return unparked;
      },
    }),
    'unparks what is resumed': (store) => ({
      resume: async (target) => {
        const resumed = await store.resume(target);
        if ('instance' in target) await store.unpark(target.instance);
        return resumed;
      },
    }),
  },
  snapshots: {
    'keeps no snapshot': () => ({ snapshot: async () => undefined }),
    'answers any snapshot': (store) => ({ snapshot: (instance) => store.snapshot(instance, 1e9) }),
    'answers the snapshot of another': (store) => ({
      snapshot: (_, revision) => store.snapshot('a', revision),
    }),
    'forgets the status in a snapshot': (store) => ({
      snapshot: async (instance, revision) => {
        const snapshot = await store.snapshot(instance, revision);
        return snapshot && { ...snapshot, status: 'running' };
      },
    }),
    'keeps no state that did not change': (store) => ({
      commit: (commits, take) =>
        store.commit(
          commits.map((commit) => ({ ...commit, state: commit.state ?? 'null' })),
          take,
        ),
    }),
  },
  changes: {
    'skips an entry': inChanges((changes) => ({ ...changes, entries: changes.entries.slice(1) })),
    'reads no further than a page': (store) => ({
      changes: (query) => store.changes(query.after === undefined ? query : { ...query, after: '' }),
    }),
    'reads the newest first': inChanges((changes) => ({
      ...changes,
      entries: [...changes.entries].reverse(),
    })),
    'reads everything of everyone': (store) => ({
      changes: ({ instance: _, machine: __, ...query }) => store.changes(query),
    }),
    'reads more than it was asked to': (store) => ({
      changes: (query) => store.changes({ ...query, limit: 100 }),
    }),
    'takes the end for the beginning': (store) => ({
      changes: (query) => store.changes({ ...query, after: query.after ?? '' }),
    }),
    'takes the beginning for the end': (store) => ({
      changes: ({ after, ...query }) => store.changes({ ...query, after: after === '' ? undefined : after }),
    }),
    'never says reset': inChanges((changes) => ({ ...changes, reset: false })),
    'always says reset': inChanges((changes) => ({ ...changes, reset: true })),
    'takes any position': (store) => ({
      changes: ({ after, ...query }) =>
        store.changes({ ...query, after: after === undefined || /^\d+\.\d+$/.test(after) ? after : '' }),
    }),
    'stays behind what it passed over': (store) => ({
      changes: async (query) => {
        const changes = await store.changes(query);
        return changes.entries.length === 0 && query.after !== undefined
          ? { ...changes, position: '0.0' }
          : changes;
      },
    }),
  },
  sweeping: {
    'sweeps nothing': () => ({ sweep: async () => 0 }),
    'says that it swept nothing': (store) => ({
      sweep: async (query) => {
        await store.sweep(query);
        return 0;
      },
    }),
    'sweeps without a limit': inSweep((query) => ({ ...query, limit: 1_000 })),
    'sweeps what is younger': inSweep((query) => ({ ...query, before: query.before + 1 })),
    'sweeps every machine': inSweep(({ machines: _, ...query }) => query),
    'sweeps the machines that are to be spared': inSweep(({ exceptMachines: _, ...query }) => query),
    'sweeps no instances': inSweep((query) => (query.what === 'instances' ? { ...query, limit: 0 } : query)),
    'sweeps no journals': inSweep((query) => (query.what === 'journals' ? { ...query, limit: 0 } : query)),
    'sweeps no jobs': inSweep((query) => (query.what === 'jobs' ? { ...query, limit: 0 } : query)),
    'sweeps no letters': inSweep((query) => (query.what === 'letters' ? { ...query, limit: 0 } : query)),
    'takes children for strangers': (store) => ({
      create: (instances) => store.create(instances.map(({ parent: _, ...instance }) => instance)),
    }),
    'takes detached children for others': (store) => ({
      create: (instances) => store.create(instances.map(({ detached: _, ...instance }) => instance)),
    }),
    'takes all children for detached ones': (store) => ({
      create: (instances) => store.create(instances.map((instance) => ({ ...instance, detached: true }))),
    }),
    'waits for no job': (store) => ({
      commit: (commits, take) =>
        store.commit(
          commits.map((commit) => ({ ...commit, jobs: commit.jobs.map((job) => ({ ...job, ask: true })) })),
          take,
        ),
    }),
    'forgets with the journal what was accepted': (store) => {
      let trims = 0;
      return {
        sweep: async (query) => {
          const swept = await store.sweep(query);
          if (query.what === 'journals') trims += swept;
          return swept;
        },
        send: (messages) =>
          store.send(
            messages.map((message) => (trims === 0 ? message : { ...message, id: `${message.id}.` })),
          ),
      };
    },
    'keeps the jobs of what it sweeps': (store) => {
      const kept: Awaited<ReturnType<Store['jobs']>>['items'][number][] = [];
      return {
        sweep: async (query) => {
          const before = (await store.jobs({})).items;
          const swept = await store.sweep(query);
          if (query.what === 'instances') kept.push(...before);
          return swept;
        },
        jobs: async (query) => {
          const { items } = await store.jobs(query);
          return { items: [...items, ...kept.filter(({ id }) => !items.some((job) => job.id === id))] };
        },
      };
    },
    'loses its place in a trimmed journal': (store) => ({
      journal: async (instance, query) => {
        const page = await store.journal(instance, query);
        return page.next === undefined ? page : { ...page, next: '1' };
      },
    }),
    'drops the snapshot with the journal': (store) => ({
      snapshot: async (instance, revision) => {
        const { items } = await store.journal(instance, { limit: 1 });
        return items[0]?.revision === 1 ? store.snapshot(instance, revision) : undefined;
      },
    }),
  },
};

/** Faults that show only where others commit while it is read. */
const RACES: Readonly<Record<string, Fault>> = {
  'passes over what is being committed': (store) => {
    let pages = 0;
    return inChanges((changes) => {
      pages += 1;
      return pages % 20 === 0 ? { ...changes, entries: changes.entries.slice(0, -1) } : changes;
    })(store);
  },
  'stays behind now and then': (store) => {
    let pages = 0;
    return {
      changes: async (query) => {
        pages += 1;
        const changes = await store.changes(query);
        return pages % 20 === 0 ? { ...changes, position: query.after ?? changes.position } : changes;
      },
    };
  },
};

describe('the case of two processes', () => {
  it('finds nothing wrong with a sound store', async () => {
    expect(await isCaught(() => ({}), ['changes'], 'second')).toBe(false);
  });

  it.each(Object.entries(RACES))('catches a store that %s', async (_, fault) => {
    expect(await isCaught(fault, ['changes'], 'second')).toBe(true);
  });
});

describe.each(Object.entries(FAULTS))('the suite on %s', (subject, faults) => {
  it('finds nothing wrong with a sound store', async () => {
    expect(await isCaught(() => ({}), [subject])).toBe(false);
  });

  it.each(Object.entries(faults))('catches a store that %s', async (_, fault) => {
    expect(await isCaught(fault, [subject])).toBe(true);
  });
});
