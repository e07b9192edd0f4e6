import { describe, expect, it } from 'vitest';
import { inspect } from '../../src/analysis/analysis.js';
import type { Json } from '../../src/core/json.js';
import { isError } from '../../src/core/problem.js';

function findings(States: Record<string, Json>, more: Record<string, Json> = {}): readonly string[] {
  const source = { StartAt: Object.keys(States)[0] ?? '', States, ...more };
  const problems = inspect({ language: 'asl', source });
  expect(problems.filter(isError)).toEqual([]);
  return problems.map(({ code, path, message }) => `${code} ${path} ${message}`);
}

const END: Json = { Type: 'Succeed' };

const choice = (Choices: readonly Json[], Default?: string): Json => ({
  Type: 'Choice',
  Choices,
  ...(Default === undefined ? {} : { Default }),
});

describe('a deeper check of a workflow', () => {
  it('has nothing to say where nothing is wrong', () => {
    const rules = [{ Variable: '$.n', NumericLessThan: 3, Next: 'End' }];
    expect(
      findings({ Which: choice(rules, 'Other'), Other: { Type: 'Pass', Next: 'End' }, End: END }),
    ).toEqual([]);
  });

  it('finds rules that are never come to', () => {
    const rules = [
      { Variable: '$.n', NumericLessThan: 5, Next: 'End' },
      { Variable: '$.n', NumericLessThan: 3, Next: 'Other' },
      {
        And: [
          { Variable: '$.s', StringEquals: 'a' },
          { Variable: '$.s', StringEquals: 'b' },
        ],
        Next: 'Other',
      },
    ];
    expect(findings({ Which: choice(rules, 'Other'), Other: { Type: 'Pass', End: true }, End: END })).toEqual(
      [
        'shadowed-rule /States/Which/Choices/1 the rule 2 of "Which" is never taken: those before it take all that it takes (reached from the start)',
        'shadowed-rule /States/Which/Choices/2 the rule 3 of "Which" is never taken: it never holds (reached from the start)',
      ],
    );
  });

  it('looks into branches and what is done with each item', () => {
    const rules = [
      { Variable: '$.n', NumericLessThan: 5, Next: 'In' },
      { Variable: '$.n', NumericLessThan: 3, Next: 'In' },
    ];
    const inner = { StartAt: 'Which', States: { Which: choice(rules, 'In'), In: END } };
    const list = { Type: 'Map', ItemProcessor: inner, End: true };
    const both = { Type: 'Parallel', Branches: [{ StartAt: 'Each', States: { Each: list } }], End: true };
    expect(findings({ Both: both })).toEqual([
      'shadowed-rule /States/Both/Branches/0/States/Each/ItemProcessor/States/Which/Choices/1 the rule 2 of "Which" is never taken: those before it take all that it takes (reached by Both, Each)',
    ]);
  });

  it('finds a Default that is never come to', () => {
    const rules = [
      { Variable: '$.n', IsPresent: true, Next: 'End' },
      { Not: { Variable: '$.n', IsPresent: true }, Next: 'Other' },
    ];
    expect(
      findings({ Which: choice(rules, 'Other'), Other: { Type: 'Pass', End: true }, End: END })[0],
    ).toContain('shadowed-rule /States/Which/Default ');
  });

  it('finds values that no rule takes where there is no Default, and says by which states one comes there', () => {
    const rules = [
      { Variable: '$.n', NumericLessThan: 3, Next: 'End' },
      { Variable: '$.n', NumericGreaterThan: 3, Next: 'End' },
    ];
    expect(findings({ First: { Type: 'Pass', Next: 'Which' }, Which: choice(rules), End: END })).toEqual([
      'incomplete-rules /States/Which/Choices where $.n is 3, no rule of "Which" holds, there is no Default, and the workflow fails (reached by First)',
    ]);
  });

  it('does not ask for a Default where the rules take every value of their type', () => {
    const rules = [
      { Variable: '$.n', NumericLessThan: 3, Next: 'End' },
      { Variable: '$.n', NumericGreaterThanEquals: 3, Next: 'End' },
    ];
    expect(findings({ Which: choice(rules), End: END })).toEqual([]);
    const flags = [
      { Variable: '$.f', BooleanEquals: true, Next: 'End' },
      { Variable: '$.f', BooleanEquals: false, Next: 'End' },
    ];
    expect(findings({ Which: choice(flags), End: END })).toEqual([]);
  });

  it('reads the conditions of JSONata, and leaves alone what it cannot decide', () => {
    const condition = (text: string, Next = 'End') => ({ Condition: `{% ${text} %}`, Next });
    const jsonata = { QueryLanguage: 'JSONata' };
    const same = [condition('$states.input.n > 3'), condition('$states.input.n > 4', 'Other')];
    const states = { Other: { Type: 'Pass', End: true }, End: END };
    expect(findings({ Which: choice(same, 'Other'), ...states }, jsonata)[0]).toContain(
      'shadowed-rule /States/Which/Choices/1',
    );
    const open = [
      condition('$length($states.input.s) > 3'),
      condition('$length($states.input.s) > 4', 'Other'),
    ];
    expect(findings({ Which: choice(open, 'Other'), ...states }, jsonata)).toEqual([]);
  });

  it('finds rounds of states that neither wait nor work', () => {
    const rules = [{ Variable: '$.n', IsPresent: true, Next: 'End' }];
    const round = {
      Which: choice(rules, 'A'),
      A: { Type: 'Pass', Next: 'B' },
      B: { Type: 'Pass', Next: 'A' },
      End: END,
    };
    expect(findings(round)).toEqual([
      'endless-loop /States/A states that neither wait nor work lead round for ever from the state "A" (reached by Which)',
      'no-way-to-end /States/A no state that ends the workflow can be come to from the state "A" (reached by Which)',
    ]);
  });

  it('finds states from which no end can be come to', () => {
    const rules = [{ Variable: '$.n', IsPresent: true, Next: 'End' }];
    const round = {
      Which: choice(rules, 'A'),
      A: { Type: 'Wait', Seconds: 5, Next: 'B' },
      B: { Type: 'Pass', Next: 'A' },
      End: END,
    };
    expect(findings(round)).toEqual([
      'no-way-to-end /States/A no state that ends the workflow can be come to from the state "A" (reached by Which)',
    ]);
  });

  it('finds Catchers and Retriers whose errors are all taken before', () => {
    const task: Json = {
      Type: 'Task',
      Resource: 'work',
      Retry: [{ ErrorEquals: ['Busy'] }, { ErrorEquals: ['Busy'] }],
      Catch: [
        { ErrorEquals: ['States.TaskFailed'], Next: 'End' },
        { ErrorEquals: ['Lost'], Next: 'End' },
        { ErrorEquals: ['States.Timeout'], Next: 'End' },
        { ErrorEquals: ['States.ALL'], Next: 'End' },
      ],
      Next: 'End',
    };
    expect(findings({ Work: task, End: END }).map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual([
      'shadowed-catcher /States/Work/Catch/1',
      'shadowed-retrier /States/Work/Retry/1',
    ]);
  });
});

describe('the data of a workflow', () => {
  const pass = (more: Record<string, Json>, Next = 'End'): Json => ({ Type: 'Pass', ...more, Next });

  it('lacks what Parameters did not make', () => {
    const Made = pass({ Parameters: { 'id.$': '$.order.id', fixed: { a: 1 } } }, 'Read');
    const Read = pass({ Parameters: { 'id.$': '$.idd', 'a.$': '$.fixed.a', 'b.$': '$.fixed.b' } });
    expect(findings({ Made, Read, End: END })).toEqual([
      'missing-path /States/Read/Parameters/id.$ "$.idd" of "Read" is never found: what it is read from has only fixed, id (reached by Made)',
      'missing-path /States/Read/Parameters/b.$ "$.fixed.b" of "Read" is never found: "fixed" there has only a (reached by Made)',
    ]);
  });

  it('lacks what Choice rules compare, unless the Choice asks whether it is there', () => {
    const Made = pass({ Parameters: { x: { k: 1 }, n: 2 } }, 'Which');
    const rules: Json[] = [
      { Variable: '$.x.l', StringEquals: 'a', Next: 'End' },
      { And: [{ Not: { Variable: '$.n', NumericEqualsPath: '$.m' } }], Next: 'End' },
      {
        And: [
          { Variable: '$.q', IsPresent: true },
          { Variable: '$.q', NumericEquals: 1 },
        ],
        Next: 'End',
      },
    ];
    expect(findings({ Made, Which: choice(rules, 'End'), End: END })).toEqual([
      'missing-path /States/Which/Choices/0/Variable "$.x.l" of "Which" is never found: "x" there has only k (reached by Made)',
      'missing-path /States/Which/Choices/1/And/0/Not/NumericEqualsPath "$.m" of "Which" is never found: what it is read from has only n, x (reached by Made)',
    ]);
  });

  it('lacks in the output what a Result does not have', () => {
    expect(findings({ A: pass({ Result: { a: 1 }, OutputPath: '$.b' }), End: END })).toEqual([
      'missing-path /States/A/OutputPath "$.b" of "A" is never found: what it is read from has only a (reached from the start)',
    ]);
  });

  it('may be whatever the workflow is started with, and what tasks give', () => {
    const Made = pass({ Parameters: { a: 1 }, ResultPath: '$.made' }, 'Work');
    const Work: Json = { Type: 'Task', Resource: 'work', ResultPath: '$.work', Next: 'Read' };
    const Read = pass({
      Parameters: { 'x.$': '$.other', 'y.$': '$.made.a', 'z.$': '$.work.deep', 'all.$': '$..q' },
    });
    expect(findings({ Made, Work, Read, End: END })).toEqual([]);
  });

  it('is all that comes in by any way', () => {
    const Which = choice([{ Variable: '$.n', NumericEquals: 1, Next: 'One' }], 'Two');
    const One = pass({ Result: { a: 1 } }, 'Read');
    const Two = pass({ Result: { b: 1 } }, 'Read');
    const Read = pass({ Parameters: { 'a.$': '$.a', 'b.$': '$.b', 'c.$': '$.c' } });
    expect(findings({ Which, One, Two, Read, End: END })).toEqual([
      'missing-path /States/Read/Parameters/c.$ "$.c" of "Read" is never found: what it is read from has only a, b (reached by Which, One)',
    ]);
  });

  it('may come back changed', () => {
    const Begin = pass({ Result: { n: 1 } }, 'Loop');
    const Loop = pass({ InputPath: '$', ResultPath: '$.was' }, 'Work');
    const Work: Json = { Type: 'Task', Resource: 'work', ResultPath: '$.done', Next: 'Which' };
    const Which = choice([{ Variable: '$.done', IsPresent: true, Next: 'End' }], 'Loop');
    expect(findings({ Begin, Loop, Work, Which, End: END })).toEqual([]);
  });

  it('is looked at within branches and items, and behind Catchers', () => {
    const item = { StartAt: 'I', States: { I: { Type: 'Pass', InputPath: '$.b', End: true } } };
    const Each: Json = {
      Type: 'Map',
      ItemSelector: { 'a.$': '$$.Map.Item.Value' },
      ItemProcessor: item,
      Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Broken' }],
      Next: 'End',
    };
    const Broken = pass({ Parameters: { 'why.$': '$.Cause', 'x.$': '$.Why' } });
    expect(findings({ Each, Broken, End: END })).toEqual([
      'missing-path /States/Each/ItemProcessor/States/I/InputPath "$.b" of "I" is never found: what it is read from has only a (reached by Each)',
      'missing-path /States/Broken/Parameters/x.$ "$.Why" of "Broken" is never found: what it is read from has only Cause, Error (reached by Each)',
    ]);
  });

  it('is followed through JSONata as well', () => {
    const A = pass({ Output: { total: '{% $states.input.price * 2 %}' } }, 'B');
    const B = pass({ Output: { t: '{% $states.input.totl %}', ok: '{% $states.input.total %}' } });
    expect(findings({ A, B, End: END }, { QueryLanguage: 'JSONata' })).toEqual([
      'missing-path /States/B/Output/t "$states.input.totl" of "B" is never found: what it is read from has only total (reached by A)',
    ]);
  });
});

describe('the variables of a workflow', () => {
  it('are assigned somewhere', () => {
    const States = {
      A: {
        Type: 'Pass',
        Assign: { count: 1, x: { a: 1 } },
        Parameters: { 'v.$': "States.Format('{} $no', $cout)", 'w.$': '$x.a' },
        Next: 'B',
      },
      B: {
        Type: 'Pass',
        QueryLanguage: 'JSONata',
        Output: '{% ($y := $count; $sum([$y, $z])) %}',
        Next: 'M',
      },
      M: {
        Type: 'Map',
        ItemProcessor: {
          StartAt: 'I',
          States: { I: { Type: 'Pass', Assign: { inner: 1 }, Parameters: { 'c.$': '$count' }, End: true } },
        },
        OutputPath: '$inner',
        End: true,
      },
    };
    expect(findings(States)).toEqual([
      'unknown-variable /States/A/Parameters/v.$ "$cout" is read by "A", and nothing assigns it (reached from the start)',
      'unknown-variable /States/A/Parameters/w.$ "$x" is read by "A" before anything can have assigned it (reached from the start)',
      'unknown-variable /States/B/Output "$z" is read by "B", and nothing assigns it (reached by A)',
      'unknown-variable /States/M/OutputPath "$inner" is read by "M", and nothing assigns it (reached by A, B)',
    ]);
  });
});

describe('a variable of a workflow', () => {
  const pass = (more: Record<string, Json>, Next = 'End'): Json => ({ Type: 'Pass', ...more, Next });

  it('is assigned before it is read', () => {
    const A = pass({ Assign: { x: 1 }, Parameters: { 'v.$': '$x' } }, 'B');
    const B = pass({ Parameters: { 'v.$': '$x', 'y.$': '$y' } }, 'C');
    const C = pass({ Assign: { y: 1 } });
    expect(findings({ A, B, C, End: END })).toEqual([
      'unknown-variable /States/A/Parameters/v.$ "$x" is read by "A" before anything can have assigned it (reached from the start)',
      'unknown-variable /States/B/Parameters/y.$ "$y" is read by "B" before anything can have assigned it (reached by A)',
    ]);
  });

  it('is not handed to the executions of a distributed Map', () => {
    const States = { P: { Type: 'Pass', Parameters: { 'x.$': '$x' }, End: true } };
    const items = (ProcessorConfig: Json): Json => ({
      ...{ Type: 'Map', ItemSelector: { 'x.$': '$x' }, Next: 'End' },
      ItemProcessor: { ProcessorConfig, StartAt: 'P', States },
    });
    const A = pass({ Assign: { x: 1 } }, 'M');
    expect(findings({ A, M: items({ Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' }), End: END })).toEqual([
      'unknown-variable /States/M/ItemProcessor/States/P/Parameters/x.$ "$x" is read by "P", which does not have it (reached by A, M)',
    ]);
    expect(findings({ A, M: items({ Mode: 'INLINE' }), End: END })).toEqual([]);
  });

  it('may have been assigned the time before, by a Catcher, or around a branch', () => {
    const A = pass({ Parameters: { 'n.$': '$n' } }, 'Work');
    const Work: Json = {
      Type: 'Task',
      Resource: 'work',
      Assign: { n: 1 },
      Catch: [{ ErrorEquals: ['Lost'], Assign: { why: 1 }, Next: 'P' }],
      Next: 'A',
    };
    const branch = { StartAt: 'I', States: { I: { Type: 'Pass', OutputPath: '$why', End: true } } };
    const P: Json = { Type: 'Parallel', Branches: [branch], Next: 'End' };
    expect(findings({ A, Work, P, End: END })).toEqual([]);
  });

  it('is none where it is what workflows leave out of JSONata', () => {
    const source = {
      QueryLanguage: 'JSONata',
      StartAt: 'A',
      States: { A: { Type: 'Pass', Output: '{% $eval("1") %}', End: true } },
    };
    expect(inspect({ language: 'asl', source })).toMatchObject([
      { code: 'unknown-variable', hint: 'workflows have no $eval; $parse reads JSON' },
    ]);
  });
});

describe('the Error Names of a workflow', () => {
  it('are those of what is within, where nothing else can fail', () => {
    const branch = (states: Record<string, Json>): Json => ({
      StartAt: Object.keys(states)[0] ?? '',
      States: states,
    });
    const parallel = (states: Record<string, Json>): Json => ({
      Type: 'Parallel',
      Branches: [branch(states)],
      Catch: [{ ErrorEquals: ['Lost', 'Broken', 'States.DataLimitExceeded'], Next: 'End' }],
      Next: 'End',
    });
    const fixed = { F: { Type: 'Fail', Error: 'Broke' }, G: { Type: 'Fail', Error: 'Lost' } };
    const rules = choice([{ Variable: '$.n', IsPresent: true, Next: 'F' }], 'G');
    expect(findings({ P: parallel({ C: rules, ...fixed }), End: END })).toEqual([
      'unknown-error /States/P/Catch/0/ErrorEquals/1 "Broken" of "P" is never thrown: nothing within fails with it (reached from the start)',
    ]);
    for (const within of [
      { T: { Type: 'Task', Resource: 't', End: true } },
      { F: { Type: 'Fail', ErrorPath: '$.error' } },
    ])
      expect(findings({ P: parallel(within), End: END })).toEqual([]);
  });

  it('are named once, and are there', () => {
    const Catch = [
      { ErrorEquals: ['A', 'A', 'States.Timeot'], Next: 'End' },
      { ErrorEquals: ['B', 'A'], Next: 'End' },
    ];
    expect(findings({ Work: { Type: 'Task', Resource: 'work', Catch, Next: 'End' }, End: END })).toEqual([
      'shadowed-error /States/Work/Catch/0/ErrorEquals/1 "A" is taken already where "Work" names it again (reached from the start)',
      'unknown-error /States/Work/Catch/0/ErrorEquals/2 "States.Timeot" of "Work" is never thrown: there is no such error (reached from the start)',
      'shadowed-error /States/Work/Catch/1/ErrorEquals/1 "A" is taken already where "Work" names it again (reached from the start)',
    ]);
  });
});
