import { describe, expect, it } from 'vitest';
import { asl } from '../../src/asl/language.js';
import { MAX_HISTORY_EVENTS, MAX_INLINE_CONCURRENCY, MAX_STATES_PER_STEP } from '../../src/asl/limits.js';
import type { Json, JsonObject } from '../../src/core/json.js';
import { type Behaviour, drive, type Run } from './drive.js';

const echo: Behaviour = (input) => ({ output: input });
const Pass = { Type: 'Pass', End: true };
const Work = { Type: 'Task', Resource: 'work', End: true };

/** A machine of one state, and what its first error may lead to. */
function only(state: JsonObject, more: JsonObject = {}): JsonObject {
  const then = 'Next' in state ? {} : { End: true };
  return { StartAt: 'S', States: { S: { ...state, ...then }, ...more } };
}

function branch(states: JsonObject): JsonObject {
  const [StartAt = ''] = Object.keys(states);
  return { StartAt, States: states };
}

function parallel(...branches: JsonObject[]): JsonObject {
  return { Type: 'Parallel', Branches: branches.map(branch) };
}

function map(states: JsonObject, more: JsonObject = {}): JsonObject {
  return { Type: 'Map', ItemProcessor: branch(states), ...more };
}

/** Every event as `id<previous Type`, after the first. */
function lines({ history }: Run): string[] {
  return history.slice(1).map(({ id, previousEventId, type }) => `${id}<${previousEventId} ${type}`);
}

describe('a Parallel', () => {
  it('runs its branches on the same input, and gives what they gave in their order', () => {
    const definition = only({
      ...parallel(
        { A: { Type: 'Wait', Seconds: 5, Next: 'A2' }, A2: { Type: 'Pass', Result: 'a', End: true } },
        { B: Pass },
        { C: Work },
      ),
      Parameters: { 'n.$': '$.n' },
      ResultPath: '$.all',
    });
    const run = drive(definition, { n: 1, m: 2 }, { handlers: { work: echo } });
    expect(run.output).toEqual({ n: 1, m: 2, all: ['a', { n: 1 }, { n: 1 }] });
    expect(run.elapsedMs).toBe(5_000);
  });

  it('hangs each branch on its start, and its end on the last event of a branch', () => {
    const two = (name: string) => ({ [`${name}1`]: { Type: 'Pass', Next: `${name}2` }, [`${name}2`]: Pass });
    const run = drive(only({ ...parallel(two('A'), two('B')), Next: 'Z' }, { Z: Pass }), {});
    expect(lines(run)).toEqual([
      '2<0 ParallelStateEntered',
      '3<2 ParallelStateStarted',
      '4<3 PassStateEntered',
      '5<4 PassStateExited',
      '6<5 PassStateEntered',
      '7<6 PassStateExited',
      '8<3 PassStateEntered',
      '9<8 PassStateExited',
      '10<9 PassStateEntered',
      '11<10 PassStateExited',
      '12<11 ParallelStateSucceeded',
      '13<11 ParallelStateExited',
      '14<13 PassStateEntered',
      '15<14 PassStateExited',
      '16<15 ExecutionSucceeded',
    ]);
  });

  it('fails with the first branch that fails, and stops the others', () => {
    const failing = { Boom: { Type: 'Fail', Error: 'MyError', Cause: 'my cause' } };
    const waiting = { W: { Type: 'Wait', Seconds: 60, End: true } };
    const inner = { P: { ...parallel({ T: Work }), End: true } };
    const run = drive(only(parallel(waiting, inner, failing)), {}, { handlers: { work: echo } });
    expect([run.status, run.error, run.cause]).toEqual(['failed', 'MyError', 'my cause']);
    expect(lines(run).slice(2)).toEqual([
      '4<3 WaitStateEntered',
      '5<3 ParallelStateEntered',
      '6<5 ParallelStateStarted',
      '7<6 TaskStateEntered',
      '8<7 LambdaFunctionScheduled',
      '9<3 FailStateEntered',
      '10<4 WaitStateAborted',
      '11<8 TaskStateAborted',
      '12<6 ParallelStateAborted',
      '13<9 ParallelStateFailed',
      '14<13 ExecutionFailed',
    ]);
    expect(run.steps).toHaveLength(1);
    expect(run.steps[0]?.effects).toEqual([]);
  });

  it('writes down that a Task ended its branch', () => {
    const broken: Behaviour = () => ({ error: 'Broken', cause: 'it broke' });
    const Catch = [{ ErrorEquals: ['States.ALL'], Next: 'H' }];
    const run = drive(
      only({ ...parallel({ T: Work }), Catch }, { H: Pass }),
      {},
      { handlers: { work: broken } },
    );
    expect(run.output).toEqual({ Error: 'Broken', Cause: 'it broke' });
    expect(lines(run).slice(2)).toEqual([
      '4<3 TaskStateEntered',
      '5<4 LambdaFunctionScheduled',
      '6<5 LambdaFunctionStarted',
      '7<6 LambdaFunctionFailed',
      '8<7 TaskStateAborted',
      '9<7 ParallelStateFailed',
      '10<9 ParallelStateExited',
      '11<10 PassStateEntered',
      '12<11 PassStateExited',
      '13<12 ExecutionSucceeded',
    ]);
  });

  it('ends the execution at once where nothing can take the error', () => {
    const Catch = [{ ErrorEquals: ['States.ALL'], Next: 'H' }];
    const nope = { Fast: { Type: 'Pass', Parameters: { 'm.$': '$.nope' }, End: true } };
    const run = drive(only({ ...parallel(nope), Catch }, { H: Pass }), { x: 'a' });
    expect(lines(run).slice(2)).toEqual(['4<3 PassStateEntered', '5<4 ExecutionFailed']);
    expect(run.cause).toBe(
      "An error occurred while executing the state 'Fast' (entered at the event id #4). The JSONPath '$.nope' specified for the field 'm.$' could not be found in the input '{\"x\":\"a\"}'",
    );
  });

  it('is tried again as a whole', () => {
    const failing = { Boom: { Type: 'Fail', Error: 'MyError' } };
    const Retry = [{ ErrorEquals: ['States.ALL'], MaxAttempts: 1, IntervalSeconds: 0 }];
    const run = drive(
      only({ ...parallel({ W: { Type: 'Wait', Seconds: 60, End: true } }, failing), Retry }),
      {},
    );
    expect(lines(run)).toEqual([
      '2<0 ParallelStateEntered',
      '3<2 ParallelStateStarted',
      '4<3 WaitStateEntered',
      '5<3 FailStateEntered',
      '6<4 WaitStateAborted',
      '7<5 ParallelStateStarted',
      '8<7 WaitStateEntered',
      '9<7 FailStateEntered',
      '10<8 WaitStateAborted',
      '11<9 ParallelStateFailed',
      '12<11 ExecutionFailed',
    ]);
  });

  it('fails by itself behind the success of its branches', () => {
    const run = drive(only({ ...parallel({ Ok: Pass }), ResultSelector: { 'm.$': '$.nope' } }), { x: 'a' });
    expect(lines(run).slice(-2)).toEqual(['6<5 ParallelStateSucceeded', '7<6 ExecutionFailed']);
  });

  it('says beside its first failure that a Catcher failed', () => {
    const Catch = [{ ErrorEquals: ['States.ALL'], Output: { v: '{% $states.input.missing %}' }, Next: 'D' }];
    const definition = only(
      { ...parallel({ Boom: { Type: 'Fail', Error: 'MyError' } }), Catch },
      { D: Pass },
    );
    const run = drive({ QueryLanguage: 'JSONata', ...definition }, { x: 'a' });
    expect(lines(run).slice(2)).toEqual([
      '4<3 FailStateEntered',
      '5<4 ParallelStateFailed',
      '6<4 EvaluationFailed',
      '7<6 ParallelStateFailed',
      '8<7 ExecutionFailed',
    ]);
    expect(run.cause).toContain("specified for the field 'Catch[0]/Output/v' returned nothing (undefined).");
  });
});

describe('a Map', () => {
  it('runs its states for each item, in order one at a time where it is told so', () => {
    const run = drive(only(map({ I: Pass }, { MaxConcurrency: 1, ItemsPath: '$.items' })), {
      items: ['a', 'b'],
    });
    expect(run.output).toEqual(['a', 'b']);
    expect(lines(run).slice(1)).toEqual([
      '3<2 MapStateStarted',
      '4<3 MapIterationStarted',
      '5<4 PassStateEntered',
      '6<5 PassStateExited',
      '7<6 MapIterationSucceeded',
      '8<6 MapIterationStarted',
      '9<8 PassStateEntered',
      '10<9 PassStateExited',
      '11<10 MapIterationSucceeded',
      '12<11 MapStateSucceeded',
      '13<11 MapStateExited',
      '14<13 ExecutionSucceeded',
    ]);
  });

  it('hangs what may run at once on its start', () => {
    const run = drive(only(map({ I: Pass })), [1, 2]);
    expect(lines(run)[6]).toBe('8<3 MapIterationStarted');
  });

  it('ends at once over nothing', () => {
    const run = drive(only(map({ I: Pass })), []);
    expect(run.output).toEqual([]);
    expect(lines(run).slice(2)).toEqual([
      '4<3 MapStateSucceeded',
      '5<3 MapStateExited',
      '6<5 ExecutionSucceeded',
    ]);
  });

  it('chooses what each item gets, and tells its states which item they work on', () => {
    const inner = {
      I: { Type: 'Pass', Parameters: { 'in.$': '$', 'at.$': '$$.Map.Item.Index' }, End: true },
    };
    const ItemSelector = { 'v.$': '$$.Map.Item.Value', 'k.$': '$.k', 's.$': '$$.State.Name' };
    const definition = only(map(inner, { ItemSelector, InputPath: '$.in', ItemsPath: '$.items' }));
    expect(drive(definition, { in: { k: 7, items: ['x', 'y'] } }).output).toEqual([
      { at: 0, in: { v: 'x', k: 7, s: 'S' } },
      { at: 1, in: { v: 'y', k: 7, s: 'S' } },
    ]);
  });

  it('does so in JSONata as well', () => {
    const inner = {
      I: { Type: 'Pass', Output: '{% [$states.input, $states.context.Map.Item.Index] %}', End: true },
    };
    const ItemSelector = { v: '{% $states.context.Map.Item.Value * $states.input.k %}' };
    const Output = '{% $states.result %}';
    const definition = only(map(inner, { ItemSelector, Items: '{% $states.input.items %}', Output }));
    expect(drive({ QueryLanguage: 'JSONata', ...definition }, { k: 2, items: [3, 4] }).output).toEqual([
      [{ v: 6 }, 0],
      [{ v: 8 }, 1],
    ]);
  });

  it('tells of the innermost Map that a state is in, through a Parallel too', () => {
    const inner = map({
      P: {
        ...parallel({ I: { Type: 'Pass', Parameters: { 'v.$': '$$.Map.Item.Value' }, End: true } }),
        End: true,
      },
    });
    const definition = only(map({ M: { ...inner, End: true } }));
    expect(drive(definition, [[1], [2, 3]]).output).toEqual([[[{ v: 1 }]], [[{ v: 2 }], [{ v: 3 }]]]);
  });

  it.each([
    [undefined, MAX_INLINE_CONCURRENCY],
    [0, MAX_INLINE_CONCURRENCY],
    [3, 3],
    [1_000, MAX_INLINE_CONCURRENCY],
  ])('with a MaxConcurrency of %s works on %s items at once', (given, atOnce) => {
    const MaxConcurrency = given === undefined ? {} : { MaxConcurrency: given };
    const items = Array.from({ length: 100 }, (_, i) => i);
    const slow: Behaviour = (input) => ({ output: input, afterMs: 1_000 });
    const run = drive(only(map({ I: Work }, MaxConcurrency)), items, { handlers: { work: slow } });
    expect(run.steps[0]?.effects).toHaveLength(atOnce);
    expect(run.output).toEqual(items);
    expect(run.elapsedMs).toBe(Math.ceil(100 / atOnce) * 1_000);
  });

  it('takes MaxConcurrencyPath as a number or as its text, and nothing else', () => {
    const definition = only(map({ I: Pass }, { ItemsPath: '$.items', MaxConcurrencyPath: '$.n' }));
    const failure = (n: Json) => drive(definition, { items: [1, 2], n }).cause?.replace(/^.*#2\). /, '');
    expect([failure(2), failure('1')]).toEqual([undefined, undefined]);
    expect(failure('NoNumber')).toBe(
      'The MaxConcurrencyPath field refers to value "NoNumber" which is not a valid integer: $.n',
    );
    expect(failure({})).toContain('refers to value "{}" which is not a valid integer: $.n');
    expect(failure(-1)).toBe('MaxConcurrency cannot be negative.');
  });

  it('goes over lists alone', () => {
    const run = drive(only(map({ I: Pass }, { ItemsPath: '$.items' })), { items: 3 });
    expect([run.error, run.cause?.endsWith('Reference path "$.items" must point to array.')]).toEqual([
      'States.Runtime',
      true,
    ]);
    const jsonata = (more: JsonObject, input: Json) =>
      drive({ QueryLanguage: 'JSONata', ...only(map({ I: Pass }, more)) }, input);
    const given = jsonata({ Items: '{% $states.input.items %}' }, { items: 3 });
    expect(given.cause).toContain(
      "The JSONata expression '$states.input.items' specified for the field 'Items' returned an unexpected result type. Expected 'array', but was 'number' for value: 3",
    );
    expect(given.types.slice(2)).toEqual(['EvaluationFailed', 'MapStateFailed', 'ExecutionFailed']);
    expect(jsonata({}, { a: 1 }).cause).toContain('Map state input must be an array but was: {"a":1}');
    expect(jsonata({}, [1]).output).toEqual([1]);
  });

  it('fails with the first item that fails, and stops the others', () => {
    const rules = [{ Variable: '$', NumericEquals: 1, Next: 'No' }];
    const states = {
      Which: { Type: 'Choice', Choices: rules, Default: 'Do' },
      No: { Type: 'Fail', Error: 'Odd' },
      Do: Work,
    };
    const run = drive(only(map(states)), [0, 1, 2], { handlers: { work: echo } });
    expect(run.error).toBe('Odd');
    expect(lines(run).slice(2)).toEqual([
      '4<3 MapIterationStarted',
      '5<4 ChoiceStateEntered',
      '6<5 ChoiceStateExited',
      '7<6 TaskStateEntered',
      '8<7 LambdaFunctionScheduled',
      '9<3 MapIterationStarted',
      '10<9 ChoiceStateEntered',
      '11<10 ChoiceStateExited',
      '12<11 FailStateEntered',
      '13<12 MapIterationFailed',
      '14<8 TaskStateAborted',
      '15<8 MapIterationAborted',
      '16<12 MapStateFailed',
      '17<16 ExecutionFailed',
    ]);
  });

  it('cancels what the stopped ones waited for', () => {
    const one: Behaviour = (input) =>
      input === 1 ? { error: 'Odd', cause: '', afterMs: 10 } : { output: input, afterMs: 60_000 };
    const Catch = [{ ErrorEquals: ['Odd'], Next: 'H' }];
    const run = drive(only(map({ I: Work }, { Catch }), { H: Pass }), [0, 1, 2], { handlers: { work: one } });
    expect(run.status).toBe('succeeded');
    expect(run.steps.at(-1)?.effects).toMatchObject([
      { type: 'cancel', target: '1.0', kind: 'task' },
      { type: 'cancel', target: '1.2', kind: 'task' },
    ]);
  });

  it('counts what its items gave against the limit of data', () => {
    const Result = 'x'.repeat(100_000);
    const states = { I: { Type: 'Pass', Result, End: true } };
    const run = drive(only(map(states, { ResultPath: null })), [1, 2, 3]);
    expect([run.error, run.cause]).toEqual([
      'States.DataLimitExceeded',
      "The state/task 'S' returned a result with a size exceeding the maximum number of bytes service limit.",
    ]);
    expect(drive(only(map(states, { ResultPath: null })), [1, 2]).status).toBe('succeeded');
  });

  it('goes on after so many states that a continue must, and no differently', () => {
    const items = Array.from({ length: 2 * MAX_STATES_PER_STEP }, (_, i) => i);
    const run = drive(only(map({ I: Pass })), items);
    expect(run.output).toEqual(items);
    expect(run.steps.map(({ unfinished }) => unfinished)).toEqual([true, true, undefined]);
    expect(run.history.map(({ id }) => id)).toEqual(run.history.map((_, i) => i + 1));
  });

  it('of ten thousand items ends where the history does', () => {
    const items = Array.from({ length: 10_000 }, (_, i) => i);
    const run = drive(only(map({ I: Pass })), items);
    expect(run.error).toBe('States.Runtime');
    expect(run.cause).toBe('The execution reached the maximum number of history events (25000).');
    expect(run.history).toHaveLength(MAX_HISTORY_EVENTS);
  });

  it('keeps of a thousand items that wait only those that are under way', () => {
    const items = Array.from({ length: 1_000 }, (_, i) => i);
    const run = drive(only(map({ I: Work })), items, { handlers: { work: echo } });
    expect(run.output).toEqual(items);
    const sizes = run.steps.map(({ state }) => JSON.stringify(state).length);
    expect(Math.max(...sizes)).toBeLessThan(40_000);
  });

  it('retries within its items, each for itself', () => {
    const failures = new Map<Json, number>();
    const flaky: Behaviour = (input) => {
      const count = (failures.get(input) ?? 0) + 1;
      failures.set(input, count);
      return count <= Number(input) ? { error: 'Flaky', cause: '' } : { output: [input, count] };
    };
    const Retry = [{ ErrorEquals: ['Flaky'], IntervalSeconds: 1, BackoffRate: 1 }];
    const run = drive(only(map({ I: { ...Work, Retry } })), [0, 1, 2], { handlers: { work: flaky } });
    expect(run.output).toEqual([
      [0, 1],
      [1, 2],
      [2, 3],
    ]);
  });

  it('stops as a whole', () => {
    const outside = [{ afterMs: 500, body: { type: 'stop', error: 'Enough' } as const }];
    const wait = { W: { Type: 'Wait', Seconds: 60, End: true } };
    const run = drive(only(map(wait)), [1, 2], { outside });
    expect([run.status, run.types.at(-1)]).toEqual(['stopped', 'ExecutionAborted']);
    expect(run.steps.at(-1)?.effects).toHaveLength(2);
  });
});

describe('variables', () => {
  it('of an outer scope are read within, and what is assigned within stays there', () => {
    const inner = {
      A: { Type: 'Pass', Assign: { 'mine.$': '$' }, Next: 'B' },
      B: { Type: 'Pass', Parameters: { 'x.$': '$x', 'mine.$': '$mine' }, End: true },
    };
    const definition = {
      StartAt: 'Set',
      States: {
        Set: { Type: 'Pass', Assign: { x: 42 }, Next: 'M' },
        M: { ...map({ P: { ...parallel(inner), End: true } }), Next: 'After' },
        After: { Type: 'Pass', Parameters: { 'x.$': '$x' }, ResultPath: '$[0][0].after', End: true },
      },
    };
    expect(drive(definition, [1, 2]).output).toEqual([
      [{ x: 42, mine: 1, after: { x: 42 } }],
      [{ x: 42, mine: 2 }],
    ]);
  });

  it('of an outer scope are not assigned within', () => {
    const inner = { I: { Type: 'Pass', Assign: { 'x.$': '$', y: 1 }, End: true } };
    const definition = {
      StartAt: 'M',
      States: { M: { ...map(inner), Assign: { x: 1 }, Next: 'N' }, N: { ...Pass, Assign: { z: 1 } } },
    };
    expect(asl.check(definition).map(({ message, path }) => `${path}: ${message}`)).toEqual([
      "/States/M/ItemProcessor/States/I/Assign/x.$: The variable name 'x' was already defined in a parent scope.",
    ]);
  });
});

describe('check', () => {
  it('looks into branches and items', () => {
    const definition = only(
      parallel({ A: { Type: 'Pass', Next: 'Z' } }, { B: { Type: 'Pas', End: true } }, { S: Pass }),
    );
    expect(asl.check(definition).map(({ code, path }) => `${code} ${path}`)).toEqual([
      'MISSING_TRANSITION_TARGET /States/S/Branches/0/States/A/Next',
      'SCHEMA_VALIDATION_FAILED /States/S/Branches/1/States/B/Type',
      'DUPLICATE_STATE_NAME /States/S/Branches/2/States/S',
    ]);
  });
});
