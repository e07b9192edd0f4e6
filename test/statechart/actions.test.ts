import { describe, expect, it } from 'vitest';
import type { Json } from '../../src/core/json.js';
import { createMachine, initialTransition, type MachineEffect, transition } from '../../src/index.js';
import { Hand } from './hand.js';

/** The effects of doing these on GO, with a context and an event to look at. */
function doing(actions: unknown): readonly MachineEffect[] {
  const machine = createMachine({
    context: { n: 2 },
    on: { GO: { actions } },
  } as never);
  return transition(machine, initialTransition(machine)[0], { type: 'GO', data: { to: 'b' } } as never)[1];
}

describe('an action', () => {
  it.each<[string, unknown, MachineEffect]>([
    [
      'sends to another instance',
      { send: { to: '{% event.data.to %}', type: 'HI', data: '{% context.n %}' } },
      { type: 'send', to: 'b', name: 'HI', data: 2 },
    ],
    ['sends to its own mailbox', { send: { type: 'HI' } }, { type: 'send', to: '#_self', name: 'HI' }],
    [
      'sends later',
      { send: { to: 'b', type: 'HI', delay: '3s', id: 'greeting' } },
      {
        type: 'hold',
        key: 'greeting',
        delayMs: 3000,
        event: { send: { type: 'send', to: 'b', name: 'HI' } },
      },
    ],
    [
      'raises later, after as long as an expression says',
      { raise: { type: 'HI', data: 1, delay: '{% context.n * 10 %}' } },
      { type: 'hold', delayMs: 20, event: { raise: { type: 'HI', data: 1 } } },
    ],
    ['cancels', { cancel: 'greeting' }, { type: 'cancel', kind: 'event', key: 'greeting' }],
    [
      'emits',
      { emit: { type: 'SEEN', data: '{% context %}' } },
      { type: 'emit', event: { type: 'SEEN', data: { n: 2 } } },
    ],
    ['emits a name', { emit: 'SEEN' }, { type: 'emit', event: { type: 'SEEN' } }],
    [
      'raises an event as programs write theirs, and later',
      { raise: { event: { type: 'HI', n: '{% context.n %}' }, delay: 5 } },
      { type: 'hold', delayMs: 5, event: { raise: { type: 'HI', n: 2 } } },
    ],
    [
      'sends such an event with its payload as data',
      { send: { to: 'b', event: () => ({ type: 'HI', n: 1 }) } },
      { type: 'send', to: 'b', name: 'HI', data: { n: 1 } },
    ],
    ['logs a value', { log: '{% context.n %}' }, { type: 'log', value: 2 }],
    [
      'logs a label',
      { log: { label: 'n is', value: '{% context.n %}' } },
      { type: 'log', label: 'n is', value: 2 },
    ],
    ['logs what a function gives', { log: () => 'hello' }, { type: 'log', value: 'hello' }],
  ])('%s', (_, action, effect) => {
    expect(doing(action)).toEqual([effect]);
  });

  it('is chosen by the first guard that allows it, each seeing what was assigned before', () => {
    const branches = [
      { guard: '{% context.n = 1 %}', actions: 'one' },
      { guard: '{% context.n = 3 %}', actions: ['three', { emit: 'THREE' }] },
      { actions: 'other' },
    ];
    const names = (actions: unknown) =>
      doing(actions).map((effect) => {
        if (effect.type === 'emit') return effect.event.type;
        return effect.type === 'task' ? effect.name : '';
      });
    expect(names({ choose: branches })).toEqual(['other']);
    expect(names([{ assign: { n: '{% context.n + 1 %}' } }, { choose: branches }])).toEqual([
      'three',
      'THREE',
    ]);
    expect(names({ choose: branches.slice(0, 2) })).toEqual([]);
  });

  it('is skipped with the rest of its block where a branch of it fails', () => {
    const machine = createMachine({
      context: {},
      on: {
        GO: {
          actions: [{ choose: [{ actions: ['a', { assign: { x: '{% context.none %}' } }, 'b'] }] }, 'c'],
        },
        'error.execution': { actions: 'failed' },
      },
    } as never);
    const [, effects] = transition(machine, initialTransition(machine)[0], { type: 'GO' } as never);
    expect(effects.map((effect) => 'name' in effect && effect.name)).toEqual(['a', 'failed']);
  });

  it('fails where what it computes is no event', () => {
    expect(() => doing({ raise: { event: '{% context.n %}' } })).toThrow(/object with a "type"/);
    expect(() => doing({ raise: { event: { type: '{% "xstate.init" %}' } } })).toThrow(
      /object with a "type"/,
    );
  });

  it('fails where a delay is none', () => {
    expect(() => doing({ raise: { type: 'HI', delay: "{% 'soon' %}" } })).toThrow(/not a duration/);
  });
});

describe('a guard', () => {
  const allows = (guard: unknown): boolean => {
    const machine = createMachine(
      {
        initial: 'p',
        context: { n: 2 },
        states: {
          p: {
            type: 'parallel',
            states: {
              a: { initial: 'x', states: { x: { id: 'ax' }, y: {} } },
              b: { initial: 'x', states: { x: { on: { GO: { target: 'y', guard } } }, y: {} } },
            },
          },
        },
      } as never,
      { guards: { yes: () => true, is: (_: unknown, params: unknown) => params === 2 } },
    );
    const [snapshot] = transition(machine, initialTransition(machine)[0], { type: 'GO' } as never);
    return snapshot.matches('p.b.y');
  };

  it.each<[unknown, boolean]>([
    [{ and: ['yes', '{% context.n = 2 %}'] }, true],
    [{ and: ['yes', '{% context.n = 3 %}'] }, false],
    [{ and: [] }, true],
    [{ or: ['{% context.n = 3 %}', { not: { not: 'yes' } }] }, true],
    [{ or: [] }, false],
    [{ not: 'yes' }, false],
    [{ in: '#ax' }, true],
    [{ in: 'p.a.x' }, true],
    [{ in: 'p.a.y' }, false],
    [{ in: 'p' }, true],
    [{ and: [{ type: 'is', params: '{% context.n %}' }, () => true] }, true],
  ])('%j allows: %s', (guard, expected) => {
    expect(allows(guard)).toBe(expected);
  });
});

describe('an event that is held back', () => {
  const source: Json = {
    id: 'm',
    initial: 'a',
    context: { n: 0 },
    states: {
      a: {
        on: {
          LATER: { actions: { raise: { type: 'NOW', data: 5, delay: '10s', id: 'x' } } },
          TELL: { actions: { send: { to: 'other', type: 'HI', data: 7, delay: '10s' } } },
          STOP: { actions: { cancel: 'x' } },
          NOW: { assign: { n: '{% event.data %}' } },
          LEAVE: 'b',
        },
      },
      b: { on: { NOW: { assign: { n: '{% event.data * 2 %}' } } } },
    },
  };
  const begun = (): Hand => {
    const hand = new Hand(source);
    hand.start();
    return hand;
  };

  it('waits as a timer, and is raised wherever the machine stands then', () => {
    const hand = begun();
    const { effects, state } = hand.signal('LATER');
    expect(effects).toEqual([{ type: 'timer', id: '2.0', dueAt: 12_000 }]);
    expect(state).toMatchObject({
      pending: { '2.0': { raise: { type: 'NOW', data: 5 }, id: 'x', dueAt: 12_000 } },
    });
    hand.signal('LEAVE');
    const { state: last } = hand.step({ type: 'timer.fired', effect: '2.0' });
    expect(last).toEqual({ value: 'b', context: { n: 10 } });
  });

  it('is cancelled by its id, and nothing comes of it', () => {
    const hand = begun();
    hand.signal('LATER');
    const { effects, state } = hand.signal('STOP');
    expect(effects).toMatchObject([{ type: 'cancel', target: '2.0', kind: 'timer' }]);
    expect(state).toEqual({ value: 'a', context: { n: 0 } });
    expect(hand.step({ type: 'timer.fired', effect: '2.0' }).outcome.kind).toBe('ignored');
  });

  it('is sent when its time has come, and the machine is not asked', () => {
    const hand = begun();
    hand.signal('TELL');
    const { effects, state, history } = hand.step({ type: 'timer.fired', effect: '2.0' });
    expect(effects).toEqual([{ type: 'send', id: '3.0', to: 'other', name: 'HI', data: 7 }]);
    expect(state).toEqual({ value: 'a', context: { n: 0 } });
    expect(history.map(({ type }) => type)).toEqual(['EventReleased', 'EventSent']);
  });
});

describe('what a machine emits and logs', () => {
  it('is told in the history of a durable instance, and has nothing happen', () => {
    const hand = new Hand({
      entry: [{ emit: { type: 'SEEN', data: 1 } }, { log: { label: 'x', value: [2] } }],
    });
    const { effects, history } = hand.start();
    expect(effects).toEqual([]);
    expect(history.slice(1)).toEqual([
      { type: 'EventEmitted', data: { event: 'SEEN', data: 1 } },
      { type: 'Logged', data: { label: 'x', value: [2] } },
    ]);
  });
});

describe('an invoked machine', () => {
  const source: Json = {
    id: 'm',
    initial: 'paying',
    context: {},
    states: {
      paying: {
        invoke: {
          machine: 'payment',
          id: 'pay',
          input: { amount: 5 },
          forward: ['card.*'],
          onDone: { target: 'paid', assign: { receipt: '{% event.output %}' } },
          onError: { target: 'failed', assign: { why: '{% event.error.message %}' } },
        },
        on: { HINT: { actions: { send: { to: '#_pay', type: 'HINT' } } }, GIVE_UP: 'failed' },
      },
      paid: {},
      failed: {},
    },
  };
  const begun = (): Hand => {
    const hand = new Hand(source);
    hand.start();
    return hand;
  };
  const ended = { type: 'child.ended', effect: '1.0', child: 'order-1/1.0/0' } as const;

  it('is spawned with its input, and its output is what is done', () => {
    const hand = begun();
    expect(hand.last?.effects).toEqual([
      { type: 'spawn', id: '1.0', machine: 'payment', input: { amount: 5 } },
    ]);
    const { state } = hand.step({ ...ended, status: 'succeeded', output: { no: 1 } });
    expect(state).toEqual({ value: 'paid', context: { receipt: { no: 1 } } });
  });

  it('fails as it ended, whatever way that was', () => {
    const { state } = begun().step({
      ...ended,
      status: 'failed',
      output: null,
      error: 'Declined',
      cause: 'no money',
    });
    expect(state).toEqual({ value: 'failed', context: { why: 'no money' } });
    expect(begun().step({ ...ended, status: 'stopped', output: null }).state).toMatchObject({
      value: 'failed',
    });
  });

  it('is told what is sent to it, and the events from outside that it asked for', () => {
    const to = 'order-1/1.0/0';
    expect(begun().signal('HINT').effects).toMatchObject([{ type: 'send', to, name: 'HINT' }]);
    const { effects, outcome } = begun().signal('card.read', { no: 7 });
    expect(effects).toMatchObject([{ type: 'send', to, name: 'card.read', data: { no: 7 } }]);
    expect(outcome.kind).toBe('applied');
    expect(begun().signal('cash').effects).toEqual([]);
  });

  it('is stopped when its state is left, and its end is nobody’s then', () => {
    const hand = begun();
    expect(hand.signal('GIVE_UP').effects).toMatchObject([{ type: 'cancel', target: '1.0', kind: 'child' }]);
    expect(hand.step({ ...ended, status: 'stopped', output: null }).outcome.kind).toBe('ignored');
  });
});

describe('a timeout of a state', () => {
  it('leads on when it is over, and is gone when the state was left', () => {
    const source: Json = {
      initial: 'a',
      states: { a: { timeout: '30s', onTimeout: 'late', on: { GO: 'b' } }, b: {}, late: {} },
    };
    const hand = new Hand(source);
    expect(hand.start().effects).toEqual([{ type: 'timer', id: '1.0', dueAt: 31_000 }]);
    expect(hand.step({ type: 'timer.fired', effect: '1.0' }).state).toMatchObject({ value: 'late' });
    const other = new Hand(source);
    other.start();
    expect(other.signal('GO').effects).toMatchObject([{ type: 'cancel', target: '1.0' }]);
  });
});
