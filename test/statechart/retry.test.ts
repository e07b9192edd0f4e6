import { describe, expect, it } from 'vitest';
import type { Json } from '../../src/core/json.js';
import { statechart } from '../../src/statechart/language.js';
import { Hand } from './hand.js';

function machine(retry: Json, rest: Json = {}): Json {
  return {
    id: 'm',
    context: { n: 1 },
    initial: 'a',
    states: {
      a: {
        on: { LEAVE: 'b', ADD: { assign: { n: 9 } } },
        invoke: {
          src: 'work',
          id: 'w',
          input: '{% context.n %}',
          timeout: '9s',
          retry,
          onDone: 'b',
          ...(rest as object),
        },
      },
      b: {},
    },
  };
}

/** A hand whose task failed so often, each time right away, and how the last step went. */
function failing(retry: Json, errors: readonly string[], rest?: Json) {
  const hand = new Hand(machine(retry, rest));
  hand.start();
  const pauses: number[] = [];
  for (const error of errors) {
    const task = hand.last?.effects.find((effect) => effect.type === 'task');
    if (task === undefined) break;
    hand.step({ type: 'task.failed', effect: task.id, error, cause: 'no' });
    const timer = hand.last?.effects.find((effect) => effect.type === 'timer');
    if (timer?.type !== 'timer') break;
    pauses.push(timer.dueAt - hand.revision * 1_000);
    hand.step({ type: 'timer.fired', effect: timer.id });
  }
  return { hand, pauses };
}

describe('retry', () => {
  it('tries a task again with the same input, after pauses that grow, as often as it says', () => {
    const { hand, pauses } = failing({ attempts: 4, delay: '1s', backoff: 3, maxDelay: '5s' }, [
      'E',
      'E',
      'E',
      'E',
    ]);
    expect(pauses).toEqual([1_000, 3_000, 5_000]);
    expect(hand.standing).toMatchObject({ status: 'failed', state: { error: { error: 'E', cause: 'no' } } });
  });

  it('gives each attempt the input and the timeout of the first, whatever became of the context', () => {
    const hand = new Hand(machine(2));
    hand.start();
    hand.signal('ADD');
    const failed = hand.step({ type: 'task.failed', effect: '1.0', error: 'E', cause: 'no' });
    expect(failed.history).toEqual([
      { type: 'TaskFailed', data: { effect: '1.0', id: 'w', error: 'E', cause: 'no' } },
      { type: 'TaskRetryScheduled', data: { effect: '3.0', id: 'w', attempt: 2, dueAt: 4_000 } },
    ]);
    expect(hand.step({ type: 'timer.fired', effect: '3.0' }).effects).toEqual([
      { type: 'task', id: '4.0', name: 'work', input: 1, ask: true, timeoutMs: 9_000 },
    ]);
    expect(hand.step({ type: 'task.succeeded', effect: '4.0', output: null }).state).toMatchObject({
      value: 'b',
    });
  });

  it('leaves an error to onError once there are no attempts left, or that it does not name', () => {
    const onError = { onError: { target: 'b', assign: { n: '{% event.error.name %}' } } };
    const named = { attempts: 3, errors: ['Timeout'] };
    expect(failing(named, ['Other'], onError).hand.standing.state).toMatchObject({
      value: 'b',
      context: { n: 'Other' },
    });
    const { hand, pauses } = failing(named, ['Timeout', 'Timeout', 'Timeout'], onError);
    expect(pauses).toHaveLength(2);
    expect(hand.standing.state).toMatchObject({ value: 'b', context: { n: 'Timeout' } });
  });

  it('counts each of several for itself', () => {
    const list = [
      { attempts: 2, delay: '1s', errors: 'A' },
      { attempts: 3, delay: '5s', backoff: 1 },
    ];
    expect(failing(list, ['A', 'B', 'B', 'B']).pauses).toEqual([1_000, 5_000, 5_000]);
    expect(failing(list, ['B', 'A', 'A']).pauses).toEqual([5_000, 1_000]);
  });

  it('draws a pause from the seed of the event, so that it folds again to the same', () => {
    const jitter = { attempts: 4, delay: '10s', backoff: 1, jitter: true };
    const [first, again] = [failing(jitter, ['E', 'E', 'E', 'E']), failing(jitter, ['E', 'E', 'E', 'E'])];
    expect(first.pauses).toEqual(again.pauses);
    for (const pause of first.pauses) expect(pause).toBeLessThanOrEqual(10_000);
  });

  it('ends with the state', () => {
    const hand = new Hand(machine(3));
    hand.start();
    hand.step({ type: 'task.failed', effect: '1.0', error: 'E', cause: 'no' });
    const left = hand.signal('LEAVE');
    expect(left.effects).toMatchObject([{ type: 'cancel', kind: 'timer', target: '2.0' }]);
    expect(hand.standing.state).toEqual({ value: 'b', context: { n: 1 } });
    expect(hand.step({ type: 'timer.fired', effect: '2.0' }).outcome.kind).toBe('ignored');
  });

  it('begins anew where a failed instance is redriven', () => {
    const { hand } = failing(2, ['E', 'E']);
    expect(hand.standing.status).toBe('failed');
    const step = hand.step({ type: 'redrive', inputs: { '3.0': 7 } });
    expect(step.effects).toMatchObject([{ type: 'task', input: 7 }]);
    expect(step.state).toMatchObject({ pending: { '5.0': { task: 'w', input: 7, used: [] } } });
  });

  it.each<[Json, string, string]>([
    [0, 'retry', '/attempts'],
    [1_001, 'retry', '/attempts'],
    [{ attempts: 1.5 }, 'retry', '/attempts'],
    [{ backoff: 0.5 }, 'retry', '/backoff'],
    [{ delay: 'soon' }, 'invalid-duration', '/delay'],
    [{ errors: [5] }, 'wrong-type', '/errors/0'],
    [{ MaxAttempts: 5 }, 'unknown-key', '/MaxAttempts'],
    ['often', 'wrong-type', ''],
  ])('of %j is a problem', (retry, code, path) => {
    const [problem] = statechart.check(machine(retry));
    expect(problem).toMatchObject({ path: `/states/a/invoke/retry${path}` });
    if (code !== 'invalid-duration') expect(problem?.code).toBe(code);
    expect(statechart.check(machine(1_000))).toEqual([]);
  });
});

describe('retry of a machine', () => {
  const source = (invoke: Json): Json => ({
    id: 'm',
    context: { kind: 'card' },
    initial: 'a',
    states: {
      a: {
        on: { LEAVE: 'b', TELL: { actions: { send: { to: '#_p', type: 'HI' } } } },
        invoke: {
          ...{ machine: 'pay', id: 'p', input: { n: 1 }, onDone: 'b', onError: 'c' },
          ...(invoke as object),
        },
      },
      b: {},
      c: {},
    },
  });
  const effectOf = (hand: Hand, type: string) => hand.last?.effects.find((effect) => effect.type === type);
  const ends = (hand: Hand, status: 'failed' | 'stopped' | 'succeeded', error = 'Broke') => {
    const effect = effectOf(hand, 'spawn')?.id ?? '';
    const child = `order-1/${effect}/0`;
    const why = status === 'failed' ? { error, cause: 'why' } : {};
    return hand.step({ type: 'child.ended', effect, child, status, output: null, ...why });
  };
  const begin = (invoke: Json) => {
    const hand = new Hand(source(invoke));
    hand.start();
    return hand;
  };
  const value = (hand: Hand) => statechart.view(hand.standing.state).value;
  const pass = (hand: Hand) => hand.step({ type: 'timer.fired', effect: effectOf(hand, 'timer')?.id ?? '' });

  it('begins another instance with the same input, until one succeeds or its attempts are used up', () => {
    const hand = begin({ retry: { attempts: 3, delay: '1s', backoff: 1 } });
    const first = effectOf(hand, 'spawn');
    const { history } = ends(hand, 'failed');
    expect(history).toMatchObject([
      { type: 'MachineFailed', data: { id: 'p', error: 'Broke' } },
      { type: 'MachineRetryScheduled', data: { id: 'p', attempt: 2 } },
    ]);
    pass(hand);
    const second = effectOf(hand, 'spawn');
    expect(second).toMatchObject({ machine: 'pay', input: { n: 1 } });
    expect(second?.id).not.toBe(first?.id);
    ends(hand, 'failed');
    pass(hand);
    ends(hand, 'failed');
    expect(value(hand)).toBe('c');
    const other = begin({ retry: 2 });
    ends(other, 'failed');
    pass(other);
    ends(other, 'succeeded');
    expect(value(other)).toBe('b');
  });

  it('ends where the state is left in the pause, in which there is nobody to send to', () => {
    const hand = begin({ retry: 2 });
    ends(hand, 'failed');
    expect(hand.signal('TELL').history).toMatchObject([{}, { type: 'EventDropped' }]);
    expect(hand.signal('LEAVE')).toMatchObject({ effects: [{ type: 'cancel', kind: 'timer' }] });
    expect(hand.standing.state).not.toHaveProperty('pending');
  });

  it('is of errors that are named, and of a stop only where that is', () => {
    const hand = begin({ retry: { attempts: 2, errors: 'Busy' } });
    ends(hand, 'failed');
    expect(value(hand)).toBe('c');
    const stopped = begin({ retry: 2 });
    ends(stopped, 'stopped');
    expect(value(stopped)).toBe('c');
    const named = begin({ retry: { attempts: 2, errors: 'stopped' } });
    ends(named, 'stopped');
    expect(value(named)).toBe('a');
  });

  it('is of the very machine that an expression named', () => {
    const hand = begin({ machine: '{% "pay-" & context.kind %}', retry: 2 });
    ends(hand, 'failed');
    pass(hand);
    expect(effectOf(hand, 'spawn')).toMatchObject({ machine: 'pay-card', input: { n: 1 } });
  });

  it('has no timeout and no heartbeat: its state has', () => {
    expect(statechart.check(source({ timeout: '1s', heartbeat: '1s' }))).toMatchObject([
      { code: 'invoke', path: '/states/a/invoke/timeout', hint: expect.stringContaining('onTimeout') },
      { code: 'invoke', path: '/states/a/invoke/heartbeat' },
    ]);
  });
});

describe('the heartbeat of a task', () => {
  it('is told with each attempt', () => {
    const { hand } = failing(2, ['HeartbeatTimeout'], { heartbeat: '3s' });
    expect(hand.last?.effects).toMatchObject([{ type: 'task', timeoutMs: 9_000, heartbeatMs: 3_000 }]);
  });

  it('is a duration, and not nothing', () => {
    const check = (heartbeat: Json) => statechart.check(machine(2, { heartbeat }));
    expect(check('soon')).toMatchObject([{ code: 'duration', path: '/states/a/invoke/heartbeat' }]);
    expect(check(0)).toMatchObject([{ code: 'duration', message: 'a heartbeat of nothing' }]);
  });
});
