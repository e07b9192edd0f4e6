import { describe, expect, it } from 'vitest';
import type { JobEnd, NewPlainJob } from '../../src/core/job.js';
import type { NewMessage } from '../../src/core/message.js';
import type { Commit, CommitResult } from '../../src/store/store.js';
import { commitAll } from '../../src/testing/store-suite/fixture.js';
import { type Fault, isCaught } from './fault.js';

/** A fault in how a commit is written. */
function inCommit(change: (commit: Commit) => Commit): Fault {
  return (store) => ({ commit: (commits, take) => store.commit(commits.map(change), take) });
}

/** A fault in how a message from outside is kept. */
function inSend(change: (message: NewMessage) => NewMessage): Fault {
  return (store) => ({ send: (messages) => store.send(messages.map(change)) });
}

/** A fault in how a plain job is kept. */
function inJob(change: (job: NewPlainJob) => NewPlainJob): Fault {
  return (store) => ({ enqueue: (jobs) => store.enqueue(jobs.map(change)) });
}

/** A fault in how a job ends. */
function inEnd(change: (end: JobEnd) => JobEnd): Fault {
  return (store) => ({
    endJobs: (ends) => store.endJobs(ends.map((one) => ({ ...one, end: change(one.end) }))),
  });
}

function withoutHash({ hash: _, ...message }: NewMessage): NewMessage {
  return message;
}

const FAULTS: Readonly<Record<string, Fault>> = {
  'accepts an id twice': inSend(withoutHash),
  'takes another body for a duplicate': inSend((message) => ({ ...message, hash: 'same' })),
  'takes an id of another receiver for a duplicate': (store) => {
    const seen = new Set<string>();
    return {
      send: async (messages) => {
        const results = await store.send(messages);
        return results.map((result, n) => {
          const known = seen.has(messages[n]?.id ?? '');
          seen.add(messages[n]?.id ?? '');
          return known && result === 'accepted' ? 'duplicate' : result;
        });
      },
    };
  },
  'writes JSON anew': inSend((message) => ({ ...message, event: JSON.stringify(JSON.parse(message.event)) })),
  'forgets when a message is due': inSend(({ dueAt: _, ...message }) => message),
  'forgets the cause of a message': inSend(({ cause: _, ...message }) => message),
  'forgets the hops of a message': inSend(({ hops: _, ...message }) => message),
  'puts messages in front': inSend((message) => ({ dueAt: 1, ...message })),
  'loses the second message of a call': (store) => ({
    send: async (messages) => {
      const results = await store.send(messages.slice(0, 1));
      return messages.map((_, n) => results[n] ?? 'accepted');
    },
  }),
  'acknowledges what it has no receiver for': (store) => ({
    send: async (messages) =>
      (await store.send(messages)).map((result) => (result === 'unknown' ? 'accepted' : result)),
  }),
  'creates an id anew that is taken': (store) => ({
    create: async (instances) => (await store.create(instances)).map(() => 'created'),
  }),
  'takes any repeated creation for the same': (store) => ({
    create: (instances) => store.create(instances.map((instance) => ({ ...instance, inputHash: '' }))),
  }),
  'loses the messages of a commit': inCommit((commit) => ({ ...commit, messages: [] })),
  'loses the timers of a commit': inCommit((commit) => ({ ...commit, timers: [] })),
  'loses the jobs of a commit': inCommit((commit) => ({ ...commit, jobs: [] })),
  'loses the outcome of an event': inCommit((commit) => ({
    ...commit,
    folded: commit.folded.map((entry) => ({ ...entry, outcome: { kind: 'applied' } })),
  })),
  'keeps cancelled timers': inCommit((commit) => ({ ...commit, cancelledTimers: [] })),
  'keeps cancelled jobs': inCommit((commit) => ({ ...commit, cancelledJobs: [] })),
  'keeps what was folded': (store) => ({
    commit: async (commits, take) => {
      const waiting = await Promise.all(commits.map(({ lease }) => store.messages(lease.instance)));
      const committed = await store.commit(commits, take);
      const folded = new Set(commits.flatMap((commit) => commit.folded.map(({ seq }) => seq)));
      await store.send(waiting.flat().filter(({ seq }) => folded.has(seq)));
      return committed;
    },
  }),
  'loses the children of a commit': inCommit((commit) => ({ ...commit, spawns: [] })),
  'forgets whose child it is': inCommit((commit) => ({
    ...commit,
    spawns: commit.spawns.map(({ parent: _, ...spawn }) => spawn),
  })),
  'keeps the status': inCommit((commit) => ({ ...commit, status: 'running' })),
  'drops a state that did not change': inCommit((commit) => ({ ...commit, state: commit.state ?? 'null' })),
  'fires timers at once': inCommit((commit) => ({
    ...commit,
    timers: commit.timers.map(({ dueAt: _, ...timer }) => timer),
  })),
  'stops a batch at a conflict': (store) => ({
    commit: async (commits) => {
      const results: CommitResult[] = [];
      for (const commit of commits) {
        const stopped = results.includes('conflict');
        results.push(...(stopped ? ['conflict' as const] : await commitAll(store, [commit])));
      }
      return { results, jobs: [] };
    },
  }),
  'says that every commit succeeded': (store) => ({
    commit: async (commits, take) => {
      const { jobs } = await store.commit(commits, take);
      return { results: commits.map(() => 'committed'), jobs };
    },
  }),
  'writes a part of a call that throws': (store) => ({
    commit: async (commits, take) => {
      await store.commit(
        commits.map((commit) => ({ ...commit, folded: [], spawns: [], revision: commit.baseRevision })),
      );
      return store.commit(commits, take);
    },
  }),
  'counts no attempts': (store) => ({
    claim: async (query) => {
      const claims = await store.claim(query);
      await store.release(claims.map((claim) => ({ ...claim, giveBack: true })));
      return claims.map((claim) => ({ ...claim, attempts: 1 }));
    },
  }),
  'claims for ever': (store) => ({ claim: (query) => store.claim({ ...query, leaseMs: 1e9 }) }),
  'claims too briefly': (store) => ({
    claim: (query) => store.claim({ ...query, leaseMs: query.leaseMs - 1 }),
  }),
  'claims more than it was asked to': (store) => ({
    claim: (query) => store.claim({ ...query, limit: 100 }),
  }),
  'says that every migration succeeded': (store) => ({
    migrate: async (migrations) => {
      await store.migrate(migrations);
      return migrations.map(() => 'committed');
    },
  }),
  'migrates nothing': () => ({ migrate: async (migrations) => migrations.map(() => 'committed') }),
  'migrates to what it comes from': (store) => ({
    migrate: (migrations) =>
      store.migrate(migrations.map((migration) => ({ ...migration, definition: migration.from.definition }))),
  }),
  'forgets what a migration makes': (store) => ({
    migrate: (migrations) =>
      store.migrate(
        migrations.map((migration) => ({
          ...migration,
          commit: { ...migration.commit, timers: [], jobs: [], messages: [], spawns: [] },
        })),
      ),
  }),
  'takes every worker for one that has just begun': (store) => ({
    claim: (query) => store.claim({ ...query, fresh: true }),
  }),
  'takes no worker for one that has just begun': (store) => ({
    claim: (query) => store.claim({ ...query, fresh: false }),
  }),
  'claims what the worker cannot step': (store) => ({
    claim: (query) => store.claim({ ...query, definitions: ['hash-of-light', 'hash-of-other'] }),
  }),
  'brings messages along by arrival': (store) => ({
    claim: async (query) =>
      (await store.claim(query)).map(({ load, ...claim }) => ({
        ...claim,
        load: { ...load, messages: [...load.messages].sort((a, b) => a.seq - b.seq) },
      })),
  }),
  'brings more along than it was asked to': (store) => ({
    claim: (query) => store.claim({ ...query, messages: 1_000 }),
  }),
  'brings an instance along as it was': (store) => ({
    claim: async (query) =>
      (await store.claim(query)).map(({ load, ...claim }) => ({
        ...claim,
        load: { ...load, instance: { ...load.instance, state: null } },
      })),
  }),
  'extends nothing': () => ({ extend: async () => [] }),
  'extends for ever': (store) => ({ extend: (leases) => store.extend(leases, 1e9) }),
  'says nothing of lost leases': (store) => ({
    extend: async (leases, leaseMs) => {
      await store.extend(leases, leaseMs);
      return [];
    },
  }),
  'always gives the attempt back': (store) => ({
    release: (releases) => store.release(releases.map((release) => ({ ...release, giveBack: true }))),
  }),
  'never gives the attempt back': (store) => ({
    release: (releases) => store.release(releases.map((release) => ({ ...release, giveBack: false }))),
  }),
  'forgets what was wrong': (store) => ({
    release: (releases) => store.release(releases.map(({ problem: _, ...release }) => release)),
  }),
  'unparks nothing': () => ({ unpark: async () => true }),
  'hands every job out': (store) => ({ claimJobs: ({ names: _, ...query }) => store.claimJobs(query) }),
  'hands jobs out newest first': (store) => ({
    claimJobs: async (query) => [...(await store.claimJobs(query))].reverse(),
  }),
  'ends a job by anybody': (store) => ({
    endJobs: async (ends) => (await store.endJobs(ends)).map(() => 'ended'),
  }),
  'takes any sign of life for a heartbeat': (store) => ({
    extendJobs: (leases, leaseMs) =>
      store.extendJobs(
        leases.map((lease) => ({ ...lease, beat: true })),
        leaseMs,
      ),
  }),
  'hears no heartbeat': (store) => ({
    extendJobs: (leases, leaseMs) =>
      store.extendJobs(
        leases.map((lease) => ({ ...lease, beat: false })),
        leaseMs,
      ),
  }),
  'releases no job': () => ({ releaseJobs: async () => undefined }),
  'keeps every plain job as a new one': (store) => ({
    enqueue: async (jobs) => (await store.enqueue(jobs)).map(() => 'created'),
  }),
  'takes another body of a plain job for the same': inJob((job) => ({ ...job, hash: 'same' })),
  'forgets a job’s priority': inJob((job) => ({ ...job, priority: 5 })),
  'forgets a job’s queue': inJob((job) => ({ ...job, queue: 'default' })),
  'forgets a job’s delay': inJob((job) => ({ ...job, delayMs: 0 })),
  'forgets a job’s timeout': inJob((job) => ({ ...job, timeoutMs: 1e9 })),
  'forgets a job’s heartbeat': inJob(({ heartbeatMs: _, ...job }) => job),
  'tries a job again without a pause': inJob((job) => ({ ...job, retry: { ...job.retry, delayMs: 0 } })),
  'pauses longer than the longest pause': inJob((job) => ({
    ...job,
    retry: { ...job.retry, maxDelayMs: 1e9 },
  })),
  'gives a job one attempt more': inJob((job) => ({
    ...job,
    retry: { ...job.retry, attempts: job.retry.attempts + 1 },
  })),
  'tries nothing again': inEnd((end) => (end.status === 'failed' ? { ...end, final: true } : end)),
  'tries what is final again': inEnd((end) => (end.status === 'failed' ? { ...end, final: false } : end)),
  'keeps no output': inEnd((end) => (end.status === 'completed' ? { ...end, output: 'null' } : end)),
  'cancels no job': () => ({ cancelJob: async () => 'changed' }),
  'retries no job': () => ({ retryJob: async () => 'changed' }),
  'hands out of every queue': (store) => ({ claimJobs: ({ queues: _, ...query }) => store.claimJobs(query) }),
  'limits no queue': () => ({ limitQueue: async () => undefined }),
  'never lifts the limit of a queue': (store) => ({
    limitQueue: (queue, concurrency) => store.limitQueue(queue, concurrency ?? 1),
  }),
  'hands out of paused queues': (store) => ({
    claimJobs: async (query) => {
      const paused = await store.paused();
      for (const target of paused) await store.resume(target);
      const claimed = await store.claimJobs(query);
      for (const target of paused) await store.pause(target);
      return claimed;
    },
  }),
  'is kept awake by paused queues': (store) => ({
    nextDue: async (query) => {
      const paused = await store.paused();
      for (const target of paused) await store.resume(target);
      const due = await store.nextDue(query);
      for (const target of paused) await store.pause(target);
      return due;
    },
  }),
  'is kept awake by queues of others': (store) => ({
    nextDue: ({ queues: _, ...query }) => store.nextDue(query),
  }),
  'resumes no queue': () => ({ resume: async () => true }),
  'counts no queue': () => ({ queues: async () => [] }),
  'counts what is delayed as pending': (store) => ({
    queues: async () =>
      (await store.queues()).map((queue) => ({
        ...queue,
        pending: queue.pending + queue.delayed,
        delayed: 0,
      })),
  }),
  'lists jobs of every queue': (store) => ({ jobs: ({ queue: _, ...query }) => store.jobs(query) }),
  'lists jobs of every name': (store) => ({ jobs: ({ name: _, ...query }) => store.jobs(query) }),
  'expires nothing': () => ({ expire: async () => 0 }),
  'expires without a limit': (store) => ({ expire: () => store.expire(1_000) }),
  'knows nothing that is due': () => ({ nextDue: async () => undefined }),
  'takes everything for due': (store) => ({
    nextDue: async (query) => {
      const due = await store.nextDue(query);
      return due && { ...due, at: 0 };
    },
  }),
  'has another time than its own when something is due': (store) => ({
    nextDue: async (query) => {
      const due = await store.nextDue(query);
      return due && { ...due, now: due.now - 1 };
    },
  }),
  'tells nobody of a change': () => ({ onChange: () => () => undefined }),
  'lists oldest first': (store) => ({
    find: async (query) => ({ items: [...(await store.find({ ...query, limit: 1_000 })).items].reverse() }),
  }),
  'ends a listing at its first page': (store) => ({
    find: async (query) => ({ items: (await store.find(query)).items }),
  }),
  'ends a journal at its first page': (store) => ({
    journal: async (instance, query) => ({ items: (await store.journal(instance, query)).items }),
  }),
  'finds the parked and the others': (store) => ({ find: ({ parked: _, ...query }) => store.find(query) }),
  'gives every definition version 1': (store) => ({
    publish: async (definition) => ({ ...(await store.publish(definition)), version: 1 }),
  }),
  'tells its own time': () => ({ now: async () => Date.now() }),
  'answers after its end': () => ({ close: async () => undefined }),
};

describe('the store suite', () => {
  it('finds nothing wrong with a sound store', async () => {
    expect(await isCaught(() => ({}))).toBe(false);
  });

  for (const [name, fault] of Object.entries(FAULTS)) {
    it(`catches a store that ${name}`, async () => {
      expect(await isCaught(fault)).toBe(true);
    });
  }
});
