import { describe, expect, it } from 'vitest';
import { asl } from '../../src/asl/language.js';
import type { Json } from '../../src/core/json.js';
import { Refused } from '../../src/core/problem.js';

const pass = { Type: 'Pass', End: true };

/** What is wrong, as `code message at path`. */
function problems(definition: Json): string[] {
  return asl.check(definition).map(({ code, message, path }) => `${code} ${message} at ${path}`);
}

/** What is wrong with a state named A, the only one. */
function problemsOf(state: Json): string[] {
  return problems({ StartAt: 'A', States: { A: state } });
}

describe('a value that has no words of its own', () => {
  it.each([
    '{"toString": 1}',
    '{"__proto__": null}',
  ])('as the Variable of a rule is a problem: %s', (text) => {
    const rule = { Variable: JSON.parse(text), NumericEquals: 1, Next: 'Done' };
    const states = { Pick: { Type: 'Choice', Choices: [rule], Default: 'Done' }, Done: { Type: 'Succeed' } };
    expect(asl.check({ StartAt: 'Pick', States: states })[0]?.path).toBe('/States/Pick/Choices/0/Variable');
  });
});

describe('check', () => {
  it('finds nothing wrong with a definition that uses every state type that runs', () => {
    const definition = {
      Comment: 'all of it',
      Version: '1.0',
      TimeoutSeconds: 60,
      StartAt: 'Prepare',
      States: {
        Prepare: { Type: 'Pass', Result: { n: 1 }, ResultPath: '$.made', Next: 'Work', Comment: 'x' },
        Work: {
          Type: 'Task',
          Resource: 'arn:aws:lambda:us-east-1:123456789012:function:work',
          InputPath: '$.made',
          Parameters: { 'n.$': '$.n', fixed: true },
          ResultSelector: { 'id.$': '$.id' },
          ResultPath: '$.work',
          OutputPath: '$',
          TimeoutSeconds: 10,
          HeartbeatSecondsPath: '$.beat',
          Retry: [{ ErrorEquals: ['States.ALL'], MaxAttempts: 2, JitterStrategy: 'FULL', Comment: 'again' }],
          Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: 'Broken', Comment: 'else' }],
          Next: 'Which',
        },
        Which: {
          Type: 'Choice',
          Choices: [
            { Variable: '$.n', NumericLessThan: 3, Next: 'Rest', Comment: 'small' },
            {
              Not: {
                Or: [
                  { Variable: '$.a', IsPresent: true },
                  { Variable: '$.b', IsNull: true },
                ],
              },
              Next: 'Done',
            },
          ],
          Default: 'Done',
        },
        Rest: { Type: 'Wait', SecondsPath: '$.s', Next: 'Done' },
        Done: { Type: 'Succeed' },
        Broken: { Type: 'Fail', ErrorPath: '$.error.Error', Cause: 'it broke' },
      },
    };
    expect(asl.check(definition)).toEqual([]);
    expect(asl.compile(definition).tasks).toEqual(['arn:aws:lambda:us-east-1:123456789012:function:work']);
  });

  it.each<[Json]>([[null], [1], ['text'], [[]]])('wants an object, not %j', (definition) => {
    expect(problems(definition)).toEqual([
      'SCHEMA_VALIDATION_FAILED Definition must be a valid JSON object at ',
    ]);
  });

  it('names all that is missing at the top', () => {
    expect(problems({})).toEqual([
      'SCHEMA_VALIDATION_FAILED These fields are required: [States, StartAt] at ',
    ]);
    expect(problems({ States: { A: pass } })).toEqual([
      'SCHEMA_VALIDATION_FAILED These fields are required: [StartAt] at ',
    ]);
  });

  it('finds transitions to states that are not there, from wherever they come', () => {
    const definition = {
      StartAt: 'Wrok',
      States: {
        Work: {
          Type: 'Task',
          Resource: 'work',
          Next: 'Chose',
          Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Gone' }],
        },
        Choose: {
          Type: 'Choice',
          Choices: [{ Variable: '$.x', IsPresent: true, Next: 'Nowhere' }],
          Default: 'Ghost',
        },
        Work2: pass,
      },
    };
    const missing = asl.check(definition).filter(({ message }) => message.startsWith('Missing'));
    expect(missing.map(({ code, message, path }) => [code, message, path])).toEqual([
      ['MISSING_TRANSITION_TARGET', "Missing 'Next' target: Wrok", '/StartAt'],
      ['MISSING_TRANSITION_TARGET', "Missing 'Next' target: Chose", '/States/Work/Next'],
      ['MISSING_TRANSITION_TARGET', "Missing 'Next' target: Gone", '/States/Work/Catch/0/Next'],
      ['MISSING_TRANSITION_TARGET', "Missing 'Next' target: Nowhere", '/States/Choose/Choices/0/Next'],
      ['MISSING_TRANSITION_TARGET', "Missing 'Next' target: Ghost", '/States/Choose/Default'],
    ]);
    expect(missing.map(({ hint }) => hint).slice(0, 2)).toEqual([
      'did you mean "Work"?',
      'did you mean "Choose"?',
    ]);
  });

  it('wants an end, and every state reached', () => {
    const loop = { A: { Type: 'Pass', Next: 'B' }, B: { Type: 'Pass', Next: 'A' } };
    expect(problems({ StartAt: 'A', States: loop })).toEqual([
      'MISSING_END_STATE Workflow has no terminal state at ',
    ]);
    expect(problems({ StartAt: 'A', States: { ...loop, 'C/D': pass } })).toEqual([
      'MISSING_TRANSITION_TARGET State "C/D" is not reachable. at /States/C~1D',
    ]);
  });

  it('wants either Next or End', () => {
    expect(problemsOf({ Type: 'Pass' })).toContain(
      'SCHEMA_VALIDATION_FAILED This object should have only one of the following fields: [Next, End] at /States/A',
    );
    expect(problemsOf({ Type: 'Pass', Next: 'A', End: true })).toContain(
      'SCHEMA_VALIDATION_FAILED There should only be one of the following fields: [Next, End] at /States/A',
    );
    expect(problemsOf({ Type: 'Pass', End: false })[0]).toContain('[Next, End]');
  });

  it('refuses fields that a type does not have, with what was probably meant', () => {
    const found = asl.check({ StartAt: 'A', Stats: {}, States: { A: { ...pass, Reslt: 1, Catch: [] } } });
    expect(found.map(({ message, path, hint }) => [message, path, hint])).toEqual([
      ["Field 'Stats' is not supported", '/Stats', undefined],
      ["Field 'Reslt' is not supported", '/States/A/Reslt', 'did you mean "Result"?'],
      ["Field 'Catch' is not supported", '/States/A/Catch', undefined],
    ]);
    expect(problemsOf({ Type: 'Succeed', End: true })).toEqual([
      "SCHEMA_VALIDATION_FAILED Field 'End' is not supported at /States/A/End",
    ]);
  });

  it('names the state types it has where a type is unknown', () => {
    const [problem] = asl.check({ StartAt: 'A', States: { A: { Type: 'Pas', End: true } } });
    expect(problem).toEqual({
      code: 'SCHEMA_VALIDATION_FAILED',
      message:
        "The field 'Type' should have one of these values: [Task, Wait, Pass, Succeed, Fail, Choice, Parallel, Map]",
      path: '/States/A/Type',
      hint: 'did you mean "Pass"?',
    });
    expect(problemsOf({ End: true })).toEqual([
      'SCHEMA_VALIDATION_FAILED These fields are required: [Type] at /States/A',
    ]);
  });

  it('says of what does not run yet that it is not supported', () => {
    const ItemProcessor = { StartAt: 'B', States: { B: { Type: 'Pass', End: true } } };
    expect(problemsOf({ Type: 'Map', ItemProcessor, ItemBatcher: {}, End: true })).toEqual([
      'not-supported ItemBatcher is for distributed Maps at /States/A/ItemBatcher',
    ]);
  });

  it('reads Retry and Catch closely', () => {
    const Retry = [
      { ErrorEquals: ['States.ALL'], MaxAttempts: -1 },
      { ErrorEquals: [], BackoffRate: 0.5, IntervalSeconds: '3' },
      { ErrorEquals: ['A', 'States.ALL'], JitterStrategy: 'HALF', MaxDelaySeconds: 40_000_000 },
      { MaxAttempt: 1 },
    ];
    const Catch = [{ ErrorEquals: ['States.ALL'], Next: 'A' }, { Next: 'A' }, 'x'];
    expect(problemsOf({ Type: 'Task', Resource: 'work', End: true, Retry, Catch })).toEqual(
      [
        'States.ALL must appear alone and at end of list at /States/A/Retry/0/ErrorEquals/0',
        'Minimum value is 0 at /States/A/Retry/0/MaxAttempts',
        'Value cannot be empty at /States/A/Retry/1/ErrorEquals',
        'Expected value of type Integer at /States/A/Retry/1/IntervalSeconds',
        'Minimum value is 1 at /States/A/Retry/1/BackoffRate',
        'States.ALL must appear alone and at end of list at /States/A/Retry/2/ErrorEquals/1',
        'Maximum value is 31622399 at /States/A/Retry/2/MaxDelaySeconds',
        'Value should be one of the following: [NONE, FULL] at /States/A/Retry/2/JitterStrategy',
        'These fields are required: [ErrorEquals] at /States/A/Retry/3',
        "Field 'MaxAttempt' is not supported at /States/A/Retry/3/MaxAttempt",
        'Expected value of type [OBJECT] at /States/A/Catch/2',
        'States.ALL must appear alone and at end of list at /States/A/Catch/0/ErrorEquals/0',
        'These fields are required: [ErrorEquals] at /States/A/Catch/1',
      ].map((text) => `SCHEMA_VALIDATION_FAILED ${text}`),
    );
  });

  it('reads the rules of a Choice closely', () => {
    const Choices = [
      { Variable: '$.x', Next: 'A' },
      { Variable: '$.x', StringEquals: 'a', NumericEquals: 1, Next: 'A' },
      { Variable: '$.x', StringEqals: 'a', Next: 'A' },
      { And: [], Next: 'A' },
      { Not: { Variable: '$.x', IsPresent: true, Next: 'A' }, Next: 'A' },
      { Variable: '$.x', NumericEquals: '1', Next: 'A' },
      { Variable: '$.x', TimestampEquals: 'noon', Next: 'A' },
      { Variable: '$.x', IsNull: true },
      { Next: 'A' },
      { Condition: '{% true %}', Next: 'A' },
    ];
    const found = problems({
      StartAt: 'A',
      States: { A: { Type: 'Choice', Choices, Default: 'B' }, B: pass },
    });
    expect(found).toEqual(
      [
        'A comparison operator is required beside Variable at /States/A/Choices/0',
        'There should only be one of the following fields: [StringEquals, NumericEquals] at /States/A/Choices/1',
        "Field 'StringEqals' is not supported at /States/A/Choices/2/StringEqals",
        'Value cannot be empty at /States/A/Choices/3/And',
        "Field 'Next' is not supported at /States/A/Choices/4/Not/Next",
        'Expected value of type Number at /States/A/Choices/5/NumericEquals',
        'String does not match RFC3339 timestamp at /States/A/Choices/6/TimestampEquals',
        'These fields are required: [Next] at /States/A/Choices/7',
        'The object must have only one of the following fields, [And, Or, Not, Variable, Condition] at /States/A/Choices/8',
        "The QueryLanguage is set to 'JSONPath', but field 'Condition' is only supported for the 'JSONata' QueryLanguage at /States/A/Choices/9/Condition",
      ].map((text) => `SCHEMA_VALIDATION_FAILED ${text}`),
    );
    expect(problemsOf({ Type: 'Choice', Choices: [] })[0]).toContain('Value cannot be empty');
    expect(problemsOf({ Type: 'Choice' })[0]).toContain('These fields are required: [Choices]');
  });

  it('wants one time of a Wait, and a real one', () => {
    const fields = '[SecondsPath, Seconds, TimestampPath, Timestamp]';
    expect(problemsOf({ Type: 'Wait', End: true })).toEqual([
      `SCHEMA_VALIDATION_FAILED This object should have only one of the following fields: ${fields} at /States/A`,
    ]);
    expect(problemsOf({ Type: 'Wait', Seconds: 1, Timestamp: '2026-01-01T00:00:00Z', End: true })).toEqual([
      `SCHEMA_VALIDATION_FAILED There should only be one of the following fields: ${fields} at /States/A`,
    ]);
    expect(problemsOf({ Type: 'Wait', Seconds: -1, End: true })).toEqual([
      'SCHEMA_VALIDATION_FAILED Minimum value is 0 at /States/A/Seconds',
    ]);
    expect(problemsOf({ Type: 'Wait', Timestamp: '2026-01-01 00:00:00Z', End: true })).toEqual([
      'SCHEMA_VALIDATION_FAILED String does not match RFC3339 timestamp at /States/A/Timestamp',
    ]);
  });

  it('wants a Resource that is one, and a role in Credentials', () => {
    expect(problemsOf({ Type: 'Task', End: true })).toEqual([
      'SCHEMA_VALIDATION_FAILED These fields are required: [Resource] at /States/A',
    ]);
    expect(problemsOf({ Type: 'Task', Resource: 'no good', End: true })).toEqual([
      'SCHEMA_VALIDATION_FAILED Value is not a valid resource ARN at /States/A/Resource',
    ]);
    expect(problemsOf({ Type: 'Task', Resource: 'work', Credentials: {}, End: true })).toEqual([
      "SCHEMA_VALIDATION_FAILED The field 'RoleArn' is required but was missing at /States/A/Credentials",
    ]);
    expect(problemsOf({ Type: 'Task', Resource: 'work', TimeoutSeconds: 0, End: true })).toEqual([
      'SCHEMA_VALIDATION_FAILED Minimum value is 1 at /States/A/TimeoutSeconds',
    ]);
  });

  it('keeps names and query languages in bounds', () => {
    const long = 'x'.repeat(81);
    expect(problems({ StartAt: long, States: { [long]: pass } })[0]).toContain('INVALID_STATE_NAME');
    expect(asl.check({ StartAt: long.slice(1), States: { [long.slice(1)]: pass } })).toEqual([]);
    expect(
      problems({
        QueryLanguage: 'JSONata',
        StartAt: 'A',
        States: { A: { ...pass, QueryLanguage: 'JSONPath' } },
      }),
    ).toContain(
      "SCHEMA_VALIDATION_FAILED 'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine at /States/A",
    );
    expect(problemsOf({ ...pass, QueryLanguage: 'SQL' })).toEqual([
      'SCHEMA_VALIDATION_FAILED Value should be one of the following: [JSONPath, JSONata] at /States/A/QueryLanguage',
    ]);
  });

  it('finds paths that are none', () => {
    for (const field of ['InputPath', 'OutputPath', 'ResultPath']) {
      const found = asl.check({ StartAt: 'A', States: { A: { ...pass, [field]: 'no path' } } });
      expect(found).toHaveLength(1);
      expect(found[0]?.path).toBe(`/States/A/${field}`);
      expect(asl.check({ StartAt: 'A', States: { A: { ...pass, [field]: null } } })).toEqual([]);
    }
    expect(problemsOf({ ...pass, Parameters: { deep: [{ 'parsed.$': '$.x[' }] } })).toEqual([
      "SCHEMA_VALIDATION_FAILED The value for the field 'parsed.$' must be a valid JSONPath or a valid intrinsic function call at /States/A/Parameters/deep/0/parsed.$",
    ]);
  });

  it('reads no definition that nests without measure', () => {
    const nested = (levels: number): Json => {
      let rule: Json = { Variable: '$.x', IsPresent: true };
      for (let i = 0; i < levels; i++) rule = { Not: rule };
      const Choices = [{ ...rule, Next: 'B' }];
      return { StartAt: 'A', States: { A: { Type: 'Choice', Choices }, B: { Type: 'Succeed' } } };
    };
    // The rule itself is five levels down.
    expect(asl.check(nested(195))).toEqual([]);
    expect(problems(nested(196))).toEqual(['TOO_DEEPLY_NESTED Definition nests deeper than 200 levels at ']);
    expect(problems(nested(50_000))).toHaveLength(1);
  });

  it('is what compile throws, all at once', () => {
    const broken = { StartAt: 'A', States: { A: { Type: 'Pass', Nxt: 'A' } } };
    expect(() => asl.compile(broken)).toThrow(Refused);
    try {
      asl.compile(broken);
    } catch (error) {
      expect((error as Refused).problems).toEqual(asl.check(broken));
    }
  });
});
