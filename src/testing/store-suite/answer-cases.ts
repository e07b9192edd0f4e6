import assert from 'node:assert/strict';
import type { JobEnd } from '../../core/job.js';
import { APPLIED } from '../../core/journal.js';
import type { ClaimedJob, Commit, Store } from '../../store/store.js';
import {
  answerOf,
  born,
  claim,
  claimedJob,
  claimJobs,
  claimOnly,
  commitAll,
  commitOf,
  DEFINITION,
  dueAt,
  idsOf,
  LEASE,
  NOTHING,
  newJob,
  signal,
  timer,
  waiting,
} from './fixture.js';
import { observe } from './observation.js';
import type { StoreCase, StoreHarness } from './store-case.js';

const DONE: JobEnd = { status: 'completed', output: '{"lit":true}' };
const DARK: JobEnd = { status: 'failed', error: 'Dark', cause: 'no bulb' };

/** A commit that ends these jobs of an instance that nobody holds, which stands at revision 1. */
function answering(
  { clock }: StoreHarness,
  instance: string,
  jobs: readonly ClaimedJob[],
  over: Partial<Commit> = {},
): Commit {
  const revision = 1 + jobs.length;
  return {
    lease: { instance },
    baseRevision: 1,
    revision,
    status: 'running',
    state: `{"revision":${revision}}`,
    updatedAt: clock.now(),
    ...NOTHING,
    answers: jobs.map((job, index) => answerOf(job, 2 + index, clock.now())),
    ...over,
  };
}

/** Nothing of the commit is written, and the job's end takes its way through the mailbox. */
async function goesThroughMailbox(store: Store, commit: Commit, job: ClaimedJob): Promise<void> {
  const { instance } = commit.lease;
  const before = await observe(store, [instance]);
  assert.deepEqual(await commitAll(store, [commit]), ['conflict']);
  assert.deepEqual(await observe(store, [instance]), before);
  assert.deepEqual(await store.endJobs([{ ...job, end: DONE }]), ['ended']);
  assert.ok((await waiting(store, instance)).includes(job.id));
}

/** Ends of jobs that are folded without a message, into an instance that nobody holds. */
export const answerCases: readonly StoreCase[] = [
  {
    name: 'ends a job, folds its answer and steps on, with nobody holding the instance',
    async run(harness) {
      const { store, clock } = harness;
      const job = await claimedJob(harness, 'a');
      clock.advance(20);
      const commit = answering(harness, 'a', [job], { jobs: [newJob('a', '2.0', clock.now())] });
      assert.deepEqual(await commitAll(store, [commit]), ['committed']);
      const [answer] = commit.answers;
      assert.deepEqual((await store.journal('a', {})).items[1], {
        ...{ instance: 'a', revision: 2, eventId: job.id, at: clock.now() },
        ...{ seed: answer?.seed, event: answer?.event, outcome: APPLIED, history: '[]', code: '' },
      });
      const { instance, attempts } = (await store.read('a')) ?? {};
      assert.deepEqual([instance?.revision, instance?.state, attempts], [2, '{"revision":2}', 0]);
      const { status, endedAt } = (await store.job(job.id)) ?? {};
      assert.deepEqual([status, endedAt], ['completed', clock.now()]);
      assert.deepEqual(await waiting(store, 'a'), []);
      assert.deepEqual(await claim(store), []);
      assert.deepEqual(idsOf(await claimJobs(store)), ['a/2/0']);
      assert.equal((await store.folded('a', job.id))?.revision, 2);
    },
  },
  {
    name: 'keeps how it failed, as where a job is ended by itself',
    async run(harness) {
      const { store, clock } = harness;
      const job = await claimedJob(harness, 'a');
      const answers = [answerOf(job, 2, clock.now(), DARK)];
      assert.deepEqual(await commitAll(store, [answering(harness, 'a', [job], { answers })]), ['committed']);
      const { status, error, cause } = (await store.job(job.id)) ?? {};
      assert.deepEqual([status, error, cause], ['failed', 'Dark', 'no bulb']);
    },
  },
  {
    name: 'hands the next job over in the same call, from one job to the next',
    async run(harness) {
      const { store, clock } = harness;
      let job = await claimedJob(harness, 'a');
      const take = { worker: 'worker', limit: 1, leaseMs: LEASE };
      for (let revision = 2; revision < 6; revision++) {
        clock.advance(1);
        const commit = answering(harness, 'a', [], {
          ...{ baseRevision: revision - 1, revision, answers: [answerOf(job, revision, clock.now())] },
          jobs: [newJob('a', `${revision}.0`, clock.now())],
        });
        const { results, jobs } = await store.commit([commit], take);
        assert.deepEqual(results, ['committed']);
        job = jobs[0] as ClaimedJob;
        assert.equal(job.id, `a/${revision}/0`);
      }
      assert.equal((await store.read('a'))?.instance.revision, 5);
    },
  },
  {
    name: 'ends several jobs of one instance, and those of several in one call',
    async run(harness) {
      const { store, clock } = harness;
      await born(store, 'a', { jobs: [newJob('a', '1.0', clock.now()), newJob('a', '1.1', clock.now())] });
      await born(store, 'b', { jobs: [newJob('b', '1.0', clock.now())] });
      const [one, two, three] = (await claimJobs(store)).toSorted((x, y) => (x.id < y.id ? -1 : 1));
      assert.ok(one !== undefined && two !== undefined && three !== undefined);
      const commits = [answering(harness, 'a', [two, one]), answering(harness, 'b', [three])];
      assert.deepEqual(await commitAll(store, commits), ['committed', 'committed']);
      const events = (await store.journal('a', {})).items.map(({ eventId }) => eventId);
      assert.deepEqual(events, ['start', 'a/1/1', 'a/1/0']);
      assert.equal((await store.read('b'))?.instance.revision, 2);
    },
  },
  {
    name: 'says the same again to the worker that ends such a job once more',
    async run(harness) {
      const { store } = harness;
      const job = await claimedJob(harness, 'a');
      const commit = answering(harness, 'a', [job]);
      assert.deepEqual(await commitAll(store, [commit]), ['committed']);
      assert.deepEqual(await commitAll(store, [commit]), ['conflict']);
      assert.deepEqual(await store.endJobs([{ ...job, end: DONE }]), ['ended']);
      assert.deepEqual(await waiting(store, 'a'), []);
    },
  },
  {
    name: 'makes timers, cancels them, and writes to others as every commit does',
    async run(harness) {
      const { store, clock } = harness;
      const due = clock.now() + 500;
      await born(store, 'b');
      await born(store, 'a', {
        timers: [timer('a', '1.1', due)],
        jobs: [newJob('a', '1.0', clock.now()), newJob('a', '1.2', clock.now())],
      });
      const job = (await claimJobs(store)).find(({ id }) => id === 'a/1/0') as ClaimedJob;
      const commit = answering(harness, 'a', [job], {
        timers: [timer('a', '2.0', due + 100)],
        cancelledTimers: ['a/1/1'],
        cancelledJobs: ['a/1/2'],
        messages: [{ id: 'a/2/1', to: 'b', event: '{"type":"signal","name":"hi"}' }],
      });
      assert.deepEqual(await commitAll(store, [commit]), ['committed']);
      assert.deepEqual(await waiting(store, 'a'), ['a/2/0']);
      assert.deepEqual(await waiting(store, 'b'), ['a/2/1']);
      assert.equal((await store.job('a/1/2'))?.status, 'cancelled');
      await store.release([{ ...(await claimOnly(store, 'b')), giveBack: true }]);
      clock.advance(599);
      assert.deepEqual(await claim(store, 10, ['none']), []);
      assert.ok(((await dueAt(store, { definitions: [DEFINITION], names: [] })) ?? 0) <= due + 100);
      clock.advance(1);
      assert.ok((await claim(store)).some(({ instance }) => instance === 'a'));
    },
  },
  {
    name: 'is over where the instance is',
    async run(harness) {
      const { store } = harness;
      const job = await claimedJob(harness, 'a');
      assert.deepEqual(await commitAll(store, [answering(harness, 'a', [job], { status: 'succeeded' })]), [
        'committed',
      ]);
      assert.equal((await store.read('a'))?.instance.status, 'succeeded');
    },
  },
  {
    name: 'is a conflict where something is due before it, and writes nothing',
    async run(harness) {
      const { store } = harness;
      const job = await claimedJob(harness, 'a');
      await store.send([signal('a', 'one')]);
      await goesThroughMailbox(store, answering(harness, 'a', [job]), job);
      assert.deepEqual(await waiting(store, 'a'), ['one', job.id]);
    },
  },
  {
    name: 'is none where what waits is not due yet, and one from the moment on when it is',
    async run(harness) {
      const { store, clock } = harness;
      const jobs = [newJob('a', '1.0', clock.now()), newJob('a', '1.1', clock.now())];
      await born(store, 'a', { jobs, timers: [timer('a', '1.2', clock.now() + 100)] });
      const [one, two] = await claimJobs(store);
      assert.ok(one !== undefined && two !== undefined);
      clock.advance(99);
      assert.deepEqual(await commitAll(store, [answering(harness, 'a', [one])]), ['committed']);
      clock.advance(1);
      const answers = [answerOf(two, 3, clock.now())];
      const late = answering(harness, 'a', [], { baseRevision: 2, revision: 3, answers });
      await goesThroughMailbox(store, late, two);
    },
  },
  {
    name: 'is a conflict while somebody holds the instance, and when he was lost with it',
    async run(harness) {
      const { store, clock } = harness;
      const jobs = [newJob('a', '1.0', clock.now())];
      await born(store, 'a', { jobs, timers: [timer('a', '1.2', clock.now())] });
      const [job] = await claimJobs(store);
      assert.ok(job !== undefined);
      const lease = await claimOnly(store, 'a');
      const commit = answering(harness, 'a', [job]);
      assert.deepEqual(await commitAll(store, [commit]), ['conflict']);
      await store.extendJobs([job], 10 * LEASE);
      clock.advance(LEASE);
      assert.deepEqual(await commitAll(store, [answering(harness, 'a', [job])]), ['conflict']);
      assert.deepEqual(await commitAll(store, [commitOf(lease, lease.load)]), ['committed']);
      assert.equal((await store.read('a'))?.instance.revision, 2);
    },
  },
  {
    name: 'is a conflict where the instance has gone on since',
    async run(harness) {
      const { store } = harness;
      const job = await claimedJob(harness, 'a');
      const commit = answering(harness, 'a', [job], { baseRevision: 0, revision: 1 });
      const answers = commit.answers.map((answer) => ({ ...answer, revision: 1 }));
      await goesThroughMailbox(store, { ...commit, answers }, job);
    },
  },
  {
    name: 'is a conflict where the instance or its machine is paused, or the instance is parked',
    async run(harness) {
      const { store, clock } = harness;
      await store.publish({ hash: DEFINITION, machine: 'light', language: 'statechart', source: {} });
      const job = await claimedJob(harness, 'a');
      for (const target of [{ instance: 'a' }, { machine: 'light' }]) {
        await store.pause(target);
        assert.deepEqual(await commitAll(store, [answering(harness, 'a', [job])]), ['conflict']);
        await store.resume(target);
      }
      assert.deepEqual(await commitAll(store, [answering(harness, 'a', [job])]), ['committed']);
      const other = await claimedJob(harness, 'b', { deadlineAt: clock.now() + 1e9 });
      await store.send([signal('b', 'one')]);
      for (let n = 0; n < 5; n++)
        await store.release([{ ...(await claimOnly(store, 'b')), giveBack: false }]);
      assert.deepEqual(await claim(store), []);
      assert.ok((await store.read('b'))?.parked !== undefined);
      await goesThroughMailbox(store, answering(harness, 'b', [other]), other);
    },
  },
  {
    name: 'is a conflict where a job is no longer its worker’s, whatever else it ends',
    async run(harness) {
      const { store, clock } = harness;
      const jobs = [newJob('a', '1.0', clock.now()), newJob('a', '1.1', clock.now())];
      await born(store, 'a', { jobs });
      const [one, two] = await claimJobs(store);
      assert.ok(one !== undefined && two !== undefined);
      clock.advance(LEASE - 1);
      assert.deepEqual(await store.extendJobs([two], LEASE), []);
      clock.advance(1);
      const [again] = await claimJobs(store);
      assert.equal(again?.id, one.id);
      const before = await observe(store, ['a']);
      assert.deepEqual(await commitAll(store, [answering(harness, 'a', [two, one])]), ['conflict']);
      assert.deepEqual(await observe(store, ['a']), before);
      assert.deepEqual(await commitAll(store, [answering(harness, 'a', [two])]), ['committed']);
    },
  },
  {
    name: 'lets one of two through that answer the same instance from the same revision',
    async run(harness) {
      const { store, clock } = harness;
      const jobs = [newJob('a', '1.0', clock.now()), newJob('a', '1.1', clock.now())];
      await born(store, 'a', { jobs });
      const [one, two] = await claimJobs(store);
      assert.ok(one !== undefined && two !== undefined);
      const both = [answering(harness, 'a', [one]), answering(harness, 'a', [two])];
      const results = await Promise.all(both.map((commit) => commitAll(store, [commit])));
      assert.deepEqual(results.flat().sort(), ['committed', 'conflict']);
      assert.equal((await store.read('a'))?.instance.revision, 2);
    },
  },
];
