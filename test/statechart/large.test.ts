import { describe, expect, it } from 'vitest';
import type { Json } from '../../src/core/json.js';
import { statechart } from '../../src/statechart/language.js';
import { createMachine } from '../../src/statechart/machine.js';
import { StateNode } from '../../src/statechart/node.js';
import { initialTransition, transition } from '../../src/statechart/transition.js';
import { Hand } from './hand.js';

/** A machine made of so many members, each by its number. */
function members(count: number, member: (n: number) => readonly [string, Json]): Record<string, Json> {
  return Object.fromEntries(Array.from({ length: count }, (_, n) => member(n)));
}

describe('a machine of very many states', () => {
  it('is checked, compiled and stepped: 100,000 in a ring', () => {
    const states = members(100_000, (n) => [`s${n}`, { on: { NEXT: `s${(n + 1) % 100_000}` } }]);
    const hand = new Hand({ id: 'm', initial: 's0', states });
    hand.start();
    expect(hand.signal('NEXT').state).toMatchObject({ value: 's1' });
  }, 60_000);

  it('may have them all as regions, or as memories', () => {
    const regions = members(2_000, (n) => [
      `r${n}`,
      { initial: 'a', states: { a: { on: { [`E${n}`]: 'b' } }, b: {} } },
    ]);
    const hand = new Hand({ id: 'm', type: 'parallel', states: regions });
    hand.start();
    expect(hand.signal('E7').state).toMatchObject({ value: { r6: 'a', r7: 'b' } });
    const memories = members(20_000, (n) => [`h${n}`, { type: 'history' }]);
    expect(statechart.check({ id: 'm', initial: 'a', states: { a: {}, ...memories } })).toEqual([]);
  }, 60_000);
});

/** How often states are compared while an event is taken that all of so many regions listen for, and then one of them. */
function comparisons(count: number): number {
  const { isBelow } = StateNode.prototype;
  let compared = 0;
  StateNode.prototype.isBelow = function (this: StateNode, other: StateNode) {
    compared++;
    return isBelow.call(this, other);
  };
  try {
    const ALL = (target: string) => ({ target, reenter: true });
    const regions = members(count, (n) => [
      `r${n}`,
      {
        initial: 'a',
        states: {
          a: { on: { ALL: ALL('b') } },
          b: { on: { ALL: ALL('a'), [`E${n}`]: 'a' } },
          past: { type: 'history' },
        },
      },
    ]);
    const hand = new Hand({ id: 'm', type: 'parallel', on: { ALL: {} }, states: regions });
    hand.start();
    const step = hand.signal('ALL');
    expect(new Set(Object.values((step.state as { value: object }).value))).toEqual(new Set(['b']));
    expect(step.history).toHaveLength(count);
    hand.signal(`E${count - 1}`);
    expect(hand.standing.state).toMatchObject({ value: { r0: 'b', [`r${count - 1}`]: 'a' } });
    return compared;
  } finally {
    StateNode.prototype.isBelow = isBelow;
  }
}

it('takes an event in 10,000 regions at once with twice the work of 5,000', () => {
  expect(comparisons(10_000) / comparisons(5_000)).toBeLessThan(2.2);
}, 60_000);

const NAMES = ['__proto__', 'constructor', 'toString', 'hasOwnProperty'];

describe('names that objects have of their own accord', () => {
  it.each(NAMES)('%s is a state, an event, a field of the context and a guard like any other', (name) => {
    const source = JSON.parse(
      JSON.stringify({
        id: 'm',
        initial: 'NAME',
        context: { NAME: 1 },
        states: {
          NAME: { on: { NAME: { target: 'b', guard: 'NAME', assign: { NAME: 2 }, actions: 'NAME' } } },
          b: {},
        },
      }).replaceAll('NAME', name),
    ) as object;
    expect(() => initialTransition(createMachine(source as never))).toThrow(`"${name}"`);
    const guards = Object.fromEntries([[name, () => true]]);
    const machine = createMachine(source as never, { guards });
    const [start] = initialTransition(machine);
    expect(start.value).toBe(name);
    expect(Object.entries(start.context as object)).toEqual([[name, 1]]);
    const [end, effects] = transition(machine, start, { type: name } as never);
    expect(end.value).toBe('b');
    expect(Object.entries(end.context as object)).toEqual([[name, 2]]);
    expect(effects).toHaveLength(1);
  });
});
