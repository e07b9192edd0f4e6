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
 * Runs threads until each of them waits or has ended, the last one first, or so much was worked in that a `continue`
 * must go on. A thread that has begun others comes before them: it is come back to when they are done with.
 */
export function run(program: AslProgram, threads: Threads, stack: ActiveThread[]): Step {
  return new Run(program, threads, stack).finish();
}

/** Works the answer to what the last of the threads waits for into it, and runs them. */
export function resume(program: AslProgram, threads: Threads, stack: ActiveThread[], answer: Answer): Step {
  return new Run(program, threads, stack).finish(answer);
}

class Run {
  readonly #program: AslProgram;
  readonly #threads: Threads;
  readonly #stack: ActiveThread[];
  #left = MAX_STATES_PER_STEP;

  constructor(program: AslProgram, threads: Threads, stack: ActiveThread[]) {
    this.#program = program;
    this.#threads = threads;
    this.#stack = stack;
  }

  finish(answer?: Answer): Step {
    for (let given = answer; ; given = undefined) {
      try {
        if (given !== undefined) this.#take(given);
        return this.#go();
      } catch (error) {
        this.#recover(error);
      }
    }
  }

  /** What went wrong went wrong in the thread on top. */
  #recover(error: unknown): void {
    const thread = this.#stack.at(-1);
    if (thread === undefined || !(error instanceof StateFailure)) throw error;
    thread.turn.allowance.renew();
    try {
      recover(this.#program, this.#threads, thread, error);
    } catch (second) {
      if (!(second instanceof StateFailure)) throw second;
      failExecution(this.#threads, thread, second);
    }
  }

  #go(): Step {
    const threads = this.#threads;
    const stack = this.#stack;
    while (!threads.turn.hasEnded) {
      const thread = stack.at(-1);
      if (thread === undefined) break;
      threads.turn.allowance.renew();
      if (thread.isOver || thread.waiting !== undefined) this.#leave(thread);
      else if (thread.fork !== undefined) this.#goOn(thread, thread.fork);
      else if (this.#left-- > 0 && !threads.turn.isLong) this.#work(thread);
      else {
        for (const cut of stack) threads.keep(cut);
        return threads.finish(true);
      }
    }
    return threads.finish(false);
  }

  #leave(thread: ActiveThread): void {
    this.#threads.keep(thread);
    this.#stack.pop();
  }

  #take(answer: Answer): void {
    const thread = this.#stack.at(-1);
    const waited = thread?.waiting;
    if (thread === undefined || waited === undefined) throw new Error('nothing waits for an answer');
    thread.waiting = undefined;
    // A retry does the state's work again, as is done in any thread that is in a state and does not wait.
    if (waited.for === 'retry') return;
    const state = stateOf(this.#program, thread);
    this.#carryOut(thread, state, state.resume(thread, answer, waited));
  }

  /** The state's work, or that work again if it was entered already. */
  #work(thread: ActiveThread): void {
    const state = stateOf(this.#program, thread);
    if (thread.entered === undefined) {
      const after = thread.lastEventId;
      thread.record(state.events.entered, { name: state.name, input: thread.input, inputDetails: WHOLE });
      thread.entered = { at: thread.turn.event.at, eventId: thread.lastEventId, after };
    }
    this.#carryOut(thread, state, state.enter(thread));
  }

  #carryOut(thread: ActiveThread, state: CompiledState, move: Move): void {
    switch (move.kind) {
      case 'wait':
        thread.waiting = move.waiting;
        return;
      case 'more':
        this.#left = 0;
        return;
      case 'fail':
        throw new StateFailure(move.error, move.cause);
      case 'fork': {
        const { each, length } = move.threads;
        thread.record(state.events.started, each ? { length } : undefined);
        thread.begin(move.threads);
        return;
      }
      default:
        exit(this.#threads, thread, state, move);
    }
  }

  /** Begins the next of a thread's own threads, or leaves its state with what they gave; else it waits for them. */
  #goOn(thread: ActiveThread, fork: Fork): void {
    const state = stateOf(this.#program, thread);
    if (state.fork === undefined) throw new Error(`${thread.state} begins no threads`);
    const next = fork.next;
    if (next !== undefined) this.#stack.push(begin(thread, fork, state.fork, next));
    else if (fork.isDone) join(this.#threads, thread, state, state.fork, fork);
    else this.#leave(thread);
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
function join(
  threads: Threads,
  thread: ActiveThread,
  state: CompiledState,
  forking: Forking,
  fork: Fork,
): void {
  const { results } = fork;
  const last = thread.lastEventId;
  thread.record(state.events.succeeded);
  const move = forking.join(thread, results);
  // An output is measured when the state is left.
  if (move.output !== results && exceedsDataLimit(results)) throw dataLimitFailure(state.name);
  thread.lastEventId = last;
  thread.fork = undefined;
  exit(threads, thread, state, move);
}
