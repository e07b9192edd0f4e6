import { describe, expect, it } from 'vitest';
import {
  assign,
  createMachine,
  initialTransition,
  type Machine,
  type MachineConfig,
  type MachineEffect,
  type MachineSnapshot,
  Refused,
  transition,
} from '../../src/index.js';
import type { AnyEvent } from '../../src/statechart/config.js';
import { MAX_EFFECTS, MAX_MICROSTEPS, MAX_RAISED } from '../../src/statechart/limits.js';
import { NO_EFFECTS } from '../../src/statechart/machine-effect.js';

type AnyMachine = Machine<unknown, AnyEvent>;
type Config = MachineConfig<unknown, AnyEvent>;

const make = (config: object): AnyMachine => createMachine(config as Config);

/** Where a machine is after some events; each a name or an event. */
function reach(machine: AnyMachine, ...events: (string | AnyEvent)[]): MachineSnapshot {
  let [snapshot] = initialTransition(machine);
  for (const event of events) {
    [snapshot] = transition(machine, snapshot, typeof event === 'string' ? { type: event } : event);
  }
  return snapshot;
}

/** The names of actions, and what else there is to do. */
function named(effects: readonly MachineEffect[]): string[] {
  return effects.map((effect) => (effect.type === 'task' ? effect.name : effect.type));
}

function refusal(run: () => unknown): Refused {
  try {
    run();
  } catch (error) {
    if (error instanceof Refused) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

/** Entry and exit actions of every state, to read their order. */
const noisy = (name: string, more: object = {}) => ({ entry: `>${name}`, exit: `<${name}`, ...more });

describe('a transition', () => {
  const nested = make({
    id: 'm',
    initial: 'a',
    ...noisy('m'),
    on: { HOME: '.a', RESTART: { target: '.a', reenter: true } },
    states: {
      a: noisy('a', {
        initial: 'x',
        on: {
          SELF: 'a',
          SELF_AGAIN: { target: 'a', reenter: true },
          DOWN: '.y',
          DOWN_AGAIN: { target: '.y', reenter: true },
          STAY: { actions: 'beep' },
          OVER: { target: 'b', actions: 'beep' },
          ID: '#deep',
          PATH: 'b.z',
        },
        states: { x: noisy('x'), y: noisy('y') },
      }),
      b: noisy('b', { initial: 'w', states: { w: noisy('w'), z: noisy('z', { id: 'deep' }) } }),
    },
  });
  const effectsOf = (event: string) => {
    const [start] = initialTransition(nested);
    return named(transition(nested, start, { type: event })[1]);
  };

  it('enters from the outside in when it starts', () => {
    expect(named(initialTransition(nested)[1])).toEqual(['>m', '>a', '>x']);
  });

  it.each([
    [
      'leaves from the inside out, acts, and enters from the outside in',
      'OVER',
      ['<x', '<a', 'beep', '>b', '>w'],
    ],
    ['without a target leaves nothing', 'STAY', ['beep']],
    ['to its own state stays in it, and enters what is initial there', 'SELF', ['<x', '>x']],
    ['to its own state leaves it too where it re-enters', 'SELF_AGAIN', ['<x', '<a', '>a', '>x']],
    ['to a child stays in the parent', 'DOWN', ['<x', '>y']],
    ['to a child leaves the parent too where it re-enters', 'DOWN_AGAIN', ['<x', '<a', '>a', '>y']],
    ['to an id enters all around it', 'ID', ['<x', '<a', '>b', '>z']],
    ['to a path enters all on the way', 'PATH', ['<x', '<a', '>b', '>z']],
    ['of the machine stays in the machine', 'HOME', ['<x', '<a', '>a', '>x']],
    [
      'of the machine leaves the machine too where it re-enters',
      'RESTART',
      ['<x', '<a', '<m', '>m', '>a', '>x'],
    ],
  ])('%s', (_, event, effects) => {
    expect(effectsOf(event)).toEqual(effects);
  });

  it('gives back the very snapshot where nothing changes, and no effects', () => {
    const [start] = initialTransition(nested);
    const [same, effects] = transition(nested, start, { type: 'NOBODY' });
    expect(same).toBe(start);
    expect(effects).toBe(NO_EFFECTS);
  });

  it('lets transitions without an event see one that nothing takes', () => {
    const always = { target: 'b', guard: ({ event }: { event: AnyEvent }) => event.type === 'NOBODY' };
    const machine = make({ initial: 'a', states: { a: { always }, b: {} } });
    expect(reach(machine, 'OTHER').value).toBe('a');
    expect(reach(machine, 'NOBODY').value).toBe('b');
  });

  it('leaves the snapshot it was given as it was', () => {
    const machine = make({
      initial: 'a',
      context: { n: 0 },
      states: { a: { on: { GO: { target: 'b', assign: { n: '{% context.n + 1 %}' } } } }, b: {} },
    });
    const [start] = initialTransition(machine);
    const before = JSON.stringify(start);
    const [next] = transition(machine, start, { type: 'GO' });
    expect(JSON.stringify(start)).toBe(before);
    expect(next.toJSON()).toEqual({ value: 'b', context: { n: 1 }, status: 'active' });
  });
});

describe('the choice of a transition', () => {
  it('asks the innermost state first, and the states around it in turn', () => {
    const machine = make({
      initial: 'a',
      on: { E: '.root' },
      states: {
        a: {
          initial: 'b',
          on: { E: 'middle' },
          states: { b: { on: { E: { target: '#inner', guard: '{% event.data.deep = true %}' } } } },
        },
        inner: { id: 'inner' },
        middle: {},
        root: {},
      },
    });
    expect(reach(machine, { type: 'E', deep: true }).value).toBe('inner');
    expect(reach(machine, 'E').value).toBe('middle');
    expect(reach(machine, 'E', 'E').value).toBe('root');
  });

  it('takes the first whose guard allows it, in the order they are written', () => {
    const to = (target: string, n: number) => ({ target, guard: `{% event.data.n > ${n} %}` });
    const machine = make({
      initial: 'a',
      states: { a: { on: { E: [to('b', 5), to('c', 3), 'd'] } }, b: {}, c: {}, d: {} },
    });
    expect([9, 4, 1].map((n) => reach(machine, { type: 'E', n }).value)).toEqual(['b', 'c', 'd']);
  });

  it('forbids an event with an empty transition, which keeps it from the states around', () => {
    const machine = make({ initial: 'a', on: { E: '.b' }, states: { a: { on: { E: {} } }, b: {} } });
    expect(reach(machine, 'E').value).toBe('a');
  });

  it('prefers the full name to wildcards, and the longer wildcard to the shorter', () => {
    const machine = make({
      initial: 'a',
      states: {
        a: { on: { '*': 'any', 'a.*': 'short', 'a.b.*': 'long', 'a.b.c': 'exact' } },
        any: {},
        short: {},
        long: {},
        exact: {},
      },
    });
    const goes = (type: string) => reach(machine, type).value;
    expect(['a.b.c', 'a.b.c.d', 'a.b', 'a.x', 'a', 'ab', 'z'].map(goes)).toEqual([
      'exact',
      'long',
      'long',
      'short',
      'short',
      'any',
      'any',
    ]);
  });

  it('does not let a bare wildcard swallow an error', () => {
    const machine = make({
      initial: 'a',
      states: { a: { invoke: { src: 't', id: 't' }, on: { '*': 'b' } }, b: {} },
    });
    expect(reach(machine, { type: 'xstate.error.actor.t', error: 'no' })).toMatchObject({
      value: 'a',
      status: 'error',
      error: 'no',
    });
    const named = make({
      initial: 'a',
      states: { a: { invoke: { src: 't', id: 't' }, on: { 'xstate.error.*': 'b' } }, b: {} },
    });
    expect(reach(named, { type: 'xstate.error.actor.t' }).value).toBe('b');
  });

  it('knows a thousand names that it never heard of at no cost', () => {
    const machine = make({ initial: 'a', states: { a: { on: { 'x.*': 'b', '*': {} } }, b: {} } });
    const [start] = initialTransition(machine);
    for (let i = 0; i < 1_000; i++) expect(transition(machine, start, { type: `y${i}` })[0]).toBe(start);
    expect(transition(machine, start, { type: 'x.1' })[0].value).toBe('b');
  });
});

describe('assign', () => {
  it('computes every field from the context before it', () => {
    const machine = make({
      initial: 'a',
      context: { x: 1, y: 2 },
      states: { a: { on: { SWAP: { assign: { x: '{% context.y %}', y: '{% context.x %}' } } } } },
    });
    expect(reach(machine, 'SWAP').context).toEqual({ x: 2, y: 1 });
  });

  it('comes before the actions, which see what it set, and one action sees what the last one set', () => {
    const machine = make({
      initial: 'a',
      context: { n: 0 },
      states: {
        a: {
          on: {
            GO: {
              assign: { n: 5 },
              actions: [
                { assign: { n: '{% context.n * 2 %}' } },
                { type: 'tell', params: '{% context.n %}' },
              ],
            },
          },
        },
      },
    });
    const [start] = initialTransition(machine);
    const [next, effects] = transition(machine, start, { type: 'GO' });
    expect(next.context).toEqual({ n: 10 });
    expect(effects).toEqual([{ type: 'task', ask: false, name: 'tell', input: 10 }]);
  });

  it('may be a function of all fields, or of one', () => {
    const machine = createMachine({
      initial: 'a',
      context: { n: 1, name: 'x' },
      states: {
        a: {
          on: {
            ALL: { assign: ({ context }) => ({ n: context.n + 1 }) },
            ONE: {
              actions: assign({ name: ({ context, event }) => `${context.name}${String(event['by'])}` }),
            },
          },
        },
      },
    });
    let [snapshot] = initialTransition(machine);
    [snapshot] = transition(machine, snapshot, { type: 'ALL' });
    [snapshot] = transition(machine, snapshot, { type: 'ONE', by: 'y' });
    expect(snapshot.context).toEqual({ n: 2, name: 'xy' });
  });

  it('sets fields of any name, and no prototype', () => {
    const machine = createMachine(
      JSON.parse(`{
        "initial": "a", "context": { "constructor": 0 },
        "states": { "a": { "on": { "GO": { "assign": { "__proto__": { "bad": 1 }, "constructor": 1 } } } } }
      }`) as Config,
    );
    const { context } = reach(machine, 'GO');
    expect(Object.getPrototypeOf(context)).toBe(Object.prototype);
    expect(JSON.stringify(context)).toBe('{"constructor":1,"__proto__":{"bad":1}}');
  });
});

describe('transitions without an event', () => {
  it('are taken as soon as their guard allows, one after the other', () => {
    const machine = make({
      initial: 'a',
      context: { n: 0 },
      states: {
        a: {
          always: [
            { target: 'b', guard: '{% context.n >= 3 %}' },
            { guard: '{% context.n > 0 %}', assign: { n: '{% context.n + 1 %}' } },
          ],
          on: { GO: { assign: { n: 1 } } },
        },
        b: { always: 'c' },
        c: {},
      },
    });
    expect(reach(machine).value).toBe('a');
    expect(reach(machine, 'GO').toJSON()).toEqual({ value: 'c', context: { n: 3 }, status: 'active' });
  });

  it('come before raised events, and those before anything from outside', () => {
    const machine = make({
      initial: 'a',
      states: {
        a: { on: { GO: { target: 'b', actions: { raise: 'R' } } } },
        b: { always: 'c', on: { R: 'wrong' } },
        c: { on: { R: 'd' } },
        d: {},
        wrong: {},
      },
    });
    expect(reach(machine, 'GO').value).toBe('d');
  });

  it('that change nothing are taken once and not for ever', () => {
    const machine = make({ initial: 'a', states: { a: { always: { actions: 'beep' } } } });
    expect(named(initialTransition(machine)[1])).toEqual(['beep']);
  });

  const counting = (limit: number) =>
    make({
      id: 'm',
      initial: 'a',
      context: { n: 0 },
      states: {
        a: { on: { GO: 'b' } },
        b: { always: { guard: `{% context.n < ${limit} %}`, assign: { n: '{% context.n + 1 %}' } } },
      },
    });

  it(`may be ${MAX_MICROSTEPS} in one event, and one more undoes the event`, () => {
    expect(reach(counting(MAX_MICROSTEPS), 'GO').context).toEqual({ n: MAX_MICROSTEPS });
    const { code, message } = refusal(() => reach(counting(MAX_MICROSTEPS + 1), 'GO'));
    expect(code).toBe('too-many-microsteps');
    expect(message).toContain('at last in "b"');
  });

  it('and raised events that go round in a circle end at the same limit', () => {
    const machine = make({
      initial: 'a',
      states: { a: { on: { GO: { actions: [{ raise: 'GO' }, { raise: 'GO' }] } } } },
    });
    expect(refusal(() => reach(machine, 'GO')).code).toBe('too-many-microsteps');
  });

  it(`may raise ${MAX_RAISED} events that nothing takes, and one more undoes the event`, () => {
    const raising = (count: number) => {
      const actions = Array.from({ length: count }, () => ({ raise: 'TOLD' }));
      return make({ initial: 'a', states: { a: { on: { GO: 'b' } }, b: { entry: actions } } });
    };
    expect(reach(raising(MAX_RAISED), 'GO').value).toBe('b');
    const { code, message } = refusal(() => reach(raising(MAX_RAISED + 1), 'GO'));
    expect(code).toBe('too-many-microsteps');
    expect(message).toContain(`more than ${MAX_RAISED} raised events in one event`);
  });

  it('are not what the ends of thousands of regions are counted as', () => {
    const region = { initial: 'a', states: { a: { on: { GO: 'b' } }, b: { type: 'final' } } };
    const regions = Object.fromEntries(
      Array.from({ length: MAX_MICROSTEPS + 1 }, (_, n) => [`r${n}`, region]),
    );
    expect(reach(make({ type: 'parallel', states: regions }), 'GO').status).toBe('done');
  });

  it(`may make ${MAX_EFFECTS} effects in one event, and one more undoes the event`, () => {
    const actions = (count: number) => Array.from({ length: count }, () => 'beep');
    const machine = make({
      initial: 'a',
      states: {
        a: {
          on: {
            MAX: { actions: actions(MAX_EFFECTS) },
            MORE: { actions: [...actions(MAX_EFFECTS), { type: 'one', params: '{% 1 %}' }] },
          },
        },
      },
    });
    const [start] = initialTransition(machine);
    expect(transition(machine, start, { type: 'MAX' })[1]).toHaveLength(MAX_EFFECTS);
    expect(refusal(() => reach(machine, 'MORE')).code).toBe('too-many-effects');
    const constant = (count: number) =>
      make({
        initial: 'a',
        states: { a: { on: { GO: { actions: Array(count).fill({ type: 'x', params: 1 }) } } } },
      });
    expect(reach(constant(MAX_EFFECTS), 'GO').status).toBe('active');
    expect(refusal(() => reach(constant(MAX_EFFECTS + 1), 'GO')).code).toBe('too-many-effects');
  });
});

describe('a final state', () => {
  it('tells its parent, with its output, and leaves the machine running', () => {
    const machine = make({
      id: 'm',
      initial: 'a',
      context: { n: 7, got: 0 },
      states: {
        a: {
          initial: 'x',
          onDone: { target: 'b', assign: { got: '{% event.output.n %}' } },
          states: { x: { on: { GO: 'end' } }, end: { type: 'final', output: { n: '{% context.n %}' } } },
        },
        b: {},
      },
    });
    expect(reach(machine, 'GO').toJSON()).toEqual({
      value: 'b',
      context: { n: 7, got: 7 },
      status: 'active',
    });
  });

  it('of the machine ends it: output, exits, and nothing moves any more', () => {
    const machine = make({
      id: 'm',
      initial: 'a',
      exit: 'bye',
      output: { all: '{% event.output %}', n: '{% context.n %}' },
      context: { n: 1 },
      states: {
        a: { on: { GO: 'end' }, after: { '5s': 'a' } },
        end: { type: 'final', output: 'inner', exit: ['tidy', { assign: { n: 2 } }] },
      },
    });
    const [start] = initialTransition(machine);
    const [end, effects] = transition(machine, start, { type: 'GO' });
    expect(end.toJSON()).toEqual({
      value: 'end',
      context: { n: 2 },
      status: 'done',
      output: { all: 'inner', n: 1 },
    });
    expect(named(effects)).toEqual(['cancel', 'tidy', 'bye']);
    expect(transition(machine, end, { type: 'GO' })).toEqual([end, []]);
  });

  it('hands its output to a machine that has none of its own', () => {
    const machine = make({ initial: 'a', states: { a: { type: 'final', output: { ok: true } } } });
    expect(reach(machine)).toMatchObject({ status: 'done', output: { ok: true } });
  });
});

describe('delays and tasks', () => {
  const machine = make({
    id: 'm',
    initial: 'a',
    context: { n: 3 },
    states: {
      a: {
        after: { '30s': 'late', '500': { actions: 'remind' } },
        invoke: {
          src: 'charge',
          id: 'pay',
          input: { n: '{% context.n %}' },
          timeout: '1m',
          onDone: { target: 'paid', assign: { n: '{% event.output %}' } },
          onError: { target: 'failed', assign: { n: '{% event.error.message %}' } },
        },
        on: { AGAIN: { target: 'a', reenter: true } },
      },
      late: {},
      paid: {},
      failed: {},
    },
  });

  it('are asked for when their state is entered, after its actions', () => {
    expect(initialTransition(machine)[1]).toEqual([
      { type: 'timer', key: 'xstate.after.500.m.a', delayMs: 500 },
      { type: 'timer', key: 'xstate.after.30s.m.a', delayMs: 30_000 },
      { type: 'task', ask: true, key: 'pay', name: 'charge', input: { n: 3 }, timeoutMs: 60_000 },
    ]);
  });

  it('are cancelled when it is left, and asked for anew when it is entered again', () => {
    const [start, first] = initialTransition(machine);
    const [again, effects] = transition(machine, start, { type: 'AGAIN' });
    expect(effects).toEqual([
      { type: 'cancel', kind: 'timer', key: 'xstate.after.500.m.a' },
      { type: 'cancel', kind: 'timer', key: 'xstate.after.30s.m.a' },
      { type: 'cancel', kind: 'task', key: 'pay' },
      ...first,
    ]);
    expect(transition(machine, again, { type: 'xstate.after.30s.m.a' })[0].value).toBe('late');
  });

  it('are answered by events of their own', () => {
    expect(reach(machine, { type: 'xstate.done.actor.pay', output: 9 })).toMatchObject({
      value: 'paid',
      context: { n: 9 },
    });
    const error = { name: 'CardDeclined', message: 'no funds' };
    expect(reach(machine, { type: 'xstate.error.actor.pay', error })).toMatchObject({
      value: 'failed',
      context: { n: 'no funds' },
    });
  });
});

describe('an error in a guard or an assign', () => {
  const failing = {
    target: 'b',
    assign: { n: 1 },
    actions: [{ assign: { n: '{% context.missing %}' } }, 'never'],
  };

  it('undoes the whole event, says where it happened, and keeps its cause', () => {
    const machine = make({
      id: 'm',
      initial: 'a',
      context: { n: 0 },
      states: { a: { on: { GO: failing } }, b: {} },
    });
    const error = refusal(() => reach(machine, 'GO'));
    expect(error.problems).toMatchObject([
      { code: 'error.execution', path: '/states/a/on/GO/actions/0/assign' },
    ]);
    expect(error.message).toMatch(/^transition GO of "a" failed: /);
    expect(error.cause).toBeInstanceOf(Error);
  });

  it('is an event that a transition may take, and then only the rest of its actions is skipped', () => {
    const machine = make({
      id: 'm',
      initial: 'a',
      context: { n: 0, why: '' },
      states: {
        a: { on: { GO: failing } },
        b: {
          entry: 'arrive',
          on: { 'error.execution': { target: 'c', assign: { why: '{% event.error.name %}' } } },
        },
        c: {},
      },
    });
    const [start] = initialTransition(machine);
    const [next, effects] = transition(machine, start, { type: 'GO' });
    expect(next).toMatchObject({ value: 'c', context: { n: 1 } });
    expect((next.context as { why: string }).why).not.toBe('');
    expect(named(effects)).toEqual(['arrive']);
  });

  it('in an entry or exit action keeps no state from beginning, or ending, what it waits for', () => {
    const broken = { assign: { n: '{% context.missing %}' } };
    const machine = make({
      id: 'm',
      initial: 'a',
      on: { 'error.execution': {} },
      states: {
        a: {
          entry: [broken, 'never'],
          exit: [broken, 'never'],
          after: { '5s': 'b' },
          invoke: { src: 't', id: 't' },
          on: { GO: 'b' },
        },
        b: {},
      },
    });
    const [start, first] = initialTransition(machine);
    expect(named(first)).toEqual(['timer', 't']);
    expect(named(transition(machine, start, { type: 'GO' })[1])).toEqual(['cancel', 'cancel']);
  });

  it('skips what comes after it, though that is always the same, and leaves what came before', () => {
    const count = { assign: { n: ({ context }: { context: { n: number } }) => context.n + 1 } };
    const broken = {
      assign: () => {
        throw new TypeError('broken');
      },
    };
    const machine = make({
      initial: 'a',
      context: { n: 0 },
      onStepError: 'continue',
      states: {
        a: { exit: ['leave', count], on: { GO: { target: 'b', actions: [count, broken, 'never'] } } },
        b: {},
      },
    });
    const [start] = initialTransition(machine);
    const [next, effects] = transition(machine, start, { type: 'GO' });
    expect(next).toMatchObject({ value: 'b', context: { n: 2 } });
    expect(named(effects)).toEqual(['leave']);
  });

  it('in the output of the machine keeps it from its end, and in its states', () => {
    const machine = make({
      initial: 'a',
      output: '{% context.missing %}',
      on: { 'error.execution': '.b' },
      states: { a: { on: { GO: 'end' } }, b: {}, end: { type: 'final', exit: 'leave' } },
    });
    const [start] = initialTransition(machine);
    const [next, effects] = transition(machine, start, { type: 'GO' });
    expect(next).toMatchObject({ value: 'b', status: 'active' });
    expect(named(effects)).toEqual(['leave']);
  });

  it('in a guard counts as no, and is not forgotten where another transition is taken', () => {
    const guard = () => {
      throw new TypeError('broken');
    };
    const machine = make({
      initial: 'a',
      states: { a: { on: { GO: [{ target: 'b', guard }, 'c'] } }, b: {}, c: {} },
    });
    const error = refusal(() => reach(machine, 'GO'));
    expect(error.message).toBe('guard of GO in "a" failed: broken');
    expect(error.cause).toBeInstanceOf(TypeError);
    const careful = make({
      initial: 'a',
      on: { 'error.*': {} },
      states: { a: { on: { GO: [{ target: 'b', guard }, 'c'] } }, b: {}, c: {} },
    });
    expect(reach(careful, 'GO').value).toBe('c');
  });

  it('is not taken by a bare wildcard', () => {
    const machine = make({
      initial: 'a',
      on: { '*': {} },
      states: { a: { on: { GO: { guard: '{% 1 %}' } } } },
    });
    expect(refusal(() => reach(machine, 'GO')).message).toContain('a guard must be true or false, not 1');
  });

  it('is told of a guard that is asynchronous, which would always allow', () => {
    const machine = make({ initial: 'a', states: { a: { on: { GO: { guard: async () => false } } } } });
    expect(refusal(() => reach(machine, 'GO')).message).toContain('may not be asynchronous');
  });

  it('in the first context or the first state refuses the start', () => {
    expect(refusal(() => reach(make({ context: { n: '{% input.n %}' } })))).toMatchObject({
      code: 'error.execution',
    });
    expect(refusal(() => reach(make({ context: () => 5 }))).message).toContain(
      'the context of the machine failed',
    );
    expect(
      refusal(() => reach(make({ initial: 'a', states: { a: { entry: { assign: { n: '{% x.y %}' } } } } }))),
    ).toMatchObject({
      message: expect.stringContaining('entry of "a" failed') as string,
    });
  });
});

describe('sending', () => {
  it('to another instance is an effect with everything worked out', () => {
    const machine = make({
      initial: 'a',
      context: { stock: 'stock-7', qty: 2 },
      states: {
        a: {
          on: {
            GO: {
              actions: {
                send: { to: '{% context.stock %}', type: 'reserve', data: { qty: '{% context.qty %}' } },
              },
            },
          },
        },
      },
    });
    const [start] = initialTransition(machine);
    expect(transition(machine, start, { type: 'GO' })[1]).toEqual([
      { type: 'send', to: 'stock-7', name: 'reserve', data: { qty: 2 } },
    ]);
  });

  it('to nobody is an error', () => {
    const machine = make({
      initial: 'a',
      states: { a: { on: { GO: { actions: { send: { to: '{% 5 %}', type: 'x' } } } } } },
    });
    expect(refusal(() => reach(machine, 'GO')).message).toContain('must give the id of an instance, not 5');
  });
});

describe('a snapshot', () => {
  it('is one frozen object for all who are in the same state with the context that all begin with', () => {
    const machine = make({
      initial: 'a',
      context: { n: 1 },
      states: {
        a: {
          on: {
            GO: { target: 'b', actions: { type: 'tell', params: 1 } },
            COUNT: { actions: assign({ n: 2 }) },
          },
        },
        b: { on: { STAY: {}, BACK: 'a' } },
      },
    });
    const [first] = initialTransition(machine);
    const [once, told] = transition(machine, first, { type: 'GO' });
    const [again, toldAgain] = transition(machine, initialTransition(machine)[0], { type: 'GO' });
    expect(again).toBe(once);
    expect(told).toHaveLength(1);
    expect(toldAgain).toEqual(told);
    expect(Object.isFrozen(once)).toBe(true);
    expect(transition(machine, once, { type: 'STAY' })[0]).toBe(once);
    const kept = machine.resolveState({ value: 'b', context: once.context });
    expect(transition(machine, kept, { type: 'STAY' })[0]).toBe(kept);
    const counted = transition(machine, first, { type: 'COUNT' })[0];
    const elsewhere = transition(machine, counted, { type: 'GO' })[0];
    expect(elsewhere).not.toBe(once);
    expect(elsewhere.context).toEqual({ n: 2 });
    expect(once.context).toEqual({ n: 1 });
  });

  const machine = make({
    id: 'm',
    initial: 'open',
    context: { n: 1 },
    states: {
      open: {
        tags: 'busy',
        initial: 'editing',
        states: { editing: { tags: ['draft'] }, 'v1.2': {} },
        on: { V: '.v1\\.2', END: 'end' },
      },
      end: { type: 'final' },
    },
  });

  it('matches the path of an active state, or a part of its value', () => {
    const [snapshot] = initialTransition(machine);
    expect(snapshot.value).toEqual({ open: 'editing' });
    for (const yes of ['open', 'open.editing', { open: 'editing' }]) expect(snapshot.matches(yes)).toBe(true);
    for (const no of ['editing', 'end', 'open.x', { open: {} }, { end: 'x' }, 'constructor']) {
      expect(snapshot.matches(no)).toBe(false);
    }
    expect(reach(machine, 'V').matches('open.v1\\.2')).toBe(true);
  });

  it('knows the tags of its active states', () => {
    const [snapshot] = initialTransition(machine);
    expect([snapshot.hasTag('busy'), snapshot.hasTag('draft'), snapshot.hasTag('x')]).toEqual([
      true,
      true,
      false,
    ]);
  });

  it('goes through JSON and back by resolveState', () => {
    const [snapshot] = initialTransition(machine);
    const kept = JSON.parse(JSON.stringify(snapshot)) as { value: { open: string }; context: unknown };
    expect(machine.resolveState(kept)).toEqual(snapshot);
    expect(transition(machine, machine.resolveState(kept), { type: 'END' })[0].status).toBe('done');
    expect(machine.resolveState({ value: 'open', context: {} }).value).toEqual({ open: 'editing' });
    expect(refusal(() => machine.resolveState({ value: 'nowhere', context: {} })).code).toBe('unknown-state');
    expect(
      refusal(() => machine.resolveState({ value: { open: 'editing', end: {} }, context: {} })).code,
    ).toBe('unknown-state');
  });

  it('of one machine is refused by another', () => {
    const other = make({ initial: 'open', states: { open: {} } });
    const [snapshot] = initialTransition(other);
    expect(refusal(() => transition(machine, snapshot, { type: 'V' })).code).toBe('foreign-snapshot');
  });

  it('of a machine without states has an empty value', () => {
    const lone = make({ context: { n: 0 }, on: { ADD: { assign: { n: '{% context.n + 1 %}' } } } });
    expect(reach(lone, 'ADD', 'ADD').toJSON()).toEqual({ value: {}, context: { n: 2 }, status: 'active' });
  });

  it('cannot be changed through its value, which others share', () => {
    const [snapshot] = initialTransition(machine);
    expect(() => Object.assign(snapshot.value as object, { open: 'x' })).toThrow(TypeError);
  });
});
