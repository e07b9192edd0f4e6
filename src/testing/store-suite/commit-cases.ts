import assert from 'node:assert/strict';
import type { Commit, FoldedMessage } from '../../store/store.js';
import {
  born,
  claim,
  claimOnly,
  commitAll,
  commitOf,
  entriesOf,
  instancesOf,
  newInstance,
  newJob,
  signal,
  timer,
  turn,
  waiting,
} from './fixture.js';
import { observe } from './observation.js';
import type { StoreCase } from './store-case.js';

/** A commit that writes something of every kind, to see that all of it is there, or none. */
function fullCommit(commit: Commit, now: number): Commit {
  const { instance } = commit.lease;
  const at = commit.revision;
  return {
    ...commit,
    status: 'paused',
    timers: [timer(instance, `${at}.0`, now + 50)],
    jobs: [newJob(instance, `${at}.1`, now)],
    messages: [
      { id: `${instance}/${at}/2`, to: 'other', event: '{}' },
      { id: `${instance}/${at}/3`, to: 'nobody', event: '{}' },
    ],
  };
}

export const commitCases: readonly StoreCase[] = [
  {
    name: 'writes everything of a commit: state, journal, timers, jobs, messages, what was consumed',
    async run({ store, clock }) {
      await born(store, 'other');
      await born(store, 'a');
      clock.advance(5);
      await store.send([signal('a', 'one'), signal('a', 'two')]);
      const lease = await claimOnly(store, 'a');
      const loaded = lease.load;
      const commit = fullCommit(commitOf(lease, loaded), clock.now());
      assert.deepEqual(await commitAll(store, [commit]), ['committed']);
      const reading = await store.read('a');
      assert.deepEqual(reading?.instance, {
        ...loaded.instance,
        status: 'paused',
        revision: 3,
        state: '{"revision":3}',
        updatedAt: clock.now(),
      });
      assert.equal(reading?.nextDueAt, clock.now() + 50);
      assert.deepEqual((await store.journal('a', {})).items.slice(1), entriesOf(loaded, commit));
      assert.deepEqual(await waiting(store, 'a'), ['a/3/0']);
      assert.deepEqual(await waiting(store, 'other'), ['a/3/2']);
      assert.deepEqual(await waiting(store, 'nobody'), ['a/3/3']);
      const [job] = (await store.jobs({ instance: 'a' })).items;
      assert.deepEqual(job, {
        ...newJob('a', '3.1', clock.now()),
        status: 'pending',
        attempts: 0,
        createdAt: clock.now(),
        dueAt: clock.now(),
      });
    },
  },
  {
    name: 'writes nothing of a commit whose lease token is not the mailbox’s',
    async run({ store, clock }) {
      await born(store, 'other');
      await born(store, 'a', {
        timers: [timer('a', '1.0', clock.now() + 9)],
        jobs: [newJob('a', '1.1', clock.now())],
      });
      await store.send([signal('a', 'one')]);
      const lease = await claimOnly(store, 'a');
      const commit = {
        ...fullCommit(commitOf(lease, lease.load), clock.now()),
        cancelledTimers: ['a/1/0'],
        cancelledJobs: ['a/1/1'],
      };
      const before = await observe(store, ['a', 'other', 'nobody']);
      const stolen = { ...commit, lease: { ...lease, token: 'not mine' } };
      assert.deepEqual(await commitAll(store, [stolen]), ['conflict']);
      assert.deepEqual(await observe(store, ['a', 'other', 'nobody']), before);
    },
  },
  {
    name: 'writes nothing of a commit whose revision is not the instance’s',
    async run({ store, clock }) {
      await born(store, 'a');
      await store.send([signal('a', 'one')]);
      const lease = await claimOnly(store, 'a');
      const loaded = lease.load;
      const before = await observe(store, ['a', 'other', 'nobody']);
      for (const revision of [0, 2]) {
        const stale = { ...loaded, instance: { ...loaded.instance, revision } };
        assert.deepEqual(await commitAll(store, [fullCommit(commitOf(lease, stale), clock.now())]), [
          'conflict',
        ]);
      }
      const absent = { ...loaded, instance: { ...loaded.instance, id: 'nobody' } };
      assert.deepEqual(await commitAll(store, [commitOf({ ...lease, instance: 'nobody' }, absent)]), [
        'conflict',
      ]);
      assert.deepEqual(await observe(store, ['a', 'other', 'nobody']), before);
      assert.deepEqual(await commitAll(store, [commitOf(lease, loaded)]), ['committed']);
    },
  },
  {
    name: 'writes a commit once: made again it is a conflict, and changes nothing',
    async run({ store, clock }) {
      await store.create([newInstance('a')]);
      const lease = await claimOnly(store, 'a');
      const commit = fullCommit(commitOf(lease, lease.load), clock.now());
      const results = await Promise.all([commitAll(store, [commit]), commitAll(store, [commit])]);
      assert.deepEqual(results.flat().sort(), ['committed', 'conflict']);
      const before = await observe(store, ['a', 'other', 'nobody']);
      assert.deepEqual(await commitAll(store, [commit]), ['conflict']);
      assert.deepEqual(await observe(store, ['a', 'other', 'nobody']), before);
    },
  },
  {
    name: 'leaves the others of a batch done when one is a conflict',
    async run({ store }) {
      await store.create(['a', 'b', 'c'].map((id) => newInstance(id)));
      const commits = [];
      for (const lease of await claim(store)) commits.push(commitOf(lease, lease.load));
      const batch = commits.map((commit) =>
        commit.lease.instance === 'b' ? { ...commit, baseRevision: 7, revision: 8, folded: [] } : commit,
      );
      const expected = batch.map(({ lease }) => (lease.instance === 'b' ? 'conflict' : 'committed'));
      assert.deepEqual(await commitAll(store, batch), expected);
      for (const id of ['a', 'b', 'c']) {
        assert.equal((await store.read(id))?.instance.revision, id === 'b' ? 0 : 1);
      }
      assert.deepEqual(await waiting(store, 'b'), ['start']);
    },
  },
  {
    name: 'writes nothing of a call that throws, and the calls made with it are done',
    async run({ store }) {
      await born(store, 'a');
      await born(store, 'b');
      await store.send([signal('a', 'one'), signal('b', 'one')]);
      const [first, second] = await claim(store);
      assert.ok(first !== undefined && second !== undefined);
      const good = commitOf(second, second.load);
      const commit = commitOf(first, first.load);
      const foreign = {
        ...commit,
        folded: commit.folded.map((entry) => ({ ...entry, seq: entry.seq + 1_000 })),
      };
      const before = await store.read(first.instance);
      const results = await Promise.allSettled([
        store.send([signal(first.instance, 'two')]),
        store.commit([foreign]),
        store.commit([good]),
      ]);
      assert.deepEqual(
        results.map(({ status }) => status),
        ['fulfilled', 'rejected', 'fulfilled'],
      );
      assert.deepEqual(await store.read(first.instance), before);
      assert.deepEqual(await waiting(store, first.instance), ['one', 'two']);
      assert.equal((await store.read(second.instance))?.instance.revision, 2);
      assert.deepEqual(await commitAll(store, [commit]), ['committed']);
    },
  },
  {
    name: 'keeps the state where the step did not change it',
    async run({ store, clock }) {
      await born(store, 'a');
      clock.advance(3);
      await store.send([signal('a', 'one')]);
      await turn(store, 'a', { state: undefined, status: 'failed' });
      const reading = await store.read('a');
      assert.deepEqual(
        [reading?.instance.state, reading?.instance.status, reading?.instance.updatedAt],
        ['{"revision":1}', 'failed', clock.now()],
      );
    },
  },
  {
    name: 'releases a lease by a commit that folded nothing',
    async run({ store }) {
      await born(store, 'a');
      await store.send([signal('a', 'one')]);
      const lease = await claimOnly(store, 'a');
      const loaded = { ...lease.load, messages: [] };
      assert.deepEqual(await commitAll(store, [commitOf(lease, loaded, { state: undefined })]), [
        'committed',
      ]);
      const { messages } = await turn(store, 'a');
      assert.deepEqual(
        messages.map(({ id }) => id),
        ['one'],
      );
    },
  },
  {
    name: 'takes back the timers of its own that a commit cancels, those of the same commit too',
    async run({ store, clock }) {
      const due = clock.now() + 10;
      await born(store, 'b', { timers: [timer('b', '1.0', due)] });
      await born(store, 'a', { timers: [timer('a', '1.0', due), timer('a', '1.1', due + 1)] });
      await store.send([signal('a', 'one')]);
      await turn(store, 'a', {
        timers: [timer('a', '2.0', due), timer('a', '2.1', due + 2)],
        cancelledTimers: ['a/1/0', 'a/2/0', 'b/1/0', 'a/1/9'],
      });
      assert.deepEqual(await waiting(store, 'a'), ['a/1/1', 'a/2/1']);
      assert.deepEqual(await waiting(store, 'b'), ['b/1/0']);
      assert.equal((await store.read('a'))?.nextDueAt, due + 1);
    },
  },
  {
    name: 'consumes only messages of the instance that commits',
    async run({ store }) {
      await store.create([newInstance('a'), newInstance('b')]);
      const claims = await claim(store);
      const [forA] = claims.filter(({ instance }) => instance === 'a');
      assert.ok(forA !== undefined);
      await store.send([signal('a', 'one'), signal('b', 'one')]);
      const others = (await store.messages('b')).map(({ seq }) => seq);
      const loaded = forA.load;
      const commit = commitOf(forA, loaded);
      for (const seqs of [others, others.slice(0, 1)]) {
        const folded = seqs.map((seq, n) => ({ ...commit.folded[0], seq, revision: n + 1 }) as FoldedMessage);
        await assert.rejects(store.commit([{ ...commit, folded, revision: folded.length }]));
      }
      assert.deepEqual(await waiting(store, 'b'), ['start', 'one']);
      assert.deepEqual(await waiting(store, 'a'), ['start', 'one']);
      assert.deepEqual(await commitAll(store, [commit]), ['committed']);
    },
  },
  {
    name: 'refuses to journal an event twice, and writes nothing of such a commit',
    async run({ store }) {
      await born(store, 'a');
      await store.send([{ id: 'start', to: 'a', event: '{}' }]);
      const lease = await claimOnly(store, 'a');
      const before = await store.read('a');
      await assert.rejects(store.commit([commitOf(lease, lease.load)]));
      assert.deepEqual(await store.read('a'), before);
    },
  },
  {
    name: 'makes the children of a commit, each once, and tells whose they are',
    async run({ store }) {
      await store.create([newInstance('there')]);
      await turn(store, 'there');
      const children = [
        newInstance('a/1.0/0', { parent: 'a' }),
        newInstance('a/1.1/0', { parent: 'a', detached: true }),
        newInstance('there', { parent: 'a' }),
      ];
      await born(store, 'a', { spawns: children });
      assert.deepEqual(await waiting(store, 'a/1.0/0'), ['start']);
      assert.equal((await store.read('a/1.0/0'))?.instance.parent, 'a');
      assert.equal((await store.read('a/1.1/0'))?.instance.parent, 'a');
      const there = (await store.read('there'))?.instance;
      assert.deepEqual([there?.revision, there?.parent], [1, undefined]);
      assert.deepEqual(await waiting(store, 'there'), []);
      assert.deepEqual(instancesOf(await claim(store)).sort(), ['a/1.0/0', 'a/1.1/0']);
    },
  },
  {
    name: 'makes no children of a commit that is a conflict',
    async run({ store }) {
      await store.create([newInstance('a')]);
      const lease = await claimOnly(store, 'a');
      const commit = commitOf(lease, lease.load, {
        spawns: [newInstance('a/1.0/0', { parent: 'a' })],
      });
      assert.deepEqual(await commitAll(store, [{ ...commit, lease: { ...lease, token: 'lost' } }]), [
        'conflict',
      ]);
      assert.equal(await store.read('a/1.0/0'), undefined);
    },
  },
];
