import type { ActiveThread } from './active-thread.js';
import { errorOutput, findCatcher } from './catch.js';
import { ERRORS, StateFailure } from './errors.js';
import { exit } from './exit.js';
import { failureDetails } from './history.js';
import { mapRunView } from './map-run/map-run-view.js';
import type { AslProgram, CompiledState } from './program.js';
import { stateOf } from './program.js';
import { retry } from './retry.js';
import type { Threads } from './threads.js';

/**
 * After a failure in the state that a thread is in: a retry, a Catcher's state, or the end of the thread, with which
 * the state that began it fails, and so on outwards. States.Runtime ends the execution from wherever it is.
 * Throws StateFailure where not even that can be written down.
 */
export function recover(
  program: AslProgram,
  threads: Threads,
  thread: ActiveThread,
  thrown: StateFailure,
): void {
  let at = thread;
  let failure = written(at, thrown);
  threads.keep(at);
  // Who reads for a Map leaves its Retriers and Catchers to the execution that the Map is in.
  while (failure.error !== ERRORS.runtime && thread.turn.execution.start.role === undefined) {
    const state = stateOf(program, at);
    const waiting = retry(state.retriers, at, failure.error);
    if (waiting !== undefined) {
      threads.dropThoseOf(at);
      at.waiting = waiting;
      return;
    }
    const left = caught(threads, at, state, failure);
    if (left === undefined) return;
    failure = left;
    if (at.parent === undefined || failure.error === ERRORS.runtime) break;
    at = giveUp(program, threads, at, state, at.parent);
  }
  failExecution(threads, at, failure);
}

/** Lets the state be left by a Catcher. Gives the failure that is left where there is none, or it fails itself. */
function caught(
  threads: Threads,
  thread: ActiveThread,
  state: CompiledState,
  failure: StateFailure,
): StateFailure | undefined {
  const before = thread.lastEventId;
  noteFailed(thread, state);
  const catcher = findCatcher(state.catchers, failure.error);
  if (catcher === undefined) return failure;
  try {
    const left = catcher.leave(thread, errorOutput(failure));
    threads.dropThoseOf(thread);
    exit(threads, thread, state, { kind: 'exit', next: catcher.next, ...left });
    return undefined;
  } catch (error) {
    // AWS writes the second failure beside what was written of the first.
    thread.lastEventId = before;
    const second = written(thread, error);
    if (second.error !== ERRORS.runtime) noteFailed(thread, state);
    return second;
  }
}

function noteFailed(thread: ActiveThread, { inner, events }: CompiledState): void {
  if (inner.length > 0) thread.record(events.failed);
}

/** A thread has failed for good: those beside it are stopped. Gives the one that it belongs to. */
function giveUp(
  program: AslProgram,
  threads: Threads,
  thread: ActiveThread,
  state: CompiledState,
  parent: ActiveThread,
): ActiveThread {
  const { turn } = threads;
  const { lastEventId: after, index } = thread;
  if (state.type === 'Task') turn.record(after, state.events.aborted);
  if (parent.fork?.isMap) turn.record(after, 'MapIterationFailed', { name: parent.state, index });
  parent.lastEventId = after;
  for (const sibling of threads.of(parent)) if (sibling !== thread) abort(program, threads, sibling, parent);
  return parent;
}

/** States that AWS writes down when they are stopped. */
const ABORTABLE: ReadonlySet<string> = new Set(['Task', 'Wait', 'Parallel', 'Map', 'Message']);

/** Stops a thread, from within outwards; it stays where it was, since a redrive may want to go on from there. */
function abort(program: AslProgram, threads: Threads, thread: ActiveThread, parent: ActiveThread): void {
  const { turn } = threads;
  if (thread.fork !== undefined)
    for (const inner of threads.of(thread)) abort(program, threads, inner, thread);
  threads.stopWaiting(thread);
  const { mapRun } = thread;
  if (mapRun !== undefined)
    turn.record(thread.lastEventId, 'MapRunAborted', undefined, { mapRun: mapRunView(mapRun) });
  const { type, events } = stateOf(program, thread);
  if (thread.entered !== undefined && ABORTABLE.has(type)) turn.record(thread.lastEventId, events.aborted);
  if (parent.fork?.isMap !== true) return;
  turn.record(thread.lastEventId, 'MapIterationAborted', { name: parent.state, index: thread.index });
}

/** Ends the execution, which failed in the state that this thread is in. */
export function failExecution(threads: Threads, thread: ActiveThread, { error, cause }: StateFailure): void {
  const { lastEventId: after, state } = thread;
  const details = failureDetails(error, cause);
  threads.keep(thread);
  threads.end({ status: 'failed', after, type: 'ExecutionFailed', details, state, error, cause });
}

/** What a state threw, with where it did, and written down where AWS does; anything else is a bug and flies on. */
export function written(thread: ActiveThread, thrown: unknown): StateFailure {
  if (!(thrown instanceof StateFailure)) throw thrown;
  const failure = locate(thrown, thread);
  if (thrown.located && failure.error === ERRORS.queryEvaluation) noteEvaluation(thread, failure);
  return failure;
}

/** The failure with the words that say where it happened, if it wants them. */
function locate(failure: StateFailure, thread: ActiveThread): StateFailure {
  if (!failure.located) return failure;
  const where = `An error occurred while executing the state '${thread.state}' (entered at the event id #${thread.entered?.eventId ?? 0}).`;
  const details = failure.field === undefined ? {} : { field: failure.field };
  return new StateFailure(failure.error, `${where} ${failure.cause ?? ''}`.trimEnd(), details);
}

/** AWS writes down a failed JSONata evaluation, hung where the state hangs. */
function noteEvaluation(thread: ActiveThread, failure: StateFailure): void {
  if (thread.turn.historyIsFull) return;
  const { entered, lastEventId } = thread;
  const after = entered?.eventId === lastEventId ? entered.after : lastEventId;
  thread.lastEventId = thread.turn.record(after, 'EvaluationFailed', {
    ...failureDetails(failure.error, failure.cause),
    ...(failure.field === undefined ? {} : { location: failure.field }),
    state: thread.state,
  });
}
