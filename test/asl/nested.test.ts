import { describe, expect, it } from 'vitest';
import type { SpawnEffect } from '../../src/core/effect.js';
import type { Json, JsonObject } from '../../src/core/json.js';
import { type DriveOptions, drive, type Run } from './drive.js';

const SYNC = 'arn:aws:states:::states:startExecution.sync';

const ARN = 'arn:aws:states:us-east-1:123456789012:stateMachine:billing';

function run(state: JsonObject, options: DriveOptions = {}): Run {
  const Parameters = { StateMachineArn: ARN, Input: { n: 1 } };
  const states = { Bill: { Type: 'Task', Resource: SYNC, Parameters, End: true, ...state } };
  return drive({ StartAt: 'Bill', States: states }, {}, { now: 1_000, ...options });
}

const ending = (output: Json) => ({ child: () => ({ status: 'succeeded', output }) as const });

describe('a task that is an execution of its own', () => {
  it('gives what became of it, in texts', () => {
    const { status, output, types } = run({}, ending({ total: 7 }));
    expect(status).toBe('succeeded');
    expect(output).toEqual({
      ExecutionArn: 'arn:aws:states:us-east-1:000000000000:execution:billing:run-1/1.0/0',
      ...{ Input: '{"n":1}', InputDetails: { Included: true }, Name: 'run-1/1.0/0' },
      ...{ Output: '{"total":7}', OutputDetails: { Included: true } },
      ...{ RedriveCount: 0, RedriveStatus: 'NOT_REDRIVABLE' },
      RedriveStatusReason: 'Execution is SUCCEEDED and cannot be redriven',
      ...{ StartDate: 1_000, StopDate: 1_000, Status: 'SUCCEEDED' },
      StateMachineArn: 'arn:aws:states:us-east-1:000000000000:stateMachine:billing',
    });
    expect(types.slice(2, 6)).toEqual(['TaskScheduled', 'TaskStarted', 'TaskSubmitted', 'TaskSucceeded']);
  });

  it('gives it in values where it is asked for them', () => {
    const { output } = run({ Resource: `${SYNC}:2` }, ending({ total: 7 }));
    expect(output).toMatchObject({ Input: { n: 1 }, Output: { total: 7 } });
  });

  it('fails with what the execution failed with', () => {
    const child = () => ({ status: 'failed', error: 'Declined', cause: 'no money' }) as const;
    const { error, cause } = run({}, { child });
    expect(error).toBe('States.TaskFailed');
    expect(JSON.parse(cause ?? '')).toMatchObject({ Error: 'Declined', Cause: 'no money', Status: 'FAILED' });
    const stopped = run({}, { child: () => ({ status: 'stopped' }) });
    expect(JSON.parse(stopped.cause ?? '')).not.toHaveProperty('Error');
    expect(JSON.parse(stopped.cause ?? '')).toMatchObject({ Status: 'ABORTED', RedriveStatus: 'REDRIVABLE' });
  });

  it.each([
    [
      { StateMachineArn: 'billing', Input: '{"n": 1}' },
      { machine: 'billing', input: { n: 1 } },
    ],
    [
      { StateMachineArn: `${ARN}:7`, Input: 'no JSON' },
      { machine: 'billing', input: 'no JSON' },
    ],
    [{ StateMachineArn: ARN }, { machine: 'billing', input: {} }],
    [
      { StateMachineArn: ARN, Input: [1] },
      { machine: 'billing', input: [1] },
    ],
  ])('is asked for as %j', (Parameters, expected) => {
    const asked: SpawnEffect[] = [];
    run(
      { Parameters },
      {
        child: (effect) => {
          asked.push(effect);
          return { status: 'succeeded' };
        },
      },
    );
    expect(asked).toMatchObject([expected]);
  });

  it('fails where there is no such machine, or none is named', () => {
    expect(run({})).toMatchObject({
      error: 'StepFunctions.StateMachineDoesNotExistException',
      cause: "State Machine Does Not Exist: 'arn:aws:states:us-east-1:000000000000:stateMachine:billing'",
    });
    expect(run({ Parameters: { StateMachineArn: 'arn:aws:s3:::billing' } })).toMatchObject({
      error: 'StepFunctions.InvalidArnException',
      cause: "Invalid Arn: 'Invalid ARN prefix: arn:aws:s3:::billing'",
    });
    expect(run({ Parameters: {} }).error).toBe('StepFunctions.InvalidArnException');
  });

  it('fails where the result is larger than results may be', () => {
    expect(run({}, ending('x'.repeat(262_000))).error).toBe('States.DataLimitExceeded');
  });

  it('is begun again by a Retrier, as another execution', () => {
    let times = 0;
    const child = () => {
      times += 1;
      return times < 3
        ? ({ status: 'failed', error: 'No' } as const)
        : ({ status: 'succeeded', output: times } as const);
    };
    const Retry = [{ ErrorEquals: ['States.TaskFailed'], IntervalSeconds: 1 }];
    const { output } = run({ Retry }, { child });
    expect(output).toMatchObject({ Output: '3' });
  });
});
