import type { Json, JsonObject } from '../core/json.js';

/**
 * The state of one execution: plain JSON, kept between steps. A machine's own states run in thread "0";
 * branches and items get threads of their own.
 */
export interface Execution {
  readonly start: {
    readonly machine: string;
    readonly at: number;
    readonly input: Json;
  };
  readonly threads: Readonly<Record<string, Thread>>;
  /** Ids of history events run from 1 over the whole execution. */
  readonly nextEventId: number;
  /** The timer effect of the machine's TimeoutSeconds. */
  readonly deadline?: string;
  /** Once it has ended: the state that it ended in. */
  readonly last?: string;
  readonly output?: Json;
  readonly error?: string;
  readonly cause?: string;
}

/** One line of states under way. */
export interface Thread {
  /** The state it is in, or about to enter if `entered` is absent. */
  readonly state: string;
  /** The state's raw input. */
  readonly input: Json;
  /** The thread's last history event, 0 before the first. */
  readonly lastEventId: number;
  readonly entered?: Entered;
  /** What it waits for; while it is there, nothing but that answer moves the thread. */
  readonly waiting?: Waiting;
  /** How often each of the state's Retriers was used since the state was entered. */
  readonly retries?: readonly number[];
  readonly variables?: JsonObject;
}

export interface Entered {
  readonly at: number;
  readonly eventId: number;
  /** The event before the state was entered: AWS hangs EvaluationFailed there. */
  readonly after: number;
}

export interface Waiting {
  readonly for: 'task' | 'timer' | 'retry';
  readonly effect: string;
}

/** The thread that every execution begins with, and whose end is the execution's. */
export const MAIN_THREAD = '0';

/** An execution as the JSON that is stored, and back. Only this module knows that they are the same. */
export function toState(execution: Execution): Json {
  return execution as unknown as Json;
}

export function fromState(state: Json): Execution {
  return state as unknown as Execution;
}

/** How often the state that a thread is in was retried, over all its Retriers. */
export function retryCount(thread: Thread): number {
  return thread.retries?.reduce((sum, count) => sum + count, 0) ?? 0;
}
