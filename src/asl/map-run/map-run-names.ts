import type { ChildResult } from '../../core/event.js';
import type { JsonObject } from '../../core/json.js';
import type { ActiveThread } from '../active-thread.js';
import { mapRunArn } from '../arn.js';
import { executionDetails } from './execution-details.js';

/** A Map run, as far as its names need it known. */
interface Named {
  readonly id: string;
  readonly label: string;
}

/** The ARN of a Map run. */
export function arnOf({ turn }: ActiveThread, { id, label }: Named): string {
  return mapRunArn(turn.execution.start.machine, label, turn.event.instance, id);
}

/** All there is to say of an execution of a Map run, whose group it is in. */
export function detailsOf(
  { turn }: ActiveThread,
  { label }: Named,
  group: string,
  result: ChildResult,
): JsonObject {
  return executionDetails(turn.execution.start.machine, label, turn.event.instance, group, result);
}
