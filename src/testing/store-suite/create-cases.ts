import assert from 'node:assert/strict';
import { born, claim, instancesOf, newInstance, signal, turn, waiting } from './fixture.js';
import type { StoreCase } from './store-case.js';

export const createCases: readonly StoreCase[] = [
  {
    name: 'creates an instance at revision 0, readable and due at once',
    async run({ store, clock }) {
      assert.deepEqual(await store.create([newInstance('a')]), ['created']);
      const at = clock.now();
      assert.deepEqual(await store.read('a'), {
        instance: {
          id: 'a',
          machine: 'light',
          definition: 'hash-of-light',
          status: 'running',
          revision: 0,
          state: null,
          createdAt: at,
          updatedAt: at,
        },
        attempts: 0,
        nextDueAt: at,
        machinePaused: false,
        now: at,
      });
      const [start, ...rest] = await store.messages('a');
      assert.equal(rest.length, 0);
      assert.ok(start !== undefined && start.seed !== '');
      assert.deepEqual([start.id, start.to, start.cause, start.hops], ['start', 'a', '', 0]);
      assert.deepEqual(instancesOf(await claim(store)), ['a']);
    },
  },
  {
    name: 'answers the same creation again with exists, and changes nothing',
    async run({ store, clock }) {
      await born(store, 'a');
      const before = await store.read('a');
      clock.advance(10);
      assert.deepEqual(await store.create([newInstance('a')]), ['exists']);
      assert.deepEqual(await store.create([newInstance('a', { definition: 'hash-of-newer' })]), ['exists']);
      assert.deepEqual(await store.read('a'), { ...before, now: clock.now() });
      assert.deepEqual(await waiting(store, 'a'), []);
    },
  },
  {
    name: 'refuses an id that another machine or another input has taken',
    async run({ store }) {
      await store.create([newInstance('a')]);
      const before = await store.read('a');
      const taken = [newInstance('a', { machine: 'door' }), newInstance('a', { inputHash: 'hash-of-other' })];
      assert.deepEqual(await store.create(taken), ['conflict', 'conflict']);
      assert.deepEqual(await store.read('a'), before);
      assert.deepEqual(await waiting(store, 'a'), ['start']);
    },
  },
  {
    name: 'tells each of many creations in one call apart',
    async run({ store }) {
      await store.create([newInstance('b')]);
      const many = [
        newInstance('a'),
        newInstance('b', { inputHash: 'hash-of-other' }),
        newInstance('a'),
        newInstance('c'),
      ];
      assert.deepEqual(await store.create(many), ['created', 'conflict', 'exists', 'created']);
      assert.equal(await store.count({}), 3);
    },
  },
  {
    name: 'creates an id once when it is asked for many times at once',
    async run({ store }) {
      const results = await Promise.all(Array.from({ length: 8 }, () => store.create([newInstance('a')])));
      assert.deepEqual(results.flat().sort(), ['created', ...Array.from({ length: 7 }, () => 'exists')]);
      assert.deepEqual(await waiting(store, 'a'), ['start']);
    },
  },
  {
    name: 'hands out the start before messages that waited for the instance, and before those sent since',
    async run({ store, clock }) {
      await born(store, 'sender', {});
      await store.send([signal('sender', 'go')]);
      await turn(store, 'sender', {
        messages: [signal('late', 'sender/2/0'), signal('late', 'sender/2/1')].map(({ hash: _, ...m }) => m),
      });
      clock.advance(5);
      await store.create([newInstance('late')]);
      await store.send([signal('late', 'after')]);
      const { messages } = await turn(store, 'late');
      assert.deepEqual(
        messages.map(({ id }) => id),
        ['start', 'sender/2/0', 'sender/2/1', 'after'],
      );
    },
  },
];
