import assert from 'node:assert/strict';
import {
  born,
  claim,
  claimOnly,
  commitAll,
  commitOf,
  idsOf,
  instancesOf,
  newInstance,
  signal,
  timer,
  turn,
  waiting,
} from './fixture.js';
import type { StoreCase } from './store-case.js';

export const orderCases: readonly StoreCase[] = [
  {
    name: 'hands messages out by when they are due, and then by arrival',
    async run({ store, clock }) {
      await born(store, 'a', {
        timers: [timer('a', '1.0', clock.now() + 20), timer('a', '1.1', clock.now() + 10)],
      });
      await store.send([signal('a', 'one'), signal('a', 'two')]);
      clock.advance(10);
      await store.send([signal('a', 'three')]);
      clock.advance(10);
      await store.send([signal('a', 'four')]);
      const order = ['one', 'two', 'a/1/1', 'three', 'a/1/0', 'four'];
      assert.deepEqual(await waiting(store, 'a'), order);
      assert.deepEqual(idsOf((await claimOnly(store, 'a')).load.messages), order);
    },
  },
  {
    name: 'keeps what one sender sends in order, in one call, in many, and from commits',
    async run({ store }) {
      await born(store, 'a');
      await born(store, 'b');
      await Promise.all([
        store.send([signal('a', 'x1'), signal('a', 'x2')]),
        store.send([signal('a', 'x3')]),
      ]);
      await store.send([signal('b', 'go')]);
      const letter = (index: number) => ({ id: `b/2/${index}`, to: 'a', event: '{}' });
      const [forB] = (await claim(store)).filter(({ instance }) => instance === 'b');
      assert.ok(forB !== undefined);
      const commit = commitOf(forB, forB.load, { messages: [0, 1, 2].map(letter) });
      assert.deepEqual(await commitAll(store, [commit]), ['committed']);
      const order = ['x1', 'x2', 'x3', 'b/2/0', 'b/2/1', 'b/2/2'];
      assert.deepEqual(await waiting(store, 'a'), order);
    },
  },
  {
    name: 'brings at most as many messages along as asked for, the first ones, and leaves the rest due',
    async run({ store }) {
      await born(store, 'a');
      const ids = Array.from({ length: 7 }, (_, i) => `m${i}`);
      await store.send(ids.map((id) => signal('a', id)));
      const lease = await claimOnly(store, 'a', 3);
      assert.deepEqual(idsOf(lease.load.messages), ids.slice(0, 3));
      await commitAll(store, [commitOf(lease, lease.load)]);
      assert.deepEqual(idsOf((await turn(store, 'a')).messages), ids.slice(3));
      assert.deepEqual(await claim(store), []);
    },
  },
  {
    name: 'never hands a timer out before it is due',
    async run({ store, clock }) {
      const dueAt = clock.now() + 100;
      await born(store, 'a', { timers: [timer('a', '1.0', dueAt)] });
      assert.equal((await store.read('a'))?.nextDueAt, dueAt);
      clock.advance(99);
      assert.deepEqual(await claim(store), []);
      await store.send([signal('a', 'one')]);
      assert.deepEqual(idsOf((await turn(store, 'a')).messages), ['one']);
      assert.deepEqual(await claim(store), []);
      clock.advance(1);
      assert.deepEqual(idsOf((await turn(store, 'a')).messages), ['a/1/0']);
      assert.equal((await store.read('a'))?.nextDueAt, undefined);
    },
  },
  {
    name: 'loses no wake-up: what arrives between claim and commit keeps the mailbox due',
    async run({ store }) {
      await born(store, 'a');
      await store.send([signal('a', 'one')]);
      const lease = await claimOnly(store, 'a');
      const loaded = lease.load;
      await store.send([signal('a', 'two')]);
      await commitAll(store, [commitOf(lease, loaded)]);
      assert.deepEqual(idsOf((await turn(store, 'a')).messages), ['two']);
    },
  },
  {
    name: 'keeps a mailbox due at its timer when a turn that set none is committed',
    async run({ store, clock }) {
      const dueAt = clock.now() + 100;
      await born(store, 'a', { timers: [timer('a', '1.0', dueAt)] });
      await store.send([signal('a', 'one')]);
      await turn(store, 'a');
      assert.equal((await store.read('a'))?.nextDueAt, dueAt);
    },
  },
  {
    name: 'hands a continuation out before everything that waits, and lets other mailboxes go first',
    async run({ store, clock }) {
      await born(store, 'a');
      await born(store, 'b');
      await store.send([signal('a', 'one'), signal('a', 'two')]);
      clock.advance(1);
      await store.send([signal('b', 'one')]);
      const [first] = await claim(store, 1, undefined, 1);
      assert.equal(first?.instance, 'a');
      clock.advance(1);
      const again = { id: 'a/2/0', to: 'a', event: '{"type":"continue"}', dueAt: 0 };
      await commitAll(store, [commitOf(first, first.load, { timers: [again] })]);
      assert.deepEqual(instancesOf(await claim(store, 1)), ['b']);
      const [second] = await claim(store, 1);
      assert.equal(second?.instance, 'a');
      assert.deepEqual(idsOf(second.load.messages), ['a/2/0', 'two']);
    },
  },
  {
    name: 'takes the mailboxes that are due longest first, and a long one does not starve the others',
    async run({ store, clock }) {
      for (const id of ['c', 'a', 'b']) {
        await store.create([newInstance(id)]);
        clock.advance(1);
      }
      assert.deepEqual(instancesOf(await claim(store, 2)), ['c', 'a']);
      await turn(store, 'b');
      await store.send([signal('b', 'one'), signal('b', 'two')]);
      clock.advance(1);
      await store.create([newInstance('d')]);
      clock.advance(1);
      const lease = (await claim(store, 1, undefined, 1))[0];
      assert.equal(lease?.instance, 'b');
      await commitAll(store, [commitOf(lease, lease.load)]);
      assert.deepEqual(instancesOf(await claim(store, 1)), ['d']);
    },
  },
];
