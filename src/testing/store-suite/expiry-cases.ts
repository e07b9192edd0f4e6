import assert from 'node:assert/strict';
import { JOB_ERRORS } from '../../core/job.js';
import { ISOLATED_DELIVERIES, MAX_DELIVERIES } from '../../core/limits.js';
import type { Store } from '../../store/store.js';
import { born, claimedJob, claimJobs, dueAt, LEASE, newJob, waiting } from './fixture.js';
import type { StoreCase, StoreHarness } from './store-case.js';

async function assertFailed(store: Store, instance: string, error: string): Promise<void> {
  const [job] = (await store.jobs({ instance })).items;
  assert.deepEqual([job?.status, job?.error], ['failed', error]);
  assert.ok(job?.cause !== undefined && job.cause !== '' && job.endedAt !== undefined);
  const [answer, ...rest] = await store.messages(instance);
  assert.ok(answer !== undefined && rest.length === 0);
  const body = JSON.parse(answer.event) as Record<string, unknown>;
  assert.equal(answer.id, job.id);
  assert.deepEqual(
    [body['type'], body['effect'], body['error'], body['cause']],
    ['task.failed', '1.0', error, job.cause],
  );
}

/** Hands a job out until it was handed out as often as is allowed. */
async function loseWorkers({ store, clock }: StoreHarness): Promise<void> {
  for (let delivery = 2; delivery <= MAX_DELIVERIES; delivery++) {
    clock.advance(LEASE);
    assert.equal((await claimJobs(store))[0]?.attempts, delivery);
  }
}

export const expiryCases: readonly StoreCase[] = [
  {
    name: 'fails a job that nobody took by its deadline, and hands it out no more',
    async run({ store, clock }) {
      await born(store, 'a', { jobs: [newJob('a', '1.0', clock.now(), { deadlineAt: clock.now() + 50 })] });
      clock.advance(49);
      assert.equal(await store.expire(10), 0);
      clock.advance(1);
      assert.deepEqual(await claimJobs(store), []);
      assert.equal(await store.expire(10), 1);
      await assertFailed(store, 'a', JOB_ERRORS.timeout);
      assert.equal(await store.expire(10), 0);
    },
  },
  {
    name: 'fails a job at its deadline that is under way, however alive its worker is',
    async run(harness) {
      const { store, clock } = harness;
      const job = await claimedJob(harness, 'a', { deadlineAt: clock.now() + 50, heartbeatMs: 40 });
      clock.advance(30);
      assert.deepEqual(await store.extendJobs([{ ...job, beat: true }], LEASE), []);
      clock.advance(20);
      assert.equal(await store.expire(10), 1);
      await assertFailed(store, 'a', JOB_ERRORS.timeout);
      assert.deepEqual(await store.endJobs([{ ...job, end: { status: 'completed', output: '1' } }]), [
        'lost',
      ]);
      assert.deepEqual(await store.extendJobs([job], LEASE), ['a/1/0']);
      assert.equal((await waiting(store, 'a')).length, 1);
    },
  },
  {
    name: 'fails a job whose handler is silent longer than its heartbeat, though its lease is extended',
    async run(harness) {
      const { store, clock } = harness;
      const job = await claimedJob(harness, 'a', { heartbeatMs: 100 });
      clock.advance(99);
      assert.equal(await store.expire(10), 0);
      await store.extendJobs([{ ...job, beat: true }], LEASE);
      clock.advance(99);
      await store.extendJobs([{ id: job.id, token: job.token }], LEASE);
      assert.equal(await store.expire(10), 0);
      clock.advance(1);
      assert.deepEqual(await claimJobs(store), []);
      assert.equal(await store.expire(10), 1);
      await assertFailed(store, 'a', JOB_ERRORS.heartbeat);
    },
  },
  {
    name: 'counts no heartbeat of a job that waits',
    async run({ store, clock }) {
      await born(store, 'a', { jobs: [newJob('a', '1.0', clock.now(), { heartbeatMs: 100 })] });
      clock.advance(500);
      assert.equal(await store.expire(10), 0);
      const [job] = await claimJobs(store);
      clock.advance(50);
      await store.releaseJobs(job === undefined ? [] : [job]);
      clock.advance(100);
      assert.equal(await store.expire(10), 0);
      assert.equal((await claimJobs(store)).length, 1);
      clock.advance(99);
      assert.equal(await store.expire(10), 0);
      clock.advance(1);
      assert.equal(await store.expire(10), 1);
    },
  },
  {
    name: `fails a job whose worker was lost ${MAX_DELIVERIES} times, and hands it out no more`,
    async run(harness) {
      const { store, clock } = harness;
      await claimedJob(harness, 'a');
      await loseWorkers(harness);
      clock.advance(LEASE - 1);
      assert.equal(await store.expire(10), 0);
      clock.advance(1);
      assert.deepEqual(await claimJobs(store), []);
      assert.equal(await store.expire(10), 1);
      await assertFailed(store, 'a', JOB_ERRORS.workerLost);
    },
  },
  {
    name: `hands jobs that were lost with ${ISOLATED_DELIVERIES} workers out one at a time, none where the caller has one`,
    async run(harness) {
      const { store, clock } = harness;
      const names = ['1.0', '1.1', '1.2'];
      await born(store, 'a', { jobs: names.map((effect) => newJob('a', effect, clock.now())) });
      for (let delivery = 1; delivery <= ISOLATED_DELIVERIES; delivery++) {
        assert.equal((await claimJobs(store)).length, names.length);
        clock.advance(LEASE);
      }
      await born(store, 'b', { jobs: [newJob('b', '1.0', clock.now())] });
      const query = { worker: 'worker', limit: 10, leaseMs: LEASE };
      const queues = { definitions: [], queues: ['default'] };
      const claimed = await store.claimJobs(query);
      assert.deepEqual(claimed.map(({ instance }) => instance).sort(), ['a', 'b']);
      assert.ok(((await dueAt(store, queues)) ?? Number.POSITIVE_INFINITY) <= clock.now());
      assert.ok(
        ((await dueAt(store, { ...queues, isolated: true })) ?? Number.POSITIVE_INFINITY) > clock.now(),
      );
      assert.deepEqual(await store.claimJobs({ ...query, isolated: true }), []);
      await store.endJobs(
        claimed.map(({ id, token }) => ({ id, token, end: { status: 'completed', output: '1' } })),
      );
      for (const left of [2, 1, 0]) assert.equal((await store.claimJobs(query)).length, Math.min(left, 1));
    },
  },
  {
    name: 'lets the last worker of a job end it, and go on as long as it extends the lease',
    async run(harness) {
      const { store, clock } = harness;
      await claimedJob(harness, 'a');
      for (let delivery = 2; delivery < MAX_DELIVERIES; delivery++) {
        clock.advance(LEASE);
        await claimJobs(store);
      }
      clock.advance(LEASE);
      const [job] = await claimJobs(store);
      assert.equal(job?.attempts, MAX_DELIVERIES);
      clock.advance(LEASE - 1);
      await store.extendJobs([job], LEASE);
      clock.advance(LEASE - 1);
      assert.equal(await store.expire(10), 0);
      assert.deepEqual(await store.endJobs([{ ...job, end: { status: 'completed', output: '1' } }]), [
        'ended',
      ]);
    },
  },
  {
    name: 'answers nothing for an expired job that nobody waits for, and expires no cancelled one',
    async run({ store, clock }) {
      const deadlineAt = clock.now() + 50;
      const jobs = [0, 1].map((n) => newJob('a', `1.${n}`, clock.now(), { ask: false, deadlineAt }));
      await born(store, 'a', { jobs, cancelledJobs: ['a/1/1'] });
      clock.advance(60);
      assert.equal(await store.expire(10), 1);
      assert.deepEqual(await waiting(store, 'a'), []);
      const { items } = await store.jobs({ instance: 'a' });
      assert.deepEqual(
        items.map(({ status }) => status),
        ['cancelled', 'failed'],
      );
    },
  },
  {
    name: 'ends no more at once than it was asked to, the longest overdue first',
    async run({ store, clock }) {
      const job = (n: number) => newJob('a', `1.${n}`, clock.now(), { deadlineAt: clock.now() + 10 - n });
      await born(store, 'a', { jobs: [0, 1, 2].map(job) });
      clock.advance(10);
      assert.equal(await store.expire(2), 2);
      assert.deepEqual(await waiting(store, 'a'), ['a/1/2', 'a/1/1']);
      assert.equal(await store.expire(2), 1);
      assert.equal(await store.expire(2), 0);
    },
  },
];
