import type { JsonObject } from '../core/json.js';
import { formatTimestamp } from '../core/timestamp.js';
import { type Execution, retryCount, type Thread } from './execution.js';

/** What stands for account and region in the names that AWS would give things. */
const ACCOUNT = '000000000000';
const REGION = 'us-east-1';

export const ROLE_ARN = `arn:aws:iam::${ACCOUNT}:role/detent`;

/** The region that task events name. */
export const TASK_REGION = REGION;

function stateMachineArn(machine: string): string {
  return `arn:aws:states:${REGION}:${ACCOUNT}:stateMachine:${machine}`;
}

function executionArn(machine: string, instance: string): string {
  return `arn:aws:states:${REGION}:${ACCOUNT}:execution:${machine}:${instance}`;
}

/**
 * The Context Object, `$$` in JSONPath and `$states.context` in JSONata (Step Functions: accessing the context
 * object). RetryCount is there in states that can be retried.
 */
export function contextObject(
  execution: Execution,
  instance: string,
  thread: Thread,
  retryable: boolean,
): JsonObject {
  const { machine, at, input } = execution.start;
  return {
    Execution: {
      Id: executionArn(machine, instance),
      Input: input,
      StartTime: formatTimestamp(at),
      Name: instance,
      RoleArn: ROLE_ARN,
      RedriveCount: 0,
    },
    StateMachine: { Id: stateMachineArn(machine), Name: machine },
    State: {
      Name: thread.state,
      EnteredTime: formatTimestamp(thread.entered?.at ?? at),
      ...(retryable ? { RetryCount: retryCount(thread) } : {}),
    },
  };
}
