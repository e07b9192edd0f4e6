import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../src/core/json.js';
import { statechart } from '../../src/statechart/language.js';
import { Hand } from './hand.js';

/** Where a machine is after these events, in either dialect. */
function whereAfter(source: JsonObject, ...events: string[]): Record<'native' | 'scxml', Json> {
  const run = (dialect: 'native' | 'scxml') => {
    const hand = new Hand({ ...source, dialect });
    hand.start();
    for (const name of events) hand.signal(name);
    return statechart.view(hand.standing.state);
  };
  const [native, scxml] = [run('native'), run('scxml')];
  const whole = ({ value, context }: typeof native) =>
    Object.keys(context as object).length > 0 ? context : value;
  return { native: whole(native), scxml: whole(scxml) };
}

const count = { assign: { n: '{% context.n + 1 %}' } };

describe('W3C’s dialect', () => {
  it('leaves and enters the source of a transition to itself, which XState’s does not', () => {
    const source = { context: { n: 0 }, initial: 'a', states: { a: { entry: count, on: { GO: 'a' } } } };
    expect(whereAfter(source, 'GO')).toEqual({ native: { n: 1 }, scxml: { n: 2 } });
  });

  it('leaves a parallel state with the region that a transition leads out of', () => {
    const source = {
      context: { n: 0 },
      initial: 'p',
      states: {
        p: {
          type: 'parallel',
          entry: count,
          states: { a: { on: { GO: { target: 'b', reenter: true } } }, b: {} },
        },
      },
    };
    expect(whereAfter(source, 'GO')).toEqual({ native: { n: 1 }, scxml: { n: 2 } });
  });

  it('takes the first transition that is written, and each descriptor for a prefix', () => {
    const source = {
      initial: 'a',
      states: { a: { on: { '*': 'any', 'x.y': 'xy', x: 'x' } }, any: {}, xy: {}, x: {} },
    };
    expect(whereAfter(source, 'x.y')).toEqual({ native: 'xy', scxml: 'any' });
    const narrow = { ...source, states: { ...source.states, a: { on: { 'x.y': 'xy', x: 'x' } } } };
    expect(whereAfter(narrow, 'x.y.z')).toEqual({ native: 'a', scxml: 'xy' });
    expect(whereAfter(narrow, 'x.z')).toEqual({ native: 'a', scxml: 'x' });
    expect(whereAfter(narrow, 'xy')).toEqual({ native: 'a', scxml: 'a' });
  });

  it('keeps the order among all transitions of a state where they are a list, each with its descriptors', () => {
    const on = [
      { event: 'a b', guard: '{% false %}', target: 'x' },
      { event: '*', target: 'y' },
      { event: 'a', target: 'z' },
    ];
    const hand = new Hand({ dialect: 'scxml', initial: 's', states: { s: { on }, x: {}, y: {}, z: {} } });
    hand.start();
    expect(hand.signal('b').state).toMatchObject({ value: 'y' });
  });

  it('refuses such a list in XState’s dialect, and a transition of one that has no event', () => {
    const source = { initial: 's', states: { s: { on: [{ target: 's' }] } } };
    expect(statechart.check(source)).toMatchObject([{ code: 'wrong-type', path: '/states/s/on' }]);
    expect(statechart.check({ ...source, dialect: 'scxml' })).toMatchObject([
      { code: 'wrong-type', path: '/states/s/on/0' },
    ]);
    expect(statechart.check({ dialect: 'klingon' })).toMatchObject([
      { path: '/dialect', code: 'wrong-type' },
    ]);
  });

  it('asks the states around for each region that has no transition of its own', () => {
    const source = {
      context: { n: 0 },
      initial: 'p',
      states: {
        p: {
          type: 'parallel',
          on: { GO: { actions: count } },
          states: { a: { on: { GO: { actions: count } } }, b: {} },
        },
      },
    };
    expect(whereAfter(source, 'GO')).toEqual({ native: { n: 1 }, scxml: { n: 2 } });
  });

  it('goes on after an error that nothing takes, instead of undoing the macrostep', () => {
    const broken = { actions: [{ assign: { n: '{% context.none %}' } }] };
    const source = {
      context: { n: 0 },
      initial: 'a',
      states: { a: { on: { GO: { target: 'b', ...broken } } }, b: { entry: count } },
    };
    expect(whereAfter(source, 'GO')).toEqual({ native: { n: 0 }, scxml: { n: 1 } });
    const hand = new Hand({ ...source, onStepError: 'continue' });
    hand.start();
    expect(hand.signal('GO').state).toMatchObject({ value: 'b', context: { n: 1 } });
  });

  it('names what is done as W3C does', () => {
    const source = {
      context: { n: 0 },
      initial: 'a',
      states: {
        a: { initial: 'x', states: { x: { type: 'final' } }, on: { 'done.state.*': 'b' }, id: 'a' },
        b: { invoke: { src: 't', id: 't' }, on: { 'done.invoke.t': 'c', 'error.invoke': 'd' } },
        c: {},
        d: {},
      },
    };
    const hand = (): Hand => {
      const made = new Hand({ ...source, dialect: 'scxml' });
      made.start();
      return made;
    };
    const effect = String(hand().last?.effects[0]?.id);
    expect(hand().step({ type: 'task.succeeded', effect, output: 1 }).state).toMatchObject({ value: 'c' });
    expect(hand().step({ type: 'task.failed', effect, error: 'x', cause: '' }).state).toMatchObject({
      value: 'd',
    });
  });
});
