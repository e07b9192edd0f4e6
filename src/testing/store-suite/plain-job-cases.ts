import assert from 'node:assert/strict';
import { backoffMs, JOB_ERRORS, type JobEnd } from '../../core/job.js';
import { MAX_CAUSE_LENGTH, MAX_DELIVERIES, OUT_OF_ROW_LENGTH } from '../../core/limits.js';
import type { ClaimedJob, Store } from '../../store/store.js';
import {
  born,
  claimedJob,
  claimedPlainJob,
  claimJobs,
  idsOf,
  LEASE,
  newJob,
  newPlainJob,
} from './fixture.js';
import type { StoreCase, StoreHarness } from './store-case.js';

const DONE = { status: 'completed', output: '{"lit":true}' } as const;
const DARK = { status: 'failed', error: 'Dark', cause: 'no power' } as const;

function end(store: Store, { id, token }: ClaimedJob, end: JobEnd) {
  return store.endJobs([{ id, token, end }]);
}

/** Takes the job again, which must be the only one that is due. */
async function again(store: Store, attempts: number): Promise<ClaimedJob> {
  const [job, ...rest] = await claimJobs(store);
  assert.ok(job !== undefined && rest.length === 0, 'one job is due');
  assert.equal(job.attempts, attempts);
  return job;
}

/** Where a job stands, as far as it changes. */
async function standing(store: Store, id: string) {
  const job = await store.job(id);
  assert.ok(job !== undefined);
  const { status, attempts, dueAt, error } = job;
  return { status, attempts, dueAt, error };
}

export const plainJobCases: readonly StoreCase[] = [
  {
    name: 'keeps a plain job under its id, and tells a repetition from a conflict',
    async run({ store, clock }) {
      const { hash: _, delayMs, ...job } = newPlainJob('one', { heartbeatMs: 500, delayMs: 30 });
      const enqueued = [newPlainJob('one', { heartbeatMs: 500, delayMs }), newPlainJob('two')];
      assert.deepEqual(await store.enqueue(enqueued), ['created', 'created']);
      assert.deepEqual(await store.job('one'), {
        ...job,
        ask: false,
        status: 'pending',
        attempts: 0,
        createdAt: clock.now(),
        dueAt: clock.now() + 30,
      });
      clock.advance(5);
      const other = newPlainJob('two', { hash: 'another', input: '{"watts":60}' });
      const late = [newPlainJob('one'), other, newPlainJob('three'), newPlainJob('three')];
      assert.deepEqual(await store.enqueue(late), ['exists', 'conflict', 'created', 'exists']);
      assert.equal((await store.job('one'))?.dueAt, clock.now() + 25);
      assert.equal((await store.job('two'))?.input, '{"watts":40}');
      assert.deepEqual(idsOf((await store.jobs({})).items), ['three', 'two', 'one']);
      assert.equal(await store.job('none'), undefined);
    },
  },
  {
    name: 'claims the id of a plain job for as long as it is kept, whatever became of it, and not an instance’s',
    async run(harness) {
      const { store, clock } = harness;
      await end(store, await claimedPlainJob(harness, 'one'), DONE);
      await born(store, 'a', { jobs: [newJob('a', '1.0', clock.now())] });
      assert.deepEqual(
        await store.enqueue([
          newPlainJob('one'),
          newPlainJob('one', { hash: 'another' }),
          newPlainJob('a/1/0'),
        ]),
        ['exists', 'conflict', 'conflict'],
      );
      assert.equal((await store.job('one'))?.status, 'completed');
      assert.deepEqual((await store.job('a/1/0'))?.instance, 'a');
    },
  },
  {
    name: 'hands a plain job out with a deadline of its own for each attempt, and keeps its output',
    async run(harness) {
      const { store, clock } = harness;
      const { token, ...job } = await claimedPlainJob(harness, 'one', { timeoutMs: 700 });
      assert.deepEqual(
        [job.status, job.attempts, job.startedAt, job.deadlineAt, job.ask],
        ['processing', 1, clock.now(), clock.now() + 700, false],
      );
      assert.deepEqual(await store.job('one'), job);
      const startedAt = clock.now();
      clock.advance(20);
      assert.deepEqual(await end(store, { ...job, token }, DONE), ['ended']);
      const { deadlineAt: _, ...rest } = job;
      const ended = { ...rest, status: 'completed', output: DONE.output, startedAt, endedAt: clock.now() };
      assert.deepEqual(await store.job('one'), ended);
      clock.advance(5);
      assert.deepEqual(await end(store, { ...job, token }, DARK), ['ended']);
      assert.deepEqual(await store.job('one'), ended);
      assert.deepEqual(await end(store, { ...job, token: 'another' }, DONE), ['lost']);
    },
  },
  {
    name: 'keeps no output of an instance’s job: its answer has it',
    async run(harness) {
      const job = await claimedJob(harness, 'a');
      await end(harness.store, job, DONE);
      assert.equal((await harness.store.job(job.id))?.output, undefined);
    },
  },
  {
    name: 'tries a plain job that failed again after its pause, which grows, until its attempts are used up',
    async run(harness) {
      const { store, clock } = harness;
      let job = await claimedPlainJob(harness, 'one');
      for (const [attempt, pause] of [100, 200].entries()) {
        clock.advance(3);
        assert.deepEqual(await end(store, job, DARK), ['retried']);
        assert.deepEqual(await end(store, job, DONE), ['retried']);
        assert.deepEqual(await store.extendJobs([job], LEASE), ['one']);
        const { deadlineAt, endedAt, cause } = (await store.job('one')) ?? {};
        assert.deepEqual([deadlineAt, endedAt, cause], [undefined, undefined, DARK.cause]);
        assert.deepEqual(await standing(store, 'one'), {
          ...{ status: 'pending', attempts: attempt + 1 },
          ...{ dueAt: clock.now() + pause, error: 'Dark' },
        });
        clock.advance(pause - 1);
        assert.deepEqual(await claimJobs(store), []);
        clock.advance(1);
        job = await again(store, attempt + 2);
      }
      assert.deepEqual(await end(store, job, DARK), ['ended']);
      const { status, error, cause, endedAt } = (await store.job('one')) ?? {};
      assert.deepEqual([status, error, cause, endedAt], ['failed', 'Dark', 'no power', clock.now()]);
      clock.advance(10_000);
      assert.deepEqual(await claimJobs(store), []);
    },
  },
  {
    name: 'pauses no longer than the longest pause, which may be none',
    async run(harness) {
      const { store, clock } = harness;
      const retry = { attempts: 4, delayMs: 100, rate: 10, maxDelayMs: 300 };
      let job = await claimedPlainJob(harness, 'one', { retry });
      for (const attempt of [1, 2, 3]) {
        await end(store, job, DARK);
        assert.equal((await store.job('one'))?.dueAt, clock.now() + backoffMs(retry, attempt));
        clock.advance(backoffMs(retry, attempt));
        job = await again(store, attempt + 1);
      }
      await end(store, job, DONE);
      const eager = { attempts: 2, delayMs: 0, rate: 2, maxDelayMs: 300 };
      await end(store, await claimedPlainJob(harness, 'two', { retry: eager }), DARK);
      assert.equal((await again(store, 2)).id, 'two');
    },
  },
  {
    name: 'tries a failure that is final no more',
    async run(harness) {
      const { store } = harness;
      const job = await claimedPlainJob(harness, 'one');
      assert.deepEqual(await end(store, job, { ...DARK, final: true }), ['ended']);
      assert.equal((await store.job('one'))?.status, 'failed');
    },
  },
  {
    name: 'forgets how an attempt failed once a later one succeeds, and keeps what SQL might lose',
    async run(harness) {
      const { store, clock } = harness;
      const cause = `no \ud800 power${'!'.repeat(MAX_CAUSE_LENGTH)}`;
      await end(store, await claimedPlainJob(harness, 'one'), { ...DARK, error: 'Dark\u0000', cause });
      const { error, cause: kept } = (await store.job('one')) ?? {};
      assert.deepEqual([error, kept], ['Dark\u0000', cause.slice(0, MAX_CAUSE_LENGTH)]);
      clock.advance(100);
      const job = await again(store, 2);
      assert.equal(job.error, 'Dark\u0000');
      await end(store, job, DONE);
      const ended = await store.job('one');
      assert.deepEqual([ended?.error, ended?.cause, ended?.output], [undefined, undefined, DONE.output]);
    },
  },
  {
    name: 'brings long texts of plain jobs back as they went',
    async run(harness) {
      const { store } = harness;
      const input = JSON.stringify('ü'.repeat(OUT_OF_ROW_LENGTH + 1));
      const output = JSON.stringify('ö'.repeat(OUT_OF_ROW_LENGTH + 1));
      const job = await claimedPlainJob(harness, 'one', { input });
      assert.equal(job.input, input);
      await end(store, job, { status: 'completed', output });
      assert.deepEqual([(await store.job('one'))?.input, (await store.job('one'))?.output], [input, output]);
    },
  },
  {
    name: 'tries a plain job again whose attempt took too long, after its pause',
    async run(harness) {
      const { store, clock } = harness;
      const retry = { attempts: 2, delayMs: 100, rate: 2, maxDelayMs: 1_000 };
      const job = await claimedPlainJob(harness, 'one', { retry, timeoutMs: 50 });
      clock.advance(49);
      assert.equal(await store.expire(10), 0);
      assert.deepEqual(await store.extendJobs([{ ...job, beat: true }], LEASE), []);
      clock.advance(1);
      assert.equal(await store.expire(10), 1);
      assert.deepEqual(await end(store, job, DONE), ['lost']);
      assert.deepEqual(await standing(store, 'one'), {
        ...{ status: 'pending', attempts: 1 },
        ...{ dueAt: clock.now() + 100, error: JOB_ERRORS.timeout },
      });
      clock.advance(100);
      assert.equal((await again(store, 2)).deadlineAt, clock.now() + 50);
      clock.advance(50);
      assert.equal(await store.expire(10), 1);
      assert.deepEqual(
        [(await store.job('one'))?.status, (await store.job('one'))?.error],
        ['failed', JOB_ERRORS.timeout],
      );
    },
  },
  {
    name: 'counts no time of a plain job that waits',
    async run(harness) {
      const { store, clock } = harness;
      await store.enqueue([newPlainJob('one', { timeoutMs: 50, delayMs: 500 })]);
      clock.advance(5_000);
      assert.equal(await store.expire(10), 0);
      await store.releaseJobs(await claimJobs(store));
      assert.equal((await store.job('one'))?.deadlineAt, undefined);
      clock.advance(5_000);
      assert.equal(await store.expire(10), 0);
      assert.equal((await again(store, 1)).deadlineAt, clock.now() + 50);
    },
  },
  {
    name: 'tries a plain job again whose handler fell silent, after its pause',
    async run(harness) {
      const { store, clock } = harness;
      const job = await claimedPlainJob(harness, 'one', { heartbeatMs: 100 });
      clock.advance(99);
      await store.extendJobs([{ ...job, beat: true }], LEASE);
      clock.advance(99);
      await store.extendJobs([{ id: job.id, token: job.token }], LEASE);
      assert.equal(await store.expire(10), 0);
      clock.advance(1);
      assert.deepEqual(await claimJobs(store), []);
      assert.equal(await store.expire(10), 1);
      assert.deepEqual(await standing(store, 'one'), {
        ...{ status: 'pending', attempts: 1 },
        ...{ dueAt: clock.now() + 100, error: JOB_ERRORS.heartbeat },
      });
    },
  },
  {
    name: 'hands a plain job out again at once when its worker’s lease ran out, as often as it may be',
    async run(harness: StoreHarness) {
      const { store, clock } = harness;
      const attempts = MAX_DELIVERIES + 2;
      const retry = { attempts, delayMs: 100, rate: 2, maxDelayMs: 1_000 };
      let job = await claimedPlainJob(harness, 'one', { retry });
      for (let attempt = 2; attempt <= attempts; attempt++) {
        clock.advance(LEASE);
        assert.equal(await store.expire(10), 0);
        const next = await again(store, attempt);
        assert.deepEqual(await end(store, job, DONE), ['lost']);
        job = next;
      }
      clock.advance(LEASE - 1);
      assert.equal(await store.expire(10), 0);
      clock.advance(1);
      assert.deepEqual(await claimJobs(store), []);
      assert.equal(await store.expire(10), 1);
      assert.deepEqual(
        [(await store.job('one'))?.status, (await store.job('one'))?.error],
        ['failed', JOB_ERRORS.workerLost],
      );
    },
  },
  {
    name: 'gives the attempt of a released plain job back',
    async run(harness) {
      const { store, clock } = harness;
      const retry = { attempts: 1, delayMs: 0, rate: 1, maxDelayMs: 0 };
      const job = await claimedPlainJob(harness, 'one', { retry, timeoutMs: 50 });
      await store.releaseJobs([job]);
      assert.deepEqual(await standing(store, 'one'), {
        ...{ status: 'pending', attempts: 0, dueAt: job.createdAt, error: undefined },
      });
      clock.advance(100);
      assert.equal((await again(store, 1)).startedAt, clock.now());
    },
  },
  {
    name: 'cancels a plain job that has not ended, waiting or under way, and no other',
    async run(harness) {
      const { store, clock } = harness;
      const held = await claimedPlainJob(harness, 'held');
      await end(store, await claimedPlainJob(harness, 'done'), DONE);
      await store.enqueue([newPlainJob('waits', { delayMs: 900 })]);
      await born(store, 'a', { jobs: [newJob('a', '1.0', clock.now())] });
      clock.advance(7);
      const cancelled = [];
      for (const id of ['held', 'waits', 'done', 'held', 'a/1/0', 'none'])
        cancelled.push(await store.cancelJob(id));
      assert.deepEqual(cancelled, ['changed', 'changed', 'unchanged', 'unchanged', 'owned', 'unknown']);
      for (const id of ['held', 'waits']) {
        const { status, endedAt, deadlineAt } = (await store.job(id)) ?? {};
        assert.deepEqual([status, endedAt, deadlineAt], ['cancelled', clock.now(), undefined]);
      }
      assert.deepEqual(await end(store, held, DONE), ['lost']);
      assert.deepEqual(await store.extendJobs([held], LEASE), ['held']);
      clock.advance(10_000);
      assert.deepEqual(idsOf(await claimJobs(store)), ['a/1/0']);
      assert.equal(await store.expire(10), 0);
    },
  },
  {
    name: 'makes a failed or cancelled plain job pending again, its attempts forgotten, and no other',
    async run(harness) {
      const { store, clock } = harness;
      await end(store, await claimedPlainJob(harness, 'dead'), { ...DARK, final: true });
      await end(store, await claimedPlainJob(harness, 'done'), DONE);
      await store.enqueue([newPlainJob('off'), newPlainJob('waits')]);
      await store.cancelJob('off');
      await born(store, 'a', { jobs: [newJob('a', '1.0', clock.now())], cancelledJobs: ['a/1/0'] });
      clock.advance(50);
      const retried = [];
      for (const id of ['dead', 'off', 'done', 'waits', 'a/1/0', 'none', 'dead'])
        retried.push(await store.retryJob(id));
      assert.deepEqual(retried, [
        ...['changed', 'changed', 'unchanged', 'unchanged', 'owned', 'unknown', 'unchanged'],
      ]);
      assert.deepEqual(await standing(store, 'dead'), {
        ...{ status: 'pending', attempts: 0, dueAt: clock.now(), error: 'Dark' },
      });
      assert.equal((await store.job('dead'))?.endedAt, undefined);
      const jobs = await claimJobs(store);
      assert.deepEqual(
        jobs.map(({ id, attempts }) => [id, attempts]),
        [
          ['waits', 1],
          ['dead', 1],
          ['off', 1],
        ],
      );
      assert.deepEqual(await end(store, jobs[1] as ClaimedJob, DARK), ['retried']);
    },
  },
  {
    name: 'ends a batch of plain jobs and an instance’s, each in its own way',
    async run(harness) {
      const { store, clock } = harness;
      await store.enqueue([newPlainJob('one'), newPlainJob('two')]);
      await born(store, 'a', { jobs: [newJob('a', '1.0', clock.now())] });
      const jobs = await claimJobs(store);
      assert.deepEqual(idsOf(jobs), ['one', 'two', 'a/1/0']);
      const ends = jobs.map(({ id, token }, n) => ({ id, token, end: n === 0 ? DONE : DARK }));
      assert.deepEqual(await store.endJobs(ends), ['ended', 'retried', 'ended']);
      assert.deepEqual(idsOf(await store.messages('a')), ['a/1/0']);
    },
  },
];
