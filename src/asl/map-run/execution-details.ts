import type { ChildResult } from '../../core/event.js';
import { childName } from '../../core/identifier.js';
import type { Json, JsonObject } from '../../core/json.js';
import { formatTimestamp } from '../../core/timestamp.js';
import { executionArn, stateMachineArn } from '../arn.js';
import { executionStatus } from '../execution-status.js';

/** All that AWS tells of an item's execution where it tells more than its output (Step Functions: ResultWriter). */
export function executionDetails(
  machine: string,
  label: string,
  parent: string,
  group: string,
  { index, status, output, error, cause, input, startedAt, endedAt }: ChildResult,
): JsonObject {
  const name = childName(parent, group, index);
  const details: Record<string, Json> = { ExecutionArn: executionArn(`${machine}/${label}`, name) };
  if (cause !== undefined) details['Cause'] = cause;
  if (error !== undefined) details['Error'] = error;
  if (input !== undefined) {
    details['Input'] = JSON.stringify(input);
    details['InputDetails'] = { Included: true };
  }
  details['Name'] = name;
  if (status === 'succeeded') {
    details['Output'] = JSON.stringify(output);
    details['OutputDetails'] = { Included: true };
  }
  if (startedAt !== undefined) details['StartDate'] = formatTimestamp(startedAt);
  details['StateMachineArn'] = stateMachineArn(`${machine}/${label}`);
  details['Status'] = executionStatus(status);
  if (endedAt !== undefined) details['StopDate'] = formatTimestamp(endedAt);
  return details;
}

/** What there is to say of an execution that never began, of what it would have been given. */
export function pendingDetails(machine: string, label: string, input: Json): JsonObject {
  return {
    ...{ Input: JSON.stringify(input), InputDetails: { Included: true } },
    ...{ StateMachineArn: stateMachineArn(`${machine}/${label}`), Status: 'PENDING' },
  };
}
