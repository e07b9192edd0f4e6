import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Heap, NOWHERE } from '../../src/store/memory/heap.js';

interface Thing {
  readonly id: number;
  key: number;
  place: number;
}

describe('a heap', () => {
  it('always has the first of what is in it in front, however the order of things changes', () => {
    const step = fc.record({
      what: fc.constantFrom('place', 'place', 'remove', 'take'),
      which: fc.nat(20),
      key: fc.nat(30),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const things = Array.from({ length: 21 }, (_, id) => ({ id, key: 0, place: NOWHERE }));
        const heap = new Heap<'place', Thing>(
          'place',
          (a, b) => a.key < b.key || (a.key === b.key && a.id < b.id),
        );
        const inside = new Set<Thing>();
        const sorted = () => [...inside].sort((a, b) => a.key - b.key || a.id - b.id);
        for (const { what, which, key } of steps) {
          const thing = things[which] ?? { id: -1, key: -1, place: NOWHERE };
          if (what === 'place') {
            thing.key = key;
            heap.place(thing);
            inside.add(thing);
          } else if (what === 'remove') {
            heap.remove(thing);
            inside.delete(thing);
          } else {
            const expected = sorted().filter((other) => other.key < key);
            expect(heap.takeWhile((other) => other.key < key)).toEqual(expected);
            for (const taken of expected) inside.delete(taken);
          }
          expect(heap.peek()).toBe(sorted()[0]);
          expect(heap.size).toBe(inside.size);
        }
      }),
    );
  });
});
