import assert from 'node:assert/strict';
import type { NewDefinition } from '../../core/definition.js';
import type { Json } from '../../core/json.js';
import type { StoreCase } from './store-case.js';

function definition(machine: string, hash: string, source: Json = { initial: 'off' }): NewDefinition {
  return { hash, machine, language: 'statechart', source };
}

export const definitionCases: readonly StoreCase[] = [
  {
    name: 'numbers the definitions of each machine from 1',
    async run({ store }) {
      assert.equal((await store.publish(definition('light', 'a'))).version, 1);
      assert.equal((await store.publish(definition('light', 'b'))).version, 2);
      assert.equal((await store.publish(definition('door', 'c'))).version, 1);
      assert.equal((await store.latest('light'))?.hash, 'b');
      assert.equal((await store.latest('door'))?.hash, 'c');
    },
  },
  {
    name: 'answers a definition that is published again with the version it has, and keeps the newest',
    async run({ store }) {
      const first = await store.publish(definition('light', 'a'));
      await store.publish(definition('light', 'b'));
      assert.deepEqual(await store.publish(definition('light', 'a')), first);
      assert.equal((await store.latest('light'))?.hash, 'b');
      assert.equal((await store.definitions()).length, 2);
    },
  },
  {
    name: 'gives definitions published at once different versions',
    async run({ store }) {
      const hashes = ['a', 'b', 'c', 'a'];
      const published = await Promise.all(hashes.map((hash) => store.publish(definition('light', hash))));
      assert.equal(published[3]?.version, published[0]?.version);
      const versions = published.slice(0, 3).map(({ version }) => version);
      assert.deepEqual([...versions].sort(), [1, 2, 3]);
    },
  },
  {
    name: 'lists definitions by machine and version, and finds none under a name that is not there',
    async run({ store }) {
      for (const [machine, hash] of [
        ['light', 'z'],
        ['door', 'y'],
        ['light', 'x'],
      ] as const) {
        await store.publish(definition(machine, hash));
      }
      const listed = await store.definitions();
      assert.deepEqual(
        listed.map(({ machine, version, hash }) => [machine, version, hash]),
        [
          ['door', 1, 'y'],
          ['light', 1, 'z'],
          ['light', 2, 'x'],
        ],
      );
      assert.ok(listed.every((version) => !('source' in version)));
      assert.equal(await store.definition('constructor'), undefined);
      assert.equal(await store.latest('__proto__'), undefined);
    },
  },
  {
    name: 'keeps a source as it was, with its order of keys and its odd ones',
    async run({ store }) {
      const text = '{"b":1,"a":{"10":1,"9":[null,1e21,-0.5]},"__proto__":{"x":"\\u0000\\ud800é😀"},"":""}';
      const published = await store.publish(definition('light', 'a', JSON.parse(text) as Json));
      const canonical = JSON.stringify(JSON.parse(text));
      assert.equal(JSON.stringify(published.source), canonical);
      assert.equal(JSON.stringify((await store.definition('a'))?.source), canonical);
      assert.deepEqual(await store.definition('a'), published);
    },
  },
];
