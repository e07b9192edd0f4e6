import type { Event, RedriveEvent } from '../core/event.js';
import { ignored } from '../core/fold.js';
import type { Json } from '../core/json.js';
import type { Redrivable, Redrive, Step } from '../core/language.js';
import { type Execution, fromState } from './execution.js';
import type { ExecutionStatus } from './execution-status.js';
import { MAX_HISTORY_EVENTS } from './limits.js';
import type { AslProgram } from './program.js';
import { run } from './run.js';
import { beginDeadline, ready } from './step.js';
import { Threads } from './threads.js';
import { Turn } from './turn.js';

/**
 * Lets an execution go on that failed, timed out or was stopped, from the states that its threads were in (Step Functions: redriving
 * executions): what has ended keeps its output, the failed and the aborted do their state's work again, Retriers and
 * TimeoutSeconds begin to count anew. What a state is given is worked out again, so no inputs are asked for.
 */
export const redrive: Redrive<AslProgram> = {
  statuses: ['failed', 'timed_out', 'stopped'],
  inputs: () => [],
  step,
};

/** Of an execution that has ended, or was redriven, in AWS's words as far as they were recorded. */
export function redrivableOf({
  start,
  threads,
  failed,
  output,
  nextEventId,
  redrives,
}: Execution): Redrivable | undefined {
  const isRunning = Object.keys(threads).length > 0;
  if (isRunning && redrives === undefined) return undefined;
  const known = redrives === undefined ? { count: 0 } : { count: redrives.count, at: redrives.at };
  if (isRunning) return { ...known, refusal: cannotBe('RUNNING') };
  if (output !== undefined) return { ...known, refusal: cannotBe('SUCCEEDED') };
  if (isPart(start)) return { ...known, refusal: WITH_ITS_MAP };
  if (failed === undefined) return { ...known, refusal: LOST };
  return isFull(nextEventId) ? { ...known, refusal: 'Execution history event limit exceeded' } : known;
}

/** Of one that an earlier release ended, which kept that of failed ones alone. */
const LOST = 'nobody knows where it was';

/** Of what runs a part: nobody would wait for it any more, and its Map does what has not succeeded again. */
const WITH_ITS_MAP = 'it is redriven with the execution that its Map is in';

/** Whether it is the execution of a distributed Map's item, or one that reads items. */
function isPart({ label, role }: Execution['start']): boolean {
  return label !== undefined || role !== undefined;
}

function cannotBe(status: ExecutionStatus): string {
  return `Execution is ${status} and cannot be redriven`;
}

/** Whether there is no room for the ExecutionRedriven itself, and for whatever ends the execution. */
function isFull(nextEventId: number): boolean {
  return nextEventId + 1 >= MAX_HISTORY_EVENTS;
}

function step(program: AslProgram, state: Json, event: Event & RedriveEvent): Step {
  const stay = (reason: string) => ignored({ status: 'failed', state }, reason);
  if (state === null) return stay('it never began');
  const { start, failed, nextEventId, redrives } = fromState(state);
  if (isPart(start)) return stay(WITH_ITS_MAP);
  if (failed === undefined) return stay(LOST);
  if (isFull(nextEventId)) return stay('its history is full');
  const count = (redrives?.count ?? 0) + 1;
  const execution: Execution = { start, threads: failed, nextEventId, redrives: { count, at: event.at } };
  const turn = new Turn(execution, event);
  const redriven = turn.record(nextEventId - 1, 'ExecutionRedriven', { redriveCount: count });
  beginDeadline(program.timeoutSeconds, turn);
  const threads = new Threads(turn);
  for (const thread of threads.where(({ fork }) => fork === undefined)) {
    thread.retries = undefined;
    thread.lastEventId = redriven;
    thread.mapRun?.cut();
  }
  return run(program, threads, ready(threads));
}
