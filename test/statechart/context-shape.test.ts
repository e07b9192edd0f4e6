import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMachine, initialTransition, type MachineConfig, transition } from '../../src/index.js';
import type { AnyEvent } from '../../src/statechart/config.js';
import { ContextShape, MAX_COPIED_FIELDS } from '../../src/statechart/context-shape.js';

const fieldsOf = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`f${i}`, i]));

describe('a copy of a context', () => {
  it.each(
    Array.from({ length: MAX_COPIED_FIELDS + 2 }, (_, count) => count),
  )('of %i fields is the same, in the same order, and a plain object of its own', (count) => {
    const shape = new ContextShape();
    const context = fieldsOf(count);
    shape.meet(context);
    const copy = shape.copy(context);
    expect(copy).not.toBe(context);
    expect(JSON.stringify(copy)).toBe(JSON.stringify(context));
    expect(Object.getPrototypeOf(copy)).toBe(Object.prototype);
  });

  it('is the same whatever contexts were met before', () => {
    const context = fc.dictionary(fc.constantFrom('a', 'b', 'c', '__proto__', 'constructor'), fc.integer());
    fc.assert(
      fc.property(fc.array(context, { minLength: 1 }), (contexts) => {
        const shape = new ContextShape();
        for (const met of contexts) {
          shape.meet(met);
          expect(shape.copy(met)).toEqual({ ...met });
        }
      }),
    );
  });
});

describe('an assign', () => {
  it('may add a field that the first context did not have', () => {
    const machine = createMachine({
      context: { n: 1 },
      on: { ADD: { assign: { n: '{% context.n + 1 %}' } }, NAME: { actions: { assign: { name: 'x' } } } },
    } as MachineConfig<unknown, AnyEvent>);
    let [snapshot] = initialTransition(machine);
    for (const type of ['ADD', 'NAME', 'ADD']) [snapshot] = transition(machine, snapshot, { type });
    expect(snapshot.context).toEqual({ n: 3, name: 'x' });
  });

  it('keeps the fields of a context that came from elsewhere', () => {
    const machine = createMachine({
      context: { n: 1 },
      on: { ADD: { assign: { n: '{% context.n + 1 %}' } } },
    } as MachineConfig<unknown, AnyEvent>);
    initialTransition(machine);
    const kept = machine.resolveState({ value: {}, context: { old: true, n: 1 } });
    expect(transition(machine, kept, { type: 'ADD' })[0].context).toEqual({ old: true, n: 2 });
  });

  it('keeps the fields that a function of the input gave this time', () => {
    const machine = createMachine({
      context: ({ input }) => input as Record<string, number>,
      on: { ADD: { assign: { n: 9 } } },
    });
    const added = (input: object) =>
      transition(machine, initialTransition(machine, input)[0], { type: 'ADD' })[0];
    expect(added({ n: 1, a: 1 }).context).toEqual({ n: 9, a: 1 });
    expect(added({ n: 1, b: 1 }).context).toEqual({ n: 9, b: 1 });
    expect(added({ n: 1, a: 1 }).context).toEqual({ n: 9, a: 1 });
  });
});
