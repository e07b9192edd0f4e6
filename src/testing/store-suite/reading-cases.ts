import assert from 'node:assert/strict';
import type { InstanceQuery, Page, PageQuery } from '../../core/engine.js';
import { MAX_PAGE } from '../../core/limits.js';
import { Refused } from '../../core/problem.js';
import type { Reading } from '../../store/store.js';
import {
  born,
  claim,
  claimJobs,
  claimOnly,
  commitAll,
  commitOf,
  entriesOf,
  foldedOf,
  idsOf,
  newInstance,
  newJob,
  signal,
  turn,
} from './fixture.js';
import type { StoreCase } from './store-case.js';

/** Follows the pages of a listing to their end. */
async function pages<T>(read: (query: PageQuery) => Promise<Page<T>>, limit: number): Promise<T[][]> {
  const all: T[][] = [];
  for (let after: string | undefined; ; ) {
    const page = await read({ limit, ...(after === undefined ? {} : { after }) });
    all.push([...page.items]);
    after = page.next;
    if (after === undefined) return all;
  }
}

function ids(readings: readonly Reading[]): string[] {
  return readings.map(({ instance }) => instance.id);
}

export const readingCases: readonly StoreCase[] = [
  {
    name: 'finds nothing under an id that is not there',
    async run({ store }) {
      assert.equal(await store.read('constructor'), undefined);
      assert.deepEqual(await store.messages('nobody'), []);
      assert.deepEqual((await store.journal('nobody', {})).items, []);
      assert.equal(await store.folded('nobody', 'start'), undefined);
      assert.deepEqual((await store.jobs({ instance: 'nobody' })).items, []);
    },
  },
  {
    name: 'reads many instances at once: those that there are, each as it stands',
    async run({ store }) {
      const ids = Array.from({ length: MAX_PAGE - 1 }, (_, index) => `a/1.0/${index}`);
      await born(store, 'a/1.0/0');
      await store.create(ids.map((id) => newInstance(id)));
      const found = await store.instances(['nobody', ...ids]);
      assert.deepEqual(idsOf(found).sort(), [...ids].sort());
      const one = found.find(({ id }) => id === 'a/1.0/0');
      assert.deepEqual(one, (await store.read('a/1.0/0'))?.instance);
      assert.deepEqual(await store.instances([]), []);
    },
  },
  {
    name: 'lists instances newest first, page by page, each once',
    async run({ store, clock }) {
      for (const id of ['c', 'a', 'e', 'b', 'd']) {
        await store.create([newInstance(id)]);
        clock.advance(1);
      }
      const found = await pages((query) => store.find(query), 2);
      assert.deepEqual(found.map(ids), [['d', 'b'], ['e', 'a'], ['c']]);
      assert.deepEqual(ids((await store.find({})).items), ['d', 'b', 'e', 'a', 'c']);
      assert.equal((await store.find({ limit: 5 })).next, undefined);
    },
  },
  {
    name: 'goes on where a page ended, whatever was created meanwhile',
    async run({ store }) {
      await store.create(['a', 'b', 'c'].map((id) => newInstance(id)));
      const { next } = await store.find({ limit: 2 });
      assert.ok(next !== undefined);
      await store.create([newInstance('d')]);
      assert.deepEqual(ids((await store.find({ limit: 2, after: next })).items), ['a']);
    },
  },
  {
    name: 'finds and counts instances by machine and status',
    async run({ store }) {
      await born(store, 'a', { status: 'succeeded' });
      await born(store, 'b');
      await born(store, 'c', { status: 'succeeded' });
      await store.create([newInstance('d', { machine: 'door' })]);
      const expected: [InstanceQuery, string[]][] = [
        [{}, ['d', 'c', 'b', 'a']],
        [{ machine: 'light' }, ['c', 'b', 'a']],
        [{ machine: 'door' }, ['d']],
        [{ status: 'succeeded' }, ['c', 'a']],
        [{ status: 'running', machine: 'light' }, ['b']],
        [{ status: 'running', machine: 'door', parked: true }, []],
        [{ status: 'running', parked: false }, ['d', 'b']],
        [{ machine: 'constructor' }, []],
      ];
      for (const [query, found] of expected) {
        assert.deepEqual(ids((await store.find(query)).items), found);
        assert.equal(await store.count(query), found.length);
      }
      const found = await pages(
        (query) => store.find({ ...query, machine: 'light', status: 'succeeded' }),
        1,
      );
      assert.deepEqual(found.map(ids), [['c'], ['a']]);
    },
  },
  {
    name: 'reads the journal by revision, page by page, entries as they were written',
    async run({ store, clock }) {
      await born(store, 'a');
      await born(store, 'b');
      const sent = Array.from({ length: 4 }, (_, i) => signal('a', `m${i}`));
      await store.send(sent);
      clock.advance(9);
      const lease = await claimOnly(store, 'a');
      const loaded = lease.load;
      const problem = { code: 'guard', message: 'no \u0000', path: '/on' };
      const outcomes = [
        { kind: 'applied' },
        { kind: 'ignored', reason: 'ended' },
        { kind: 'rejected', problem },
        { kind: 'applied' },
      ] as const;
      const folded = loaded.messages.map((message, i) => ({
        ...foldedOf(message, i + 2, clock.now() + i),
        outcome: outcomes[i] ?? { kind: 'applied' as const },
        history: `[{"type":"entered","data":{"n":${i}}}]`,
        code: i === 0 ? '' : 'v7',
      }));
      const commit = commitOf(lease, loaded, { folded });
      await commitAll(store, [commit]);
      const journal = entriesOf(loaded, commit);
      const read = await pages((query) => store.journal('a', query), 2);
      assert.deepEqual(
        read.map((page) => page.map(({ revision }) => revision)),
        [[1, 2], [3, 4], [5]],
      );
      assert.deepEqual(read.flat().slice(1), journal);
      assert.deepEqual(await store.folded('a', 'm2'), journal[2]);
      assert.equal(await store.folded('b', 'm2'), undefined);
      assert.equal((await store.journal('a', { limit: 5 })).next, undefined);
    },
  },
  {
    name: 'lists jobs newest first, by instance and status, page by page',
    async run({ store, clock }) {
      await born(store, 'a', { jobs: [0, 1, 2].map((n) => newJob('a', `1.${n}`, clock.now())) });
      await born(store, 'b', { jobs: [newJob('b', '1.0', clock.now())], cancelledJobs: ['b/1/0'] });
      await born(store, 'a/1/0', {
        jobs: [newJob('a/1/0', '1.0', clock.now())],
        cancelledJobs: ['a/1/0/1/0'],
      });
      await claimJobs(store, 1);
      assert.deepEqual(idsOf((await store.jobs({ status: 'cancelled' })).items), ['a/1/0/1/0', 'b/1/0']);
      assert.deepEqual(idsOf((await store.jobs({})).items), [
        'a/1/0/1/0',
        'b/1/0',
        'a/1/2',
        'a/1/1',
        'a/1/0',
      ]);
      assert.deepEqual(idsOf((await store.jobs({ status: 'pending' })).items), ['a/1/2', 'a/1/1']);
      assert.deepEqual(idsOf((await store.jobs({ instance: 'a', status: 'processing' })).items), ['a/1/0']);
      assert.deepEqual(idsOf((await store.jobs({ instance: 'b', status: 'processing' })).items), []);
      const read = await pages((query) => store.jobs({ ...query, instance: 'a' }), 2);
      assert.deepEqual(read.map(idsOf), [['a/1/2', 'a/1/1'], ['a/1/0']]);
    },
  },
  {
    name: 'counts what there is and what is due',
    async run({ store, clock }) {
      assert.deepEqual(await store.counts(), { instances: 0, dueMessages: 0, pendingJobs: 0, parked: 0 });
      await born(store, 'a', { jobs: [0, 1].map((n) => newJob('a', `1.${n}`, clock.now())) });
      await claimJobs(store, 1);
      await store.create([newInstance('b')]);
      await store.send([signal('a', 'one'), signal('a', 'later', { dueAt: clock.now() + 10 })]);
      assert.deepEqual(await store.counts(), { instances: 2, dueMessages: 2, pendingJobs: 1, parked: 0 });
      clock.advance(10);
      assert.equal((await store.counts()).dueMessages, 3);
    },
  },
  {
    name: `shows no more than ${MAX_PAGE} at once`,
    async run({ store }) {
      const many = Array.from({ length: MAX_PAGE + 1 }, (_, i) => i);
      await store.create(many.map((i) => newInstance(`i${i}`)));
      await store.send(many.map((i) => signal('i0', `m${i}`)));
      for (const limit of [undefined, MAX_PAGE + 1, Number.POSITIVE_INFINITY]) {
        const page = await store.find(limit === undefined ? {} : { limit });
        assert.equal(page.items.length, MAX_PAGE);
        assert.deepEqual(ids((await store.find({ after: page.next ?? '' })).items), ['i0']);
      }
      assert.equal((await store.find({ limit: 0 })).items.length, 1);
      assert.equal((await store.messages('i0')).length, MAX_PAGE);
      assert.equal((await claim(store, MAX_PAGE + 1)).length, MAX_PAGE + 1);
    },
  },
  {
    name: 'refuses a place in a listing that it never gave out',
    async run({ store }) {
      const query = { after: "1' OR 1=1" };
      const reads = [() => store.find(query), () => store.jobs(query), () => store.journal('a', query)];
      for (const read of reads) {
        await assert.rejects(read, (error) => error instanceof Refused && error.code === 'invalid-page');
      }
    },
  },
  {
    name: 'answers nothing more once it is closed',
    async run({ store }) {
      await store.create([newInstance('a')]);
      await store.close();
      await store.close();
      await assert.rejects(() => store.read('a'), /closed/);
      await assert.rejects(() => store.send([signal('a', 'one')]), /closed/);
      await assert.rejects(() => claim(store), /closed/);
    },
  },
  {
    name: 'shows what it was, not what it became, in what it answered before',
    async run({ store }) {
      await store.create([newInstance('a')]);
      const before = await store.read('a');
      const copy = structuredClone(before);
      const messages = await store.messages('a');
      await turn(store, 'a');
      assert.deepEqual(before, copy);
      assert.equal(messages.length, 1);
    },
  },
];
