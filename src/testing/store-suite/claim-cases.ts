import assert from 'node:assert/strict';
import { CAUTIOUS_ATTEMPTS } from '../../core/limits.js';
import {
  born,
  claim,
  claimOnly,
  commitAll,
  commitOf,
  DEFINITION,
  dieHolding,
  idsOf,
  instancesOf,
  LEASE,
  newInstance,
  signal,
} from './fixture.js';
import type { StoreCase } from './store-case.js';

export const claimCases: readonly StoreCase[] = [
  {
    name: 'lets one worker at a time hold a mailbox',
    async run({ store, clock }) {
      await store.create([newInstance('a'), newInstance('b')]);
      const both = await Promise.all([claim(store, 1), claim(store, 1), claim(store, 1)]);
      assert.deepEqual(both.flatMap(instancesOf).sort(), ['a', 'b']);
      await store.send([signal('a', 'one')]);
      clock.advance(LEASE - 1);
      assert.deepEqual(await claim(store), []);
    },
  },
  {
    name: 'claims only instances of the definitions that the worker can step',
    async run({ store }) {
      await store.create([newInstance('a'), newInstance('b', { definition: 'hash-of-other' })]);
      assert.deepEqual(await claim(store, 10, []), []);
      assert.deepEqual(await claim(store, 10, ['hash-of-none']), []);
      assert.deepEqual(instancesOf(await claim(store, 10, ['hash-of-other', 'hash-of-none'])), ['b']);
      assert.deepEqual(instancesOf(await claim(store, 10, ['hash-of-other', DEFINITION])), ['a']);
    },
  },
  {
    name: 'claims across definitions those first that are due longest, up to the limit',
    async run({ store, clock }) {
      for (const [index, id] of ['a', 'b', 'c', 'd'].entries()) {
        await store.create([newInstance(id, index % 2 === 0 ? {} : { definition: 'hash-of-other' })]);
        clock.advance(1);
      }
      const claims = await claim(store, 3, [DEFINITION, 'hash-of-other']);
      assert.deepEqual(instancesOf(claims), ['a', 'b', 'c']);
    },
  },
  {
    name: 'brings an instance along as it stands, with the clock of the store',
    async run({ store, clock }) {
      await born(store, 'a');
      await store.create([newInstance('b', { parent: 'a' })]);
      clock.advance(3);
      await store.send([signal('a', 'one')]);
      clock.advance(3);
      const claims = await claim(store);
      assert.deepEqual(instancesOf(claims), ['b', 'a']);
      for (const { instance, load } of claims) {
        assert.deepEqual(load.instance, (await store.read(instance))?.instance);
        assert.deepEqual(load.messages, await store.messages(instance));
        assert.equal(load.now, clock.now());
      }
      assert.equal(claims[1]?.load.instance.state, '{"revision":1}');
    },
  },
  {
    name: 'brings suspects along, too, in the order in which they are claimed',
    async run({ store, clock }) {
      await store.create([newInstance('b'), newInstance('a')]);
      await store.send([signal('a', 'one')]);
      await claim(store);
      clock.advance(LEASE);
      const claims = await claim(store);
      const brought = claims.map(({ attempts, load }) => [attempts, load.instance.id, idsOf(load.messages)]);
      assert.deepEqual(brought, [
        [2, 'a', ['start', 'one']],
        [2, 'b', ['start']],
      ]);
    },
  },
  {
    name: `brings one message along of a mailbox with more than ${CAUTIOUS_ATTEMPTS} attempts, its own included`,
    async run(harness) {
      const { store } = harness;
      await store.create([newInstance('a')]);
      await store.send([signal('a', 'one')]);
      for (let attempt = 1; attempt < CAUTIOUS_ATTEMPTS; attempt++) await dieHolding(harness, 'a');
      const last = await claimOnly(store, 'a');
      assert.deepEqual([last.attempts, idsOf(last.load.messages)], [CAUTIOUS_ATTEMPTS, ['start', 'one']]);
      await store.release([{ ...last, giveBack: false }]);
      assert.deepEqual(idsOf((await claimOnly(store, 'a')).load.messages), ['start']);
    },
  },
  {
    name: 'hands a mailbox to another worker when its lease ran out, and fences the first one off',
    async run(harness) {
      const { store, clock } = harness;
      await store.create([newInstance('a')]);
      const lost = await claimOnly(store, 'a');
      const loaded = lost.load;
      clock.advance(LEASE);
      const taken = await claimOnly(store, 'a');
      assert.notEqual(taken.token, lost.token);
      assert.equal(taken.attempts, 2);
      assert.deepEqual(await commitAll(store, [commitOf(lost, loaded)]), ['conflict']);
      assert.deepEqual(await store.extend([lost], LEASE), ['a']);
      await store.release([{ ...lost, giveBack: true }]);
      assert.equal((await store.read('a'))?.attempts, 2);
      assert.deepEqual(await claim(store), []);
      assert.deepEqual(await commitAll(store, [commitOf(taken, loaded)]), ['committed']);
      assert.equal((await store.read('a'))?.instance.revision, 1);
    },
  },
  {
    name: 'lets a worker commit whose lease ran out as long as nobody took it over',
    async run({ store, clock }) {
      await store.create([newInstance('a')]);
      const lease = await claimOnly(store, 'a');
      const loaded = lease.load;
      clock.advance(LEASE * 10);
      assert.deepEqual(await commitAll(store, [commitOf(lease, loaded)]), ['committed']);
    },
  },
  {
    name: 'extends a lease from now on, and tells which are lost',
    async run({ store, clock }) {
      await store.create([newInstance('a'), newInstance('b')]);
      const leases = await claim(store);
      clock.advance(LEASE - 1);
      assert.deepEqual(await store.extend([...leases, { instance: 'c', token: 'none' }], LEASE), ['c']);
      clock.advance(LEASE - 1);
      assert.deepEqual(await claim(store), []);
      clock.advance(1);
      assert.deepEqual(instancesOf(await claim(store)), ['a', 'b']);
    },
  },
];
