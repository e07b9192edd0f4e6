import assert from 'node:assert/strict';
import type { ClaimJobsQuery, Store } from '../../store/store.js';
import {
  born,
  claimJobs,
  claimOnly,
  commitOf,
  idsOf,
  LEASE,
  newInstance,
  newJob,
  newPlainJob,
} from './fixture.js';
import type { StoreCase, StoreHarness } from './store-case.js';

const TAKE: ClaimJobsQuery = { worker: 'worker', limit: 10, leaseMs: LEASE };

/** A turn that makes these jobs, and hands over what the query takes. */
async function turnTaking(
  { store, clock }: StoreHarness,
  names: readonly string[],
  take: ClaimJobsQuery | undefined,
  queue = 'default',
) {
  await store.create([newInstance('a')]);
  const lease = await claimOnly(store, 'a');
  const jobs = names.map((name, n) => newJob('a', `1.${n}`, clock.now(), { name, queue }));
  return store.commit([commitOf(lease, lease.load, { jobs })], take);
}

async function end(store: Store, job: { id: string; token: string } | undefined) {
  assert.ok(job !== undefined);
  return store.endJobs([{ id: job.id, token: job.token, end: { status: 'completed', output: '1' } }]);
}

/** What a commit hands over of the jobs that it makes. */
export const handoverCases: readonly StoreCase[] = [
  {
    name: 'hands the jobs of a commit to the worker that asks for them, as if it had claimed them',
    async run(harness) {
      const { store, clock } = harness;
      const { results, jobs } = await turnTaking(harness, ['lamp', 'bell'], TAKE);
      assert.deepEqual(results, ['committed']);
      assert.deepEqual(idsOf(jobs), ['a/1/0', 'a/1/1']);
      assert.deepEqual(await claimJobs(store), []);
      for (const { token, ...job } of jobs) {
        assert.ok(token !== '');
        assert.deepEqual(
          [job.status, job.attempts, job.createdAt, job.dueAt, job.startedAt],
          ['processing', 1, clock.now(), clock.now(), clock.now()],
        );
        assert.deepEqual(await store.job(job.id), job);
      }
      assert.deepEqual(await end(store, jobs[0]), ['ended']);
      clock.advance(LEASE - 1);
      assert.deepEqual(await store.extendJobs(jobs.slice(1), LEASE), []);
      clock.advance(LEASE - 1);
      assert.deepEqual(await claimJobs(store), []);
      clock.advance(1);
      assert.deepEqual(idsOf(await claimJobs(store)), ['a/1/1']);
      assert.deepEqual(await end(store, jobs[1]), ['lost']);
    },
  },
  {
    name: 'hands over no more than asked for, of the names and queues asked for; the rest waits',
    async run(harness) {
      const { store } = harness;
      const names = ['lamp', 'bell', 'lamp', 'lamp'];
      const take = { ...TAKE, limit: 2, names: ['lamp'], queues: ['default'] };
      const { jobs } = await turnTaking(harness, names, take);
      assert.deepEqual(idsOf(jobs), ['a/1/0', 'a/1/2']);
      assert.deepEqual(idsOf(await claimJobs(store)), ['a/1/1', 'a/1/3']);
    },
  },
  {
    name: 'hands over nothing of other queues, and nothing that nobody asked for',
    async run(harness) {
      const { store } = harness;
      const { jobs } = await turnTaking(harness, ['lamp'], { ...TAKE, queues: ['slow'] });
      assert.deepEqual(jobs, []);
      assert.deepEqual(idsOf(await claimJobs(store)), ['a/1/0']);
      await store.create([newInstance('b')]);
      const lease = await claimOnly(store, 'b');
      const made = commitOf(lease, lease.load, {
        jobs: [newJob('b', '1.0', 0, { deadlineAt: 9e15 })],
      });
      assert.deepEqual(await store.commit([made]), { results: ['committed'], jobs: [] });
      assert.deepEqual(idsOf(await claimJobs(store)), ['b/1/0']);
    },
  },
  {
    name: 'hands over nothing of a queue that is paused, or has a limit',
    async run(harness) {
      const { store } = harness;
      await store.limitQueue('narrow', 5);
      await store.pause({ queue: 'default' });
      assert.deepEqual((await turnTaking(harness, ['lamp'], TAKE)).jobs, []);
      await born(store, 'b', { jobs: [newJob('b', '1.0', 0, { deadlineAt: 9e15, queue: 'narrow' })] });
      assert.deepEqual(idsOf(await claimJobs(store)), ['b/1/0']);
      await store.resume({ queue: 'default' });
      assert.deepEqual(idsOf(await claimJobs(store)), ['a/1/0']);
      await store.create([newInstance('c')]);
      const lease = await claimOnly(store, 'c');
      const jobs = [newJob('c', '1.0', 0, { deadlineAt: 9e15, queue: 'narrow' })];
      assert.deepEqual((await store.commit([commitOf(lease, lease.load, { jobs })], TAKE)).jobs, []);
    },
  },
  {
    name: 'hands over nothing of a commit that is a conflict',
    async run(harness) {
      const { store, clock } = harness;
      await store.create([newInstance('a')]);
      const lease = await claimOnly(store, 'a');
      const jobs = [newJob('a', '1.0', clock.now())];
      const commit = commitOf(lease, lease.load, { jobs });
      const stale = { ...commit, lease: { ...lease, token: 'another' } };
      assert.deepEqual(await store.commit([stale], TAKE), { results: ['conflict'], jobs: [] });
      assert.equal(await store.job('a/1/0'), undefined);
      assert.deepEqual(idsOf((await store.commit([commit], TAKE)).jobs), ['a/1/0']);
    },
  },
  {
    name: 'leaves plain jobs that wait where they are: a commit hands over its own',
    async run(harness) {
      const { store } = harness;
      await store.enqueue([newPlainJob('plain')]);
      assert.deepEqual(idsOf((await turnTaking(harness, ['lamp'], TAKE)).jobs), ['a/1/0']);
      assert.deepEqual(idsOf(await claimJobs(store)), ['plain']);
    },
  },
];
