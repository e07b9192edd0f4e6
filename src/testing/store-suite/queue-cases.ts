import assert from 'node:assert/strict';
import { DEFAULT_PRIORITY, DEFAULT_QUEUE, LAST_PRIORITY } from '../../core/limits.js';
import type { ClaimedJob, DueQuery, QueueStatistics, Store } from '../../store/store.js';
import {
  born,
  claimedPlainJob,
  claimJobs,
  DEFINITION,
  dueAt,
  idsOf,
  LEASE,
  newJob,
  newPlainJob,
  turn,
} from './fixture.js';
import type { StoreCase } from './store-case.js';

const DONE = { status: 'completed', output: 'null' } as const;
const DARK = { status: 'failed', error: 'Dark', cause: 'no power' } as const;
const OTHER = 'slow';

function done(store: Store, jobs: readonly ClaimedJob[]) {
  return store.endJobs(jobs.map(({ id, token }) => ({ id, token, end: DONE })));
}

function due(store: Store, query: Partial<DueQuery> = {}) {
  return dueAt(store, { definitions: [DEFINITION], ...query });
}

async function statisticsOf(store: Store, queue: string): Promise<QueueStatistics | undefined> {
  return (await store.queues()).find((statistics) => statistics.queue === queue);
}

/** The ids of the jobs that are claimed, in order. */
async function claimed(...query: Parameters<typeof claimJobs>): Promise<string[]> {
  return idsOf(await claimJobs(...query));
}

export const queueCases: readonly StoreCase[] = [
  {
    name: 'hands jobs out by priority, then by when they are due, then by arrival, whoever’s they are',
    async run({ store, clock }) {
      await store.enqueue([
        newPlainJob('late', { delayMs: 20 }),
        newPlainJob('usual'),
        newPlainJob('last', { priority: LAST_PRIORITY }),
        newPlainJob('first', { priority: 1, delayMs: 10 }),
        newPlainJob('bell', { name: 'bell' }),
      ]);
      const sooner = newJob('a', '1.1', clock.now(), { priority: DEFAULT_PRIORITY - 1 });
      const jobs = [newJob('a', '1.0', clock.now()), sooner];
      await born(store, 'a', { jobs });
      clock.advance(20);
      assert.deepEqual(await claimed(store, 2), ['first', 'a/1/1']);
      assert.deepEqual(await claimed(store, 2), ['usual', 'bell']);
      assert.deepEqual(await claimed(store, 9), ['a/1/0', 'late', 'last']);
    },
  },
  {
    name: 'hands nothing out before it is due, and holds nothing up with it',
    async run({ store, clock }) {
      await store.enqueue([newPlainJob('later', { delayMs: 30, priority: 1 }), newPlainJob('now')]);
      assert.equal(await due(store), clock.now());
      assert.deepEqual(await claimed(store), ['now']);
      assert.equal(await due(store), clock.now() + 30);
      clock.advance(29);
      assert.deepEqual(await claimed(store), []);
      clock.advance(1);
      assert.deepEqual(await claimed(store), ['later']);
    },
  },
  {
    name: 'hands out only what stands in the worker’s queues under the worker’s names',
    async run({ store, clock }) {
      await store.enqueue([
        newPlainJob('one', { queue: OTHER }),
        newPlainJob('two', { queue: OTHER, name: 'bell', delayMs: 40 }),
        newPlainJob('three'),
        newPlainJob('four', { name: 'bell' }),
      ]);
      const slow = newJob('a', '1.0', clock.now(), { queue: OTHER });
      await born(store, 'a', { jobs: [slow] });
      for (const [names, queues] of [
        [[], undefined],
        [undefined, []],
        [['bell'], ['constructor']],
      ] as const) {
        assert.deepEqual(await claimed(store, 9, names, queues), []);
        const query = { ...(names && { names }), ...(queues && { queues }) };
        assert.equal(await due(store, query), (await store.job('a/1/0'))?.deadlineAt);
      }
      assert.equal(await due(store, { names: ['bell'], queues: [OTHER] }), clock.now() + 40);
      clock.advance(40);
      assert.deepEqual(await claimed(store, 1, undefined, [OTHER]), ['one']);
      assert.deepEqual(await claimed(store, 9, ['bell', 'bell'], [OTHER, DEFAULT_QUEUE]), ['four', 'two']);
      assert.deepEqual(await claimed(store, 9, ['lamp'], [OTHER, OTHER]), ['a/1/0']);
      clock.advance(LEASE);
      assert.deepEqual(await claimed(store, 9, ['bell'], [OTHER]), ['two']);
      assert.deepEqual(await claimed(store, 9, ['lamp'], [DEFAULT_QUEUE]), ['three']);
    },
  },
  {
    name: 'hands out what its worker lost in its old place, before what is of less priority',
    async run({ store, clock }) {
      await store.enqueue([newPlainJob('lost', { priority: 2 })]);
      await claimJobs(store);
      await store.enqueue([newPlainJob('first', { priority: 1 }), newPlainJob('next', { priority: 2 })]);
      clock.advance(LEASE);
      assert.deepEqual(await claimed(store, 2), ['first', 'lost']);
    },
  },
  {
    name: 'hands nothing of a paused queue out, and lets what is held be finished',
    async run({ store, clock }) {
      await store.enqueue([newPlainJob('held', { queue: OTHER }), newPlainJob('lost', { queue: OTHER })]);
      const [held] = await claimJobs(store);
      assert.equal(await store.pause({ queue: OTHER }), true);
      assert.equal(await store.pause({ queue: OTHER }), false);
      assert.deepEqual(await store.enqueue([newPlainJob('new', { queue: OTHER })]), ['created']);
      await store.enqueue([newPlainJob('other')]);
      assert.deepEqual(await claimed(store), ['other']);
      assert.deepEqual(await store.extendJobs([held as ClaimedJob], LEASE), []);
      assert.deepEqual(await done(store, [held as ClaimedJob]), ['ended']);
      clock.advance(LEASE);
      assert.deepEqual(await claimed(store), ['other']);
      assert.deepEqual(await claimed(store, 9, ['lamp'], [OTHER]), []);
      assert.deepEqual(await store.paused(), [{ queue: OTHER }]);
      assert.equal((await statisticsOf(store, OTHER))?.paused, true);
      assert.equal(await store.resume({ queue: OTHER }), true);
      assert.equal(await store.resume({ queue: OTHER }), false);
      assert.deepEqual(await store.paused(), []);
      assert.deepEqual(await claimed(store), ['lost', 'new']);
    },
  },
  {
    name: 'has nothing due of a paused queue but deadlines, so that no worker is kept awake',
    async run({ store, clock }) {
      await store.enqueue([newPlainJob('one'), newPlainJob('lost', { timeoutMs: LEASE * 3 })]);
      await claimJobs(store, 2);
      await store.enqueue([newPlainJob('waits')]);
      await store.pause({ queue: DEFAULT_QUEUE });
      assert.equal(await due(store), clock.now() + LEASE * 3);
      clock.advance(LEASE * 3);
      assert.equal(await store.expire(10), 1);
      assert.deepEqual((await store.job('lost'))?.status, 'pending');
      await store.resume({ queue: DEFAULT_QUEUE });
      const next = await due(store);
      assert.ok(next !== undefined && next <= clock.now());
    },
  },
  {
    name: 'lists the paused machines and queues by kind and name',
    async run({ store }) {
      for (const target of [{ queue: 'b' }, { machine: 'm' }, { queue: 'a' }])
        assert.equal(await store.pause(target), true);
      assert.deepEqual(await store.paused(), [{ machine: 'm' }, { queue: 'a' }, { queue: 'b' }]);
      assert.equal(await store.resume({ queue: 'm' }), false);
      assert.equal(await store.resume({ machine: 'm' }), true);
      assert.deepEqual(await store.paused(), [{ queue: 'a' }, { queue: 'b' }]);
    },
  },
  {
    name: 'has no more of a queue processed at once than its limit allows, by all workers together',
    async run({ store, clock }) {
      await store.limitQueue(OTHER, 2);
      const priorities = [5, 5, 3, 5];
      await store.enqueue([
        ...priorities.map((priority, n) => newPlainJob(`slow${n}`, { queue: OTHER, priority })),
        newPlainJob('free', { priority: 9 }),
      ]);
      const first = await claimJobs(store, 9);
      assert.deepEqual(idsOf(first), ['slow2', 'slow0', 'free']);
      assert.deepEqual(await claimed(store, 9, undefined, [OTHER]), []);
      const [two, zero] = first as [ClaimedJob, ClaimedJob];
      await done(store, [two]);
      assert.deepEqual(await claimed(store, 9), ['slow1']);
      await store.endJobs([{ id: zero.id, token: zero.token, end: DARK }]);
      assert.deepEqual(await claimed(store, 9), ['slow3']);
      clock.advance(100);
      assert.deepEqual(await claimed(store, 9), []);
      await store.cancelJob('slow3');
      assert.deepEqual(await claimed(store, 9), ['slow0']);
      await store.enqueue([newPlainJob('more', { queue: OTHER })]);
      await store.limitQueue(OTHER, 3);
      assert.deepEqual(await claimed(store, 9), ['more']);
    },
  },
  {
    name: 'hands out what its worker lost though the queue is full, in its own place, and nothing more',
    async run({ store, clock }) {
      await store.limitQueue(DEFAULT_QUEUE, 1);
      await store.enqueue([newPlainJob('lost'), newPlainJob('waits')]);
      assert.deepEqual(await claimed(store), ['lost']);
      clock.advance(LEASE);
      assert.deepEqual(await claimed(store), ['lost']);
      await store.limitQueue(DEFAULT_QUEUE, undefined);
      assert.deepEqual(await claimed(store), ['waits']);
    },
  },
  {
    name: 'has nothing due of a full queue but what may end, so that no worker is kept awake',
    async run({ store, clock }) {
      await store.limitQueue(DEFAULT_QUEUE, 1);
      await store.enqueue([newPlainJob('one'), newPlainJob('two')]);
      const jobs = await claimJobs(store);
      assert.deepEqual(idsOf(jobs), ['one']);
      assert.equal(await due(store), clock.now() + LEASE);
      await done(store, jobs);
      assert.equal(await due(store), clock.now());
      await store.limitQueue(DEFAULT_QUEUE, undefined);
      await claimJobs(store);
      assert.equal(await due(store), clock.now() + LEASE);
    },
  },
  {
    name: 'counts the jobs of each queue by where they stand',
    async run(harness) {
      const { store, clock } = harness;
      assert.deepEqual(await store.queues(), []);
      const from = clock.now();
      await done(store, [await claimedPlainJob(harness, 'done')]);
      const dead = await claimedPlainJob(harness, 'dead');
      await store.endJobs([{ id: dead.id, token: dead.token, end: { ...DARK, final: true } }]);
      await store.enqueue([newPlainJob('off')]);
      await store.cancelJob('off');
      await claimedPlainJob(harness, 'held');
      clock.advance(10);
      await store.enqueue([newPlainJob('later', { delayMs: 50 }), newPlainJob('waits')]);
      await born(store, 'a', { jobs: [newJob('a', '1.0', clock.now(), { queue: OTHER })] });
      await store.pause({ queue: 'unused' });
      await store.limitQueue(OTHER, 3);
      const none = { pending: 0, delayed: 0, processing: 0, completed: 0, failed: 0, cancelled: 0 };
      clock.advance(5);
      assert.deepEqual(await store.queues(), [
        {
          ...{ queue: DEFAULT_QUEUE, paused: false, pending: 1, delayed: 1, processing: 1 },
          ...{ completed: 1, failed: 1, cancelled: 1, pendingSince: from + 10 },
        },
        { ...none, queue: OTHER, paused: false, concurrency: 3, pending: 1, pendingSince: from + 10 },
        { ...none, queue: 'unused', paused: true },
      ]);
      assert.equal((await store.counts()).pendingJobs, 3);
    },
  },
  {
    name: 'lists jobs by queue and name, newest first, page by page',
    async run({ store, clock }) {
      await store.enqueue([
        newPlainJob('one', { queue: OTHER }),
        newPlainJob('two', { name: 'bell' }),
        newPlainJob('three', { queue: OTHER, name: 'bell' }),
      ]);
      await born(store, 'a', { jobs: [newJob('a', '1.0', clock.now(), { queue: OTHER, name: 'bell' })] });
      const list = async (query: Parameters<Store['jobs']>[0]) => idsOf((await store.jobs(query)).items);
      assert.deepEqual(await list({}), ['a/1/0', 'three', 'two', 'one']);
      assert.deepEqual(await list({ queue: OTHER }), ['a/1/0', 'three', 'one']);
      assert.deepEqual(await list({ name: 'bell' }), ['a/1/0', 'three', 'two']);
      assert.deepEqual(await list({ queue: OTHER, name: 'bell', instance: 'a' }), ['a/1/0']);
      await store.cancelJob('three');
      assert.deepEqual(await list({ queue: OTHER, name: 'bell', status: 'cancelled' }), ['three']);
      assert.deepEqual(await list({ queue: 'constructor' }), []);
      const first = await store.jobs({ queue: OTHER, limit: 2 });
      assert.deepEqual(idsOf(first.items), ['a/1/0', 'three']);
      assert.ok(first.next !== undefined);
      assert.deepEqual(await list({ queue: OTHER, limit: 2, after: first.next }), ['one']);
    },
  },
  {
    name: 'lets those who listen know when there may be more to do in a queue',
    async run(harness) {
      const { store } = harness;
      let heard = 0;
      const stop = store.onChange(() => {
        heard += 1;
      });
      const hears = async (what: string, write: () => Promise<unknown>) => {
        const before = heard;
        await write();
        for (let n = 0; n < 10; n++) await Promise.resolve();
        assert.ok(heard > before, `nobody heard of ${what}`);
      };
      await hears('a job', () => store.enqueue([newPlainJob('one')]));
      await hears('a limit', () => store.limitQueue(DEFAULT_QUEUE, 1));
      const [job] = (await claimJobs(store)) as [ClaimedJob];
      await hears('a failure', () => store.endJobs([{ id: job.id, token: job.token, end: DARK }]));
      await hears('a cancelled job', () => store.cancelJob('one'));
      await hears('a job that is tried again', () => store.retryJob('one'));
      await store.pause({ queue: DEFAULT_QUEUE });
      await hears('a resumed queue', () => store.resume({ queue: DEFAULT_QUEUE }));
      stop();
    },
  },
  {
    name: 'keeps an instance’s jobs to their rules in any queue',
    async run({ store, clock }) {
      await store.limitQueue(OTHER, 1);
      const jobs = [0, 1].map((n) => newJob('a', `1.${n}`, clock.now(), { queue: OTHER, priority: 2 - n }));
      await born(store, 'a', { jobs });
      const [job, ...rest] = await claimJobs(store);
      assert.deepEqual([job?.id, rest], ['a/1/1', []]);
      assert.deepEqual(await store.endJobs([{ ...(job as ClaimedJob), end: DARK }]), ['ended']);
      assert.deepEqual(idsOf((await turn(store, 'a')).messages), ['a/1/1']);
      assert.deepEqual(await claimed(store), ['a/1/0']);
    },
  },
  {
    name: 'holds the limit of a queue over several processes',
    needs: 'second',
    async run({ store, second }) {
      const other = await second?.();
      assert.ok(other !== undefined);
      await store.limitQueue(DEFAULT_QUEUE, 3);
      await other.enqueue([0, 1, 2, 3, 4].map((n) => newPlainJob(`job${n}`)));
      const claims = await Promise.all([store, other, store, other].map((one) => claimJobs(one, 2)));
      assert.deepEqual(claims.flatMap(idsOf).sort(), ['job0', 'job1', 'job2']);
      await other.pause({ queue: DEFAULT_QUEUE });
      await store.endJobs(claims.flat().map(({ id, token }) => ({ id, token, end: DONE })));
      assert.deepEqual(await claimed(store), []);
    },
  },
  {
    name: 'keeps what was enqueued, and what became of it, through a crash',
    needs: 'crash',
    async run({ store, crash }) {
      await store.enqueue([newPlainJob('one'), newPlainJob('two')]);
      await done(store, await claimJobs(store, 1));
      await store.limitQueue(DEFAULT_QUEUE, 2);
      await store.pause({ queue: DEFAULT_QUEUE });
      const after = await crash?.();
      assert.ok(after !== undefined);
      assert.deepEqual(await after.enqueue([newPlainJob('one'), newPlainJob('two')]), ['exists', 'exists']);
      assert.equal((await after.job('one'))?.status, 'completed');
      const statistics = await statisticsOf(after, DEFAULT_QUEUE);
      assert.deepEqual([statistics?.paused, statistics?.concurrency, statistics?.pending], [true, 2, 1]);
    },
  },
];
