import type { Event, StartEvent, StopEvent } from '../core/event.js';
import { ignored, type Standing } from '../core/fold.js';
import type { Json } from '../core/json.js';
import type { Failure, Step } from '../core/language.js';
import { MAX_DELAY_MS } from '../core/limits.js';
import { ActiveThread } from './active-thread.js';
import { errorOutput, findCatcher } from './catch.js';
import { ROLE_ARN } from './context.js';
import { dataLimitFailure, ERRORS, StateFailure } from './errors.js';
import { type Execution, fromState, MAIN_THREAD, type Thread } from './execution.js';
import { failureDetails, WHOLE } from './history.js';
import { MAX_DATA_BYTES, MAX_STATES_PER_STEP } from './limits.js';
import { exceedsDataLimit } from './payload.js';
import type { Answer, AslProgram, CompiledState, Move } from './program.js';
import { retry } from './retry.js';
import { Turn } from './turn.js';

/** One event of an execution. States run one after another until one of them waits, or the execution ends. */
export function step(program: AslProgram, state: Json, event: Event): Step {
  if (event.type === 'start') return start(program, event);
  const standing: Standing = { status: 'running', state };
  const execution = fromState(state);
  switch (event.type) {
    case 'continue': {
      const ids = idsToRun(execution);
      if (ids.length === 0) return ignored(standing, 'there is nothing to go on with');
      return run(program, new Turn(execution, event), ids);
    }
    case 'stop':
      return stop(new Turn(execution, event), event);
    case 'signal':
      return ignored(standing, 'an execution takes no signals');
    case 'child.ended':
      return ignored(standing, 'an execution has no children');
    case 'redrive':
    case 'migrate':
      throw new Error(`a ${event.type} is no step of an execution`);
    default:
      return answer(program, execution, event) ?? ignored(standing, `effect ${event.effect} is not pending`);
  }
}

function start(program: AslProgram, event: Extract<Event, StartEvent>): Step {
  const { machine, input, at } = event;
  if (exceedsDataLimit(input)) {
    const problem = {
      code: 'payload-too-large',
      message: `the input of an execution may not exceed ${MAX_DATA_BYTES} bytes`,
      path: '',
    };
    return {
      state: null,
      status: 'failed',
      effects: [],
      history: [],
      outcome: { kind: 'rejected', problem },
    };
  }
  const main: Thread = { state: program.startAt, input, lastEventId: 0 };
  const execution: Execution = {
    start: { machine, at, input },
    threads: { [MAIN_THREAD]: main },
    nextEventId: 1,
  };
  const turn = new Turn(execution, event);
  turn.record(0, 'ExecutionStarted', { input, inputDetails: WHOLE, roleArn: ROLE_ARN });
  if (program.timeoutSeconds !== undefined) {
    const deadline = turn.nextEffectId();
    const dueAt = at + Math.min(program.timeoutSeconds * 1_000, MAX_DELAY_MS);
    turn.effects.push({ type: 'timer', id: deadline, dueAt });
    turn.deadline = deadline;
  }
  return run(program, turn, [MAIN_THREAD]);
}

/** Threads that a limit cut off before they entered their next state. */
function idsToRun({ threads }: Execution): string[] {
  return Object.keys(threads).filter((id) => threads[id]?.waiting === undefined);
}

function stop(turn: Turn, { error, cause }: StopEvent): Step {
  const details = failureDetails(error, cause);
  turn.end({
    status: 'stopped',
    after: 0,
    type: 'ExecutionAborted',
    details,
    error,
    cause,
    ...lastState(turn),
  });
  return turn.finish(false);
}

/** The language's `fail`. */
export function fail(_: AslProgram, state: Json, event: Event, { error, cause }: Failure): Step {
  const turn = new Turn(fromState(state), event);
  const after = turn.execution.threads[MAIN_THREAD]?.lastEventId ?? 0;
  const details = failureDetails(error, cause);
  turn.end({ status: 'failed', after, type: 'ExecutionFailed', details, error, cause, ...lastState(turn) });
  return turn.finish(false);
}

/** Undefined if nothing waits for this answer (rule 2). */
function answer(program: AslProgram, execution: Execution, event: Event & Answer): Step | undefined {
  const isTimer = event.type === 'timer.fired';
  if (isTimer && execution.deadline === event.effect) return timeOut(new Turn(execution, event));
  const found = Object.entries(execution.threads).find(([, { waiting }]) => waiting?.effect === event.effect);
  if (found === undefined) return undefined;
  const [id, { waiting }] = found;
  if ((waiting?.for === 'task') === isTimer) return undefined;
  return run(program, new Turn(execution, event), [id], event);
}

/** AWS writes nothing about the state that the machine's TimeoutSeconds cuts off. */
function timeOut(turn: Turn): Step {
  const error = ERRORS.timeout;
  turn.end({
    status: 'timed_out',
    after: 0,
    type: 'ExecutionTimedOut',
    details: {},
    error,
    ...lastState(turn),
  });
  return turn.finish(false);
}

function lastState({ execution }: Turn): { readonly state?: string } {
  const state = execution.threads[MAIN_THREAD]?.state;
  return state === undefined ? {} : { state };
}

/** Runs threads until each waits or has ended, or so many states were entered that a `continue` must go on. */
function run(program: AslProgram, turn: Turn, ids: readonly string[], event?: Answer): Step {
  let left = MAX_STATES_PER_STEP;
  for (const id of ids) {
    const stored = turn.execution.threads[id];
    if (stored === undefined) continue;
    const thread = new ActiveThread(turn, id, stored);
    if (stored.waiting !== undefined && event !== undefined) {
      const state = stateOf(program, thread);
      const retrying = stored.waiting.for === 'retry';
      const act = retrying ? () => state.enter(thread) : () => state.resume(thread, event);
      if (!proceed(thread, state, act)) continue;
    }
    for (;;) {
      if (left === 0) {
        turn.setThread(id, thread.stored());
        return turn.finish(true);
      }
      left--;
      const state = stateOf(program, thread);
      if (!proceed(thread, state, () => enter(thread, state))) break;
    }
  }
  return turn.finish(false);
}

function stateOf(program: AslProgram, thread: ActiveThread): CompiledState {
  const state = program.states.get(thread.state);
  if (state === undefined) throw new Error(`the definition has no state ${thread.state}`);
  thread.retryable = state.retryable;
  return state;
}

function enter(thread: ActiveThread, state: CompiledState): Move {
  const after = thread.lastEventId;
  thread.record(`${state.type}StateEntered`, {
    name: state.name,
    input: thread.input,
    inputDetails: WHOLE,
  });
  thread.entered = { at: thread.turn.event.at, eventId: thread.lastEventId, after };
  return state.enter(thread);
}

/** Acts in a state and carries out what comes of it. Whether the thread has entered into a next state. */
function proceed(thread: ActiveThread, state: CompiledState, act: () => Move): boolean {
  try {
    return carryOut(thread, state, act());
  } catch (error) {
    const failure = failureOf(error, thread);
    try {
      return recover(thread, state, failure);
    } catch (second) {
      return failExecution(thread, failureOf(second, thread));
    }
  }
}

/** What a state threw, and where; anything but a StateFailure is a bug and flies on. */
function failureOf(thrown: unknown, thread: ActiveThread): StateFailure {
  if (!(thrown instanceof StateFailure)) throw thrown;
  const failure = locate(thrown, thread);
  noteEvaluationFailure(thread, failure);
  return failure;
}

function carryOut(thread: ActiveThread, state: CompiledState, move: Move): boolean {
  switch (move.kind) {
    case 'wait':
      thread.turn.setThread(thread.id, thread.stored(move.waiting));
      return false;
    case 'fail':
      return failExecution(thread, new StateFailure(move.error, move.cause));
    default:
      return exit(thread, state, move);
  }
}

/** Leaves the state for the next, or ends the thread. */
function exit(thread: ActiveThread, state: CompiledState, move: Extract<Move, { kind: 'exit' }>): boolean {
  const { output, next, assigned } = move;
  if (output !== thread.input && exceedsDataLimit(output)) throw dataLimitFailure(state.name);
  const hasAssigned = assigned !== undefined && Object.keys(assigned).length > 0;
  if (hasAssigned && exceedsDataLimit(assigned)) throw dataLimitFailure(state.name);
  thread.record(`${state.type}StateExited`, {
    name: state.name,
    output,
    outputDetails: WHOLE,
    ...(hasAssigned ? { assignedVariables: assigned, assignedVariablesDetails: WHOLE } : {}),
  });
  if (hasAssigned) thread.variables = { ...thread.variables, ...assigned };
  thread.entered = undefined;
  thread.retries = undefined;
  if (next === undefined) return succeedExecution(thread, output);
  thread.state = next;
  thread.input = output;
  return true;
}

/** After a failure: a retry, a Catcher's state, or the end. */
function recover(thread: ActiveThread, state: CompiledState, failure: StateFailure): boolean {
  const waiting = retry(state.retriers, thread, failure.error);
  if (waiting !== undefined) {
    thread.turn.setThread(thread.id, thread.stored(waiting));
    return false;
  }
  const catcher = findCatcher(state.catchers, failure.error);
  if (catcher === undefined) return failExecution(thread, failure);
  const left = catcher.leave(thread, errorOutput(failure));
  return exit(thread, state, { kind: 'exit', next: catcher.next, ...left });
}

/** The failure with the words that say where it happened, if it wants them. */
function locate(failure: StateFailure, thread: ActiveThread): StateFailure {
  if (!failure.located) return failure;
  const where = `An error occurred while executing the state '${thread.state}' (entered at the event id #${thread.entered?.eventId ?? 0}).`;
  const details = failure.field === undefined ? {} : { field: failure.field };
  return new StateFailure(failure.error, `${where} ${failure.cause ?? ''}`.trimEnd(), details);
}

/** AWS writes down a failed JSONata evaluation, hung where the state hangs. */
function noteEvaluationFailure(thread: ActiveThread, failure: StateFailure): void {
  if (failure.error !== ERRORS.queryEvaluation || thread.turn.historyIsFull) return;
  const { entered, lastEventId } = thread;
  const after = entered?.eventId === lastEventId ? entered.after : lastEventId;
  thread.lastEventId = thread.turn.record(after, 'EvaluationFailed', {
    ...failureDetails(failure.error, failure.cause),
    ...(failure.field === undefined ? {} : { location: failure.field }),
    state: thread.state,
  });
}

function succeedExecution(thread: ActiveThread, output: Json): false {
  const details = { output, outputDetails: WHOLE };
  const { lastEventId: after, state, turn } = thread;
  turn.end({ status: 'succeeded', after, type: 'ExecutionSucceeded', details, state, output });
  return false;
}

function failExecution(thread: ActiveThread, { error, cause }: StateFailure): false {
  const details = failureDetails(error, cause);
  const { lastEventId: after, state, turn } = thread;
  turn.end({ status: 'failed', after, type: 'ExecutionFailed', details, state, error, cause });
  return false;
}
