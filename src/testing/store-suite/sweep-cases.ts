import assert from 'node:assert/strict';
import { DEAD_LETTER_MS, MAX_ATTEMPTS, SNAPSHOT_EVERY } from '../../core/limits.js';
import type { Commit, NewInstance, Store, SweepQuery } from '../../store/store.js';
import {
  born,
  claim,
  claimJobs,
  claimOnly,
  commitAll,
  commitOf,
  dieHolding,
  idsOf,
  LEASE,
  load,
  newInstance,
  newJob,
  newPlainJob,
  signal,
  timer,
  turn,
  waiting,
} from './fixture.js';
import { foldMany } from './snapshot-cases.js';
import type { StoreCase, StoreHarness } from './store-case.js';

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

/** Sweeps everything that is from before now. */
function sweep({ store, clock }: StoreHarness, what: SweepQuery['what'], over: Partial<SweepQuery> = {}) {
  clock.advance(1);
  return store.sweep({ what, before: clock.now(), limit: 10, ...over });
}

/** The instances that are left, by id. */
async function left(store: Store): Promise<string[]> {
  return (await store.find({})).items.map(({ instance }) => instance.id).sort();
}

async function revisions(store: Store, instance: string): Promise<number[]> {
  return (await store.journal(instance, {})).items.map(({ revision }) => revision);
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, n) => from + n);
}

const instances: readonly StoreCase[] = [
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
      assert.equal(await store.nextDue({ definitions: ['hash-of-light'] }), undefined);
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
      const loaded = await load(store, lease);
      assert.equal(await sweep(harness, 'instances'), 1);
      assert.deepEqual(await commitAll(store, [commitOf(lease, loaded)]), ['conflict']);
      assert.deepEqual(await store.extend([lease], LEASE), ['a']);
      assert.equal(await store.read('a'), undefined);
      assert.deepEqual(await claim(store), []);
    },
  },
];

const journals: readonly StoreCase[] = [
  {
    name: 'trims a journal up to a snapshot that is as old, and keeps that and what follows',
    async run(harness) {
      const { store } = harness;
      await born(store, 'a');
      await foldMany(store, 'a', SNAPSHOT_EVERY - 1);
      await foldMany(store, 'a', 3);
      assert.equal(await sweep(harness, 'journals', { limit: 1_000 }), SNAPSHOT_EVERY);
      assert.deepEqual(await revisions(store, 'a'), range(SNAPSHOT_EVERY + 1, SNAPSHOT_EVERY + 3));
      assert.equal((await store.snapshot('a', SNAPSHOT_EVERY + 3))?.revision, SNAPSHOT_EVERY);
      assert.equal(await store.folded('a', 'e7'), undefined);
      assert.equal((await store.folded('a', `e${SNAPSHOT_EVERY + 1}`))?.revision, SNAPSHOT_EVERY + 1);
      assert.equal((await store.read('a'))?.instance.revision, SNAPSHOT_EVERY + 3);
      assert.equal(await sweep(harness, 'journals', { limit: 1_000 }), 0);
    },
  },
  {
    name: 'remembers which events were accepted when their entries are trimmed',
    async run(harness) {
      const { store } = harness;
      await born(store, 'a');
      await foldMany(store, 'a', SNAPSHOT_EVERY);
      await sweep(harness, 'journals', { limit: 1_000 });
      assert.deepEqual(await revisions(store, 'a'), []);
      assert.deepEqual(
        await store.send([signal('a', 'e7'), signal('a', 'e8', { hash: 'other' }), signal('a', 'new')]),
        ['duplicate', 'conflict', 'accepted'],
      );
      await turn(store, 'a');
      assert.deepEqual(await revisions(store, 'a'), [SNAPSHOT_EVERY + 2]);
    },
  },
  {
    name: 'keeps what no snapshot stands for, and what is younger, or before a younger snapshot',
    async run(harness) {
      const { store, clock } = harness;
      await born(store, 'a');
      await foldMany(store, 'a', SNAPSHOT_EVERY - 2);
      clock.advance(10);
      assert.equal(await sweep(harness, 'journals', { limit: 1_000 }), 0);
      await foldMany(store, 'a', 1);
      assert.equal(await store.sweep({ what: 'journals', before: clock.now(), limit: 1_000 }), 0);
      assert.deepEqual(await revisions(store, 'a'), range(1, SNAPSHOT_EVERY));
    },
  },
  {
    name: 'trims no more entries at once than it was asked to, the oldest first, and says how many',
    async run(harness) {
      const { store } = harness;
      await born(store, 'a');
      await foldMany(store, 'a', SNAPSHOT_EVERY);
      assert.equal(await sweep(harness, 'journals', { limit: 200 }), 200);
      assert.deepEqual(await revisions(store, 'a'), range(201, SNAPSHOT_EVERY + 1));
      assert.equal(await sweep(harness, 'journals', { limit: 200 }), SNAPSHOT_EVERY + 1 - 200);
      assert.equal(await sweep(harness, 'journals', { limit: 200 }), 0);
    },
  },
  {
    name: 'keeps of the snapshots before the journal the last one',
    async run(harness) {
      const { store } = harness;
      await born(store, 'a');
      await foldMany(store, 'a', SNAPSHOT_EVERY);
      await foldMany(store, 'a', SNAPSHOT_EVERY);
      await foldMany(store, 'a', 1);
      const second = 2 * SNAPSHOT_EVERY + 1;
      assert.equal(await sweep(harness, 'journals', { limit: 1_000 }), second);
      assert.equal(await store.snapshot('a', second - 1), undefined);
      assert.equal((await store.snapshot('a', second + 1))?.revision, second);
      assert.deepEqual(await revisions(store, 'a'), [second + 1]);
    },
  },
  {
    name: 'reads a trimmed journal page by page',
    async run(harness) {
      const { store } = harness;
      await born(store, 'a');
      await foldMany(store, 'a', SNAPSHOT_EVERY - 1);
      await foldMany(store, 'a', 3);
      await sweep(harness, 'journals', { limit: 1_000 });
      for (const after of [undefined, '0', '100', String(SNAPSHOT_EVERY)]) {
        const page = await store.journal('a', { limit: 2, ...(after === undefined ? {} : { after }) });
        assert.deepEqual(
          page.items.map(({ revision }) => revision),
          [SNAPSHOT_EVERY + 1, SNAPSHOT_EVERY + 2],
        );
        const next = await store.journal('a', { limit: 2, after: page.next ?? '' });
        assert.deepEqual(
          next.items.map(({ revision }) => revision),
          [SNAPSHOT_EVERY + 3],
        );
        assert.equal(next.next, undefined);
      }
    },
  },
  {
    name: 'trims the journals of the machines that are meant alone',
    async run(harness) {
      const { store } = harness;
      for (const machine of ['door', 'lamp']) {
        await store.create([newInstance(machine, { machine })]);
        await turn(store, machine);
        await foldMany(store, machine, SNAPSHOT_EVERY);
      }
      assert.equal(await sweep(harness, 'journals', { limit: 1_000, machines: [] }), 0);
      assert.equal(
        await sweep(harness, 'journals', { limit: 1_000, exceptMachines: ['door'] }),
        SNAPSHOT_EVERY + 1,
      );
      assert.deepEqual(await revisions(store, 'lamp'), []);
      assert.deepEqual(await revisions(store, 'door'), range(1, SNAPSHOT_EVERY + 1));
      assert.equal(
        await sweep(harness, 'journals', { limit: 1_000, machines: ['door'] }),
        SNAPSHOT_EVERY + 1,
      );
    },
  },
];

const jobs: readonly StoreCase[] = [
  {
    name: 'deletes jobs that ended before, oldest first, and keeps those under way',
    async run(harness) {
      const { store, clock } = harness;
      await born(store, 'a', { jobs: [0, 1, 2].map((n) => newJob('a', `1.${n}`, clock.now())) });
      for (const job of [...(await claimJobs(store))].reverse()) {
        if (job.id === 'a/1/0') break;
        await store.endJobs([{ ...job, end: { status: 'failed', error: 'Dark', cause: 'no' } }]);
        clock.advance(1);
      }
      assert.equal(await store.sweep({ what: 'jobs', before: clock.now() - 2, limit: 10 }), 0);
      assert.equal(await sweep(harness, 'jobs', { limit: 1 }), 1);
      assert.deepEqual(idsOf((await store.jobs({})).items), ['a/1/1', 'a/1/0']);
      assert.equal(await sweep(harness, 'jobs'), 1);
      assert.equal(await sweep(harness, 'jobs'), 0);
      assert.deepEqual(idsOf((await store.jobs({ instance: 'a' })).items), ['a/1/0']);
      assert.equal(await store.job('a/1/1'), undefined);
      assert.deepEqual(await waiting(store, 'a'), ['a/1/2', 'a/1/1']);
    },
  },
  {
    name: 'lets the id of a plain job be used anew once it was swept',
    async run(harness) {
      const { store } = harness;
      await store.enqueue([newPlainJob('one')]);
      const [job] = await claimJobs(store);
      assert.ok(job !== undefined);
      assert.equal(await sweep(harness, 'jobs'), 0);
      await store.endJobs([{ ...job, end: { status: 'completed', output: '1' } }]);
      assert.equal(await sweep(harness, 'jobs'), 1);
      assert.deepEqual(await store.enqueue([newPlainJob('one', { hash: 'other' })]), ['created']);
      assert.equal((await store.job('one'))?.status, 'pending');
    },
  },
  {
    name: 'deletes jobs of the machines that are meant alone; nobody’s jobs have none',
    async run(harness) {
      const { store, clock } = harness;
      for (const machine of ['door', 'lamp']) {
        await store.create([newInstance(machine, { machine })]);
        await turn(store, machine, { jobs: [newJob(machine, '1.0', clock.now())] });
      }
      await store.enqueue([newPlainJob('plain')]);
      for (const job of await claimJobs(store))
        await store.endJobs([{ ...job, end: { status: 'completed', output: '1' } }]);
      const ids = async () => idsOf((await store.jobs({})).items).sort();
      assert.equal(await sweep(harness, 'jobs', { machines: ['lamp'] }), 1);
      assert.deepEqual(await ids(), ['door/1/0', 'plain']);
      assert.equal(await sweep(harness, 'jobs', { exceptMachines: ['door'] }), 1);
      assert.deepEqual(await ids(), ['door/1/0']);
      assert.equal(await sweep(harness, 'jobs'), 1);
    },
  },
];

const letters: readonly StoreCase[] = [
  {
    name: 'deletes letters that were given up on before, and no others',
    async run(harness) {
      const { store, clock } = harness;
      const letter = (to: string, n: number) => ({ id: `a/1/${n}`, to, event: '{}' });
      await born(store, 'a', { messages: ['x', 'y', 'z'].map(letter) });
      clock.advance(DEAD_LETTER_MS);
      assert.equal(await store.expire(2), 2);
      assert.equal(await store.sweep({ what: 'letters', before: clock.now(), limit: 10 }), 0);
      assert.equal(await sweep(harness, 'letters', { limit: 1 }), 1);
      assert.deepEqual(await waiting(store, 'x'), []);
      assert.deepEqual(await waiting(store, 'y'), ['a/1/1']);
      assert.equal(await sweep(harness, 'letters'), 1);
      assert.equal(await sweep(harness, 'letters'), 0);
      assert.equal((await store.counts()).parked, 0);
      assert.deepEqual(await waiting(store, 'z'), ['a/1/2']);
      await store.create([newInstance('x')]);
      assert.deepEqual(idsOf((await turn(store, 'x')).messages), ['start']);
    },
  },
  {
    name: 'keeps a parked instance, and one that came for its letters after all',
    async run(harness) {
      const { store, clock } = harness;
      await born(store, 'a', { messages: [{ id: 'a/1/0', to: 'b', event: '{}' }] });
      await store.send([signal('a', 'one')]);
      for (let n = 0; n < MAX_ATTEMPTS; n++) await dieHolding(harness, 'a');
      await claim(store);
      clock.advance(DEAD_LETTER_MS);
      await store.expire(10);
      assert.equal((await store.counts()).parked, 2);
      await store.create([newInstance('b')]);
      assert.equal(await sweep(harness, 'letters'), 0);
      assert.deepEqual(await waiting(store, 'b'), ['start', 'a/1/0']);
      assert.deepEqual(await waiting(store, 'a'), ['one']);
    },
  },
];

export const sweepCases: readonly StoreCase[] = [...instances, ...journals, ...jobs, ...letters];
