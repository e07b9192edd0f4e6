import assert from 'node:assert/strict';
import type { Commit, NewInstance, Store } from '../../../store/store.js';
import {
  born,
  claim,
  claimJobs,
  claimOnly,
  commitAll,
  commitOf,
  dueAt,
  idsOf,
  LEASE,
  newInstance,
  newJob,
  signal,
  timer,
  turn,
  waiting,
} from '../fixture.js';
import type { StoreCase } from '../store-case.js';
import { revisions, sweep } from './sweep.js';

export const sweptInstanceCases: readonly StoreCase[] = [
  {
    name: 'deletes an instance that ended before, with everything of its own',
    async run(harness) {
      const { store, clock } = harness;
      await store.create([newInstance('a')]);
      await store.send([signal('a', 'one')]);
      await turn(store, 'a', {
        status: 'succeeded',
        jobs: [newJob('a', '2.0', clock.now())],
        timers: [timer('a', '2.1', clock.now() + 1_000)],
      });
      await store.send([signal('a', 'late')]);
      assert.equal(await sweep(harness, 'instances'), 1);
      assert.equal(await store.read('a'), undefined);
      assert.deepEqual(await left(store), []);
      assert.deepEqual(await revisions(store, 'a'), []);
      assert.equal(await store.folded('a', 'one'), undefined);
      assert.deepEqual(await waiting(store, 'a'), []);
      assert.deepEqual((await store.jobs({})).items, []);
      assert.deepEqual(await claimJobs(store), []);
      assert.deepEqual(await claim(store), []);
      assert.equal(await dueAt(store, { definitions: ['hash-of-light'] }), undefined);
      assert.deepEqual(await store.counts(), { instances: 0, dueMessages: 0, pendingJobs: 0, parked: 0 });
      assert.deepEqual(await store.send([signal('a', 'two')]), ['unknown']);
    },
  },
  {
    name: 'lets everything be new under the id of an instance that was swept',
    async run(harness) {
      const { store } = harness;
      await ended(store, 'a');
      await store.send([signal('a', 'one')]);
      await turn(store, 'a', { status: 'succeeded' });
      await sweep(harness, 'instances');
      assert.deepEqual(await store.create([newInstance('a', { inputHash: 'other' })]), ['created']);
      assert.deepEqual(await store.send([signal('a', 'one', { hash: 'other' })]), ['accepted']);
      assert.deepEqual(idsOf((await turn(store, 'a')).messages), ['start', 'one']);
      assert.deepEqual(await revisions(store, 'a'), [1, 2]);
    },
  },
  {
    name: 'keeps what ended later, what runs and what is paused',
    async run(harness) {
      const { store, clock } = harness;
      await ended(store, 'before');
      await born(store, 'running');
      await born(store, 'paused');
      await store.pause({ instance: 'paused' });
      clock.advance(5);
      await ended(store, 'later');
      assert.equal(await sweep(harness, 'instances', { before: clock.now() }), 1);
      assert.deepEqual(await left(store), ['later', 'paused', 'running']);
      assert.deepEqual(await revisions(store, 'running'), [1]);
    },
  },
  {
    name: 'deletes no more instances at once than it was asked to, the oldest first, and says how many',
    async run(harness) {
      const { store, clock } = harness;
      for (const id of ['c', 'a', 'b']) {
        await ended(store, id);
        clock.advance(1);
      }
      assert.equal(await sweep(harness, 'instances', { limit: 0 }), 0);
      assert.equal(await sweep(harness, 'instances', { limit: 2 }), 2);
      assert.deepEqual(await left(store), ['b']);
      assert.equal(await sweep(harness, 'instances', { limit: 2 }), 1);
      assert.equal(await sweep(harness, 'instances', { limit: 2 }), 0);
    },
  },
  {
    name: 'deletes instances of the machines that are meant alone',
    async run(harness) {
      const { store } = harness;
      for (const machine of ['door', 'lamp', 'bell']) {
        await store.create([newInstance(machine, { machine })]);
        await turn(store, machine, { status: 'failed' });
      }
      assert.equal(await sweep(harness, 'instances', { machines: [] }), 0);
      assert.equal(await sweep(harness, 'instances', { machines: ['lamp', 'constructor'] }), 1);
      assert.deepEqual(await left(store), ['bell', 'door']);
      assert.equal(await sweep(harness, 'instances', { exceptMachines: ['door', 'lamp'] }), 1);
      assert.deepEqual(await left(store), ['door']);
      assert.equal(await sweep(harness, 'instances', { machines: ['door'], exceptMachines: ['door'] }), 0);
    },
  },
  {
    name: 'keeps a child as long as its parent, and deletes both together',
    async run(harness) {
      const { store } = harness;
      await born(store, 'a');
      await child(store, 'a.1', 'succeeded');
      await child(store, 'a.2', 'failed');
      assert.equal(await sweep(harness, 'instances'), 0);
      await end(store, 'a');
      assert.equal(await sweep(harness, 'instances'), 3);
      assert.deepEqual(await left(store), []);
    },
  },
  {
    name: 'keeps a parent until its children have ended, and theirs',
    async run(harness) {
      const { store } = harness;
      await ended(store, 'a');
      await child(store, 'a.1', 'succeeded');
      await child(store, 'a.1.1', 'running');
      await child(store, 'a.2', 'paused');
      await ended(store, 'b');
      assert.equal(await sweep(harness, 'instances'), 1);
      assert.deepEqual(await left(store), ['a', 'a.1', 'a.1.1', 'a.2']);
      await end(store, 'a.1.1');
      assert.equal(await sweep(harness, 'instances'), 0);
      await end(store, 'a.2');
      assert.equal(await sweep(harness, 'instances'), 4);
      assert.deepEqual(await left(store), []);
    },
  },
  {
    name: 'deletes a detached child on its own, and its parent not before it, whose name would be used again',
    async run(harness) {
      const { store } = harness;
      await ended(store, 'a');
      await born(store, 'b');
      await child(store, 'a.1', 'running', { detached: true });
      await child(store, 'b.1', 'succeeded', { detached: true });
      await child(store, 'b.1.1', 'succeeded');
      assert.equal(await sweep(harness, 'instances'), 2);
      assert.deepEqual(await left(store), ['a', 'a.1', 'b']);
      assert.equal((await store.read('a.1'))?.instance.parent, 'a');
      await end(store, 'a.1');
      await sweep(harness, 'instances');
      await sweep(harness, 'instances');
      assert.deepEqual(await left(store), ['b']);
    },
  },
  {
    name: 'deletes a large family a portion at a time, the parent last',
    async run(harness) {
      const { store } = harness;
      await ended(store, 'a');
      for (const id of ['a.1', 'a.2', 'a.2.1', 'a.3']) await child(store, id, 'succeeded');
      await ended(store, 'b');
      assert.equal(await sweep(harness, 'instances', { limit: 2 }), 2);
      const half = await left(store);
      assert.ok(half.includes('a') && half.includes('b') && half.length === 4);
      assert.ok(!half.includes('a.2.1') || half.includes('a.2'));
      assert.equal(await sweep(harness, 'instances', { limit: 4 }), 4);
      assert.deepEqual(await left(store), []);
      assert.equal(await sweep(harness, 'instances', { limit: 4 }), 0);
    },
  },
  {
    name: 'keeps an ended instance until a job is done that it asked for and does not wait for',
    async run(harness) {
      const { store, clock } = harness;
      await ended(store, 'a', { jobs: [newJob('a', '1.0', clock.now(), { ask: false })] });
      await ended(store, 'b', { jobs: [newJob('b', '1.0', clock.now(), { ask: true })] });
      assert.equal(await sweep(harness, 'instances'), 1);
      const [job] = await claimJobs(store);
      assert.ok(job !== undefined);
      assert.equal(await sweep(harness, 'instances'), 0);
      assert.deepEqual(await left(store), ['a']);
      await store.endJobs([{ ...job, end: { status: 'completed', output: '1' } }]);
      assert.equal(await sweep(harness, 'instances'), 1);
    },
  },
  {
    name: 'fences off a worker that holds what is swept',
    async run(harness) {
      const { store } = harness;
      await ended(store, 'a');
      await store.send([signal('a', 'late')]);
      const lease = await claimOnly(store, 'a');
      const loaded = lease.load;
      assert.equal(await sweep(harness, 'instances'), 1);
      assert.deepEqual(await commitAll(store, [commitOf(lease, loaded)]), ['conflict']);
      assert.deepEqual(await store.extend([lease], LEASE), ['a']);
      assert.equal(await store.read('a'), undefined);
      assert.deepEqual(await claim(store), []);
    },
  },
];

/** An instance that has ended. */
function ended(store: Store, id: string, over: Partial<Commit> = {}): Promise<void> {
  return born(store, id, { status: 'succeeded', ...over });
}

/** The same as the child of another. */
async function child(
  store: Store,
  id: string,
  status: Commit['status'],
  over: Partial<NewInstance> = {},
): Promise<void> {
  await store.create([newInstance(id, { parent: id.slice(0, id.lastIndexOf('.')), ...over })]);
  await turn(store, id, { status });
}

/** Ends an instance that runs. */
async function end(store: Store, id: string): Promise<void> {
  await store.send([signal(id, 'end')]);
  await turn(store, id, { status: 'stopped' });
}

/** The instances that are left, by id. */
async function left(store: Store): Promise<string[]> {
  return (await store.find({})).items.map(({ instance }) => instance.id).sort();
}
