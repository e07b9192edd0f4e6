import assert from 'node:assert/strict';
import { DEAD_LETTER_MS, MAX_ATTEMPTS } from '../../../core/limits.js';
import { born, claim, dieHolding, idsOf, newInstance, signal, turn, waiting } from '../fixture.js';
import type { StoreCase } from '../store-case.js';
import { sweep } from './sweep.js';

export const sweptLetterCases: readonly StoreCase[] = [
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
