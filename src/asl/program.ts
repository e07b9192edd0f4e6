import type {
  ChildEndedEvent,
  GatheredEvent,
  TaskFailedEvent,
  TaskHeartbeatEvent,
  TaskSucceededEvent,
  TimerFiredEvent,
} from '../core/event.js';
import type { Json, JsonObject } from '../core/json.js';
import type { Program } from '../core/language.js';
import type { ActiveThread } from './active-thread.js';
import type { CatchClause } from './catch.js';
import type { Begun, Waiting } from './execution.js';
import type { Fields } from './fields.js';
import type { QueryLanguage } from './query.js';
import type { Retrier } from './retry.js';

/** A compiled Amazon States Language definition. */
export interface AslProgram extends Program {
  /** Whether it is an Express workflow. */
  readonly express?: true;
  readonly startAt: string;
  /** Every state by name, those within others as well: names are unique over the whole machine. States Language: States. */
  readonly states: ReadonlyMap<string, CompiledState>;
  readonly timeoutSeconds: number | undefined;
}

/** What a state type is made of: how its definition is read; what was read says how it runs. */
export interface StateType {
  readonly name: string;
  /** Reads a definition. Problems are reported to its fields; what comes back is not run if there are any. */
  compile(source: StateSource): CompiledState;
}

export interface StateSource {
  readonly name: string;
  readonly fields: Fields;
  readonly queryLanguage: QueryLanguage;
  /** Reads a branch, or what a Map does with each item: the state that it starts at. Does not close its fields. */
  readonly branch: (fields: Fields, apart?: Apart) => string;
}

/** The states of an item that has an execution of its own see no variables of what is around them. */
export type Apart = { readonly apart: true };

export interface CompiledState {
  readonly name: string;
  readonly type: string;
  /** JSON Pointer of the state. */
  readonly path: string;
  /** The types of the history events that it writes. */
  readonly events: StateEvents;
  /** Where the threads that it begins start. */
  readonly inner: readonly string[];
  /** Where it can lead. */
  readonly targets: readonly Target[];
  /** Whether an execution can end here. */
  readonly terminal: boolean;
  /** The tasks it may ask for. */
  readonly tasks: readonly string[];
  readonly retriers: readonly Retrier[];
  readonly catchers: readonly CatchClause[];
  /** Whether its context object counts retries. */
  readonly retryable: boolean;
  /** What it does when a thread enters it, and again at each retry. Throws StateFailure. */
  enter(thread: ActiveThread): Move;
  /** What it does with the answer to what it waited for. Throws StateFailure. */
  resume(thread: ActiveThread, answer: Answer, waited: Waiting): Move;
  /** Of those that begin threads. */
  readonly fork: Forking | undefined;
  /** Of a distributed Map. */
  readonly processor: Processor | undefined;
}

/** What a distributed Map does with each item, or batch of them, in an execution of its own. */
export interface Processor {
  readonly startAt: string;
  /** By which its executions are named. */
  readonly label: string;
  readonly express: boolean;
  /** The parts of the definition by which its items are held, where they are many, and are read, where they are. */
  readonly portion: string;
  readonly reader?: string;
  /** The items of a text that stands for all that would be read. Throws StateFailure. */
  readonly parse?: (text: string, maxItems: number) => readonly Json[];
  /** Whether what its executions gave is written, and the Map's result tells where. */
  readonly writes: boolean;
  /** What the Map leaves with, given its result. Throws StateFailure. */
  join(thread: ActiveThread, result: Json): Exit;
}

/** How a state has work done in threads of their own. */
export interface Forking {
  /** Where one of them begins, and with what, of what the fork gives it. Throws StateFailure. */
  begin(thread: ActiveThread, index: number, given: Json): { readonly state: string; readonly input: Json };
  /** What the state does with what they gave. Throws StateFailure. */
  join(thread: ActiveThread, results: readonly Json[]): Exit;
}

/** The types of history events as AWS names them after the state type: `PassStateEntered`. */
export interface StateEvents {
  readonly entered: string;
  readonly exited: string;
  readonly started: string;
  readonly succeeded: string;
  readonly failed: string;
  readonly aborted: string;
}

export interface Target {
  readonly to: string;
  /** JSON Pointer of the field that names it. */
  readonly path: string;
}

export type Answer =
  | TaskSucceededEvent
  | TaskFailedEvent
  | TaskHeartbeatEvent
  | TimerFiredEvent
  | ChildEndedEvent
  | GatheredEvent;

/** What a thread does next. */
export type Move =
  | Exit
  | { readonly kind: 'wait'; readonly waiting: Waiting }
  /** It is entered again at once, but by another event: so much was done in this one. */
  | { readonly kind: 'more' }
  | { readonly kind: 'fork'; readonly threads: Begun }
  | { readonly kind: 'fail'; readonly error: string | undefined; readonly cause: string | undefined };

export interface Exit {
  readonly kind: 'exit';
  readonly output: Json;
  /** The state to go to; the thread ends if absent. */
  readonly next: string | undefined;
  readonly assigned?: JsonObject | undefined;
}

/** The state that a thread is in. */
export function stateOf(program: AslProgram, thread: ActiveThread): CompiledState {
  const state = program.states.get(thread.state);
  if (state === undefined) throw new Error(`the definition has no state ${thread.state}`);
  thread.retryable = state.retryable;
  return state;
}
