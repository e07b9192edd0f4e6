import type { Json, JsonObject } from '../core/json.js';
import { exceeds } from '../core/json-size.js';
import type { ActiveThread } from './active-thread.js';
import { dataLimitFailure } from './errors.js';
import { WHOLE } from './history.js';
import { MAX_VARIABLES_BYTES } from './limits.js';
import { exceedsDataLimit } from './payload.js';
import type { CompiledState, Exit } from './program.js';
import type { Threads } from './threads.js';

/** Leaves the state for the next, or ends the thread. Throws StateFailure. */
export function exit(
  threads: Threads,
  thread: ActiveThread,
  { name, events }: CompiledState,
  { output, next, assigned }: Exit,
): void {
  if (output !== thread.input && exceedsDataLimit(output)) throw dataLimitFailure(name);
  const hasAssigned = assigned !== undefined && Object.keys(assigned).length > 0;
  if (hasAssigned && exceedsDataLimit(assigned)) throw dataLimitFailure(name);
  const variables = hasAssigned ? { ...thread.variables, ...assigned } : thread.variables;
  if (variables !== thread.variables) checkVariables(threads, thread, name, variables);
  const details: Record<string, Json> = { name, output, outputDetails: WHOLE };
  if (hasAssigned) {
    details['assignedVariables'] = assigned;
    details['assignedVariablesDetails'] = WHOLE;
  }
  thread.record(events.exited, details);
  thread.variables = variables;
  thread.entered = undefined;
  thread.taskToken = undefined;
  thread.retries = undefined;
  thread.mapRun = undefined;
  if (next === undefined) end(threads, thread, output);
  else {
    thread.state = next;
    thread.input = output;
  }
}

/** Those of the threads beside it count as well. Throws StateFailure. */
function checkVariables(
  threads: Threads,
  thread: ActiveThread,
  state: string,
  variables: JsonObject = {},
): void {
  const all = [variables, ...threads.variablesBeside(thread)];
  // Around and between them stand as many signs as there are threads, and one.
  if (exceeds(all, MAX_VARIABLES_BYTES + all.length + 1)) throw dataLimitFailure(state);
}

/** A thread gives its output to the state that began it; with that of the main thread the execution ends. */
function end(threads: Threads, thread: ActiveThread, output: Json): void {
  const { turn } = threads;
  const { parent, index, lastEventId: after, state } = thread;
  const fork = parent?.fork;
  if (parent === undefined || fork === undefined) {
    const details = { output, outputDetails: WHOLE };
    threads.end({ status: 'succeeded', after, type: 'ExecutionSucceeded', details, state, output });
    return;
  }
  const details = { name: parent.state, index };
  parent.lastEventId = fork.isMap ? turn.record(after, 'MapIterationSucceeded', details) : after;
  fork.end(index, output, after);
  threads.drop(thread);
}
