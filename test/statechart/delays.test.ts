import { describe, expect, it } from 'vitest';
import type { Json } from '../../src/core/json.js';
import { initialTransition, setup } from '../../src/index.js';
import { statechart } from '../../src/statechart/language.js';
import { Hand } from './hand.js';

const machine = (delays: Json, a: Json): Json => ({
  id: 'm',
  context: { limit: 7 },
  delays,
  initial: 'a',
  states: { a: a as never, b: {} },
});

/** How long what the state waits for takes, by what its history calls it. */
function waits(source: Json): Readonly<Record<string, number>> {
  const { history } = new Hand(source).start();
  return Object.fromEntries(
    history.flatMap(({ data }) => {
      const { timer, event, dueAt } = data as { timer?: string; event?: string; dueAt?: number };
      return dueAt === undefined ? [] : [[timer ?? event ?? '', dueAt - 1_000]];
    }),
  );
}

describe('delays by their names', () => {
  it('are durations, or expressions that are worked out when they are wanted', () => {
    const delays = { LONG: '2m', SHORT: 50, OWN: '{% context.limit * 1000 %}' };
    const source = machine(delays, {
      after: { LONG: 'b', OWN: 'b', '3s': 'b' },
      timeout: 'OWN',
      onTimeout: 'b',
      entry: [
        { assign: { limit: 9 } },
        { raise: { type: 'X', delay: 'SHORT' } },
        { send: { type: 'Y', delay: 'OWN' } },
      ],
    });
    expect(statechart.check(source)).toEqual([]);
    expect(waits(source)).toEqual({
      'xstate.after.LONG.m.a': 120_000,
      'xstate.after.OWN.m.a': 9_000,
      'xstate.after.3s.m.a': 3_000,
      'xstate.after.timeout.m.a': 9_000,
      X: 50,
      Y: 9_000,
    });
  });

  it('lead where they say, each its own way, though they be as long', () => {
    const hand = new Hand(
      machine({ ONE: '1s', TWO: '1s' }, { after: { ONE: 'b', TWO: { assign: { limit: 0 } } } }),
    );
    const [, second] = hand.start().effects;
    hand.step({ type: 'timer.fired', effect: second?.id ?? '' });
    expect(statechart.view(hand.standing.state)).toMatchObject({ value: 'a', context: { limit: 0 } });
  });

  it('may stand as an expression in the place of a timeout', () => {
    const source = machine({}, { timeout: '{% context.limit & "s" %}', onTimeout: 'b' });
    expect(waits(source)).toEqual({ 'xstate.after.timeout.m.a': 7_000 });
  });

  it('fail the macrostep where they come to no duration', () => {
    const hand = new Hand(machine({ OWN: '{% "soon" %}' }, { after: { OWN: 'b' } }));
    hand.start();
    expect(hand.standing.status).toBe('failed');
    expect(JSON.stringify(hand.standing.state)).toContain('is not a duration');
  });

  it.each<[string, Json, Json, string]>([
    ['that nobody gave', {}, { after: { LONG: 'b' } }, '/states/a/after/LONG'],
    ['that are no duration', { LONG: 'soon' }, {}, '/delays/LONG'],
    ['that stand for nothing but themselves', { A: 'A' }, { after: { A: 'b' } }, '/delays/A'],
  ])('%s are a problem', (_, delays, a, path) => {
    expect(statechart.check(machine(delays, a))).toMatchObject([{ code: 'duration', path }]);
  });

  it('are an object', () => {
    expect(statechart.check(machine(['1s'], {}))).toMatchObject([{ code: 'wrong-type', path: '/delays' }]);
  });

  it('are found by names that objects have of their own accord only where they were given', () => {
    expect(statechart.check(machine({}, { after: { constructor: 'b' } }))).toMatchObject([
      { code: 'duration' },
    ]);
  });

  it('may be functions of a program', () => {
    const { createMachine: make } = setup({
      types: {} as { context: { n: number } },
      delays: { LONG: '2m', OWN: ({ context }: { context: { n: number } }) => context.n * 10 },
    });
    const made = make({
      id: 'm',
      context: { n: 4 },
      initial: 'a',
      states: { a: { after: { LONG: 'b', OWN: 'b' } }, b: {} },
    });
    expect(initialTransition(made)[1]).toMatchObject([
      { type: 'timer', key: 'xstate.after.LONG.m.a', delayMs: 120_000 },
      { type: 'timer', key: 'xstate.after.OWN.m.a', delayMs: 40 },
    ]);
    expect(JSON.stringify(made.source)).toContain('{@ m:#delays.OWN @}');
  });
});
