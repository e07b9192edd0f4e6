import { describe, expect, it } from 'vitest';
import type { Json } from '../../src/core/json.js';
import type { Problem } from '../../src/core/problem.js';
import { statechart } from '../../src/statechart/language.js';
import {
  MAX_ACTION_DEPTH,
  MAX_EVENT_NAME_LENGTH,
  MAX_GUARD_DEPTH,
  MAX_HINT_NAMES,
  MAX_PROBLEMS,
  MAX_STATE_DEPTH,
} from '../../src/statechart/limits.js';
import { createMachine } from '../../src/statechart/machine.js';

const check = (source: Json) => statechart.check(source);

/** A machine with one state that has these keys, and another to go to. */
const inState = (state: Json): Json => ({ id: 'm', initial: 'a', states: { a: state, b: {} } });

/** Code and place of each problem. */
const found = (problems: readonly Problem[]) => problems.map(({ code, path }) => `${code} ${path}`);

describe('check', () => {
  it('finds nothing wrong with a machine that uses everything', () => {
    const source: Json = {
      id: 'order',
      version: '1',
      description: 'an order',
      meta: { any: ['thing'] },
      tags: ['shop'],
      context: { coins: 0, input: '{% input %}' },
      onUnhandled: 'reject',
      initial: { target: 'open', actions: ['greet'] },
      entry: 'log',
      on: { RESET: '.open', '*': { actions: { type: 'complain', params: { why: '{% event.type %}' } } } },
      output: { paid: '{% context.coins %}' },
      states: {
        open: {
          id: 'start',
          initial: 'editing',
          tags: 'editable',
          entry: [{ assign: { coins: 0 } }, { raise: 'HELLO' }],
          exit: { send: { to: 'audit', type: 'left', data: { at: '{% context.coins %}' } } },
          after: { '1000': 'expired', '1h30m': [{ target: 'expired', guard: 'late' }] },
          onDone: { target: 'paid', assign: { coins: '{% event.output %}' } },
          states: {
            editing: { on: { COIN: [{ target: 'done', guard: '{% context.coins > 2 %}' }, {}] } },
            done: { type: 'final', output: '{% context.coins %}' },
          },
          on: { 'pay.*': { target: ['paid'], reenter: true }, HELLO: {} },
        },
        paid: {
          invoke: {
            src: 'charge',
            id: 'charge',
            input: { coins: '{% context.coins %}' },
            timeout: '30s',
            onDone: '#end',
            onError: { target: 'open.editing', guard: { type: 'retriable', params: { max: 3 } } },
          },
          always: { target: 'end', guard: '{% context.coins = 0 %}' },
        },
        expired: {},
        end: { id: 'end', type: 'final', entry: { type: 'thank' }, output: null },
      },
    };
    expect(check(source)).toEqual([]);
  });

  it('tells everything at once, each with its place', () => {
    const source: Json = {
      id: 'm',
      initial: 'idel',
      contxt: {},
      states: {
        idle: { on: { GO: 'runing', STOP: { traget: 'idle' } }, after: { soon: 'idle' } },
        running: { type: 'parallel', entry: [7], on: { X: { guard: '{% 1 + %}' } } },
      },
    };
    expect(found(check(source)).sort()).toEqual(
      [
        'unknown-key /contxt',
        'duration /states/idle/after/soon',
        'unknown-key /states/idle/on/STOP/traget',
        'wrong-type /states/running/type',
        'S0207 /states/running/on/X/guard',
        'wrong-type /states/running/entry/0',
        'unknown-initial /initial',
        'unknown-target /states/idle/on/GO',
      ].sort(),
    );
  });

  it.each([
    [
      'a key that is misspelt',
      { on: { GO: { gaurd: 'x' } } },
      '/states/a/on/GO/gaurd',
      'did you mean "guard"?',
    ],
    [
      'a key of XState v4',
      { on: { GO: { cond: 'x' } } },
      '/states/a/on/GO/cond',
      'it is called "guard" here',
    ],
    ['a sibling that is misspelt', { on: { GO: 'bb' } }, '/states/a/on/GO', 'did you mean "b"?'],
    ['an id that is misspelt', { on: { GO: '#m.bb' } }, '/states/a/on/GO', 'did you mean "#m.b"?'],
    ['a type that is misspelt', { type: 'fnal' }, '/states/a/type', 'did you mean "final"?'],
    [
      'a null for a transition',
      { on: { GO: null } },
      '/states/a/on/GO',
      'write {} for a transition that does nothing',
    ],
    ['states without an initial one', { states: { x: {} } }, '/states/a', 'write initial: x'],
  ])('hints at what was meant by %s', (_, state, path, hint) => {
    expect(check(inState(state as Json))).toMatchObject([{ path, hint }]);
  });

  it.each([
    '',
    '.',
    '#',
    'b.',
    '#m.',
    'b..x',
  ])('refuses %j, which is no target yet, and no initial state', (name) => {
    const states = { a: { on: { GO: name } }, b: { initial: 'x', states: { x: {} } } };
    expect(check({ id: 'm', initial: 'a', states })).toMatchObject([
      { code: 'unknown-target', path: '/states/a/on/GO' },
    ]);
    expect(check({ id: 'm', initial: name, states: { a: {} } })).toMatchObject([{ path: '/initial' }]);
    const written = { id: 'm', initial: 'a', states: { ...states, c: { entry: () => 1 } } };
    expect(() => createMachine(written as never)).toThrow('unknown-target');
  });

  it('says where in an expression the mistake is', () => {
    const [problem] = check(inState({ on: { GO: { guard: '{% context.coins > %}' } } }));
    expect(problem?.path).toBe('/states/a/on/GO/guard');
    expect(problem?.message).toMatch(/column|position|line/);
  });

  it('hints at the dot that targets from the machine itself need', () => {
    const source: Json = { initial: 'a', states: { a: {} }, on: { GO: 'a' } };
    expect(check(source)).toMatchObject([
      { code: 'unknown-target', path: '/on/GO', hint: 'did you mean ".a"?' },
    ]);
  });

  it.each([
    ['spawning', { entry: { type: 'xstate.spawnChild' } }, '/states/a/entry'],
  ])('refuses %s as not supported yet, instead of ignoring it', (_, state, path) => {
    expect(check(inState(state as Json))).toContainEqual(
      expect.objectContaining({ code: 'not-supported', path }),
    );
  });

  it.each([
    ['a machine that is a list', [], ''],
    ['a machine that is null', null, ''],
    ['states that are a text', inState({ states: 'x' }), '/states/a/states'],
    ['a state that is a number', { initial: 'a', states: { a: 5 } }, '/states/a'],
    ['events that are a list', inState({ on: [] }), '/states/a/on'],
    ['a transition that is a number', inState({ on: { GO: 1 } }), '/states/a/on/GO'],
    ['a target that is an object', inState({ on: { GO: { target: {} } } }), '/states/a/on/GO/target'],
    [
      'a target within a list that is no text',
      inState({ on: { GO: { target: [3] } } }),
      '/states/a/on/GO/target/0',
    ],
    ['reenter that is a text', inState({ on: { GO: { reenter: 'yes' } } }), '/states/a/on/GO/reenter'],
    ['a guard that is true', inState({ on: { GO: { guard: true } } }), '/states/a/on/GO/guard'],
    ['an assign that is a text', inState({ on: { GO: { assign: 'x' } } }), '/states/a/on/GO/assign'],
    ['an action that is null', inState({ entry: [null] }), '/states/a/entry/0'],
    ['a delay map that is a list', inState({ after: [] }), '/states/a/after'],
    ['an invoke that is a text', inState({ invoke: 'task' }), '/states/a/invoke'],
    ['an id that is a number', inState({ id: 5 }), '/states/a/id'],
    ['tags that are numbers', inState({ tags: ['x', 5] }), '/states/a/tags/1'],
    ['a description that is a list', inState({ description: [] }), '/states/a/description'],
    ['an initial that is a list of numbers', { initial: [1], states: { a: {} } }, '/initial/0'],
    ['onUnhandled of its own making', { onUnhandled: 'explode' }, '/onUnhandled'],
    [
      'an atomic state with states',
      inState({ type: 'atomic', initial: 'x', states: { x: {} } }),
      '/states/a/type',
    ],
    ['a parallel state without regions', inState({ type: 'parallel' }), '/states/a/type'],
    ['a compound state without any', inState({ type: 'compound' }), '/states/a/type'],
  ])('refuses %s', (_, source, path) => {
    const problems = check(source as Json);
    expect(problems).toContainEqual(expect.objectContaining({ code: 'wrong-type', path }));
  });

  it.each([
    [
      'targets that exclude each other',
      { on: { GO: { target: ['a', 'b'] } } },
      'targets-apart /states/a/on/GO',
    ],
    ['a machine that is a history state', undefined, 'history-state /type', { type: 'history' }],
    ['a history state that listens', { type: 'history', on: {} }, 'history-state /states/a/on'],
    [
      'history of a state that is none',
      { type: 'atomic', history: 'deep' },
      'history-state /states/a/history',
    ],
    ['a history that is neither', { type: 'history', history: 'wide' }, 'wrong-type /states/a/history'],
    [
      'an initial state of a parallel one',
      { type: 'parallel', initial: 'x', states: { x: {} } },
      'initial /states/a/initial',
    ],
    ['a timeout that leads nowhere', { timeout: '3s' }, 'missing /states/a/timeout'],
    ['a timeout that is none', { timeout: 'soon', onTimeout: 'b' }, 'duration /states/a/timeout'],
    [
      'a delay that is none',
      { entry: { raise: { type: 'x', delay: 'soon' } } },
      'duration /states/a/entry/raise/delay',
    ],
    [
      'a guard for a state that is not there',
      { on: { GO: { guard: { in: '#m.c' } } } },
      'unknown-state /states/a/on/GO/guard/in',
    ],
    [
      'such a guard within others',
      { entry: { choose: { guard: { not: { and: [{ in: 'c' }] } } } } },
      'unknown-state /states/a/entry/choose/guard/not/and/0/in',
    ],
    [
      'a combined guard with more in it',
      { on: { GO: { guard: { and: [], or: [] } } } },
      'unknown-key /states/a/on/GO/guard/or',
    ],
    ['a task that is a machine', { invoke: { src: 'x', machine: 'y' } }, 'invoke /states/a/invoke/machine'],
    ['events for a task', { invoke: { src: 'x', forward: true } }, 'invoke /states/a/invoke/forward'],
    ['a spawned actor', { entry: { spawn: 'x' } }, 'not-supported /states/a/entry/spawn'],
  ])('refuses %s', (_, state, problem, whole: object = {}) => {
    const source = { ...(inState((state ?? {}) as Json) as object), ...whole } as Json;
    expect(found(check(source))).toContain(problem);
  });

  it('warns of an id to cancel by where there is nothing to cancel', () => {
    expect(check(inState({ entry: { raise: { type: 'x', id: 'y' } } }))).toMatchObject([
      { code: 'never', severity: 'warning', path: '/states/a/entry/raise/id' },
    ]);
  });

  it(`refuses guards nested deeper than ${MAX_GUARD_DEPTH}, and branches deeper than ${MAX_ACTION_DEPTH}`, () => {
    const guard = (depth: number): Json => (depth === 0 ? '{% true %}' : { not: guard(depth - 1) });
    const choose = (depth: number): Json =>
      depth === 0 ? 'act' : { choose: [{ actions: choose(depth - 1) }] };
    expect(check(inState({ on: { GO: { guard: guard(MAX_GUARD_DEPTH) } } }))).toEqual([]);
    expect(check(inState({ on: { GO: { guard: guard(MAX_GUARD_DEPTH + 2) } } }))).toMatchObject([
      { code: 'too-deep' },
    ]);
    expect(check(inState({ entry: choose(MAX_ACTION_DEPTH) }))).toEqual([]);
    expect(check(inState({ entry: choose(MAX_ACTION_DEPTH + 1) }))).toMatchObject([{ code: 'too-deep' }]);
  });

  it('refuses what leads out of a final state', () => {
    const source = inState({
      type: 'final',
      on: { GO: 'b' },
      always: 'b',
      after: { '5': 'b' },
      invoke: { src: 't' },
    });
    expect(found(check(source)).sort()).toEqual([
      'final-state /states/a/after',
      'final-state /states/a/always',
      'final-state /states/a/invoke',
      'final-state /states/a/on',
    ]);
  });

  it('refuses an output where it would be lost', () => {
    expect(check(inState({ output: 5 }))).toMatchObject([{ code: 'output', path: '/states/a/output' }]);
  });

  it('refuses two states of one id, and one that takes the id another has by its place', () => {
    const twins: Json = {
      id: 'm',
      initial: 'a',
      states: { a: { id: 'x' }, b: { id: 'x' }, c: { id: 'm.a' } },
    };
    expect(found(check(twins))).toEqual(['duplicate-id /states/b/id']);
    const usurper: Json = { id: 'm', initial: 'a', states: { a: { id: 'm.b' }, b: {} } };
    expect(found(check(usurper))).toEqual(['duplicate-id /states/a/id']);
  });

  it('refuses two invocations of one id where both can be active', () => {
    const around: Json = {
      initial: 'a',
      states: {
        a: { initial: 'x', invoke: { src: 't', id: 'i' }, states: { x: { invoke: { src: 't', id: 'i' } } } },
      },
    };
    expect(found(check(around))).toEqual(['duplicate-id /states/a/states/x/invoke/id']);
    const apart: Json = {
      initial: 'a',
      states: { a: { invoke: { src: 't', id: 'i' } }, b: { invoke: { src: 't', id: 'i' } } },
    };
    expect(check(apart)).toEqual([]);
  });

  it('warns of an onDone that never happens, which keeps nothing from running', () => {
    const source = inState({ onDone: 'b' });
    expect(check(source)).toMatchObject([{ code: 'never', path: '/states/a/onDone', severity: 'warning' }]);
    expect(() => statechart.compile(source)).not.toThrow();
  });

  it.each([
    ['two wildcards', 'a.*.b'],
    ['a wildcard in front', '*.a'],
  ])('refuses %s in the name of an event', (_, name) => {
    expect(check(inState({ on: { [name]: 'b' } }))).toMatchObject([{ code: 'wildcard' }]);
  });

  it('refuses events that only a machine makes, where they would be raised or sent', () => {
    const raise = (type: string): Json => inState({ entry: { raise: type } });
    for (const name of ['xstate.done.state.m.a', 'error.execution', '*', '']) {
      expect(check(raise(name))).toMatchObject([
        { code: 'invalid-name', path: '/states/a/entry/raise/type' },
      ]);
    }
  });

  it('takes names that objects have by nature for names like any other', () => {
    const source = JSON.parse(`{
      "initial": "__proto__", "context": { "constructor": 1 },
      "states": { "__proto__": { "on": { "constructor": "toString" } }, "toString": { "type": "final" } }
    }`) as Json;
    expect(check(source)).toEqual([]);
    const wrong = JSON.parse('{ "initial": "constructor", "states": { "a": { "__proto__": 1 } } }') as Json;
    expect(found(check(wrong)).sort()).toEqual([
      'unknown-initial /initial',
      'unknown-key /states/a/__proto__',
    ]);
  });

  it('escapes pointers', () => {
    expect(found(check(inState({ on: { 'a/b~c': 'nowhere' } })))).toEqual([
      'unknown-target /states/a/on/a~1b~0c',
    ]);
  });
});

describe('the limits of a definition', () => {
  const nested = (depth: number): Json => {
    let state: Json = {};
    for (let i = 0; i < depth; i++) state = { initial: 's', states: { s: state } };
    return state;
  };

  it(`allows states ${MAX_STATE_DEPTH} levels deep, and no deeper`, () => {
    expect(check(nested(MAX_STATE_DEPTH))).toEqual([]);
    const [problem] = check(nested(MAX_STATE_DEPTH + 1));
    expect(problem).toMatchObject({ code: 'too-deep' });
    expect(problem?.path.split('/states').length).toBe(MAX_STATE_DEPTH + 2);
  });

  it('does not overflow on data of any depth', () => {
    let deep: Json = {};
    for (let i = 0; i < 100_000; i++) deep = [deep];
    expect(check(deep)).toMatchObject([{ code: 'wrong-type' }]);
    expect(check(inState({ on: { GO: deep }, meta: deep }))).toMatchObject([{ code: 'wrong-type' }]);
    expect(check({ context: { deep } })).toMatchObject([{ code: 'template-depth' }]);
  });

  it(`lists ${MAX_PROBLEMS} problems, and says how many more there are`, () => {
    const on = Object.fromEntries(Array.from({ length: MAX_PROBLEMS + 5 }, (_, i) => [`E${i}`, 'nowhere']));
    const problems = check(inState({ on }));
    expect(problems).toHaveLength(MAX_PROBLEMS + 1);
    expect(problems.at(-1)).toMatchObject({ code: 'too-many-problems', message: 'and 5 more problems' });
  });

  it(`looks for what was meant among ${MAX_HINT_NAMES} names, and not among more`, () => {
    const among = (count: number): Json => ({
      initial: 's0',
      on: { GO: '.s0x' },
      states: Object.fromEntries(Array.from({ length: count }, (_, i) => [`s${i}`, {}])),
    });
    expect(check(among(MAX_HINT_NAMES))).toMatchObject([{ hint: 'did you mean ".s0"?' }]);
    expect(check(among(MAX_HINT_NAMES + 1))[0]).not.toHaveProperty('hint');
  });

  it(`allows events of ${MAX_EVENT_NAME_LENGTH} characters, and none with control characters`, () => {
    const named = (name: string) => check(inState({ on: { [name]: 'b' } }));
    expect(named('x'.repeat(MAX_EVENT_NAME_LENGTH))).toEqual([]);
    expect(named('x'.repeat(MAX_EVENT_NAME_LENGTH + 1))).toMatchObject([{ code: 'invalid-name' }]);
    expect(named('a\u0000')).toMatchObject([{ code: 'invalid-name' }]);
  });

  it('checks 100,000 states, side by side, without overflowing', () => {
    const states = Object.fromEntries(
      Array.from({ length: 100_000 }, (_, i) => [`s${i}`, { on: { NEXT: i % 50 === 0 ? 'nowhere' : 's0' } }]),
    );
    expect(check({ initial: 's0', states })).toHaveLength(MAX_PROBLEMS + 1);
  });
});
