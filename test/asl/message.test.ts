import { describe, expect, it } from 'vitest';
import { asl } from '../../src/asl/language.js';
import type { TimerEffect } from '../../src/core/effect.js';
import type { Json, JsonObject } from '../../src/core/json.js';
import { type DriveOptions, drive, type Run } from './drive.js';

const WAIT = { Type: 'Message', CorrelationKey: 'order_id', CorrelationValuePath: '$.orderId', End: true };

/** Someone has something to say, after so many milliseconds. */
function saying(afterMs: number, data: Json): DriveOptions {
  const output = { key: 'order_id', value: '1', data };
  return { outside: [{ afterMs, body: { type: 'task.succeeded', effect: '1.0', output } }] };
}

function run(state: JsonObject, options: DriveOptions = {}, states: JsonObject = {}): Run {
  const input = { orderId: 1 };
  return drive({ StartAt: 'Wait', States: { Wait: { ...WAIT, ...state }, ...states } }, input, options);
}

describe('a Message state', () => {
  it('waits for its message, and gives what it says', () => {
    const { output, elapsedMs, types, steps } = run({}, saying(5_000, { paid: true }));
    expect(output).toEqual({ key: 'order_id', value: '1', data: { paid: true } });
    expect(elapsedMs).toBe(5_000);
    expect(types).toEqual([
      ...['ExecutionStarted', 'MessageStateEntered', 'MessageScheduled', 'MessageReceived'],
      ...['MessageStateExited', 'ExecutionSucceeded'],
    ]);
    expect(steps[0]?.effects).toMatchObject([{ type: 'timer', subject: 'order_id=1' }]);
    expect(steps[1]?.effects).toMatchObject([{ type: 'cancel', target: '1.0', subject: 'order_id=1' }]);
  });

  it('tells what it waits for', () => {
    const { steps } = run({}, saying(1, null));
    expect(asl.view(steps[0]?.state ?? null)).toMatchObject({
      value: 'Wait',
      awaits: [{ key: 'order_id', value: 1 }],
    });
    expect(asl.view(steps[1]?.state ?? null)).not.toHaveProperty('awaits');
  });

  it('has its say of data as other states have', () => {
    const fields = { ResultSelector: { 'paid.$': '$.data.paid' }, ResultPath: '$.said' };
    expect(run(fields, saying(1, { paid: 7 })).output).toEqual({ orderId: 1, said: { paid: 7 } });
  });

  it('is written in JSONata as well', () => {
    const state = {
      ...{ Type: 'Message', QueryLanguage: 'JSONata', End: true },
      CorrelationKey: "{% 'order' & '_id' %}",
      CorrelationValue: '{% $states.input.orderId %}',
      Output: '{% $states.result.data.paid %}',
    };
    const { output, steps } = drive(
      { StartAt: 'Wait', States: { Wait: state } },
      { orderId: 'a/b' },
      saying(1, { paid: true }),
    );
    expect(output).toBe(true);
    expect((steps[0]?.effects[0] as TimerEffect).subject).toBe('order_id=a%2Fb');
  });

  it('waits for so long', () => {
    const late = run({ TimeoutSeconds: 3 }, saying(3_001, null));
    expect(late).toMatchObject({ status: 'failed', error: 'States.Timeout', elapsedMs: 3_000 });
    expect(late.types.at(-2)).toBe('MessageTimedOut');
    const Catch = [{ ErrorEquals: ['States.Timeout'], Next: 'Late', ResultPath: '$.error' }];
    const caught = run({ TimeoutSeconds: 3, Catch }, {}, { Late: { Type: 'Pass', End: true } });
    expect(caught.output).toEqual({ orderId: 1, error: { Error: 'States.Timeout' } });
    const Retry = [{ ErrorEquals: ['States.Timeout'], IntervalSeconds: 1, MaxAttempts: 1 }];
    expect(run({ TimeoutSeconds: 3, Retry }).elapsedMs).toBe(7_000);
  });

  it('takes nothing but its message', () => {
    const body = { type: 'task.failed', effect: '1.0', error: 'No', cause: '' } as const;
    const { steps, output } = run(
      {},
      {
        outside: [{ afterMs: 1, body }, ...(saying(2, 'yes').outside ?? [])],
      },
    );
    expect(steps[1]?.outcome.kind).toBe('ignored');
    expect(output).toMatchObject({ data: 'yes' });
  });

  it.each([
    ['$.none', 'States.Runtime'],
    ['$.orderId', undefined],
  ])('of the value %s fails with %s', (CorrelationValuePath, error) => {
    expect(run({ CorrelationValuePath }, saying(1, null)).error).toBe(error);
  });

  it('fails where nobody could correlate it', () => {
    const long = { CorrelationValuePath: undefined as never, CorrelationValue: 'x'.repeat(1_000) };
    const { CorrelationValuePath: _, ...state } = { ...WAIT, ...long };
    const { error, cause } = drive({ StartAt: 'Wait', States: { Wait: state } }, {});
    expect(error).toBe('States.Runtime');
    expect(cause).toContain('take more than 1000 characters');
  });
});

describe('the check of a Message state', () => {
  const problemsOf = (state: JsonObject) =>
    asl.check({ StartAt: 'A', States: { A: state } }).map(({ message, path }) => `${message} at ${path}`);

  it('finds nothing wrong with one', () => {
    expect(problemsOf(WAIT)).toEqual([]);
    expect(problemsOf({ ...WAIT, TimeoutSeconds: 5, Retry: [], Assign: { 'a.$': '$.data' } })).toEqual([]);
  });

  it('says what is missing, and what is too much', () => {
    expect(problemsOf({ Type: 'Message', End: true })).toEqual([
      'These fields are required: [CorrelationKey] at /States/A',
      'This object should have only one of the following fields: [CorrelationValue, CorrelationValuePath] at /States/A',
    ]);
    expect(problemsOf({ ...WAIT, CorrelationKey: '' })).toEqual([
      'Value cannot be empty at /States/A/CorrelationKey',
    ]);
    expect(problemsOf({ ...WAIT, HeartbeatSeconds: 1 })).toHaveLength(1);
  });

  it('is not what AWS is said to take', () => {
    expect(problemsOf({ Type: 'Mesage', End: true })[0]).not.toContain('Message');
  });
});
