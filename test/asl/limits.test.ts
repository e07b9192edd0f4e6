import { describe, expect, it } from 'vitest';
import { asl } from '../../src/asl/language.js';
import {
  MAX_RETRY_DELAY_SECONDS,
  MAX_STATE_STEPS,
  MAX_TURN_STEPS,
  MAX_VARIABLES_BYTES,
  MAX_WAIT_SECONDS,
} from '../../src/asl/limits.js';
import { begin } from '../../src/asl/step.js';
import type { Json } from '../../src/core/json.js';
import type { Step } from '../../src/core/language.js';
import { MAX_CAUSE_LENGTH } from '../../src/core/limits.js';
import { Budget, MAX_EXPRESSION_STEPS } from '../../src/expression/budget.js';
import { compileJsonataTemplate } from '../../src/expression/template.js';
import { drive } from './drive.js';

/** The first step of a machine that begins with a variable of so many characters. */
function beginning(definition: Json, length: number): Step {
  const stamp = { id: 'start', instance: 'run', revision: 1, at: 0, seed: 'seed' };
  const event = { ...stamp, type: 'start', machine: 'm', input: {} } as const;
  return begin(asl.compile(definition), event, { variables: { v: 'x'.repeat(length) } });
}

describe('the limits of AWS', () => {
  it('let variables have 10 MiB in all, and no more', () => {
    const states = { A: { Type: 'Pass', Assign: { w: 'y' }, Next: 'B' }, B: { Type: 'Succeed' } };
    const most = MAX_VARIABLES_BYTES - '{"v":"","w":"y"}'.length;
    expect(beginning({ StartAt: 'A', States: states }, most).status).toBe('succeeded');
    const over = beginning({ StartAt: 'A', States: states }, most + 1);
    expect(over.status).toBe('failed');
    expect(asl.view(over.state).error?.error).toBe('States.DataLimitExceeded');
    // Nothing was left that failed.
    expect(over.history.map(({ type }) => type)).not.toContain('PassStateExited');
  });

  it('count the variables of all threads together', () => {
    const branch = (name: string): Json => ({
      StartAt: name,
      States: {
        [name]: { Type: 'Pass', Assign: { w: 'y'.repeat(200_000) }, Next: `${name}!` },
        [`${name}!`]: { Type: 'Wait', Seconds: 1, End: true },
      },
    });
    const P = { Type: 'Parallel', Branches: [branch('A'), branch('B')], End: true };
    const definition = { StartAt: 'P', States: { P } };
    expect(beginning(definition, MAX_VARIABLES_BYTES - 500_000).status).toBe('running');
    expect(beginning(definition, MAX_VARIABLES_BYTES - 300_000).status).toBe('failed');
  });

  it('let a Retrier pause for less than a leap year', () => {
    const problems = (MaxDelaySeconds: number) =>
      asl.check({
        StartAt: 'T',
        States: {
          T: { Type: 'Task', Resource: 't', Retry: [{ ErrorEquals: ['A'], MaxDelaySeconds }], End: true },
        },
      });
    expect(problems(MAX_RETRY_DELAY_SECONDS)).toEqual([]);
    expect(problems(MAX_RETRY_DELAY_SECONDS + 1)).toHaveLength(1);
  });

  it('let a Wait take less than 2^31 seconds', () => {
    const wait = (seconds: number) =>
      drive(
        { StartAt: 'W', States: { W: { Type: 'Wait', SecondsPath: '$.seconds', End: true } } },
        { seconds },
        { now: 0 },
      );
    expect(wait(MAX_WAIT_SECONDS).status).toBe('succeeded');
    expect(wait(MAX_WAIT_SECONDS + 1)).toMatchObject({
      error: 'States.Runtime',
      cause: expect.stringContaining('Wait state delay is too long.'),
    });
  });

  it('cut causes that are longer than 32,768 characters', () => {
    const fail = (length: number) =>
      drive(
        { StartAt: 'F', States: { F: { Type: 'Fail', Error: 'E', CausePath: '$.cause' } } },
        { cause: 'x'.repeat(length) },
      );
    expect(fail(MAX_CAUSE_LENGTH).cause).toHaveLength(MAX_CAUSE_LENGTH);
    expect(fail(MAX_CAUSE_LENGTH + 1).cause).toHaveLength(MAX_CAUSE_LENGTH);
  });
});

describe('what the expressions of a state may take together', () => {
  /** False, after many steps that take little time. */
  const LONG = '$pad("", 64000) in [1..300]';

  /** Steps that it takes. */
  const cost = (() => {
    const checked = compileJsonataTemplate(`{% ${LONG} %}`, 'states');
    const budget = new Budget();
    if ('value' in checked) checked.value.evaluate(undefined, { budget });
    return MAX_EXPRESSION_STEPS - budget.left;
  })();

  const choosing = (rules: number): Json => ({
    QueryLanguage: 'JSONata',
    StartAt: 'C',
    States: {
      C: {
        Type: 'Choice',
        Choices: Array.from({ length: rules }, () => ({ Condition: `{% ${LONG} %}`, Next: 'S' })),
        Default: 'S',
      },
      S: { Type: 'Succeed' },
    },
  });

  it('is bounded, however many they are, and the one at the bound is named', () => {
    const most = Math.floor(MAX_STATE_STEPS / cost);
    expect(drive(choosing(most), {}).status).toBe('succeeded');
    const over = drive(choosing(most + 1), {});
    expect(over.error).toBe('States.QueryEvaluationError');
    expect(over.cause).toContain(
      `specified for the field 'Choices[${most}]/Condition' threw an error during evaluation: Expression evaluation timeout`,
    );
  });

  it('is as much for each state, and a turn in which they take long is cut', () => {
    const loop: Json = {
      QueryLanguage: 'JSONata',
      StartAt: 'P',
      States: {
        P: {
          Type: 'Pass',
          Output: `{% ${LONG} ? 0 : $states.input + 1 %}`,
          Next: 'C',
        },
        C: {
          Type: 'Choice',
          Choices: [{ Condition: '{% $states.input < 80 %}', Next: 'P' }],
          Default: 'S',
        },
        S: { Type: 'Succeed' },
      },
    };
    const run = drive(loop, 0);
    expect(run).toMatchObject({ status: 'succeeded', output: 80 });
    const turns = Math.ceil((80 * cost) / MAX_TURN_STEPS);
    expect(turns).toBeGreaterThan(2);
    expect(run.steps.filter(({ unfinished }) => unfinished)).toHaveLength(turns - 1);
  });
});
