import type { Event, RedriveEvent } from '../core/event.js';
import { ignored } from '../core/fold.js';
import type { Json } from '../core/json.js';
import type { Redrive, Step } from '../core/language.js';
import { type Execution, fromState } from './execution.js';
import { MAX_HISTORY_EVENTS } from './limits.js';
import type { AslProgram } from './program.js';
import { run } from './run.js';
import { beginDeadline, ready } from './step.js';
import { Threads } from './threads.js';
import { Turn } from './turn.js';

/**
 * Lets an execution go on that failed, from the states that its threads were in (Step Functions: redriving
 * executions): what has ended keeps its output, the failed and the aborted do their state's work again, Retriers and
 * TimeoutSeconds begin to count anew. What a state is given is worked out again, so no inputs are asked for.
 */
export const redrive: Redrive<AslProgram> = { inputs: () => [], step };

function step(program: AslProgram, state: Json, event: Event & RedriveEvent): Step {
  const stay = (reason: string) => ignored({ status: 'failed', state }, reason);
  if (state === null) return stay('it never began');
  const { start, failed, nextEventId, redrives } = fromState(state);
  if (failed === undefined) return stay('nobody knows where it failed');
  // The ExecutionRedriven itself, and whatever ends the execution.
  if (nextEventId + 1 >= MAX_HISTORY_EVENTS) return stay('its history is full');
  const count = (redrives?.count ?? 0) + 1;
  const execution: Execution = { start, threads: failed, nextEventId, redrives: { count, at: event.at } };
  const turn = new Turn(execution, event);
  const redriven = turn.record(nextEventId - 1, 'ExecutionRedriven', { redriveCount: count });
  beginDeadline(program, turn);
  const threads = new Threads(turn);
  for (const thread of threads.where(({ fork }) => fork === undefined)) {
    thread.retries = undefined;
    thread.lastEventId = redriven;
  }
  return run(program, threads, ready(threads));
}
