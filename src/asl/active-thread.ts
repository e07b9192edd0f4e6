import type { Json, JsonObject } from '../core/json.js';
import type { Surroundings } from '../expression/expression.js';
import { contextObject } from './context.js';
import type { Entered, Thread, Waiting } from './execution.js';
import type { Turn } from './turn.js';

/** A thread while an event is worked in: what the state types run with. */
export class ActiveThread {
  readonly turn: Turn;
  readonly id: string;
  state: string;
  input: Json;
  lastEventId: number;
  entered: Entered | undefined;
  retries: readonly number[] | undefined;
  variables: JsonObject | undefined;
  /** Whether the state it is in counts retries in its context object. */
  retryable = false;

  constructor(turn: Turn, id: string, thread: Thread) {
    this.turn = turn;
    this.id = id;
    this.state = thread.state;
    this.input = thread.input;
    this.lastEventId = thread.lastEventId;
    this.entered = thread.entered;
    this.retries = thread.retries;
    this.variables = thread.variables;
  }

  /** As it is kept between steps. */
  stored(waiting?: Waiting): Thread {
    return {
      state: this.state,
      input: this.input,
      lastEventId: this.lastEventId,
      ...(this.entered === undefined ? {} : { entered: this.entered }),
      ...(waiting === undefined ? {} : { waiting }),
      ...(this.retries === undefined ? {} : { retries: this.retries }),
      ...(this.variables === undefined ? {} : { variables: this.variables }),
    };
  }

  /** Writes a history event into this thread's line. */
  record(type: string, details?: JsonObject, at?: number): void {
    this.lastEventId = this.turn.record(this.lastEventId, type, details, at);
  }

  /** Asks for a timer; `dueAt` in milliseconds since 1970. */
  timer(dueAt: number, purpose: 'timer' | 'retry'): Waiting {
    const id = this.turn.nextEffectId();
    this.turn.effects.push({ type: 'timer', id, dueAt });
    return { for: purpose, effect: id };
  }

  /** The context object as it is now. */
  get context(): JsonObject {
    const { execution, event } = this.turn;
    return contextObject(execution, event.instance, this.stored(), this.retryable);
  }

  /** What expressions see: the thread's variables and what is given, the clock, and this event's chance. */
  surroundings(given: Readonly<Record<string, Json>>): Surroundings {
    const { turn, variables } = this;
    return {
      bindings: variables === undefined ? given : { ...variables, ...given },
      now: turn.event.at,
      get chance() {
        return turn.chance;
      },
    };
  }
}
