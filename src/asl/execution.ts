import type { Json, JsonObject } from '../core/json.js';
import type { StoredReading } from './item-reader/stored-reading.js';
import type { StoredMapRun } from './map-run/stored-map-run.js';

/**
 * The state of one execution: plain JSON, kept between steps. A machine's own states run in thread "0"; the
 * branches of a Parallel that is entered there, and the items of a Map, in "0.0", "0.1" and so on inwards.
 */
export interface Execution {
  readonly start: {
    readonly machine: string;
    readonly at: number;
    readonly input: Json;
    /** Whether it is one of an Express workflow. Step Functions: workflow types. */
    readonly express?: boolean;
    /** What stands in its context object instead of what would, where one is tried out. */
    readonly context?: JsonObject;
    /** Of an item of a distributed Map: the Map's label. */
    readonly label?: string;
    /** Of one that reads items for a distributed Map, or holds some of them: its input. */
    readonly role?: 'reader' | 'portion';
  };
  /** Those that are under way; each comes after the one that it was begun in. */
  readonly threads: StoredThreads;
  /** Ids of history events run from 1 over the whole execution. */
  readonly nextEventId: number;
  /** The timer effect of the machine's TimeoutSeconds. */
  readonly deadline?: string;
  /** Once it has ended: the state that it ended in. */
  readonly last?: string;
  readonly output?: Json;
  readonly error?: string;
  readonly cause?: string;
  /** Where its threads stood when it failed, timed out or was stopped: a redrive goes on from there. */
  readonly failed?: StoredThreads;
  /** How far one is that reads items. */
  readonly reading?: StoredReading;
  /** How often it was redriven, and when last. */
  readonly redrives?: { readonly count: number; readonly at: number };
}

/** An object under construction. */
export type Writable<T> = { -readonly [K in keyof T]: T[K] };

export type StoredThreads = Readonly<Record<string, Thread>>;

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
  /** What was assigned in this thread; it reads those of the threads that it is in as well. */
  readonly variables?: JsonObject;
  /** The threads that its state has begun, a Parallel or a Map. */
  readonly fork?: StoredFork;
  /** The executions that its state has begun, a distributed Map. */
  readonly mapRun?: StoredMapRun;
}

/** How far a Parallel is with its branches, a Map with its items. */
export interface StoredFork {
  /** Whether it is a Map: each thread has an item of what is given. The branches of a Parallel are all given the same. */
  readonly each?: true;
  /** What is given, where that is not the state's own input. */
  readonly given?: Json;
  /** Branches or items in all, and how many of them may run at once. */
  readonly length: number;
  readonly limit: number;
  readonly begun: number;
  readonly ended: number;
  /** What they gave, by their place, null for those that have not ended; in pages, so that what changes is small. */
  readonly results: readonly (readonly Json[])[];
  /** The history event that the first threads follow, and the one that the next that takes another's place will. */
  readonly started: number;
  readonly after: number;
}

/** What a state says of the threads that it begins. */
export type Begun = Pick<StoredFork, 'each' | 'length' | 'limit'> & { readonly given: Json };

export interface Entered {
  readonly at: number;
  readonly eventId: number;
  /** The event before the state was entered: AWS hangs EvaluationFailed there. */
  readonly after: number;
}

export interface Waiting {
  /**
   * `executions`: of a distributed Map, whose group is the effect; `results`: what they gave; `portions`: executions that
   * hold items, whose group is the effect.
   */
  readonly for:
    | 'task'
    | 'timer'
    | 'retry'
    | 'callback'
    | 'child'
    | 'message'
    | 'executions'
    | 'results'
    | 'portions';
  /** Of what waits for a callback the timer of its TimeoutSeconds, whose effect answers from outside have too. */
  readonly effect: string;
  /** Of a task that is answered with its token, which may happen before its handler is done. */
  readonly callback?: PendingCallback;
  /** Of an execution that was begun for it. */
  readonly nested?: NestedExecution;
  /** Of the executions of items that are in portions: the effect that some more of them come by. */
  readonly items?: string;
  /** Of portions: how many of those executions have not ended, and how many there are. */
  readonly left?: number;
  readonly of?: number;
  /** The timer of its TimeoutSeconds, where no job and no callback has them. */
  readonly timeout?: string;
  /** Of a Message state: what it waits for. */
  readonly message?: AwaitedMessage;
}

export interface AwaitedMessage {
  readonly key: string;
  readonly value: Json;
  /** What its timer can be found by. */
  readonly subject: string;
}

export interface NestedExecution {
  readonly machine: string;
  readonly input: Json;
  readonly startedAt: number;
  /** As whoever asked for it calls it. */
  readonly name?: string;
}

export interface PendingCallback {
  /** What shows that whoever answers was given the token. */
  readonly secret: string;
  /** The timer of its TimeoutSeconds. */
  readonly effect: string;
  readonly dueAt: number;
  /** The longest silence of whoever works on it. */
  readonly heartbeatSeconds?: number;
  /** The timer of that, while it runs. */
  readonly heartbeat?: { readonly effect: string; readonly dueAt: number };
}

/** The effects that what is waited for consists of: what does the work, and timers. */
export function effectsOf({
  for: purpose,
  effect,
  callback,
  timeout,
  message,
}: Waiting): readonly WaitingEffect[] {
  // The executions of a Map are stopped by their places; results are there, portions end at once: nothing is saved.
  if (purpose === 'executions' || purpose === 'results' || purpose === 'portions') return [];
  const kind = purpose === 'task' || purpose === 'child' ? purpose : 'timer';
  const timers = [callback?.effect, callback?.heartbeat?.effect, timeout];
  const others = timers.flatMap((id) =>
    id === undefined || id === effect ? [] : [{ kind: 'timer', id } as const],
  );
  const first: WaitingEffect = { kind, id: effect, ...(message && { subject: message.subject }) };
  return [first, ...others];
}

export interface WaitingEffect {
  readonly kind: 'task' | 'timer' | 'child';
  readonly id: string;
  /** Of a timer that can be found by it. */
  readonly subject?: string;
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
