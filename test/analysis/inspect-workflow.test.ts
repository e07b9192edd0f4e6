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
