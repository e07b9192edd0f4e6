import { describe, expect, it } from 'vitest';
import { asl } from '../../src/asl/language.js';
import { MAX_DATA_BYTES, MAX_STATES_PER_STEP } from '../../src/asl/limits.js';
import type { Event, EventBody } from '../../src/core/event.js';
import type { Json } from '../../src/core/json.js';
import type { Step } from '../../src/core/language.js';
import { type Behaviour, drive } from './drive.js';

const echo: Behaviour = (input) => ({ output: input });

function stamped(body: EventBody, revision: number, at = 0): Event {
  return { ...body, id: `e${revision}`, instance: 'run-1', revision, at, seed: `s${revision}` };
}

/** The steps of a definition given these events, one after the other. */
function steps(definition: Json, ...bodies: readonly EventBody[]): Step[] {
  const program = asl.compile(definition);
  let state: Json = null;
  return bodies.map((body, i) => {
    const step = asl.step(program, state, stamped(body, i + 1, i * 1_000));
    state = step.state;
    return step;
  });
}

const start = (input: Json = {}): EventBody => ({ type: 'start', machine: 'machine', input });

describe('an execution', () => {
  it('runs states one after another and writes what AWS writes', () => {
    const run = drive(
      {
        StartAt: 'Make',
        States: {
          Make: { Type: 'Pass', Result: { n: 2 }, Next: 'Which' },
          Which: { Type: 'Choice', Choices: [{ Variable: '$.n', NumericEquals: 2, Next: 'Done' }] },
          Done: { Type: 'Succeed' },
        },
      },
      { a: 1 },
    );
    expect(run.output).toEqual({ n: 2 });
    expect(run.history.map(({ id, previousEventId, type }) => [id, previousEventId, type])).toEqual([
      [1, 0, 'ExecutionStarted'],
      [2, 0, 'PassStateEntered'],
      [3, 2, 'PassStateExited'],
      [4, 3, 'ChoiceStateEntered'],
      [5, 4, 'ChoiceStateExited'],
      [6, 5, 'SucceedStateEntered'],
      [7, 6, 'SucceedStateExited'],
      [8, 7, 'ExecutionSucceeded'],
    ]);
    expect(run.steps).toHaveLength(1);
  });

  it.each([
    [{}, { 'RoleArn.$': '$.role' }],
    [{ QueryLanguage: 'JSONata' }, { RoleArn: '{% $states.input.role %}' }],
    [{}, { RoleArn: 'arn:role' }],
  ])('writes down the role of a task (%j %j)', (language, Credentials) => {
    const Work = { Type: 'Task', Resource: 'work', Credentials, End: true, ...language };
    const [step] = steps({ StartAt: 'Work', States: { Work } }, start({ role: 'arn:role' }));
    expect(step?.history[2]?.data).toMatchObject({
      lambdaFunctionScheduledEventDetails: { taskCredentials: { roleArn: 'arn:role' } },
    });
  });

  it('asks for a task and goes on with its answer', () => {
    const Resource = 'arn:aws:states:::sqs:sendMessage';
    const definition = {
      StartAt: 'Send',
      States: { Send: { Type: 'Task', Resource, TimeoutSeconds: 5, HeartbeatSeconds: 2, End: true } },
    };
    const [asked, answered] = steps(definition, start({ m: 1 }), {
      type: 'task.succeeded',
      effect: '1.0',
      output: { id: 7 },
      startedAt: 500,
    });
    expect(asked).toMatchObject({
      status: 'running',
      effects: [
        {
          type: 'task',
          id: '1.0',
          name: Resource,
          input: { m: 1 },
          ask: true,
          timeoutMs: 5_000,
          heartbeatMs: 2_000,
        },
      ],
    });
    expect(asl.view(asked?.state ?? null)).toEqual({
      value: 'Send',
      context: { m: 1 },
      input: { m: 1 },
      output: null,
    });
    expect(answered?.status).toBe('succeeded');
    expect(answered?.history.map(({ type, data }) => [type, data['at']])).toEqual([
      ['TaskStarted', 500],
      ['TaskSucceeded', undefined],
      ['TaskStateExited', undefined],
      ['ExecutionSucceeded', undefined],
    ]);
  });

  it('gives a task about three years if the state names no time', () => {
    const definition = { StartAt: 'A', States: { A: { Type: 'Task', Resource: 'a', End: true } } };
    expect(steps(definition, start())[0]?.effects[0]).toMatchObject({ timeoutMs: 99_999_999_000 });
  });

  it('records a handler by name as a Lambda function, an activity as an activity', () => {
    const definition = (Resource: string) => ({
      StartAt: 'A',
      States: { A: { Type: 'Task', Resource, End: true } },
    });
    const activity = 'arn:aws:states:us-east-1:123456789012:activity:approve';
    for (const [resource, prefix] of [
      ['createAccount', 'LambdaFunction'],
      [activity, 'Activity'],
    ] as const) {
      const run = drive(definition(resource), {}, { handlers: { [resource]: echo } });
      expect(run.types.slice(2, 5)).toEqual(['Scheduled', 'Started', 'Succeeded'].map((end) => prefix + end));
    }
  });

  it('calls what runs out of time States.Timeout, and a silent task States.HeartbeatTimeout', () => {
    const definition = {
      StartAt: 'A',
      States: {
        A: {
          Type: 'Task',
          Resource: 'a',
          TimeoutSeconds: 3,
          Catch: [
            { ErrorEquals: ['States.TaskFailed'], Next: 'No' },
            { ErrorEquals: ['States.Timeout'], Next: 'Late' },
          ],
          End: true,
        },
        No: { Type: 'Fail' },
        Late: { Type: 'Pass', End: true },
      },
    };
    const late = drive(definition, {}, { handlers: { a: () => ({ afterMs: 60_000 }) } });
    expect(late).toMatchObject({
      status: 'succeeded',
      output: { Error: 'States.Timeout' },
      elapsedMs: 3_000,
    });
    expect(late.types).toContain('LambdaFunctionTimedOut');
    const Catch = [{ ErrorEquals: ['States.HeartbeatTimeout'], Next: 'Late' }];
    const A = { ...definition.States.A, Catch };
    const { Late } = definition.States;
    const silent = drive(
      { StartAt: 'A', States: { A, Late } },
      {},
      {
        handlers: { a: () => ({ error: 'HeartbeatTimeout', cause: 'silent' }) },
      },
    );
    expect(silent.output).toEqual({ Error: 'States.HeartbeatTimeout' });
  });

  it('refuses a result over the limit as the task, and an output over it as the state', () => {
    const big = 'x'.repeat(MAX_DATA_BYTES);
    const definition = {
      StartAt: 'A',
      States: {
        A: { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke', ResultPath: '$.r', End: true },
      },
    };
    const tooBig = drive(
      definition,
      {},
      {
        handlers: { 'arn:aws:states:::lambda:invoke': () => ({ output: big }) },
      },
    );
    expect(tooBig.error).toBe('States.DataLimitExceeded');
    expect(tooBig.cause).toContain("The state/task 'lambda' returned a result");
    const half = 'x'.repeat(MAX_DATA_BYTES / 2);
    const merged = drive(
      definition,
      { half },
      {
        handlers: { 'arn:aws:states:::lambda:invoke': () => ({ output: half }) },
      },
    );
    expect(merged.cause).toContain("The state/task 'A' returned a result");
  });

  it('gives no task more, and no variable more, than the limit', () => {
    const half = 'x'.repeat(MAX_DATA_BYTES / 2);
    const twice = { 'a.$': '$.half', 'b.$': '$.half' };
    const asking = {
      StartAt: 'A',
      States: { A: { Type: 'Task', Resource: 'a', Parameters: twice, End: true } },
    };
    const run = drive(asking, { half });
    expect(run).toMatchObject({ status: 'failed', error: 'States.DataLimitExceeded' });
    expect(run.types).not.toContain('LambdaFunctionScheduled');
    const assigning = { StartAt: 'A', States: { A: { Type: 'Pass', Assign: twice, End: true } } };
    expect(drive(assigning, { half }).error).toBe('States.DataLimitExceeded');
  });

  it('waits as long as AWS lets it, and no second longer', () => {
    const definition = { StartAt: 'W', States: { W: { Type: 'Wait', SecondsPath: '$.s', End: true } } };
    const [longest] = steps(definition, start({ s: 2 ** 31 - 1 }));
    expect(longest?.effects).toEqual([{ type: 'timer', id: '1.0', dueAt: (2 ** 31 - 1) * 1_000 }]);
    expect(steps(definition, start({ s: 2 ** 31 }))[0]?.status).toBe('failed');
  });

  it('waits until an instant, or for some seconds, and not at all for what is over', () => {
    const waiting = (more: Record<string, Json>) => ({
      StartAt: 'W',
      States: { W: { Type: 'Wait', ...more, End: true } },
    });
    const now = Date.UTC(2026, 0, 1);
    expect(drive(waiting({ Seconds: 90 }), {}, { now })).toMatchObject({
      elapsedMs: 90_000,
      status: 'succeeded',
    });
    expect(drive(waiting({ SecondsPath: '$.s' }), { s: 2 }, { now }).elapsedMs).toBe(2_000);
    expect(drive(waiting({ Timestamp: '2026-01-01T00:01:00Z' }), {}, { now }).elapsedMs).toBe(60_000);
    expect(drive(waiting({ TimestampPath: '$.t' }), { t: '2026-01-01T00:00:00.5Z' }, { now }).elapsedMs).toBe(
      500,
    );
    expect(drive(waiting({ Timestamp: '2016-03-14T01:59:00Z' }), {}, { now }).steps).toHaveLength(1);
    expect(drive(waiting({ Seconds: 0 }), {}, { now }).steps).toHaveLength(1);
  });

  it.each([
    [{ s: 1.5 }, 'The SecondsPath parameter cannot be parsed as a long value: $.s == 1.5'],
    [{ s: -1 }, 'The SecondsPath parameter references a negative value: $.s == -1'],
    [{}, 'The SecondsPath parameter does not reference an input value: $.s'],
    [{ s: 2 ** 31 }, 'Wait state delay is too long.'],
  ])('cannot wait for %j', (input, cause) => {
    const run = drive(
      { StartAt: 'W', States: { W: { Type: 'Wait', SecondsPath: '$.s', End: true } } },
      input,
    );
    expect(run.error).toBe('States.Runtime');
    expect(run.cause).toBe(
      `An error occurred while executing the state 'W' (entered at the event id #2). ${cause}`,
    );
    expect(run.types.at(-1)).toBe('ExecutionFailed');
  });

  it('cannot wait for an instant that is too far', () => {
    const definition = { StartAt: 'W', States: { W: { Type: 'Wait', TimestampPath: '$', End: true } } };
    const now = Date.UTC(2026, 0, 1);
    const until = (seconds: number) => new Date(now + seconds * 1_000).toISOString();
    expect(drive(definition, until(2 ** 31 - 1), { now }).status).toBe('succeeded');
    expect(drive(definition, until(2 ** 31), { now }).cause).toContain('Wait state delay is too long.');
    expect(drive(definition, '9999-12-31T23:59:59Z', { now }).error).toBe('States.Runtime');
  });

  it.each<[Json, string]>([
    ['soon', 'refers to value "soon" which is not a valid integer: $.t'],
    [1.5, 'refers to value "1.5" which is not a valid integer: $.t'],
    [null, 'refers to value "null" which is not a valid integer: $.t'],
    [{ a: 1 }, 'refers to value "{"a":1}" which is not a valid integer: $.t'],
    [0, 'refers to value "0" which is not positive: $.t'],
    [-1, 'refers to value "-1" which is not positive: $.t'],
  ])('takes no %j for the seconds that a task may take', (t, cause) => {
    for (const field of ['TimeoutSecondsPath', 'HeartbeatSecondsPath']) {
      const W = { Type: 'Task', Resource: 'work', [field]: '$.t', End: true };
      const run = drive({ StartAt: 'W', States: { W } }, { t });
      expect(run).toMatchObject({ status: 'failed', error: 'States.Runtime' });
      expect(run.cause).toContain(`The ${field} field ${cause}`);
      expect(run.types).not.toContain('LambdaFunctionScheduled');
    }
  });

  it('takes the seconds of a task as text too, up to the longest there are', () => {
    const W = { Type: 'Task', Resource: 'work', TimeoutSecondsPath: '$.t', End: true };
    const [text] = steps({ StartAt: 'W', States: { W } }, start({ t: '7' }));
    expect(text?.effects).toMatchObject([{ type: 'task', timeoutMs: 7_000 }]);
    const [longest] = steps({ StartAt: 'W', States: { W } }, start({ t: 1e15 }));
    expect(longest?.effects).toMatchObject([{ type: 'task', timeoutMs: 99_999_999_000 }]);
  });

  it('fails with the error and cause of a Fail state, or without', () => {
    const failing = (more: Record<string, Json>) => ({
      StartAt: 'F',
      States: { F: { Type: 'Fail', ...more } },
    });
    expect(drive(failing({ Error: 'E', Cause: 'c' }), {})).toMatchObject({
      status: 'failed',
      error: 'E',
      cause: 'c',
    });
    expect(drive(failing({ ErrorPath: '$.e', CausePath: '$.c' }), { e: 'E', c: 'c' })).toMatchObject({
      error: 'E',
      cause: 'c',
    });
    const bare = drive(failing({}), {});
    expect(bare.status).toBe('failed');
    expect(bare.history.at(-1)).toMatchObject({ type: 'ExecutionFailed', executionFailedEventDetails: {} });
  });

  it('fails where no rule of a Choice holds and there is no Default', () => {
    const definition = {
      StartAt: 'C',
      States: {
        C: { Type: 'Choice', Choices: [{ Variable: '$.x', IsPresent: true, Next: 'D' }] },
        D: { Type: 'Succeed' },
      },
    };
    expect(drive(definition, {})).toMatchObject({
      error: 'States.Runtime',
      cause:
        "An error occurred while executing the state 'C' (entered at the event id #2). Failed to transition out of the state. The state does not point to a next state.",
    });
  });

  it('fails where a rule asks about what is not there', () => {
    const definition = {
      StartAt: 'C',
      States: {
        C: { Type: 'Choice', Choices: [{ Variable: '$.x', NumericEquals: 1, Next: 'D' }], Default: 'D' },
        D: { Type: 'Succeed' },
      },
    };
    expect(drive(definition, {}).cause).toContain(
      "Invalid path '$.x': The choice state's condition path references an invalid value.",
    );
  });

  it('times out when its TimeoutSeconds are over, and cancels what it waited for', () => {
    const definition = {
      TimeoutSeconds: 30,
      StartAt: 'A',
      States: { A: { Type: 'Task', Resource: 'a', End: true } },
    };
    const run = drive(definition, {}, { handlers: { a: () => ({ afterMs: 60_000 }) } });
    expect(run).toMatchObject({ status: 'timed_out', elapsedMs: 30_000 });
    expect(run.types).toEqual([
      'ExecutionStarted',
      'TaskStateEntered',
      'LambdaFunctionScheduled',
      'ExecutionTimedOut',
    ]);
    expect(run.history.at(-1)).toMatchObject({
      previousEventId: 0,
      executionTimedOutEventDetails: { error: 'States.Timeout' },
    });
    expect(run.steps.at(-1)?.effects).toEqual([{ type: 'cancel', id: '2.0', target: '1.1', kind: 'task' }]);
  });

  it('takes back the timer of its TimeoutSeconds when it ends in time', () => {
    const machine = (state: Json) => ({ TimeoutSeconds: 30, StartAt: 'A', States: { A: state } });
    const [atOnce] = steps(machine({ Type: 'Succeed' }), start());
    expect(atOnce?.effects).toEqual([]);
    const later = steps(machine({ Type: 'Wait', Seconds: 5, End: true }), start(), {
      type: 'timer.fired',
      effect: '1.1',
    });
    expect(later[1]?.effects).toEqual([{ type: 'cancel', id: '2.0', target: '1.0', kind: 'timer' }]);
  });

  it('is stopped from outside, with an error and a cause if there are any', () => {
    const definition = { StartAt: 'W', States: { W: { Type: 'Wait', Seconds: 5, End: true } } };
    const stop: EventBody = { type: 'stop', error: 'Enough', cause: 'no more' };
    const stopped = steps(definition, start(), stop)[1];
    expect(stopped?.status).toBe('stopped');
    expect(stopped?.effects).toEqual([{ type: 'cancel', id: '2.0', target: '1.0', kind: 'timer' }]);
    expect(stopped?.history).toEqual([
      {
        type: 'ExecutionAborted',
        data: {
          id: 3,
          previousEventId: 0,
          executionAbortedEventDetails: { error: 'Enough', cause: 'no more' },
        },
      },
    ]);
    expect(asl.view(stopped?.state ?? null).error).toEqual({ error: 'Enough', cause: 'no more' });
  });

  it('ignores answers that nothing waits for, signals, and answers of the wrong kind', () => {
    const definition = { StartAt: 'A', States: { A: { Type: 'Task', Resource: 'a', End: true } } };
    const program = asl.compile(definition);
    const { state } = asl.step(program, null, stamped(start(), 1));
    const bodies: EventBody[] = [
      { type: 'task.succeeded', effect: '1.1', output: null },
      { type: 'task.failed', effect: '0.0', error: 'E', cause: '' },
      { type: 'timer.fired', effect: '1.0' },
      { type: 'signal', name: 'go' },
    ];
    for (const body of bodies) {
      const step = asl.step(program, state, stamped(body, 2));
      expect(step.outcome.kind).toBe('ignored');
      expect(step.state).toBe(state);
      expect(step.effects).toEqual([]);
    }
  });

  it('refuses an input over the limit', () => {
    const definition = { StartAt: 'A', States: { A: { Type: 'Succeed' } } };
    const edge = 'x'.repeat(MAX_DATA_BYTES - 2);
    expect(steps(definition, start(edge))[0]?.status).toBe('succeeded');
    const [step] = steps(definition, start(`${edge}x`));
    expect(step).toMatchObject({
      state: null,
      outcome: { kind: 'rejected', problem: { code: 'payload-too-large' } },
    });
  });

  it('stops for a continue after so many states, and comes to the same end', () => {
    const length = 10_000;
    const States: Record<string, Json> = {};
    for (let i = 0; i < length; i++) States[`S${i}`] = { Type: 'Pass', Next: `S${i + 1}` };
    States[`S${length}`] = { Type: 'Succeed' };
    const run = drive({ StartAt: 'S0', States }, { a: 1 });
    expect(run).toMatchObject({ status: 'succeeded', output: { a: 1 } });
    expect(run.steps.filter(({ unfinished }) => unfinished)).toHaveLength(length / MAX_STATES_PER_STEP);
    expect(run.history.map(({ id }) => id)).toEqual(Array.from({ length: 2 * length + 4 }, (_, i) => i + 1));
    expect(run.types.filter((type) => type === 'PassStateEntered')).toHaveLength(length);
  });

  it('ends when its history is full', () => {
    const loop = {
      StartAt: 'A',
      States: { A: { Type: 'Pass', Next: 'B' }, B: { Type: 'Choice', Choices: [], Default: 'A' } },
    };
    const endless = {
      StartAt: 'A',
      States: {
        A: { Type: 'Pass', Next: 'B' },
        B: { Type: 'Choice', Choices: [{ Variable: '$.stop', IsPresent: true, Next: 'C' }], Default: 'A' },
        C: { Type: 'Succeed' },
      },
    };
    expect(asl.check(loop)).not.toEqual([]);
    const run = drive(endless, {});
    expect(run.status).toBe('failed');
    expect(run.history).toHaveLength(25_000);
    expect(run.history.at(-1)).toMatchObject({
      id: 25_000,
      previousEventId: 24_999,
      type: 'ExecutionFailed',
      executionFailedEventDetails: { error: 'States.Runtime' },
    });
    expect(run.cause).toBe('The execution reached the maximum number of history events (25000).');
  });

  it('shows where it is, and what it could take', () => {
    const program = asl.compile({ StartAt: 'A', States: { A: { Type: 'Task', Resource: 'a', End: true } } });
    const { state } = asl.step(program, null, stamped(start(), 1));
    expect(asl.active(program, state)).toEqual(['A']);
    expect(asl.active(program, null)).toEqual([]);
    expect(asl.accepts(program, state)).toEqual([]);
    expect(asl.view(null)).toEqual({ value: null, context: null, output: null });
  });
});

describe('an execution that can neither keep an answer nor go on without it', () => {
  it('fails with the reason, and what else it waits for is cancelled', () => {
    const definition = {
      StartAt: 'Ask',
      TimeoutSeconds: 60,
      States: { Ask: { Type: 'Task', Resource: 'ask', End: true } },
    };
    const [begun] = steps(definition, start());
    if (begun === undefined) throw new Error('nothing was stepped');
    const idOf = (kind: string) => begun.effects.find(({ type }) => type === kind)?.id ?? '';
    const answer = stamped({ type: 'task.succeeded', effect: idOf('task'), output: 1 }, 2);
    const failure = { error: 'state-too-large', cause: 'the state would be too large' };
    const step = asl.fail(asl.compile(definition), begun.state, answer, failure);
    const cancelled = step.effects.map((effect) => (effect.type === 'cancel' ? effect.target : effect.type));
    expect(cancelled).toEqual([idOf('timer')]);
    expect(step).toMatchObject({ status: 'failed', history: [{ type: 'ExecutionFailed' }] });
    expect(step.history[0]?.data).toMatchObject({ executionFailedEventDetails: failure });
    expect(asl.view(step.state)).toMatchObject({ value: 'Ask', error: failure });
  });
});
