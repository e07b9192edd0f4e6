import { describe, expect, it } from 'vitest';
import { asl } from '../../src/asl/language.js';
import type { Json } from '../../src/core/json.js';
import { type Behaviour, drive } from './drive.js';

const AT_A = "An error occurred while executing the state 'A' (entered at the event id #2). ";

function machine(States: Record<string, Json>): Json {
  return { QueryLanguage: 'JSONata', StartAt: 'A', States };
}

function problems(state: Json): string[] {
  return asl.check(machine({ A: state })).map(({ message, path }) => `${message} at ${path}`);
}

describe('a state that speaks JSONata', () => {
  it('hands Arguments to its task and makes Output of the result', () => {
    const seen: Json[] = [];
    const work: Behaviour = (input) => {
      seen.push(input);
      return { output: { total: 12 } };
    };
    const A = {
      Type: 'Task',
      Resource: 'work',
      Arguments: {
        id: '{% $states.input.order.id %}',
        who: '{% $states.context.Execution.Name %}',
        fixed: 1,
      },
      Output: { sum: '{% $states.result.total + 1 %}', from: '{% $states.input.order %}' },
      End: true,
    };
    const run = drive(machine({ A }), { order: { id: 7 } }, { handlers: { work } });
    expect(seen).toEqual([{ id: 7, who: 'run-1', fixed: 1 }]);
    expect(run.output).toEqual({ sum: 13, from: { id: 7 } });
  });

  it('hands its input to its task without Arguments, and gives the result without Output', () => {
    const A = { Type: 'Task', Resource: 'work', End: true };
    const run = drive(machine({ A }), { n: 1 }, { handlers: { work: (input) => ({ output: [input] }) } });
    expect(run.output).toEqual([{ n: 1 }]);
  });

  it('goes where the first true Condition says, with the Assign and Output of that rule', () => {
    const definition = machine({
      A: {
        Type: 'Choice',
        Choices: [
          { Condition: '{% $states.input.n > 5 %}', Next: 'B', Assign: { size: 'big' } },
          { Condition: '{% $states.input.n > 1 %}', Next: 'B', Assign: { size: 'middling' }, Output: 'cut' },
        ],
        Default: 'B',
        Assign: { size: 'small' },
      },
      B: { Type: 'Pass', Output: { size: '{% $size %}', in: '{% $states.input %}' }, End: true },
    });
    expect(drive(definition, { n: 9 }).output).toEqual({ size: 'big', in: { n: 9 } });
    expect(drive(definition, { n: 3 }).output).toEqual({ size: 'middling', in: 'cut' });
    expect(drive(definition, { n: 0 }).output).toEqual({ size: 'small', in: { n: 0 } });
  });

  it('assigns all at once, from the values there were before', () => {
    const definition = machine({
      A: { Type: 'Pass', Assign: { a: 1, b: 2 }, Next: 'B' },
      B: { Type: 'Pass', Assign: { a: '{% $b %}', b: '{% $a %}' }, Output: '{% [$a, $b] %}', Next: 'C' },
      C: { Type: 'Succeed', Output: { was: '{% $states.input %}', now: '{% [$a, $b] %}' } },
    });
    expect(drive(definition, {}).output).toEqual({ was: [1, 2], now: [2, 1] });
  });

  it('waits for seconds and until instants that it works out', () => {
    const now = Date.UTC(2026, 0, 1);
    const waiting = (more: Record<string, Json>) => machine({ A: { Type: 'Wait', ...more, End: true } });
    expect(drive(waiting({ Seconds: '{% $states.input * 2 %}' }), 4, { now }).elapsedMs).toBe(8_000);
    expect(drive(waiting({ Seconds: 3 }), 4, { now }).elapsedMs).toBe(3_000);
    expect(
      drive(waiting({ Timestamp: '{% $states.input %}' }), '2026-01-01T00:00:09Z', { now }).elapsedMs,
    ).toBe(9_000);
    expect(
      drive(waiting({ Timestamp: '{% $states.input %}' }), '2016-12-05 21:29:29Z', { now }),
    ).toMatchObject({
      error: 'States.QueryEvaluationError',
      cause: `${AT_A}The Timestamp field cannot be parsed as an ISO-8601 extended offset date-time format string: 2016-12-05 21:29:29Z`,
    });
  });

  it.each(['0', '-1', '1.5', '"7"', 'null'])('takes no %s for seconds that are to be positive', (value) => {
    for (const field of ['TimeoutSeconds', 'HeartbeatSeconds']) {
      const A = { Type: 'Task', Resource: 'work', [field]: `{% ${value} %}`, End: true };
      const run = drive(machine({ A }), {});
      expect(run.error).toBe('States.QueryEvaluationError');
      expect(run.cause).toContain(field);
    }
    const A = { Type: 'Wait', Seconds: `{% ${value} %}`, End: true };
    expect(drive(machine({ A }), {}).status).toBe(value === '0' ? 'succeeded' : 'failed');
  });

  it('fails with what it works out', () => {
    const A = { Type: 'Fail', Error: '{% $states.input.name %}', Cause: 'plain' };
    expect(drive(machine({ A }), { name: 'Boom' })).toMatchObject({ error: 'Boom', cause: 'plain' });
    expect(drive(machine({ A }), { name: 7 })).toMatchObject({
      error: 'States.QueryEvaluationError',
      cause: `${AT_A}The JSONata expression '$states.input.name' specified for the field 'Error' returned an unexpected result type. Expected 'string', but was 'number' for value: 7`,
    });
  });

  it('gives a Catcher the error output, and catches what its own expressions do wrong', () => {
    const definition = machine({
      A: {
        Type: 'Task',
        Resource: 'work',
        Output: '{% $states.result.missing %}',
        Catch: [
          { ErrorEquals: ['States.ALL'], Output: { why: '{% $states.errorOutput.Error %}' }, Next: 'B' },
        ],
        End: true,
      },
      B: { Type: 'Succeed' },
    });
    const failing = drive(definition, {}, { handlers: { work: () => ({ error: 'Boom', cause: 'x' }) } });
    expect(failing.output).toEqual({ why: 'Boom' });
    const empty = drive(definition, {}, { handlers: { work: () => ({ output: {} }) } });
    expect(empty.output).toEqual({ why: 'States.QueryEvaluationError' });
    expect(empty.types).toContain('EvaluationFailed');
  });

  it.each<[Json, string]>([
    [
      { Output: { a: '{% $none %}' } },
      "'$none' specified for the field 'Output/a' returned nothing (undefined).",
    ],
    [
      { Output: '{% function($x){$x} %}' },
      "'function($x){$x}' specified for the field 'Output' returned an unsupported result type.",
    ],
    [
      { Assign: { list: [1, '{% $none %}'] } },
      "'$none' specified for the field 'Assign/list[1]' returned nothing (undefined).",
    ],
    [
      { Output: { '0': [{ a: '{% $none %}' }] } },
      "'$none' specified for the field 'Output/0[0]/a' returned nothing (undefined).",
    ],
    [
      { Output: '{% $range(1, 100000000, 1) %}' },
      "'$range(1, 100000000, 1)' specified for the field 'Output' threw an error during evaluation: Expression evaluation memory limit exceeded: Check for excessive memory usage",
    ],
    [
      { Output: '{% ($f := function($x){ 1 + $f($x) }; $f(1)) %}' },
      "'($f := function($x){ 1 + $f($x) }; $f(1))' specified for the field 'Output' threw an error during evaluation: Stack overflow error: Check for non-terminating recursive function. Consider rewriting as tail-recursive",
    ],
    [
      { Output: '{% ($f := function($x){ $f($x + 1) }; $f(1)) %}' },
      "'($f := function($x){ $f($x + 1) }; $f(1))' specified for the field 'Output' threw an error during evaluation: Expression evaluation timeout: Check for infinite loop",
    ],
  ])('says in AWS words what is wrong with %j', (more, cause) => {
    const run = drive(machine({ A: { Type: 'Pass', ...(more as object), End: true } }), {});
    expect(run.error).toBe('States.QueryEvaluationError');
    expect(run.cause).toBe(`${AT_A}The JSONata expression ${cause}`);
    expect(run.history.at(-2)).toMatchObject({ type: 'EvaluationFailed', previousEventId: 0 });
  });

  it('says with JSONata words what an expression did wrong', () => {
    const run = drive(machine({ A: { Type: 'Pass', Output: "{% 1 + 'a' %}", End: true } }), {});
    expect(run.cause).toMatch(
      /specified for the field 'Output' threw an error during evaluation\. T2002: [^(]*$/,
    );
  });

  it('may stand in a machine that speaks JSONPath, and share its variables', () => {
    const definition = {
      StartAt: 'A',
      States: {
        A: { Type: 'Pass', Assign: { 'n.$': '$.n' }, Next: 'B' },
        B: { Type: 'Pass', QueryLanguage: 'JSONata', Output: '{% $n + 1 %}', End: true },
      },
    };
    expect(drive(definition, { n: 1 }).output).toBe(2);
  });

  it('draws the same chance for the same seeds', () => {
    const A = { Type: 'Pass', Output: '{% [$random(), $random()] %}', End: true };
    const draw = (seed: string) => drive(machine({ A }), {}, { seed }).output as number[];
    expect(draw('a')).toEqual(draw('a'));
    expect(draw('a')).not.toEqual(draw('b'));
    expect(new Set(draw('a')).size).toBe(2);
  });

  it('has none of the fields of JSONPath, nor JSONPath those of JSONata', () => {
    const foreign = (own: string, field: string, owner: string) =>
      `The QueryLanguage is set to '${own}', but field '${field}' is only supported for the '${owner}' QueryLanguage at /States/A/${field}`;
    for (const [state, field] of [
      [{ Type: 'Pass', End: true }, 'InputPath'],
      [{ Type: 'Pass', End: true }, 'Result'],
      [{ Type: 'Task', Resource: 'a', End: true }, 'ResultSelector'],
      [{ Type: 'Task', Resource: 'a', End: true }, 'TimeoutSecondsPath'],
      [{ Type: 'Wait', Seconds: 1, End: true }, 'SecondsPath'],
      [{ Type: 'Fail' }, 'ErrorPath'],
    ] as const) {
      expect(problems({ ...state, [field]: '$.x' })).toEqual([foreign('JSONata', field, 'JSONPath')]);
    }
    for (const field of ['Arguments', 'Output']) {
      const A = { Type: 'Task', Resource: 'a', [field]: {}, End: true };
      const found = asl
        .check({ StartAt: 'A', States: { A } })
        .map(({ message, path }) => `${message} at ${path}`);
      expect(found).toEqual([foreign('JSONPath', field, 'JSONata')]);
    }
  });

  it('is checked down to its expressions', () => {
    expect(problems({ Type: 'Pass', Output: { a: ['{% 1 + %}'] }, End: true })[0]).toMatch(
      / at \/States\/A\/Output\/a\/0$/,
    );
    expect(problems({ Type: 'Pass', Output: '{% 1 + 1', End: true })).toEqual([
      'JSONata string must start with {% and end with %} at /States/A/Output',
    ]);
    expect(problems({ Type: 'Choice', Choices: [{ Next: 'A' }] })[0]).toBe(
      'These fields are required: [Condition] at /States/A/Choices/0',
    );
  });
});
