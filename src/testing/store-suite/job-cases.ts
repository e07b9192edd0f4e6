import assert from 'node:assert/strict';
import type { NewJob } from '../../core/job.js';
import { MAX_CAUSE_LENGTH } from '../../core/limits.js';
import type { Store } from '../../store/store.js';
import {
  born,
  claimedJob,
  claimJobs,
  claimOnly,
  idsOf,
  LEASE,
  newJob,
  signal,
  turn,
  waiting,
} from './fixture.js';
import type { StoreCase } from './store-case.js';

const DONE = { status: 'completed', output: '{"lit":true}' } as const;

async function jobOf(store: Store, instance: string) {
  const { items } = await store.jobs({ instance });
  assert.equal(items.length, 1);
  return items[0];
}

export const jobCases: readonly StoreCase[] = [
  {
    name: 'hands a job out once, with what a handler needs, and counts the attempt',
    async run(harness) {
      const { store, clock } = harness;
      const job = await claimedJob(harness, 'a', { heartbeatMs: 500 });
      const { token, ...rest } = job;
      assert.ok(token !== '');
      assert.deepEqual(rest, {
        ...newJob('a', '1.0', clock.now(), { heartbeatMs: 500 }),
        status: 'processing',
        attempts: 1,
        createdAt: clock.now(),
        dueAt: clock.now(),
        startedAt: clock.now(),
      });
      assert.deepEqual(await claimJobs(store), []);
      assert.deepEqual(await jobOf(store, 'a'), rest);
    },
  },
  {
    name: 'hands jobs out oldest first, up to the limit',
    async run({ store, clock }) {
      await born(store, 'b', { jobs: [0, 1, 2].map((n) => newJob('b', `1.${n}`, clock.now())) });
      await born(store, 'a', { jobs: [newJob('a', '1.0', clock.now(), { name: 'bell' })] });
      assert.deepEqual(idsOf(await claimJobs(store, 2)), ['b/1/0', 'b/1/1']);
      assert.deepEqual(idsOf(await claimJobs(store, 9)), ['b/1/2', 'a/1/0']);
    },
  },
  {
    name: 'hands out only jobs whose names the worker can handle, oldest first across names',
    async run({ store, clock }) {
      const names = ['lamp', 'bell', 'horn', 'lamp'];
      const jobs = names.map((name, n) => newJob('a', `1.${n}`, clock.now(), { name }));
      await born(store, 'a', { jobs });
      assert.deepEqual(await claimJobs(store, 9, []), []);
      assert.deepEqual(await claimJobs(store, 9, ['constructor']), []);
      assert.deepEqual(idsOf(await claimJobs(store, 2, ['lamp', 'horn'])), ['a/1/0', 'a/1/2']);
      assert.deepEqual(idsOf(await claimJobs(store, 9, ['lamp', 'bell', 'lamp'])), ['a/1/1', 'a/1/3']);
    },
  },
  {
    name: 'hands a job out again when its worker’s lease ran out, in its old place, and fences the first off',
    async run(harness) {
      const { store, clock } = harness;
      const lost = await claimedJob(harness, 'a');
      await born(store, 'b', { jobs: [newJob('b', '1.0', clock.now())] });
      clock.advance(LEASE - 1);
      assert.deepEqual(idsOf(await claimJobs(store, 1)), ['b/1/0']);
      assert.deepEqual(await claimJobs(store), []);
      clock.advance(1);
      const [taken] = await claimJobs(store, 1);
      assert.deepEqual([taken?.id, taken?.attempts, taken?.startedAt], ['a/1/0', 2, clock.now()]);
      assert.ok(taken !== undefined && taken.token !== lost.token);
      assert.deepEqual(await store.endJobs([{ ...lost, end: DONE }]), ['lost']);
      assert.deepEqual(await store.extendJobs([lost], LEASE), ['a/1/0']);
      await store.releaseJobs([lost]);
      assert.equal((await jobOf(store, 'a'))?.status, 'processing');
      assert.deepEqual(await waiting(store, 'a'), []);
      assert.deepEqual(await store.endJobs([{ ...taken, end: DONE }]), ['ended']);
    },
  },
  {
    name: 'keeps a job with its worker as long as the lease is extended',
    async run(harness) {
      const { store, clock } = harness;
      const job = await claimedJob(harness, 'a');
      for (let n = 0; n < 3; n++) {
        clock.advance(LEASE - 1);
        assert.deepEqual(await store.extendJobs([job, { id: 'none', token: job.token }], LEASE), ['none']);
      }
      assert.deepEqual(await claimJobs(store), []);
      clock.advance(LEASE);
      assert.deepEqual(idsOf(await claimJobs(store)), ['a/1/0']);
    },
  },
  {
    name: 'ends a job whose lease ran out as long as nobody took it over',
    async run(harness) {
      const job = await claimedJob(harness, 'a');
      harness.clock.advance(LEASE * 5);
      assert.deepEqual(await harness.store.endJobs([{ ...job, end: DONE }]), ['ended']);
    },
  },
  {
    name: 'answers the instance where the job ends, once, and its worker the same whenever it says so again',
    async run(harness) {
      const { store, clock } = harness;
      const startedAt = clock.now();
      const job = await claimedJob(harness, 'a');
      clock.advance(20);
      const ends = [store.endJobs([{ ...job, end: DONE }]), store.endJobs([{ ...job, end: DONE }])];
      assert.deepEqual(await Promise.all(ends), [['ended'], ['ended']]);
      const [answer, ...rest] = await store.messages('a');
      assert.ok(answer !== undefined && rest.length === 0);
      assert.deepEqual(
        [answer.id, answer.to, answer.dueAt, answer.cause, answer.hops],
        ['a/1/0', 'a', clock.now(), 'a/1', 0],
      );
      assert.ok(answer.seed !== '');
      assert.deepEqual(JSON.parse(answer.event), {
        type: 'task.succeeded',
        effect: '1.0',
        output: { lit: true },
        startedAt,
      });
      const ended = await jobOf(store, 'a');
      assert.deepEqual([ended?.status, ended?.endedAt, ended?.attempts], ['completed', clock.now(), 1]);
      assert.deepEqual((await turn(store, 'a')).messages, [answer]);
      clock.advance(LEASE);
      assert.deepEqual(await store.endJobs([{ ...job, end: DONE }]), ['ended']);
      assert.deepEqual(await jobOf(store, 'a'), ended);
      assert.deepEqual(await waiting(store, 'a'), []);
      assert.deepEqual(await claimJobs(store), []);
    },
  },
  {
    name: 'tells a failed job’s error and cause to the instance and to those who look at the job',
    async run(harness) {
      const { store, clock } = harness;
      const startedAt = clock.now();
      const job = await claimedJob(harness, 'a');
      const end = {
        status: 'failed',
        error: 'Dark\u0000',
        cause: `no \ud800 power${'!'.repeat(MAX_CAUSE_LENGTH)}`,
      } as const;
      await store.endJobs([{ ...job, end }]);
      const cause = end.cause.slice(0, MAX_CAUSE_LENGTH);
      const ended = await jobOf(store, 'a');
      assert.deepEqual([ended?.status, ended?.error, ended?.cause], ['failed', end.error, cause]);
      const [answer] = await store.messages('a');
      assert.deepEqual(JSON.parse(answer?.event ?? ''), {
        type: 'task.failed',
        effect: '1.0',
        error: end.error,
        cause,
        startedAt,
      });
    },
  },
  {
    name: 'answers nothing for a job that nobody waits for',
    async run(harness) {
      const { store } = harness;
      const job = await claimedJob(harness, 'a', { ask: false });
      assert.deepEqual(await store.endJobs([{ ...job, end: DONE }]), ['ended']);
      assert.deepEqual(await waiting(store, 'a'), []);
      assert.equal((await jobOf(store, 'a'))?.status, 'completed');
      assert.equal((await store.read('a'))?.nextDueAt, undefined);
    },
  },
  {
    name: 'ends each job of a batch by its own token',
    async run({ store, clock }) {
      await born(store, 'a', { jobs: [0, 1, 2].map((n) => newJob('a', `1.${n}`, clock.now())) });
      const jobs = await claimJobs(store);
      const ends = jobs.map((job, n) => ({ ...job, token: n === 1 ? 'not mine' : job.token, end: DONE }));
      assert.deepEqual(await store.endJobs(ends), ['ended', 'lost', 'ended']);
      assert.deepEqual(await waiting(store, 'a'), ['a/1/0', 'a/1/2']);
    },
  },
  {
    name: 'wakes an instance whose turn is under way when an answer comes',
    async run(harness) {
      const { store } = harness;
      const job = await claimedJob(harness, 'a');
      await store.send([signal('a', 'one')]);
      const lease = await claimOnly(store, 'a');
      const loaded = lease.load;
      await store.endJobs([{ ...job, end: DONE }]);
      await store.release([{ ...lease, giveBack: true }]);
      assert.deepEqual(idsOf(loaded.messages), ['one']);
      assert.deepEqual(idsOf((await turn(store, 'a')).messages), ['one', 'a/1/0']);
    },
  },
  {
    name: 'cancels jobs of the instance that commits, waiting or under way, and no ended one',
    async run({ store, clock }) {
      const job = (n: number, over: Partial<NewJob> = {}) => newJob('a', `1.${n}`, clock.now(), over);
      await born(store, 'b', { jobs: [newJob('b', '1.0', clock.now(), { name: 'bell' })] });
      await born(store, 'a', { jobs: [job(0), job(1), job(2)] });
      const [ended, held] = await claimJobs(store, 2, ['lamp']);
      assert.ok(ended !== undefined && held !== undefined);
      await store.endJobs([{ ...ended, end: DONE }]);
      clock.advance(4);
      await turn(store, 'a', {
        jobs: [newJob('a', '2.0', clock.now())],
        cancelledJobs: ['a/1/0', 'a/1/1', 'a/1/2', 'a/2/0', 'b/1/0', 'a/9/9'],
      });
      const { items } = await store.jobs({ instance: 'a' });
      assert.deepEqual(
        items.map(({ id, status, endedAt }) => [id, status, endedAt]),
        [
          ['a/2/0', 'cancelled', clock.now()],
          ['a/1/2', 'cancelled', clock.now()],
          ['a/1/1', 'cancelled', clock.now()],
          ['a/1/0', 'completed', clock.now() - 4],
        ],
      );
      assert.deepEqual(await store.endJobs([{ ...held, end: DONE }]), ['lost']);
      assert.deepEqual(await store.extendJobs([held], LEASE), ['a/1/1']);
      await store.releaseJobs([held]);
      assert.deepEqual(idsOf(await claimJobs(store)), ['b/1/0']);
      assert.deepEqual(await waiting(store, 'a'), []);
    },
  },
  {
    name: 'makes a released job pending again, its attempt given back',
    async run(harness) {
      const { store, clock } = harness;
      const job = await claimedJob(harness, 'a');
      await store.releaseJobs([job]);
      const released = await jobOf(store, 'a');
      assert.deepEqual(released, {
        ...newJob('a', '1.0', job.createdAt),
        status: 'pending',
        attempts: 0,
        createdAt: job.createdAt,
        dueAt: job.createdAt,
      });
      assert.deepEqual(await store.endJobs([{ ...job, end: DONE }]), ['lost']);
      clock.advance(1);
      assert.equal((await claimJobs(store))[0]?.attempts, 1);
    },
  },
];
