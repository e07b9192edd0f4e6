import type { Json, JsonObject } from '../core/json.js';
import { type CallbackToken, writeTaskToken } from '../core/task-token.js';
import { formatTimestamp } from '../core/timestamp.js';
import type { Surroundings } from '../expression/expression.js';
import { overlaid } from './context.js';
import {
  type Begun,
  type Entered,
  MAIN_THREAD,
  type Thread,
  type Waiting,
  type Writable,
} from './execution.js';
import { Fork } from './fork.js';
import type { Beside } from './history.js';
import { MapRun } from './map-run/map-run.js';
import type { Stage, Turn } from './turn.js';

/** A thread while an event is worked in: what the state types run with. */
export class ActiveThread {
  readonly turn: Turn;
  /** The thread whose Parallel or Map it belongs to; the main thread has none. */
  readonly parent: ActiveThread | undefined;
  /** Its place among the threads of that state. */
  readonly index: number;
  state: string;
  input: Json;
  lastEventId: number;
  entered: Entered | undefined;
  waiting: Waiting | undefined;
  retries: readonly number[] | undefined;
  variables: JsonObject | undefined;
  fork: Fork | undefined;
  mapRun: MapRun | undefined;
  /** Whether it has ended, or was given up. */
  isOver = false;
  /** Whether the state it is in counts retries in its context object. */
  retryable = false;
  /** The token of the task that it is asking for, or that is being answered. */
  taskToken: CallbackToken | undefined;
  /** The item that its Map is choosing an input for. */
  choosing: { readonly index: number; readonly value: Json } | undefined;
  #id: string | undefined;

  constructor(turn: Turn, parent: ActiveThread | undefined, index: number, thread: Thread) {
    this.turn = turn;
    this.parent = parent;
    this.index = index;
    this.state = thread.state;
    this.input = thread.input;
    this.lastEventId = thread.lastEventId;
    this.entered = thread.entered;
    this.waiting = thread.waiting;
    this.retries = thread.retries;
    this.variables = thread.variables;
    this.fork = thread.fork === undefined ? undefined : new Fork(thread.fork, thread.input);
    this.mapRun = thread.mapRun && new MapRun(thread.mapRun);
  }

  get id(): string {
    const { parent, index } = this;
    this.#id ??= parent === undefined ? MAIN_THREAD : `${parent.id}.${index}`;
    return this.#id;
  }

  /** As it is kept between steps. */
  stored(): Thread {
    const { state, input, lastEventId, entered, waiting, retries, variables, fork, mapRun } = this;
    const thread: Writable<Thread> = { state, input, lastEventId };
    if (entered !== undefined) thread.entered = entered;
    if (waiting !== undefined) thread.waiting = waiting;
    if (retries !== undefined) thread.retries = retries;
    if (variables !== undefined) thread.variables = variables;
    if (fork !== undefined) thread.fork = fork.stored();
    if (mapRun !== undefined) thread.mapRun = mapRun.stored();
    return thread;
  }

  /** Writes a history event into this thread's line. */
  record(type: string, details?: JsonObject, beside?: Beside): void {
    this.lastEventId = this.turn.record(this.lastEventId, type, details, beside);
  }

  /** Begins threads, which follow its last history event. */
  begin({ given, ...begun }: Begun): void {
    const started = this.lastEventId;
    const none = { begun: 0, ended: 0, results: [], started, after: started };
    this.fork = new Fork({ ...begun, ...none, ...(given === this.input ? {} : { given }) }, this.input);
  }

  /** Tells whoever watches the way of data what a step of it has left. */
  observe(stage: Stage, value: Json, index?: number): void {
    this.turn.observe?.(stage, value, index);
  }

  /** Asks for a timer; `dueAt` in milliseconds since 1970. */
  timer(dueAt: number, purpose: 'timer' | 'retry', id = this.turn.nextEffectId()): Waiting {
    this.turn.effects.push({ type: 'timer', id, dueAt });
    return { for: purpose, effect: id };
  }

  /** The context object as it is now. RetryCount is there in states that can be retried, Map within a Map. */
  get context(): JsonObject {
    const { turn, retries = [], taskToken } = this;
    const RetryCount = retries.reduce((sum, count) => sum + count, 0);
    const item = this.#item();
    const context = {
      ...turn.context,
      State: {
        Name: this.state,
        EnteredTime: formatTimestamp(this.entered?.at ?? turn.execution.start.at),
        ...(this.retryable ? { RetryCount } : {}),
      },
      ...(taskToken === undefined ? {} : { Task: { Token: writeTaskToken(taskToken) } }),
      ...(item === undefined ? {} : { Map: { Item: item } }),
    };
    return overlaid(context, turn.execution.start.context);
  }

  /** The item of the innermost Map that it is in, or that it is choosing an input for. */
  #item(): JsonObject | undefined {
    const { choosing } = this;
    if (choosing !== undefined) return { Index: choosing.index, Value: choosing.value };
    let index: number | undefined;
    for (let thread: ActiveThread | undefined = this; thread !== undefined; thread = thread.parent) {
      const { fork } = thread;
      if (index !== undefined && fork?.isMap) return { Index: index, Value: fork.given(index) };
      index = thread.index;
    }
    return undefined;
  }

  /** Its variables and those of the threads that it is in; the inner hide the outer. */
  get #scope(): JsonObject | undefined {
    let scope = this.variables;
    for (let { parent } = this; parent !== undefined; parent = parent.parent) {
      if (parent.variables !== undefined) scope = { ...parent.variables, ...scope };
    }
    return scope;
  }

  /** What one expression sees: the variables and what is given, the clock, this event's chance; and what it may use. */
  surroundings(given: Readonly<Record<string, Json>>): Surroundings {
    const { turn } = this;
    const scope = this.#scope;
    return {
      bindings: scope === undefined ? given : { ...scope, ...given },
      now: turn.event.at,
      budget: turn.allowance.budget(),
      get chance() {
        return turn.chance;
      },
    };
  }
}
