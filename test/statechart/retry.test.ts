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

  it('is for tasks alone', () => {
    const source = { id: 'm', initial: 'a', states: { a: { invoke: { machine: 'x', retry: 3 } } } };
    expect(statechart.check(source)).toMatchObject([{ code: 'invoke', path: '/states/a/invoke/retry' }]);
  });
});
