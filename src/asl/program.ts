import type { TaskFailedEvent, TaskSucceededEvent, TimerFiredEvent } from '../core/event.js';
import type { Json, JsonObject } from '../core/json.js';
import type { Program } from '../core/language.js';
import type { ActiveThread } from './active-thread.js';
import type { CatchClause } from './catch.js';
import type { Waiting } from './execution.js';
import type { Fields } from './fields.js';
import type { QueryLanguage } from './query.js';
import type { Retrier } from './retry.js';

/** A compiled Amazon States Language definition. */
export interface AslProgram extends Program {
  readonly startAt: string;
  /** Every state by name; names are unique over the whole machine. States Language: States. */
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
}

export interface CompiledState {
  readonly name: string;
  readonly type: string;
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
  /** What it does with the answer to what it waits for. Throws StateFailure. */
  resume(thread: ActiveThread, answer: Answer): Move;
}

export interface Target {
  readonly to: string;
  /** JSON Pointer of the field that names it. */
  readonly path: string;
}

export type Answer = TaskSucceededEvent | TaskFailedEvent | TimerFiredEvent;

/** What a thread does next. */
export type Move =
  | {
      readonly kind: 'exit';
      readonly output: Json;
      /** The state to go to; the thread ends if absent. */
      readonly next: string | undefined;
      readonly assigned?: JsonObject | undefined;
    }
  | { readonly kind: 'wait'; readonly waiting: Waiting }
  | { readonly kind: 'fail'; readonly error: string | undefined; readonly cause: string | undefined };
