import { describe, expect, it } from 'vitest';
import type { Json } from '../../src/core/json.js';
import { type Behaviour, drive } from './drive.js';

const AT_A = "An error occurred while executing the state 'A' (entered at the event id #2). ";

function pass(more: Record<string, Json>, input: Json) {
  return drive({ StartAt: 'A', States: { A: { Type: 'Pass', ...more, End: true } } }, input);
}

function task(more: Record<string, Json>, input: Json, handler: Behaviour) {
  const A = { Type: 'Task', Resource: 'work', ...more, End: true };
  return drive({ StartAt: 'A', States: { A } }, input, { handlers: { work: handler } });
}

describe('data through a state', () => {
  it('passes through InputPath, Parameters, ResultSelector, ResultPath and OutputPath in this order', () => {
    const seen: Json[] = [];
    const run = task(
      {
        InputPath: '$.order',
        Parameters: { 'id.$': '$.id', 'who.$': '$$.Execution.Name', fixed: ['x'] },
        ResultSelector: { 'total.$': '$.sum' },
        ResultPath: '$.order.bill',
        OutputPath: '$.order',
      },
      { order: { id: 7 }, noise: true },
      (input) => {
        seen.push(input);
        return { output: { sum: 12, more: 'x' } };
      },
    );
    expect(seen).toEqual([{ id: 7, who: 'run-1', fixed: ['x'] }]);
    expect(run.output).toEqual({ id: 7, bill: { total: 12 } });
  });

  it('drops the input with InputPath null, the result with ResultPath null, the output with OutputPath null', () => {
    expect(pass({ InputPath: null }, { a: 1 }).output).toEqual({});
    expect(pass({ Result: 1, ResultPath: null }, { a: 1 }).output).toEqual({ a: 1 });
    expect(pass({ OutputPath: null }, { a: 1 }).output).toEqual({});
  });

  it('puts a result where ResultPath says, making what is missing on the way', () => {
    expect(pass({ Result: 1, ResultPath: '$.x.y' }, { a: 1 }).output).toEqual({ a: 1, x: { y: 1 } });
    expect(pass({ Result: 1, ResultPath: '$.a' }, { a: { b: 2 } }).output).toEqual({ a: 1 });
    expect(pass({ Result: 1 }, { a: 1 }).output).toBe(1);
  });

  it('cannot put a result into what is no object', () => {
    const run = pass({ Result: 1, ResultPath: '$.x' }, 'text');
    expect(run.error).toBe('States.ResultPathMatchFailure');
    expect(run.cause).toBe('Unable to apply ReferencePath $.x to input "text"');
  });

  it('never reaches a prototype by a path', () => {
    const run = pass({ Result: 'mine', ResultPath: '$.__proto__.polluted' }, {});
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(JSON.stringify(run.output)).toBe('{"__proto__":{"polluted":"mine"}}');
    expect(pass({ InputPath: '$.constructor' }, {}).error).toBe('States.Runtime');
  });

  it.each<[Record<string, Json>, Json, string]>([
    [{ InputPath: '$.none' }, {}, "Invalid path '$.none' : No results for path: $['none']"],
    [{ OutputPath: '$.none' }, {}, "Invalid path '$.none' : No results for path: $['none']"],
    [
      { InputPath: '$.no.such.result.path' },
      {},
      "Invalid path '$.no.such.result.path' : Missing property in path $['no']",
    ],
    [
      { Parameters: { 'value.$': '$.none' } },
      { a: 1 },
      `The JSONPath '$.none' specified for the field 'value.$' could not be found in the input '{"a":1}'`,
    ],
    [{ InputPath: '$.a.b' }, { a: 'x' }, "Invalid path '$.a.b' : Property ['b'] not found in path $['a']"],
    [
      { InputPath: '$.list.length()' },
      { list: [] },
      "Invalid path '$.list.length()' : Property ['length()'] not found in path $['list']",
    ],
    [{ InputPath: '$.a[5]' }, { a: [] }, "Invalid path '$.a[5]' : No results for path: $['a'][5]"],
    [{ InputPath: '$.a[0].b' }, { a: null }, "Invalid path '$.a[0].b' : The path $['a'] is null"],
    [
      { InputPath: '$.a[0]' },
      { a: 1 },
      "Invalid path '$.a[0]' : Filter: [0] can only be applied to arrays. Current context is: 1",
    ],
    [
      { InputPath: '$.a[?(@.b)]' },
      { a: 1 },
      "Invalid path '$.a[?(@.b)]' : Filter: [?] can not be applied to primitives. Current context is: 1",
    ],
    [
      { InputPath: "$['a', 'b'].v" },
      { a: 1 },
      "Invalid path '$['a', 'b'].v' : Multi properties can only be used as path leafs: $['a', 'b']",
    ],
    [{ InputPath: '$.a' }, null, 'Unable to apply Path transformation to null or empty input.'],
    [
      { Parameters: { list: [{ 'a.$': '$' }] } },
      null,
      'Unable to apply Path transformation to null or empty input.',
    ],
    [
      { Parameters: { 'value.$': '$.list.sum()' } },
      { list: [1] },
      `The JSONPath '$.list.sum()' specified for the field 'value.$' could not be found in the input '{"list":[1]}'`,
    ],
    [
      { Parameters: { 'value.$': "States.Format('{}', States.Format('{}', $.none))" } },
      { a: 1 },
      `The function 'States.Format('{}', States.Format('{}', $.none))' had the following error: The JsonPath argument for the field '$.none' could not be found in the input '{"a":1}'`,
    ],
    [
      { Parameters: { 'value.$': "States.Format('{}', $$.None)" } },
      { a: 1 },
      `The function 'States.Format('{}', $$.None)' had the following error: The JsonPath argument for the field '$.None' could not be found in the input '{"a":1}'`,
    ],
    [
      { Parameters: { 'value.$': "States.Format('{}', $.a[0])" } },
      { a: 1 },
      `The function 'States.Format('{}', $.a[0])' had the following error: Filter: [0] can only be applied to arrays. Current context is: 1`,
    ],
    [
      { Parameters: { 'value.$': 'States.MathAdd($.a, 1)' } },
      { a: '1' },
      `The function 'States.MathAdd($.a, 1)' had the following error: Invalid arguments in States.MathAdd: an argument must be a number`,
    ],
    [
      { Parameters: { 'value.$': 'States.UUID($.a)' } },
      { a: 1 },
      "The function 'States.UUID($.a)' had the following error: Invalid arguments in States.UUID: takes 0 arguments, not 1",
    ],
  ])('says in AWS words what %j does not find', (more, input, cause) => {
    expect(pass(more, input)).toMatchObject({ error: 'States.Runtime', cause: AT_A + cause });
  });

  it('shows the context object where a path into that finds nothing', () => {
    expect(pass({ Parameters: { 'value.$': '$$.None' } }, {}).cause).toMatch(
      /^.*The JSONPath '\$\$\.None' specified for the field 'value\.\$' could not be found in the input '\{"Execution":/,
    );
  });

  it('takes null for an input like others where no path is in the way', () => {
    expect(pass({}, null)).toMatchObject({ status: 'succeeded', output: null });
    expect(pass({ Parameters: { 'name.$': '$$.State.Name' } }, null).output).toEqual({ name: 'A' });
  });

  it('says so of ErrorPath and CausePath, and of TimeoutSecondsPath', () => {
    const failing = drive({ StartAt: 'A', States: { A: { Type: 'Fail', ErrorPath: '$.ErrorX' } } }, { a: 1 });
    expect(failing.cause).toBe(
      `${AT_A}The JSONPath '$.ErrorX' specified for the field 'ErrorPath' could not be found in the input '{"a":1}'`,
    );
    const late = task({ TimeoutSecondsPath: '$.t' }, {}, () => ({}));
    expect(late.cause).toBe(`${AT_A}Invalid path '$.t' : No results for path: $['t']`);
  });

  it('leaves the Catch of a state out of what its own paths did wrong', () => {
    const Catch = [{ ErrorEquals: ['States.ALL'], Next: 'B' }];
    const A = { Type: 'Task', Resource: 'work', Parameters: { 'x.$': '$.none' }, Catch, End: true };
    const run = drive({ StartAt: 'A', States: { A, B: { Type: 'Succeed' } } }, {});
    expect(run).toMatchObject({ status: 'failed', error: 'States.Runtime' });
    expect(run.types).not.toContain('LambdaFunctionScheduled');
  });

  it('hands a Catcher the error, and puts it where the Catcher says', () => {
    const caught = (more: Record<string, Json>) =>
      drive(
        {
          StartAt: 'A',
          States: {
            A: {
              Type: 'Task',
              Resource: 'work',
              OutputPath: '$.none',
              Catch: [{ ErrorEquals: ['Boom'], Next: 'B', ...more }],
              End: true,
            },
            B: { Type: 'Pass', End: true },
          },
        },
        { a: 1 },
        { handlers: { work: () => ({ error: 'Boom', cause: 'why' }) } },
      ).output;
    expect(caught({})).toEqual({ Error: 'Boom', Cause: 'why' });
    expect(caught({ ResultPath: '$.e' })).toEqual({ a: 1, e: { Error: 'Boom', Cause: 'why' } });
    expect(caught({ ResultPath: null })).toEqual({ a: 1 });
  });

  it('assigns variables that later states read, and writes them down', () => {
    const run = drive(
      {
        StartAt: 'A',
        States: {
          A: { Type: 'Pass', Assign: { 'x.$': '$.n', y: 2 }, Next: 'B' },
          B: {
            Type: 'Pass',
            Assign: { x: 9, 'was.$': '$x' },
            Parameters: { 'x.$': '$x', 'y.$': '$y' },
            Next: 'C',
          },
          C: { Type: 'Pass', Parameters: { 'x.$': '$x', 'was.$': '$was' }, End: true },
        },
      },
      { n: 1 },
    );
    expect(run.output).toEqual({ x: 9, was: 1 });
    const exits = run.history.filter(({ type }) => type === 'PassStateExited');
    expect(
      exits.map((event) => (event['stateExitedEventDetails'] as Record<string, Json>)['output']),
    ).toEqual(['{"n":1}', '{"x":1,"y":2}', '{"x":9,"was":1}']);
    expect(exits[0]).toMatchObject({
      stateExitedEventDetails: {
        assignedVariables: { x: '1', y: '2' },
        assignedVariablesDetails: { truncated: false },
      },
    });
    expect(JSON.stringify(exits[2])).not.toContain('assignedVariables');
  });
});
