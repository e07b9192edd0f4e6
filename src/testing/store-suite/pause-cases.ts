import assert from 'node:assert/strict';
import { MAX_ATTEMPTS } from '../../core/limits.js';
import type { Reading, Store } from '../../store/store.js';
import {
  born,
  claim,
  claimedJob,
  claimOnly,
  commitAll,
  commitOf,
  DEFINITION,
  dieHolding,
  dueAt,
  idsOf,
  instancesOf,
  LEASE,
  newInstance,
  signal,
  timer,
  turn,
  waiting,
} from './fixture.js';
import type { StoreCase, StoreHarness } from './store-case.js';

const OTHER = 'hash-of-other';

/** Two machines of which there are definitions: a machine's pause reaches its instances through them. */
async function publishBoth(store: Store): Promise<void> {
  const common = { language: 'statechart', source: {} };
  await store.publish({ hash: DEFINITION, machine: 'light', ...common });
  await store.publish({ hash: OTHER, machine: 'door', ...common });
}

async function statusOf(store: Store, id: string) {
  return (await store.read(id))?.instance.status;
}

/** Has its workers die until it is parked. */
async function park(harness: StoreHarness, id: string): Promise<void> {
  const { store } = harness;
  for (let n = 0; n < MAX_ATTEMPTS; n++) await dieHolding(harness, id);
  assert.deepEqual(await claim(store), []);
  assert.ok((await store.read(id))?.parked !== undefined);
}

export const pauseCases: readonly StoreCase[] = [
  {
    name: 'lets nothing be claimed of a paused instance until it is resumed',
    async run({ store, clock }) {
      await store.create([newInstance('a'), newInstance('b')]);
      assert.equal(await store.pause({ instance: 'a' }), true);
      assert.deepEqual(instancesOf(await claim(store)), ['b']);
      clock.advance(LEASE * 10);
      assert.deepEqual(instancesOf(await claim(store)), ['b']);
      assert.equal(await store.resume({ instance: 'a' }), true);
      assert.deepEqual(instancesOf(await claim(store)), ['a']);
    },
  },
  {
    name: 'shows a paused instance as paused, and as running once it goes on',
    async run({ store, clock }) {
      await born(store, 'a');
      await born(store, 'b');
      const before = await store.read('a');
      clock.advance(5);
      await store.pause({ instance: 'a' });
      assert.equal(await statusOf(store, 'a'), 'paused');
      assert.equal(await store.count({ status: 'paused' }), 1);
      assert.equal(await statusOf(store, 'b'), 'running');
      await store.resume({ instance: 'a' });
      assert.deepEqual(await store.read('a'), { ...before, now: clock.now() });
    },
  },
  {
    name: 'tells of each instance that is read whether its machine is paused, and the time',
    async run({ store, clock }) {
      await publishBoth(store);
      await store.create([newInstance('a'), newInstance('b', { machine: 'door', definition: OTHER })]);
      clock.advance(3);
      await store.pause({ machine: 'door' });
      const told = ({ machinePaused, now, instance: { id } }: Reading) => [id, machinePaused, now];
      const read = await Promise.all(['a', 'b', 'nobody', 'a'].map((id) => store.read(id)));
      const [a, b] = [
        ['a', false, clock.now()],
        ['b', true, clock.now()],
      ];
      assert.deepEqual(
        read.map((reading) => reading && told(reading)),
        [a, b, undefined, a],
      );
      assert.deepEqual((await store.find({})).items.map(told), [b, a]);
      await store.resume({ machine: 'door' });
      assert.equal((await store.read('b'))?.machinePaused, false);
    },
  },
  {
    name: 'ends the lease of an instance that is paused, so that the turn at hand comes to nothing',
    async run({ store }) {
      await store.create([newInstance('a')]);
      const lease = await claimOnly(store, 'a');
      const loaded = lease.load;
      await store.pause({ instance: 'a' });
      assert.equal((await store.read('a'))?.attempts, 0);
      assert.deepEqual(await store.extend([lease], LEASE), ['a']);
      await store.release([{ ...lease, giveBack: true }]);
      assert.deepEqual(await commitAll(store, [commitOf(lease, loaded)]), ['conflict']);
      assert.equal((await store.read('a'))?.instance.revision, 0);
      await store.resume({ instance: 'a' });
      assert.deepEqual(await commitAll(store, [commitOf(lease, loaded)]), ['conflict']);
      assert.equal((await claimOnly(store, 'a')).attempts, 1);
    },
  },
  {
    name: 'keeps the attempt of a worker whose lease had run out before the pause',
    async run({ store, clock }) {
      await store.create([newInstance('a')]);
      await claimOnly(store, 'a');
      clock.advance(LEASE);
      await store.pause({ instance: 'a' });
      assert.equal((await store.read('a'))?.attempts, 1);
      await store.resume({ instance: 'a' });
      assert.equal((await claimOnly(store, 'a')).attempts, 2);
    },
  },
  {
    name: 'lets events, timers and answers wait for a paused instance, and hands them out in their order',
    async run(harness) {
      const { store, clock } = harness;
      const job = await claimedJob(harness, 'a');
      await store.send([signal('a', 'go')]);
      await turn(store, 'a', { timers: [timer('a', '2.0', clock.now() + 5)] });
      await store.pause({ instance: 'a' });
      assert.deepEqual(await store.send([signal('a', 'one'), signal('a', 'one')]), ['accepted', 'duplicate']);
      clock.advance(6);
      assert.deepEqual(await store.endJobs([{ ...job, end: { status: 'completed', output: '1' } }]), [
        'ended',
      ]);
      assert.deepEqual(await waiting(store, 'a'), ['one', 'a/2/0', 'a/1/0']);
      assert.deepEqual(await claim(store), []);
      await store.resume({ instance: 'a' });
      assert.deepEqual(idsOf((await turn(store, 'a')).messages), ['one', 'a/2/0', 'a/1/0']);
    },
  },
  {
    name: 'calls nobody for what is paused',
    async run({ store, clock }) {
      await publishBoth(store);
      const due = () => dueAt(store, { definitions: [DEFINITION, OTHER], names: [] });
      await store.create([newInstance('a')]);
      await store.pause({ instance: 'a' });
      assert.equal(await due(), undefined);
      await store.send([signal('a', 'one')]);
      assert.equal(await due(), undefined);
      clock.advance(3);
      await store.resume({ instance: 'a' });
      assert.equal(await due(), clock.now());
      await store.pause({ machine: 'light' });
      assert.equal(await due(), undefined);
      await store.create([newInstance('b', { machine: 'door', definition: OTHER })]);
      assert.equal(await due(), clock.now());
    },
  },
  {
    name: 'lets those go first that are due already where an instance is resumed',
    async run({ store, clock }) {
      await store.create([newInstance('a')]);
      await store.pause({ instance: 'a' });
      clock.advance(1);
      await store.create([newInstance('b')]);
      clock.advance(1);
      await store.resume({ instance: 'a' });
      assert.deepEqual(instancesOf(await claim(store, 1)), ['b']);
    },
  },
  {
    name: 'pauses only an instance that runs, and resumes only one that is paused',
    async run({ store }) {
      await born(store, 'a');
      await born(store, 'b', { status: 'succeeded' });
      for (const instance of ['b', 'nobody', 'constructor']) {
        assert.equal(await store.pause({ instance }), false);
        assert.equal(await store.resume({ instance }), false);
      }
      assert.equal(await statusOf(store, 'b'), 'succeeded');
      assert.equal(await store.resume({ instance: 'a' }), false);
      assert.equal(await store.pause({ instance: 'a' }), true);
      assert.equal(await store.pause({ instance: 'a' }), false);
      assert.equal(await store.resume({ instance: 'a' }), true);
      assert.equal(await store.resume({ instance: 'a' }), false);
    },
  },
  {
    name: 'keeps parked what is parked, and paused what is paused, until each is undone',
    async run(harness) {
      const { store } = harness;
      await store.create([newInstance('a')]);
      await park(harness, 'a');
      assert.equal(await store.pause({ instance: 'a' }), true);
      assert.equal(await store.resume({ instance: 'a' }), true);
      assert.deepEqual(await claim(store), []);
      await store.pause({ instance: 'a' });
      assert.equal(await store.unpark('a'), true);
      assert.deepEqual(await claim(store), []);
      await store.resume({ instance: 'a' });
      assert.equal((await claimOnly(store, 'a')).attempts, 1);
    },
  },
  {
    name: 'hands out first what is due before all time, however late it came',
    async run({ store }) {
      await store.create([newInstance('a')]);
      await store.pause({ instance: 'a' });
      await store.send([signal('a', 'one')]);
      await store.send([signal('a', 'first of all', { dueAt: -1 })]);
      await store.resume({ instance: 'a' });
      assert.deepEqual(idsOf((await turn(store, 'a')).messages), ['first of all', 'start', 'one']);
    },
  },
  {
    name: 'claims nothing of a paused machine, old or new, while the others go on',
    async run({ store }) {
      await publishBoth(store);
      await store.create([newInstance('a'), newInstance('b', { machine: 'door', definition: OTHER })]);
      assert.equal(await store.pause({ machine: 'light' }), true);
      await store.publish({ hash: 'newer', machine: 'light', language: 'statechart', source: {} });
      await store.create([newInstance('c', { definition: 'newer' })]);
      const all = [DEFINITION, OTHER, 'newer'];
      assert.deepEqual(instancesOf(await claim(store, 10, all)), ['b']);
      assert.equal(await statusOf(store, 'a'), 'running');
      assert.equal(await store.resume({ machine: 'light' }), true);
      assert.deepEqual(instancesOf(await claim(store, 10, all)).sort(), ['a', 'c']);
    },
  },
  {
    name: 'lets be finished what is held when its machine is paused',
    async run({ store, clock }) {
      await publishBoth(store);
      await store.create([newInstance('a')]);
      const lease = await claimOnly(store, 'a');
      const loaded = lease.load;
      await store.pause({ machine: 'light' });
      clock.advance(LEASE - 1);
      assert.deepEqual(await store.extend([lease], LEASE), []);
      assert.deepEqual(await commitAll(store, [commitOf(lease, loaded)]), ['committed']);
      await store.send([signal('a', 'one')]);
      assert.deepEqual(await claim(store), []);
    },
  },
  {
    name: 'lists the machines and queues that are paused, by kind and name',
    async run({ store }) {
      await born(store, 'a');
      assert.deepEqual(await store.paused(), []);
      await store.pause({ instance: 'a' });
      const targets = [
        { queue: 'mail' },
        { machine: 'light' },
        { queue: 'light' },
        { machine: 'door' },
      ] as const;
      for (const target of targets) {
        assert.equal(await store.resume(target), false);
        assert.equal(await store.pause(target), true);
        assert.equal(await store.pause(target), false);
      }
      assert.deepEqual(await store.paused(), [
        { machine: 'door' },
        { machine: 'light' },
        { queue: 'light' },
        { queue: 'mail' },
      ]);
      assert.equal(await store.resume({ machine: 'light' }), true);
      assert.deepEqual(await store.paused(), [{ machine: 'door' }, { queue: 'light' }, { queue: 'mail' }]);
    },
  },
];
