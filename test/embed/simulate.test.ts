import { describe, expect, it } from 'vitest';
import { compile, type Handlers, Refused, type SimulateOptions, simulate } from '../../src/embed/asl.js';

const START = Date.UTC(2026, 0, 1);

/** A workflow of one state, which ends it. */
const only = (state: object, more: object = {}) => ({
  StartAt: 'A',
  States: { A: { ...state, ...('Type' in state && state.Type === 'Fail' ? {} : { End: true }) } },
  ...more,
});
const task = (more: object = {}) => only({ Type: 'Task', Resource: 'work', ...more });
const withWork = (work: unknown, more: SimulateOptions = {}): SimulateOptions => ({
  handlers: { work } as Handlers,
  ...more,
});
const typesOf = ({ history }: { readonly history: readonly object[] }) =>
  history.map((event) => (event as { type: string }).type);
const lastAt = ({ history }: { readonly history: readonly object[] }) =>
  (history.at(-1) as { timestamp: number }).timestamp;

async function refusal(promise: Promise<unknown>) {
  const error: unknown = await promise.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(Refused);
  return (error as Refused).problems[0];
}

describe('a simulation', () => {
  it('answers status and output, and history as GetExecutionHistory gives it', async () => {
    const run = await simulate(only({ Type: 'Pass' }), { id: 7 }, { now: START });
    expect(run).toMatchObject({ status: 'SUCCEEDED', output: { id: 7 } });
    expect(run.history).toMatchObject([
      { id: 1, type: 'ExecutionStarted', executionStartedEventDetails: { input: '{"id":7}' } },
      { id: 2, previousEventId: 0, type: 'PassStateEntered', timestamp: START },
      { id: 3, previousEventId: 2, type: 'PassStateExited' },
      { id: 4, previousEventId: 3, type: 'ExecutionSucceeded' },
    ]);
    expect(Object.keys(run)).toEqual(['status', 'output', 'history']);
  });

  it('takes a definition as an object, as text, or compiled', async () => {
    const definition = only({ Type: 'Pass' });
    for (const one of [definition, JSON.stringify(definition), compile(definition)])
      expect(await simulate(one, 1)).toMatchObject({ output: 1 });
  });

  it('takes any value as its input, a text as that text, and begins with {} without one', async () => {
    for (const input of [null, 0, '', '{"a":1}', [1], { a: [] }])
      expect((await simulate(only({ Type: 'Pass' }), input)).output).toEqual(input);
    expect((await simulate(only({ Type: 'Pass' }))).output).toEqual({});
    expect((await simulate(only({ Type: 'Pass' }), undefined)).output).toEqual({});
  });

  it('answers error and cause of what failed', async () => {
    const run = await simulate(only({ Type: 'Fail', Error: 'No', Cause: 'not today' }), {});
    expect(run).toMatchObject({ status: 'FAILED', error: 'No', cause: 'not today' });
    expect(run).not.toHaveProperty('output');
  });

  it('lets Waits take no time but its own', async () => {
    const run = await simulate(only({ Type: 'Wait', Seconds: 99_999_999 }), {}, { now: START });
    expect(run.status).toBe('SUCCEEDED');
    expect(lastAt(run)).toBe(START + 99_999_999_000);
    const from = await simulate(only({ Type: 'Wait', Seconds: 1 }), {}, { now: new Date(START) });
    expect(lastAt(from)).toBe(START + 1_000);
  });

  it('runs into the TimeoutSeconds of the workflow', async () => {
    const run = await simulate(
      only({ Type: 'Wait', Seconds: 10 }, { TimeoutSeconds: 9 }),
      {},
      { now: START },
    );
    expect(run.status).toBe('TIMED_OUT');
    expect(lastAt(run)).toBe(START + 9_000);
  });

  it('gives context and variables that it is asked for', async () => {
    const definition = only({
      Type: 'Pass',
      QueryLanguage: 'JSONata',
      Output:
        '{% [$states.context.Execution.Name, $states.context.Execution.Id, $states.context.Tenant, $limit] %}',
    });
    const context = { Execution: { Name: 'run-7' }, StateMachine: { Name: 'orders' }, Tenant: 'a' };
    const { output } = await simulate(definition, {}, { context, variables: { limit: 3 } });
    const arn = 'arn:aws:states:us-east-1:000000000000:execution:orders:run-7';
    expect(output).toEqual(['run-7', arn, 'a', 3]);
  });

  it('has the same chance with the same seed', async () => {
    const definition = only({ Type: 'Pass', QueryLanguage: 'JSONata', Output: '{% [$random(), $uuid()] %}' });
    const outputs = await Promise.all(
      ['a', 'a', 'b', undefined, undefined].map(async (seed) => {
        const { output } = await simulate(definition, {}, seed === undefined ? {} : { seed });
        return JSON.stringify(output);
      }),
    );
    expect(outputs[0]).toBe(outputs[1]);
    expect(outputs[2]).not.toBe(outputs[0]);
    expect(outputs[3]).toBe(outputs[4]);
  });

  it('ends at the limit of the history where it would go round for ever', async () => {
    const definition = {
      StartAt: 'A',
      States: {
        A: { Type: 'Pass', Next: 'B' },
        B: { Type: 'Choice', Choices: [{ Variable: '$.end', IsPresent: true, Next: 'C' }], Default: 'A' },
        C: { Type: 'Succeed' },
      },
    };
    const run = await simulate(definition, {});
    expect(run).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
    expect(run.cause).toContain('maximum number of history events (25000)');
  });

  it('is refused where its clock would leave the calendar', async () => {
    const states = {
      A: { Type: 'Wait', SecondsPath: '$', Next: 'B' },
      B: { Type: 'Pass', Next: 'A' },
      C: { Type: 'Succeed' },
    };
    const B = { Type: 'Choice', Choices: [{ Variable: '$', IsString: true, Next: 'C' }], Default: 'A' };
    const definition = { StartAt: 'A', States: { ...states, B } };
    expect(await refusal(simulate(definition, 2 ** 31 - 1))).toMatchObject({ code: 'never-ends' });
  });
});

describe('the handlers of a simulation', () => {
  it('are found by name or ARN, and are told of their job', async () => {
    const arn = 'arn:aws:lambda:us-east-1:123456789012:function:charge';
    const seen: object[] = [];
    const charge = (
      input: unknown,
      { signal, heartbeat, ...job }: { signal: AbortSignal; heartbeat: () => void },
    ) => {
      seen.push({ input, ...job, aborted: signal.aborted, beats: typeof heartbeat });
      return { receipt: 1 };
    };
    const run = await simulate(task({ Resource: arn }), { id: 7 }, { handlers: { [arn]: charge } });
    expect(run).toMatchObject({ status: 'SUCCEEDED', output: { receipt: 1 } });
    const job = {
      jobId: 'simulation/1/0',
      resource: arn,
      instance: 'simulation',
      queue: 'default',
      attempt: 1,
    };
    expect(seen).toEqual([{ input: { id: 7 }, ...job, aborted: false, beats: 'function' }]);
    expect(typesOf(run)).toContain('LambdaFunctionSucceeded');
  });

  it('are awaited, with no time passing meanwhile', async () => {
    const work = () => new Promise((resolve) => setTimeout(resolve, 20, 'done'));
    const run = await simulate(task({ TimeoutSeconds: 1 }), {}, withWork(work, { now: START }));
    expect(run).toMatchObject({ status: 'SUCCEEDED', output: 'done' });
    expect(lastAt(run)).toBe(START);
  });

  it('are called at the time that their state is entered at, however long others wait', async () => {
    const branch = (states: object) => ({ StartAt: 'X', States: states });
    const definition = only({
      Type: 'Parallel',
      Branches: [
        {
          StartAt: 'Sleep',
          States: {
            Sleep: { Type: 'Wait', Seconds: 5, Next: 'Then' },
            Then: { Type: 'Task', Resource: 'work', End: true },
          },
        },
        branch({ X: { Type: 'Task', Resource: 'work', End: true } }),
      ],
    });
    const calls: string[] = [];
    const work = async (_: unknown, { jobId }: { jobId: string }) => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      calls.push(jobId);
      return jobId;
    };
    const run = await simulate(definition, {}, withWork(work, { now: START }));
    expect(run.output).toEqual([calls[1], calls[0]]);
    expect(lastAt(run)).toBe(START + 5_000);
  });

  it('fail their task by what they throw, errors or not', async () => {
    class CardDeclined extends Error {
      override readonly name = 'CardDeclined';
    }
    const cases: [unknown, string, string][] = [
      [new CardDeclined('no funds'), 'CardDeclined', 'no funds'],
      [new Error('plain'), 'Error', 'plain'],
      ['a text', 'Error', 'a text'],
      [undefined, 'Error', 'undefined'],
      [null, 'Error', 'null'],
      [{ code: 7 }, 'Error', '{"code":7}'],
    ];
    for (const [thing, error, cause] of cases) {
      const work = () => {
        throw thing;
      };
      expect(await simulate(task(), {}, withWork(work))).toMatchObject({ status: 'FAILED', error, cause });
      const later = async () => work();
      expect(await simulate(task(), {}, withWork(later))).toMatchObject({ status: 'FAILED', error, cause });
    }
  });

  it('are tried again, after pauses that take no time, and caught', async () => {
    let calls = 0;
    const work = () => {
      calls++;
      throw Object.assign(new Error('busy'), { name: 'Busy' });
    };
    const definition = {
      StartAt: 'A',
      States: {
        A: {
          Type: 'Task',
          Resource: 'work',
          Retry: [{ ErrorEquals: ['Busy'], IntervalSeconds: 3600, MaxAttempts: 2 }],
          Catch: [{ ErrorEquals: ['Busy'], Next: 'B' }],
          Next: 'B',
        },
        B: { Type: 'Pass', End: true },
      },
    };
    const run = await simulate(definition, {}, withWork(work, { now: START }));
    expect(run).toMatchObject({ status: 'SUCCEEDED', output: { Error: 'Busy', Cause: 'busy' } });
    expect(calls).toBe(3);
    expect(lastAt(run)).toBe(START + 3 * 3_600_000);
  });

  it('may give undefined, which is null', async () => {
    expect(
      await simulate(
        task(),
        {},
        withWork(() => undefined),
      ),
    ).toMatchObject({ output: null });
  });

  it('may give nothing that JSON has no form for, or that is too large', async () => {
    const cyclic: Record<string, unknown> = {};
    cyclic['self'] = cyclic;
    for (const result of [
      () => 1,
      Number.NaN,
      { a: Number.POSITIVE_INFINITY },
      cyclic,
      new Map(),
      1n,
      Symbol('s'),
    ]) {
      const run = await simulate(
        task(),
        {},
        withWork(() => result),
      );
      expect(run).toMatchObject({ status: 'FAILED', error: 'ResultNotJson' });
    }
    for (const length of [262_143, 2_000_000]) {
      const run = await simulate(
        task(),
        {},
        withWork(() => 'x'.repeat(length)),
      );
      expect(run).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' });
    }
    expect(
      await simulate(
        task(),
        {},
        withWork(() => 'x'.repeat(262_142)),
      ),
    ).toMatchObject({ status: 'SUCCEEDED' });
  });

  it('cannot change what they are given', async () => {
    const input = { list: [1] };
    const work = (given: { list: number[] }) => given.list.push(2);
    const definition = task({ ResultPath: '$.length' });
    expect((await simulate(definition, input, withWork(work))).output).toEqual({ list: [1], length: 2 });
    expect(input).toEqual({ list: [1] });
  });

  it('run into their timeout if they never answer, and are told', async () => {
    let told: unknown;
    const work = (_: unknown, { signal }: { signal: AbortSignal }) => {
      signal.addEventListener('abort', () => {
        told = signal.reason;
      });
      return new Promise(() => {});
    };
    const run = await simulate(
      task({ TimeoutSeconds: 30 }),
      {},
      withWork(work, { now: START, patienceMs: 1 }),
    );
    expect(run).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
    expect(lastAt(run)).toBe(START + 30_000);
    expect(typesOf(run)).toContain('LambdaFunctionTimedOut');
    expect(told).toBeInstanceOf(Error);
  });

  it('run into the timeout of the workflow, or that of tasks that name none', async () => {
    const options = withWork(() => new Promise(() => {}), { now: START, patienceMs: 1 });
    const definition = { ...task(), TimeoutSeconds: 60 };
    expect(await simulate(definition, {}, options)).toMatchObject({ status: 'TIMED_OUT' });
    expect(await simulate(task(), {}, options)).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
  });

  it('have to beat where heartbeats are asked for', async () => {
    const definition = task({ HeartbeatSeconds: 10, TimeoutSeconds: 60 });
    const silent = await simulate(
      definition,
      {},
      withWork(() => new Promise(() => {}), { now: START, patienceMs: 1 }),
    );
    expect(silent).toMatchObject({ status: 'FAILED', error: 'States.HeartbeatTimeout' });
    expect(lastAt(silent)).toBe(START + 10_000);
  });

  it('are alive as long as they beat', async () => {
    // A Wait beside it lets 8 seconds pass; a beat after that keeps the task alive until the 18th.
    const beating: (() => void)[] = [];
    const branch = (Resource: string, more: object) => ({
      StartAt: Resource,
      States: { [Resource]: { Type: 'Task', Resource, End: true, ...more } },
    });
    const definition = only({
      Type: 'Parallel',
      Branches: [
        branch('work', { HeartbeatSeconds: 10 }),
        {
          StartAt: 'W',
          States: {
            W: { Type: 'Wait', Seconds: 8, Next: 'beat' },
            beat: { Type: 'Task', Resource: 'beat', End: true },
          },
        },
      ],
    });
    const handlers = {
      work: (_: unknown, { heartbeat }: { heartbeat: () => void }) => {
        beating.push(heartbeat);
        return new Promise(() => {});
      },
      beat: () => {
        for (const beat of beating) beat();
      },
    };
    const run = await simulate(definition, {}, { handlers: handlers as Handlers, now: START, patienceMs: 1 });
    expect(run).toMatchObject({ status: 'FAILED', error: 'States.HeartbeatTimeout' });
    expect(lastAt(run)).toBe(START + 18_000);
  });

  it('are stopped with the branch that they are in', async () => {
    let told = 0;
    const handlers = {
      slow: (_: unknown, { signal }: { signal: AbortSignal }) => {
        signal.addEventListener('abort', () => told++);
        return new Promise(() => {});
      },
      broken: () => {
        throw new Error('broken');
      },
    };
    const branch = (Resource: string) => ({
      StartAt: Resource,
      States: { [Resource]: { Type: 'Task', Resource, End: true } },
    });
    const definition = only({ Type: 'Parallel', Branches: [branch('slow'), branch('broken')] });
    const run = await simulate(definition, {}, { handlers: handlers as Handlers });
    expect(run).toMatchObject({ status: 'FAILED', error: 'Error', cause: 'broken' });
    expect(told).toBe(1);
  });

  it('that are missing fail their task by name', async () => {
    const run = await simulate(task(), {}, { handlers: { wrok: () => 1 } });
    const cause = 'there is no handler "work" here (did you mean "wrok"?)';
    expect(run).toMatchObject({ status: 'FAILED', error: 'HandlerMissing', cause });
    const inherited = await simulate(task({ Resource: 'toString' }), {}, { handlers: {} });
    expect(inherited).toMatchObject({ error: 'HandlerMissing' });
  });

  it('that are missing pass their input through if that is asked for', async () => {
    expect(await simulate(task(), { a: 1 }, { missingHandlers: 'pass-through' })).toMatchObject({
      status: 'SUCCEEDED',
      output: { a: 1 },
    });
  });
});

describe('the executions of other workflows in a simulation', () => {
  const nested = (name: string) =>
    task({
      Resource: 'arn:aws:states:::states:startExecution.sync:2',
      Parameters: { StateMachineArn: name, 'Input.$': '$' },
      ResultSelector: { 'output.$': '$.Output', 'status.$': '$.Status' },
    });
  const inner = {
    StartAt: 'W',
    States: { W: { Type: 'Wait', Seconds: 60, Next: 'T' }, T: { Type: 'Task', Resource: 'work', End: true } },
  };

  it('run with the same handlers, on the same clock', async () => {
    const options = withWork((input: { n: number }) => input.n + 1, { now: START, variables: { a: 1 } });
    const run = await simulate(nested('inner'), { n: 1 }, { ...options, machines: { inner } });
    expect(run).toMatchObject({ status: 'SUCCEEDED', output: { output: 2, status: 'SUCCEEDED' } });
    expect(lastAt(run)).toBe(START + 60_000);
  });

  it('fail their task if they fail, or if there is no such workflow', async () => {
    const failing = { StartAt: 'F', States: { F: { Type: 'Fail', Error: 'No' } } };
    expect(await simulate(nested('failing'), {}, { machines: { failing } })).toMatchObject({
      status: 'FAILED',
      error: 'States.TaskFailed',
    });
    expect(await simulate(nested('none'), {}, {})).toMatchObject({ status: 'FAILED' });
    expect(await refusal(simulate(nested('a'), {}, { machines: { a: {} } }))).toBeDefined();
  });
});

describe('the tokens of a simulation', () => {
  const Resource = 'ask.waitForTaskToken';
  const asking = (more: object = {}) =>
    task({ Resource, Parameters: { 'token.$': '$$.Task.Token' }, ...more });

  it('are answered by callbacks, once their handler is done', async () => {
    const calls: string[] = [];
    const handlers = { [Resource]: () => calls.push('handler') };
    const callbacks = {
      [Resource]: async (input: unknown) => {
        calls.push(typeof (input as { token: unknown }).token);
        return { approved: true };
      },
    };
    const run = await simulate(asking(), {}, { handlers, callbacks });
    expect(run).toMatchObject({ status: 'SUCCEEDED', output: { approved: true } });
    expect(calls).toEqual(['handler', 'string']);
    expect(typesOf(run)).toContain('TaskSubmitted');
  });

  it('fail by what callbacks throw', async () => {
    const callbacks = {
      [Resource]: () => {
        throw Object.assign(new Error('too dear'), { name: 'Declined' });
      },
    };
    const run = await simulate(asking(), {}, { callbacks, missingHandlers: 'pass-through' });
    expect(run).toMatchObject({ status: 'FAILED', error: 'Declined', cause: 'too dear' });
  });

  it('run out of time where nobody answers', async () => {
    const definition = asking({ TimeoutSeconds: 60 });
    const run = await simulate(definition, {}, { missingHandlers: 'pass-through', now: START });
    expect(run).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
    expect(lastAt(run)).toBe(START + 60_000);
  });
});

describe('the messages of a simulation', () => {
  const definition = only({
    Type: 'Message',
    CorrelationKey: 'order',
    CorrelationValuePath: '$.id',
    TimeoutSeconds: 60,
  });

  it('reach whoever waits for their key and value, at their time', async () => {
    const messages = [
      { key: 'order', value: 7, data: { paid: true }, afterMs: 5_000 },
      { key: 'order', value: 8, data: 'another' },
    ];
    const run = await simulate(definition, { id: 7 }, { messages, now: START });
    expect(run).toMatchObject({
      status: 'SUCCEEDED',
      output: { key: 'order', value: 7, data: { paid: true } },
    });
    expect(lastAt(run)).toBe(START + 5_000);
  });

  it('that come too late are not waited for', async () => {
    const messages = [{ key: 'order', value: 7, afterMs: 60_001 }];
    const run = await simulate(definition, { id: 7 }, { messages, now: START });
    expect(run).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
    expect(lastAt(run)).toBe(START + 60_000);
  });

  it('need a key, a value of JSON and a time', async () => {
    for (const wrong of [
      { key: '', value: 1 },
      { key: 'a', value: Number.NaN },
      { key: 'a', value: 1, afterMs: -1 },
    ])
      expect((await refusal(simulate(definition, {}, { messages: [wrong] })))?.path).toMatch(
        /^\/messages\/0/,
      );
  });
});

describe('the signal of a simulation', () => {
  const never = withWork(() => new Promise(() => {}));

  it('stops the execution while a handler works', async () => {
    const abort = new AbortController();
    const promise = simulate(task(), {}, { ...never, signal: abort.signal, patienceMs: 60_000 });
    abort.abort(new Error('enough'));
    const run = await promise;
    expect(run).toMatchObject({ status: 'ABORTED', cause: 'enough' });
    expect(typesOf(run).at(-1)).toBe('ExecutionAborted');
  });

  it('stops it at once if it was given beforehand', async () => {
    expect(await simulate(task(), {}, { ...never, signal: AbortSignal.abort() })).toMatchObject({
      status: 'ABORTED',
    });
  });
});

describe('a simulation is refused', () => {
  const definition = only({ Type: 'Pass' });

  it('if its definition is no JSON, no object, or has errors', async () => {
    for (const wrong of ['', '{', 'not a definition', '[]', '3', {}, only({ Type: 'Pas' })])
      expect(await refusal(simulate(wrong, {}))).toBeDefined();
    for (const wrong of [null, undefined, 3, []])
      expect(await refusal(simulate(wrong as never, {}))).toBeDefined();
  });

  it('if its input is no JSON', async () => {
    const cyclic: Record<string, unknown> = {};
    cyclic['self'] = cyclic;
    for (const input of [() => 1, Number.NaN, cyclic, new Map(), { a: [Symbol('s')] }])
      expect(await refusal(simulate(definition, input))).toMatchObject({
        code: 'not-json',
        path: expect.stringMatching(/^\/input/),
      });
  });

  it('if its input is too large', async () => {
    expect(await simulate(definition, 'x'.repeat(262_142))).toMatchObject({ status: 'SUCCEEDED' });
    expect(await refusal(simulate(definition, 'x'.repeat(262_143)))).toMatchObject({
      code: 'payload-too-large',
    });
  });

  it('refuses an option that there is not, and says which may be meant', async () => {
    const definition = { StartAt: 'A', States: { A: { Type: 'Succeed' } } };
    const options = { handler: {} } as object;
    const wanted = { code: 'invalid-option', path: '/handler', hint: 'did you mean "handlers"?' };
    expect(await refusal(simulate(definition, {}, options))).toMatchObject(wanted);
  });

  it('if an option is of no use', async () => {
    const wrong: object[] = [
      { now: Number.NaN },
      { now: new Date('nonsense') },
      { context: [] },
      { variables: 'x' },
      { variables: { $x: 1 } },
      { variables: { states: 1 } },
      { patienceMs: -1 },
      { type: 'express' },
      { missingHandlers: 'ignore' },
      { handlers: { work: 3 } },
      { callbacks: { work: 3 } },
    ];
    for (const options of wrong) {
      const problem = await refusal(simulate(definition, {}, options));
      expect(problem?.path, JSON.stringify(options)).toContain(Object.keys(options)[0]);
    }
  });
});
