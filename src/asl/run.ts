import type { Step } from '../core/language.js';
import { ActiveThread } from './active-thread.js';
import { dataLimitFailure, StateFailure } from './errors.js';
import { exit } from './exit.js';
import type { Fork } from './fork.js';
import { WHOLE } from './history.js';
import { MAX_STATES_PER_STEP } from './limits.js';
import { exceedsDataLimit } from './payload.js';
import type { Answer, AslProgram, CompiledState, Forking, Move } from './program.js';
import { stateOf } from './program.js';
import { failExecution, recover } from './recovery.js';
import type { Threads } from './threads.js';

/**
 * Runs threads until each of them waits or has ended, the last one first, or so many states were worked in that a
 * `continue` must go on. A thread that has begun others comes before them: it is come back to when they are done with.
 */
export function run(program: AslProgram, threads: Threads, stack: ActiveThread[]): Step {
  const { turn } = threads;
  let left = MAX_STATES_PER_STEP;
  while (!turn.hasEnded) {
    const thread = stack.at(-1);
    if (thread === undefined) break;
    if (thread.isOver || thread.waiting !== undefined) {
      threads.keep(thread);
      stack.pop();
    } else if (thread.fork !== undefined) {
      attempt(program, threads, thread, () => goOn(program, threads, thread, stack));
    } else if (left === 0) {
      for (const cut of stack) threads.keep(cut);
      return turn.finish(threads.stored(), true);
    } else {
      left--;
      attempt(program, threads, thread, () => work(program, threads, thread));
    }
  }
  return turn.finish(threads.stored(), false);
}

/** Works the answer to what a thread waits for into it. */
export function resume(program: AslProgram, threads: Threads, thread: ActiveThread, answer: Answer): void {
  const retries = thread.waiting?.for === 'retry';
  thread.waiting = undefined;
  // A retry does the state's work again, and so does whoever runs a thread that is in a state and does not wait.
  if (retries) return;
  const state = stateOf(program, thread);
  attempt(program, threads, thread, () => carryOut(threads, thread, state, state.resume(thread, answer)));
}

/** Does something in a thread; what goes wrong is recovered from, or ends the execution. */
function attempt(program: AslProgram, threads: Threads, thread: ActiveThread, act: () => void): void {
  try {
    act();
  } catch (error) {
    if (!(error instanceof StateFailure)) throw error;
    try {
      recover(program, threads, thread, error);
    } catch (second) {
      if (!(second instanceof StateFailure)) throw second;
      failExecution(threads, thread, second);
    }
  }
}

/** The state's work, or that work again if it was entered already. */
function work(program: AslProgram, threads: Threads, thread: ActiveThread): void {
  const state = stateOf(program, thread);
  if (thread.entered === undefined) {
    const after = thread.lastEventId;
    const { name, events } = state;
    thread.record(events.entered, { name, input: thread.input, inputDetails: WHOLE });
    thread.entered = { at: thread.turn.event.at, eventId: thread.lastEventId, after };
  }
  carryOut(threads, thread, state, state.enter(thread));
}

function carryOut(threads: Threads, thread: ActiveThread, state: CompiledState, move: Move): void {
  switch (move.kind) {
    case 'wait':
      thread.waiting = move.waiting;
      return;
    case 'fail':
      throw new StateFailure(move.error, move.cause);
    case 'fork':
      thread.record(state.events.started, move.threads.each ? { length: move.threads.length } : undefined);
      thread.begin(move.threads);
      return;
    default:
      exit(threads, thread, state, move);
  }
}

/** Begins the next of a thread's own threads, or leaves its state with what they gave; else it waits for them. */
function goOn(program: AslProgram, threads: Threads, thread: ActiveThread, stack: ActiveThread[]): void {
  const { fork } = thread;
  const state = stateOf(program, thread);
  if (fork === undefined || state.fork === undefined) throw new Error(`${thread.state} begins no threads`);
  const next = fork.next;
  if (next !== undefined) stack.push(begin(thread, fork, state.fork, next));
  else if (fork.isDone) join(threads, thread, state, fork);
  else {
    threads.keep(thread);
    stack.pop();
  }
}

function begin(thread: ActiveThread, fork: Fork, forking: Forking, index: number): ActiveThread {
  const { state, input } = forking.begin(thread, index, fork.given(index));
  const after = fork.begin();
  const details = { name: thread.state, index };
  const lastEventId = fork.isMap ? thread.turn.record(after, 'MapIterationStarted', details) : after;
  return new ActiveThread(thread.turn, thread, index, { state, input, lastEventId });
}

/** All of its threads have ended. AWS hangs the exit beside the success, not on it. */
function join(threads: Threads, thread: ActiveThread, state: CompiledState, fork: Fork): void {
  const { results } = fork;
  const last = thread.lastEventId;
  thread.record(state.events.succeeded);
  const move = state.fork?.join(thread, results);
  if (move === undefined) throw new Error(`${state.name} begins no threads`);
  // An output is measured when the state is left.
  if (move.output !== results && exceedsDataLimit(results)) throw dataLimitFailure(state.name);
  thread.lastEventId = last;
  thread.fork = undefined;
  exit(threads, thread, state, move);
}
