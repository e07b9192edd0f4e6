import assert from 'node:assert/strict';
import { DEAD_LETTER_MS } from '../../core/limits.js';
import {
  born,
  claim,
  claimOnly,
  commitAll,
  commitOf,
  newInstance,
  signal,
  turn,
  waiting,
} from './fixture.js';
import type { StoreCase } from './store-case.js';

export const sendCases: readonly StoreCase[] = [
  {
    name: 'keeps what was sent, due on arrival, with a seed of its own',
    async run({ store, clock }) {
      await born(store, 'a');
      clock.advance(7);
      const results = await store.send([
        signal('a', 'one', { cause: 'b/3', hops: 2 }),
        signal('a', 'two', { dueAt: clock.now() + 50 }),
      ]);
      assert.deepEqual(results, ['accepted', 'accepted']);
      const [one, two] = await store.messages('a');
      assert.ok(one !== undefined && two !== undefined);
      const { seed, seq, ...rest } = one;
      const event = signal('a', 'one').event;
      assert.deepEqual(rest, { id: 'one', to: 'a', dueAt: clock.now(), event, cause: 'b/3', hops: 2 });
      assert.ok(seq < two.seq);
      assert.ok(seed !== '' && two.seed !== '' && seed !== two.seed);
      assert.deepEqual([two.dueAt, two.cause, two.hops], [clock.now() + 50, '', 0]);
    },
  },
  {
    name: 'tells a sender from outside that there is no such instance, and keeps nothing',
    async run({ store }) {
      assert.deepEqual(await store.send([signal('nobody', 'one')]), ['unknown']);
      assert.deepEqual(await waiting(store, 'nobody'), []);
      await born(store, 'nobody');
      assert.deepEqual(await store.send([signal('nobody', 'one', { hash: 'other' })]), ['accepted']);
    },
  },
  {
    name: 'accepts an id once per receiver while the message waits',
    async run({ store }) {
      await store.create([newInstance('a'), newInstance('b')]);
      const results = await store.send([
        signal('a', 'one'),
        signal('a', 'one'),
        signal('a', 'one', { hash: 'other' }),
        signal('b', 'one', { hash: 'other' }),
      ]);
      assert.deepEqual(results, ['accepted', 'duplicate', 'conflict', 'accepted']);
      assert.deepEqual(await store.send([signal('a', 'one')]), ['duplicate']);
      assert.deepEqual(await waiting(store, 'a'), ['start', 'one']);
    },
  },
  {
    name: 'accepts an id once per receiver after the message was applied, and after the instance ended',
    async run({ store }) {
      await born(store, 'a');
      await store.send([signal('a', 'one')]);
      await turn(store, 'a', { status: 'succeeded' });
      assert.deepEqual(await store.send([signal('a', 'one')]), ['duplicate']);
      assert.deepEqual(await store.send([signal('a', 'one', { hash: 'other' })]), ['conflict']);
      assert.deepEqual(await waiting(store, 'a'), []);
      assert.equal((await store.read('a'))?.instance.revision, 2);
    },
  },
  {
    name: 'accepts an id once when it is sent many times at once',
    async run({ store }) {
      await born(store, 'a');
      const results = await Promise.all(Array.from({ length: 8 }, () => store.send([signal('a', 'one')])));
      const expected = ['accepted', ...Array.from({ length: 7 }, () => 'duplicate')];
      assert.deepEqual(results.flat().sort(), expected);
      assert.deepEqual(await waiting(store, 'a'), ['one']);
    },
  },
  {
    name: 'keeps what an instance sends until its receiver is created',
    async run({ store, clock }) {
      await born(store, 'a');
      await store.send([signal('a', 'go')]);
      const { hash: _, ...letter } = signal('b', 'a/2/0', { cause: 'a/2', hops: 1 });
      await turn(store, 'a', { messages: [letter] });
      assert.deepEqual(await waiting(store, 'b'), ['a/2/0']);
      assert.equal(await store.read('b'), undefined);
      assert.deepEqual(await claim(store), []);
      clock.advance(DEAD_LETTER_MS - 1);
      assert.equal(await store.expire(10), 0);
      await store.create([newInstance('b')]);
      const { messages } = await turn(store, 'b');
      assert.deepEqual(
        messages.map(({ id, cause, hops }) => [id, cause, hops]),
        [
          ['start', '', 0],
          ['a/2/0', 'a/2', 1],
        ],
      );
    },
  },
  {
    name: 'gives up on letters that nobody came for, and on no others',
    async run({ store, clock }) {
      await born(store, 'a', { messages: [{ id: 'a/1/0', to: 'b', event: '{}' }] });
      clock.advance(1);
      await store.send([signal('a', 'go')]);
      await turn(store, 'a', { messages: [{ id: 'a/2/0', to: 'c', event: '{}' }] });
      clock.advance(DEAD_LETTER_MS - 1);
      assert.equal((await store.counts()).parked, 0);
      assert.equal(await store.expire(10), 1);
      assert.equal((await store.counts()).parked, 1);
      assert.equal(await store.expire(10), 0);
      clock.advance(1);
      assert.equal(await store.expire(10), 1);
      assert.equal((await store.counts()).parked, 2);
      assert.deepEqual(await waiting(store, 'b'), ['a/1/0']);
    },
  },
  {
    name: 'gives up on no more letters at once than it was asked to, the oldest first',
    async run({ store, clock }) {
      const letter = (to: string, n: number) => ({ id: `a/1/${n}`, to, event: '{}' });
      await born(store, 'a', { messages: ['x', 'y', 'z'].map(letter) });
      clock.advance(DEAD_LETTER_MS);
      assert.equal(await store.expire(2), 2);
      assert.equal((await store.counts()).parked, 2);
      assert.equal(await store.unpark('z'), false);
      assert.equal(await store.expire(2), 1);
      assert.equal(await store.unpark('z'), true);
      assert.equal(await store.expire(2), 0);
      clock.advance(DEAD_LETTER_MS);
      assert.equal(await store.expire(2), 1);
    },
  },
  {
    name: 'lets an instance go on that is created after its letters were given up on',
    async run({ store, clock }) {
      await born(store, 'a', { messages: [{ id: 'a/1/0', to: 'b', event: '{}' }] });
      clock.advance(DEAD_LETTER_MS);
      assert.equal(await store.expire(10), 1);
      await store.create([newInstance('b')]);
      assert.equal((await store.read('b'))?.parked, undefined);
      const lease = await claimOnly(store, 'b');
      const loaded = lease.load;
      assert.deepEqual(
        loaded.messages.map(({ id }) => id),
        ['start', 'a/1/0'],
      );
      assert.deepEqual(await commitAll(store, [commitOf(lease, loaded)]), ['committed']);
    },
  },
];
