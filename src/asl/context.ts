import { Chance } from '../core/chance.js';
import { isJsonObject, type Json, type JsonObject, own, put } from '../core/json.js';
import { formatTimestamp } from '../core/timestamp.js';
import { uuidOf } from '../expression/intrinsic/uuid.js';
import { executionArn, expressArn, ROLE_ARN, stateMachineArn } from './arn.js';
import type { Execution } from './execution.js';

/** Executions of an Express workflow may share a name: a UUID tells them apart, here one of the name. */
function toldApart(machine: string, instance: string): string {
  return `${instance}:${uuidOf(new Chance(machine, instance))}`;
}

/**
 * What the Context Object, `$$` in JSONPath and `$states.context` in JSONata, holds wherever in an execution it is
 * asked for (Step Functions: accessing the context object). Threads add the state that they are in.
 */
export function executionContext(
  { start: { machine, at, input, express = false, label }, redrives }: Execution,
  instance: string,
): JsonObject {
  const name = label === undefined ? machine : `${machine}/${label}`;
  const redriven = { RedriveCount: redrives?.count ?? 0 };
  return {
    Execution: {
      Id: express ? expressArn(name, toldApart(name, instance)) : executionArn(name, instance),
      Input: input,
      StartTime: formatTimestamp(at),
      Name: instance,
      RoleArn: ROLE_ARN,
      // An Express workflow cannot be redriven.
      ...(express ? {} : redriven),
      ...(redrives === undefined ? {} : { RedriveTime: formatTimestamp(redrives.at) }),
    },
    StateMachine: { Id: stateMachineArn(name), Name: name },
  };
}

/** A context object in which something else was asked for: other members, or within its objects others of theirs. */
export function overlaid(context: JsonObject, given: JsonObject | undefined): JsonObject {
  if (given === undefined) return context;
  const made: Record<string, Json> = { ...context };
  for (const [name, value] of Object.entries(given)) {
    const there = own(context, name);
    put(made, name, isJsonObject(value) && isJsonObject(there) ? { ...there, ...value } : value);
  }
  return made;
}
