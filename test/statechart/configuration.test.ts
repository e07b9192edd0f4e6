import { describe, expect, it } from 'vitest';
import type { Json } from '../../src/core/json.js';
import { createMachine, initialTransition, type MachineConfig, transition } from '../../src/index.js';
import type { AnyEvent } from '../../src/statechart/config.js';
import { MAX_COMPARED, whereabouts } from '../../src/statechart/configuration.js';
import { statechart } from '../../src/statechart/language.js';
import { MAX_CACHED_PLANS, MAX_TOLD_STATES } from '../../src/statechart/limits.js';
import { planFor } from '../../src/statechart/select.js';
import { configurationAt } from '../../src/statechart/state-value.js';

const source: Json = {
  id: 'm',
  initial: 'a',
  states: { a: { on: { GO: 'b', SELF: 'a', 'x.*': 'b' } }, b: { on: { GO: 'a' } } },
};

describe('the configurations of a machine', () => {
  it('are one object each, however they are reached', () => {
    const { space } = statechart.compile(source);
    const a = configurationAt(space, 'a');
    const back = a && planFor(a, 'GO').plain?.to;
    expect(back && planFor(back, 'GO').plain?.to).toBe(a);
    expect(a && planFor(a, 'SELF').plain?.to).toBe(a);
  });

  it('keep what they worked out for an event, and for all events that one wildcard stands for', () => {
    const { space } = statechart.compile(source);
    const a = configurationAt(space, 'a');
    if (a === undefined) throw new Error('no configuration');
    expect(planFor(a, 'GO')).toBe(planFor(a, 'GO'));
    expect(planFor(a, 'x.1')).toBe(planFor(a, 'x.2.3'));
    for (let i = 0; i < 100; i++) {
      planFor(a, `x.${i}`);
      planFor(a, `stray${i}`);
    }
    expect(a.plans.size).toBe(2);
  });

  it(`tell events apart, be they no more than the ${MAX_COMPARED} that are compared one by one or many`, () => {
    const names = Array.from({ length: 3 * MAX_COMPARED }, (_, i) => `e${i}`);
    const on = Object.fromEntries(names.map((name) => [name, name]));
    const states = Object.fromEntries(names.map((name) => [name, { on }]));
    const { space } = statechart.compile({ initial: 'e0', states });
    const start = configurationAt(space, 'e0');
    if (start === undefined) throw new Error('no configuration');
    for (const round of [names, names.toReversed(), names]) {
      expect(round.map((name) => planFor(start, name).plain?.to.value)).toEqual(round);
    }
    expect(start.plans.size).toBe(names.length);
    start.plans.clear();
    expect(start.plans.size).toBe(0);
    expect(planFor(start, 'e9').plain?.to.value).toBe('e9');
  });

  it(`are called by their first ${MAX_TOLD_STATES} states where a message says where a machine stands`, () => {
    const standing = (regions: number): string => {
      const states = Object.fromEntries(Array.from({ length: regions }, (_, i) => [`r${i}`, {}]));
      return whereabouts(statechart.compile({ type: 'parallel', states }).start.to);
    };
    expect(standing(2)).toBe('r0, r1');
    expect(standing(MAX_TOLD_STATES)).toMatch(/, r9$/);
    expect(standing(MAX_TOLD_STATES + 2)).toMatch(/, r9 and 2 more$/);
  });

  it(`are forgotten once ${MAX_CACHED_PLANS} things are kept, which nobody notices`, () => {
    const { space } = statechart.compile(source);
    const a = configurationAt(space, 'a');
    if (a === undefined) throw new Error('no configuration');
    // The initial configuration was the first thing kept.
    for (let i = 1; i < MAX_CACHED_PLANS; i++) space.count();
    expect(configurationAt(space, 'a')).toBe(a);
    space.count();
    expect(configurationAt(space, 'a')).not.toBe(a);
    expect(planFor(a, 'GO').plain?.to.value).toBe('b');
    expect(planFor(a, 'SELF').plain?.to).toBe(a);
  });

  it('know where context and event are all that a transition takes, so that it needs no macrostep', () => {
    const guard = { type: 'may', params: { least: 1 } };
    const given = { guards: { may: () => true }, actions: { count: { assign: { n: () => 1 } } } };
    const machine = {
      context: { n: 0 },
      initial: 'a',
      states: {
        a: {
          on: {
            WORKED_OUT: { guard: { and: [guard, { not: guard }] }, target: 'b', actions: 'count' },
            ASKED: { guard: '{% context.n = 0 %}' },
            EVALUATED: { assign: { n: '{% context.n + 1 %}' } },
            TELLING: { actions: ['tell'] },
            RAISING: { actions: { raise: 'GO' } },
            GOING_ON: 'c',
            ENDING: 'd',
          },
        },
        b: { entry: { type: 'tell', params: { who: 'all' } } },
        c: { always: 'a' },
        d: { type: 'final' },
      },
    };
    const { space } = statechart.compile(machine, given);
    const a = configurationAt(space, 'a');
    if (a === undefined) throw new Error('no configuration');
    const plan = planFor(a, 'WORKED_OUT');
    expect(plan.decides?.({ context: { n: 0 }, event: { type: 'WORKED_OUT' } })).toBe(false);
    const { closed } = plan.yes();
    expect(closed?.updates?.map((update) => update({ context: { n: 0 }, event: { type: '' } }))).toEqual([
      { n: 1 },
    ]);
    expect(closed?.effects).toMatchObject([{ name: 'tell', input: { who: 'all' } }]);
    expect(planFor(a, 'ASKED').decides).toBeUndefined();
    for (const name of ['EVALUATED', 'TELLING', 'RAISING', 'GOING_ON', 'ENDING']) {
      expect(planFor(a, name)).toMatchObject({ closed: undefined, plain: undefined });
    }
  });

  it('of a state that waits for 100,000 things are entered and left without overflowing', () => {
    const after = Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`${i}ms`, {}]));
    const { space } = statechart.compile({ initial: 'a', states: { a: { on: { GO: 'b' } }, b: { after } } });
    const a = configurationAt(space, 'a');
    expect(a && planFor(a, 'GO').move?.effects).toHaveLength(100_000);
    expect(a && planFor(a, 'GO').plain).toBeUndefined();
  });

  it('of 100,000 states are walked through and round again', () => {
    const count = 100_010;
    const ring = createMachine({
      initial: 's0',
      states: Object.fromEntries(
        Array.from({ length: count }, (_, i) => [`s${i}`, { on: { NEXT: `s${(i + 1) % count}` } }]),
      ),
    } as MachineConfig<unknown, AnyEvent>);
    let [snapshot] = initialTransition(ring);
    for (let i = 0; i < count + 5; i++) [snapshot] = transition(ring, snapshot, { type: 'NEXT' });
    expect(snapshot.value).toBe('s5');
  });
});
