import assert from 'node:assert/strict';
import { openMemoryStore } from '../../store/memory/memory-store.js';
import { handOf, IDS, Life } from './life.js';
import { observe } from './observation.js';
import type { StoreCase } from './store-case.js';

/** Lives that are compared, and calls in each. */
export const LIVES = 11;
export const CALLS = 260;

/** What two stores may differ in: tokens, seeds, and the numbers that only tell an order. */
function comparable(value: unknown): unknown {
  const text = JSON.stringify(value, (key, member: unknown) =>
    key === 'token' || key === 'seed' || key === 'seq' || key === 'next' ? typeof member : member,
  );
  return text === undefined
    ? undefined
    : (JSON.parse(text.replaceAll(/\\"seed\\":\\"[^"]*\\"/g, '')) as unknown);
}

export const agreementCases: readonly StoreCase[] = Array.from({ length: LIVES }, (_, life) => ({
  name: `does what the memory store does, call by call (life ${life})`,
  needs: 'reference',
  async run({ store, clock }) {
    const reference = openMemoryStore({ clock: clock.now });
    const [one, other] = [handOf(reference), handOf(store)];
    const story = new Life(life, clock.now);
    for (let n = 0; n < CALLS; n++) {
      clock.advance(story.pause());
      const call = story.next();
      const [expected, actual] = [await call(one), await call(other)];
      assert.deepEqual(comparable(actual), comparable(expected), `call ${n}`);
      if (n % 25 !== 24) continue;
      const [wanted, seen] = [
        await observe(reference, [...IDS, 'nobody']),
        await observe(store, [...IDS, 'nobody']),
      ];
      assert.deepEqual(comparable(seen), comparable(wanted), `what is there after call ${n}`);
    }
  },
}));
