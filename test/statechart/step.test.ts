import { describe, expect, it } from 'vitest';
import type { Effect } from '../../src/core/effect.js';
import type { EventBody } from '../../src/core/event.js';
import type { Json } from '../../src/core/json.js';
import { MAX_STATE_BYTES } from '../../src/core/limits.js';
import { statechart } from '../../src/statechart/language.js';
import { Hand } from './hand.js';

const order: Json = {
  id: 'order',
  onUnhandled: 'reject',
  context: { qty: '{% input.qty %}' },
  initial: 'open',
  output: { qty: '{% context.qty %}' },
  states: {
    open: {
      entry: { type: 'mail', params: { qty: '{% context.qty %}' } },
      after: { '30s': 'expired' },
      on: {
        ADD: { guard: '{% event.data.by > 0 %}', assign: { qty: '{% context.qty + event.data.by %}' } },
        PAY: 'paying',
        BREAK: { target: 'paying', assign: { qty: '{% context.none %}' } },
        TELL: { actions: { send: { to: 'audit', type: 'told', data: '{% context.qty %}' } } },
      },
    },
    paying: {
      invoke: {
        src: 'charge',
        id: 'charge',
        input: { qty: '{% context.qty %}' },
        timeout: '5s',
        onDone: {
          target: 'paid',
          guard: "{% event.output != 'ignore' %}",
          assign: { receipt: '{% event.output.id %}' },
        },
        onError: { target: 'open', guard: "{% event.error.name = 'Declined' %}" },
      },
      on: { LEAVE: 'open' },
    },
    paid: { type: 'final' },
    expired: { always: 'paid' },
  },
};

describe('a start', () => {
  it('makes the context from the input and enters the initial states', () => {
    const step = new Hand(order).start({ qty: 2 });
    expect(step).toMatchObject({
      status: 'running',
      outcome: { kind: 'applied' },
      state: {
        value: 'open',
        context: { qty: 2 },
        pending: { '1.1': { timer: 'xstate.after.30s.order.open', dueAt: 31_000 } },
      },
      effects: [
        { type: 'task', id: '1.0', name: 'mail', input: { qty: 2 }, ask: false },
        { type: 'timer', id: '1.1', dueAt: 31_000 },
      ],
    });
    expect(step.history).toEqual([
      { type: 'InstanceStarted', data: { to: 'open' } },
      { type: 'ActionScheduled', data: { effect: '1.0', name: 'mail' } },
      { type: 'TimerSet', data: { effect: '1.1', timer: 'xstate.after.30s.order.open', dueAt: 31_000 } },
    ]);
  });

  it('that cannot be finished fails the instance', () => {
    const hand = new Hand(order);
    const step = hand.start({});
    expect(step.status).toBe('failed');
    expect(step.effects).toEqual([]);
    expect(statechart.view(step.state)).toMatchObject({ value: null, error: { error: 'error.execution' } });
    expect(step.history).toMatchObject([{ type: 'InstanceFailed', data: { error: 'error.execution' } }]);
    expect(statechart.active(hand.program, step.state)).toEqual([]);
  });

  it('of a machine that is at its end at once succeeds', () => {
    const step = new Hand({ initial: 'a', states: { a: { type: 'final', output: 5 } } }).start();
    expect(step).toMatchObject({ status: 'succeeded', state: { value: 'a', context: {}, output: 5 } });
    expect(step.history.at(-1)).toEqual({ type: 'InstanceSucceeded', data: { output: 5 } });
  });
});

describe('a signal', () => {
  const open = () => {
    const hand = new Hand(order);
    hand.start({ qty: 2 });
    return hand;
  };

  it('that is taken without leaving the state keeps what is waited for', () => {
    const hand = open();
    const before = hand.standing.state as { pending: Json };
    const step = hand.signal('ADD', { by: 3 });
    expect(step.state).toEqual({ value: 'open', context: { qty: 5 }, pending: before.pending });
    expect(step.effects).toEqual([]);
    expect(step.history).toEqual([{ type: 'TransitionTaken', data: { event: 'ADD', from: 'open' } }]);
  });

  it('that leads elsewhere cancels what the state left was waiting for', () => {
    const hand = open();
    const step = hand.signal('PAY');
    expect(step.effects).toEqual([
      { type: 'cancel', id: '2.0', target: '1.1', kind: 'timer' },
      { type: 'task', id: '2.1', name: 'charge', input: { qty: 2 }, ask: true, timeoutMs: 5_000 },
    ]);
    expect(step.state).toEqual({
      value: 'paying',
      context: { qty: 2 },
      pending: { '2.1': { task: 'charge' } },
    });
    expect(step.history.map(({ type }) => type)).toEqual([
      'TransitionTaken',
      'TimerCancelled',
      'TaskScheduled',
    ]);
  });

  it('that nothing takes is rejected where the machine says so, with what was meant', () => {
    const hand = open();
    const before = hand.standing;
    const step = hand.signal('PAYS');
    expect(step.outcome).toMatchObject({
      kind: 'rejected',
      problem: { code: 'unhandled-event', hint: 'did you mean "PAY"?' },
    });
    expect(step).toMatchObject({ ...before, effects: [] });
    expect(step.history).toMatchObject([
      { type: 'EventRejected', data: { event: 'PAYS', code: 'unhandled-event' } },
    ]);
    expect(hand.signal('ADD', { by: -1 }).outcome.kind).toBe('rejected');
  });

  it('that nothing takes is ignored otherwise', () => {
    const hand = new Hand({ initial: 'a', states: { a: {} } });
    const { state } = hand.start();
    expect(hand.signal('X')).toEqual({
      state,
      status: 'running',
      effects: [],
      history: [],
      outcome: { kind: 'ignored', reason: 'nothing takes "X" in "a"' },
    });
  });

  it('that a transition forbids is taken, by doing nothing', () => {
    const hand = new Hand({ onUnhandled: 'reject', initial: 'a', states: { a: { on: { X: {} } } } });
    hand.start();
    expect(hand.signal('X').outcome).toEqual({ kind: 'applied' });
  });

  it('whose macrostep fails is undone whole, and says why', () => {
    const hand = open();
    const before = hand.standing;
    const step = hand.signal('BREAK');
    expect(step.outcome).toMatchObject({
      kind: 'rejected',
      problem: { code: 'error.execution', path: '/states/open/on/BREAK/assign' },
    });
    expect({ status: step.status, state: step.state }).toEqual(before);
    expect(step.effects).toEqual([]);
  });

  it.each([
    'xstate.done.actor.charge',
    'xstate.after.30s.order.open',
    'error.execution',
    '*',
    '',
  ])('may not be called %j, as only the machine itself calls its events', (name) => {
    const hand = open();
    expect(hand.signal(name).outcome).toMatchObject({
      kind: 'rejected',
      problem: { code: 'reserved-event' },
    });
  });

  it('may be sent on to another instance', () => {
    const step = open().signal('TELL');
    expect(step.effects).toEqual([{ type: 'send', id: '2.0', to: 'audit', name: 'told', data: 2 }]);
    expect(step.history).toContainEqual({
      type: 'EventSent',
      data: { effect: '2.0', to: 'audit', event: 'told' },
    });
  });
});

describe('an answer', () => {
  const paying = () => {
    const hand = new Hand(order);
    hand.start({ qty: 2 });
    hand.signal('PAY');
    return hand;
  };

  it('of a task that went well is an event with its output', () => {
    const hand = paying();
    const step = hand.step({ type: 'task.succeeded', effect: '2.1', output: { id: 'r1' } });
    expect(step).toMatchObject({
      status: 'succeeded',
      state: { value: 'paid', context: { qty: 2, receipt: 'r1' }, output: { qty: 2 } },
    });
    expect(step.effects).toEqual([]);
    expect(step.history.map(({ type }) => type)).toEqual([
      'TaskSucceeded',
      'TransitionTaken',
      'InstanceSucceeded',
    ]);
  });

  it('of a task that went well and is not wanted is applied, and no longer waited for', () => {
    const step = paying().step({ type: 'task.succeeded', effect: '2.1', output: 'ignore' });
    expect(step.outcome.kind).toBe('applied');
    expect(step.state).toEqual({ value: 'paying', context: { qty: 2 } });
  });

  it('of a task that failed is an event with its error', () => {
    const step = paying().step({ type: 'task.failed', effect: '2.1', error: 'Declined', cause: 'no funds' });
    expect(step).toMatchObject({ status: 'running', state: { value: 'open' } });
    expect(step.history[0]).toEqual({
      type: 'TaskFailed',
      data: { effect: '2.1', id: 'charge', error: 'Declined', cause: 'no funds' },
    });
  });

  it('of a task that failed and that nothing takes fails the instance, with its reason', () => {
    const step = paying().step({ type: 'task.failed', effect: '2.1', error: 'Timeout', cause: 'too late' });
    expect(step.status).toBe('failed');
    expect(step.state).toEqual({
      value: 'paying',
      context: { qty: 2 },
      failedAt: 3_000,
      waits: { '2.1': { task: 'charge' } },
      error: { error: 'Timeout', cause: 'too late' },
    });
    expect(step.history.at(-1)).toEqual({
      type: 'InstanceFailed',
      data: { error: 'Timeout', cause: 'too late' },
    });
  });

  it('whose macrostep fails fails the instance, and ends what it waited for', () => {
    const hand = new Hand({
      id: 'm',
      initial: 'a',
      states: {
        a: {
          invoke: { src: 't', id: 't', onDone: { assign: { x: '{% context.none %}' } } },
          after: { '5s': 'a' },
        },
      },
    });
    hand.start();
    const step = hand.step({ type: 'task.succeeded', effect: '1.1', output: null });
    expect(step).toMatchObject({
      status: 'failed',
      state: { value: 'a', error: { error: 'error.execution' } },
    });
    expect(step.effects).toEqual([{ type: 'cancel', id: '2.0', target: '1.0', kind: 'timer' }]);
  });

  it('of a timer is an event of its own', () => {
    const hand = new Hand(order);
    hand.start({ qty: 1 });
    const step = hand.step({ type: 'timer.fired', effect: '1.1' });
    expect(step).toMatchObject({ status: 'succeeded', state: { value: 'paid' } });
    expect(step.history.map(({ type }) => type)).toEqual([
      'TimerFired',
      'TransitionTaken',
      'TransitionTaken',
      'InstanceSucceeded',
    ]);
  });

  it.each<EventBody>([
    { type: 'timer.fired', effect: '1.1' },
    { type: 'task.succeeded', effect: '9.9', output: 1 },
    { type: 'task.failed', effect: 'constructor', error: 'x', cause: '' },
    { type: 'timer.fired', effect: '2.1' },
  ])('that is not waited for, like %j, changes nothing', (body) => {
    const hand = paying();
    const before = hand.standing;
    const step = hand.step(body);
    expect(step).toMatchObject({ ...before, effects: [], history: [], outcome: { kind: 'ignored' } });
    expect(step.state).toBe(before.state);
  });

  it('is not asked for where its state was left within the same step', () => {
    const hand = new Hand({
      initial: 'a',
      states: {
        a: { on: { GO: 'b' } },
        b: { invoke: { src: 't' }, after: { '1s': 'a' }, entry: 'x', always: 'c' },
        c: {},
      },
    });
    hand.start();
    const step = hand.signal('GO');
    expect(step.effects).toMatchObject([{ type: 'task', name: 'x' }]);
    expect(step.state).toEqual({ value: 'c', context: {} });
    expect(step.history.map(({ type }) => type)).toEqual([
      'TransitionTaken',
      'TransitionTaken',
      'ActionScheduled',
    ]);
  });
});

describe('a stop', () => {
  it('ends the instance where it stands, without its exit actions, and what it waited for', () => {
    const hand = new Hand(order);
    hand.start({ qty: 2 });
    const step = hand.step({ type: 'stop', error: 'Manual', cause: 'by hand' });
    expect(step).toMatchObject({
      status: 'stopped',
      effects: [{ type: 'cancel', target: '1.1', kind: 'timer' }],
    });
    expect(step.state).toEqual({
      value: 'open',
      context: { qty: 2 },
      error: { error: 'Manual', cause: 'by hand' },
      stopped: true,
    });
    expect(step.history.at(-1)).toEqual({
      type: 'InstanceStopped',
      data: { error: 'Manual', cause: 'by hand' },
    });
    expect(statechart.accepts(hand.program, step.state)).toEqual([]);
  });

  it('needs no reason', () => {
    const hand = new Hand({ initial: 'a', states: { a: { on: { X: {} } } } });
    hand.start();
    const step = hand.step({ type: 'stop' });
    expect(step.state).toEqual({ value: 'a', context: {}, stopped: true });
    expect(statechart.accepts(hand.program, step.state)).toEqual([]);
  });
});

describe('values from functions', () => {
  const machine = (assign: unknown) =>
    new Hand(
      {
        initial: 'a',
        context: { at: null },
        states: { a: { on: { GO: { assign: { at: '{@ f @}' }, actions: 'tell' } } } },
      },
      { functions: { f: assign } },
    );

  it('are kept as JSON, and actions see what is kept', () => {
    const hand = machine(() => new Date(0));
    hand.start();
    const step = hand.signal('GO');
    expect(step.state).toMatchObject({ context: { at: '1970-01-01T00:00:00.000Z' } });
    expect(step.effects).toMatchObject([{ input: { context: { at: '1970-01-01T00:00:00.000Z' } } }]);
  });

  it('that have no JSON form undo the event', () => {
    const hand = machine(() => new Map());
    hand.start();
    const before = hand.standing;
    const step = hand.signal('GO');
    expect(step.outcome).toMatchObject({ kind: 'rejected', problem: { code: 'not-json' } });
    expect({ status: step.status, state: step.state }).toEqual(before);
  });
});

describe('time and chance in expressions', () => {
  const source: Json = {
    initial: 'a',
    context: { now: '{% $millis() %}', dice: 0 },
    states: { a: { on: { ROLL: { assign: { now: '{% $millis() %}', dice: '{% $random() %}' } } } } },
  };

  it("are the event's, so that a fold repeats them", () => {
    const roll = () => {
      const hand = new Hand(source);
      hand.start();
      return hand.signal('ROLL').state;
    };
    expect(roll()).toEqual(roll());
    expect(roll()).toMatchObject({ context: { now: 2_000 } });
  });
});

describe('what people see of a state', () => {
  const source: Json = {
    id: 'm',
    initial: 'a',
    on: { '*': {}, HELP: '.b' },
    states: {
      a: {
        initial: 'x',
        on: { GO: 'b' },
        states: { x: { on: { NEXT: [{ target: 'y', guard: 'free' }], GO: {} } }, y: {} },
      },
      b: { type: 'final' },
    },
  };
  const hand = new Hand(source, { guards: { free: () => true } });
  const { state } = hand.start();

  it('is its value, context and output', () => {
    expect(statechart.view(state)).toEqual({ value: { a: 'x' }, context: {}, output: null });
    expect(statechart.view(null)).toEqual({ value: null, context: null, output: null });
    const ended = hand.signal('HELP').state;
    expect(statechart.view(ended)).toMatchObject({ value: 'b', output: null });
    expect(statechart.accepts(hand.program, ended)).toEqual([]);
  });

  it('is which states are active, as paths', () => {
    expect(statechart.active(hand.program, state)).toEqual(['a', 'a.x']);
    expect(statechart.active(hand.program, null)).toEqual([]);
  });

  it('is which events something listens for, the innermost first', () => {
    expect(statechart.accepts(hand.program, state)).toEqual(['NEXT', 'GO', '*', 'HELP']);
    expect(statechart.accepts(hand.program, null)).toEqual([]);
  });
});

describe('an instance that an answer would make too large', () => {
  it('fails where it stands, and what else it waits for is cancelled', () => {
    const hand = new Hand({
      id: 'hoard',
      initial: 'loading',
      context: { all: '' },
      states: {
        loading: {
          after: { '1h': 'late' },
          invoke: [
            { src: 'load', id: 'load', onDone: { assign: { all: '{% event.output %}' } } },
            { src: 'watch', id: 'watch' },
          ],
        },
        late: {},
      },
    });
    const { effects } = hand.start();
    const idOf = (found: (effect: Effect) => boolean) => effects.find(found)?.id ?? '';
    const load = idOf((effect) => effect.type === 'task' && effect.name === 'load');
    const watch = idOf((effect) => effect.type === 'task' && effect.name === 'watch');
    const timer = idOf((effect) => effect.type === 'timer');
    const output = 'x'.repeat(MAX_STATE_BYTES);
    const step = hand.step({ type: 'task.succeeded', effect: load, output });
    expect(step).toMatchObject({
      status: 'failed',
      outcome: { kind: 'rejected', problem: { code: 'state-too-large' } },
    });
    const cancelled = step.effects.map((effect) => (effect.type === 'cancel' ? effect.target : effect.type));
    expect(cancelled.toSorted()).toEqual([timer, watch].toSorted());
    expect(step.history.map(({ type }) => type)).toEqual([
      ...['EventRejected', 'TimerCancelled', 'TaskCancelled', 'InstanceFailed'],
    ]);
    expect(statechart.view(step.state)).toMatchObject({
      value: 'loading',
      context: { all: '' },
      error: { error: 'state-too-large' },
    });
    expect(statechart.accepts(hand.program, step.state)).toEqual([]);
  });
});
