import { Chance } from '../core/chance.js';
import { type ChildPlace, type Effect, effectNumbering } from '../core/effect.js';
import type { Event } from '../core/event.js';
import type { Status } from '../core/instance.js';
import { APPLIED, type Happening } from '../core/journal.js';
import type { Json, JsonObject } from '../core/json.js';
import type { Step } from '../core/language.js';
import { Allowance } from '../expression/allowance.js';
import { digest } from '../expression/digest/digest.js';
import { executionContext } from './context.js';
import { ERRORS, StateFailure } from './errors.js';
import {
  type Execution,
  type StoredThreads,
  toState,
  type WaitingEffect,
  type Writable,
} from './execution.js';
import { type Beside, historyEvent } from './history.js';
import type { StoredReading } from './item-reader/stored-reading.js';
import { MAX_HISTORY_EVENTS, MAX_STATE_STEPS, MAX_TURN_STEPS } from './limits.js';

/** A step on the way of data through a state, as AWS names what it leaves (Step Functions: InspectionData). */
export type Stage =
  | 'afterInputPath'
  | 'afterParameters'
  | 'afterArguments'
  | 'result'
  | 'afterResultSelector'
  | 'afterResultPath'
  | 'afterItemsPath'
  | 'afterItemSelector'
  | 'afterItemBatcher'
  | 'maxConcurrency'
  | 'toleratedFailureCount'
  | 'toleratedFailurePercentage';

/** Is told what each step of the data flow leaves, of what is made for an item with its place. Where nobody asks for that there is none. */
export type Observe = (stage: Stage, value: Json, index?: number) => void;

/** How an execution ended. */
export interface End {
  readonly status: Status;
  readonly type: string;
  readonly details: JsonObject;
  /** The event that its last event follows, and the state it was in. */
  readonly after: number;
  readonly state?: string;
  readonly output?: Json;
  readonly error?: string | undefined;
  readonly cause?: string | undefined;
}

/** One event being worked into an execution: what the step will give back, under construction. */
export class Turn {
  readonly event: Event;
  readonly execution: Execution;
  readonly effects: Effect[] = [];
  readonly nextEffectId: () => string;
  readonly observe: Observe | undefined;
  /** Steps of expressions: so many a state. */
  readonly allowance = new Allowance(MAX_STATE_STEPS);
  /** The timer of the machine's TimeoutSeconds. */
  deadline: string | undefined;
  /** How far an execution is that reads items. */
  reading: StoredReading | undefined;
  readonly #history: Happening[] = [];
  #nextEventId: number;
  #chance: Chance | undefined;
  #context: JsonObject | undefined;
  #end: End | undefined;

  constructor(execution: Execution, event: Event, observe?: Observe) {
    this.execution = execution;
    this.event = event;
    this.observe = observe;
    this.deadline = execution.deadline;
    this.reading = execution.reading;
    this.nextEffectId = effectNumbering(event.revision);
    this.#nextEventId = execution.nextEventId;
  }

  /** All chance of this event, drawn in the order in which it is asked for (rule 5). */
  get chance(): Chance {
    this.#chance ??= new Chance(this.event.instance, this.event.seed);
    return this.#chance;
  }

  /** What only this event could have made, for a purpose: nobody who does not know its seed finds it out. */
  secret(purpose: string): string {
    const { instance, seed } = this.event;
    return digest([instance, purpose, seed].join('\u0000'), 'SHA-256');
  }

  /** What the context object holds in every state. */
  get context(): JsonObject {
    this.#context ??= executionContext(this.execution, this.event.instance);
    return this.#context;
  }

  /** Whether there is room for the execution's last event alone. */
  get historyIsFull(): boolean {
    return this.#nextEventId >= MAX_HISTORY_EVENTS;
  }

  /** Whether expressions took so long that what is still to do is left to a `continue`. */
  get isLong(): boolean {
    return this.allowance.spent >= MAX_TURN_STEPS;
  }

  get hasEnded(): boolean {
    return this.#end !== undefined;
  }

  /** Writes a history event and gives its id. Throws StateFailure when the history is full. */
  record(previousEventId: number, type: string, details?: JsonObject, beside?: Beside): number {
    if (this.historyIsFull) {
      const cause = `The execution reached the maximum number of history events (${MAX_HISTORY_EVENTS}).`;
      throw new StateFailure(ERRORS.runtime, cause);
    }
    return this.#write(previousEventId, type, details, beside);
  }

  /** Ends the execution: writes its last history event. */
  end(end: End): void {
    this.#write(end.after, end.type, end.details);
    if (this.deadline !== undefined) this.cancel([{ kind: 'timer', id: this.deadline }]);
    this.deadline = undefined;
    this.#end = end;
  }

  /** Effects of this very turn are taken back; one that is over, since this event came of it, needs nothing. */
  cancel(effects: readonly WaitingEffect[]): void {
    for (const { id: target, ...asked } of effects) {
      const made = this.effects.findIndex(({ id }) => id === target);
      if (made >= 0) this.effects.splice(made, 1);
      else if (!this.#isOver(asked.kind, target))
        this.effects.push({ type: 'cancel', id: this.nextEffectId(), target, ...asked });
    }
  }

  /** A timer that is answered from outside has not fired. */
  #isOver(kind: WaitingEffect['kind'], id: string): boolean {
    const { event } = this;
    return 'effect' in event && event.effect === id && (event.type === 'timer.fired') === (kind === 'timer');
  }

  /** Stops executions of a group; those that were to begin with this very turn do not. */
  cancelExecutions(group: string, indexes: readonly number[]): void {
    const begun = new Set(indexes);
    for (let at = this.effects.length - 1; at >= 0; at--) {
      const effect = this.effects[at];
      if (effect?.type !== 'spawn' || effect.group !== group) continue;
      begun.delete(effect.index ?? 0);
      this.effects.splice(at, 1);
    }
    if (begun.size === 0) return;
    const id = this.nextEffectId();
    this.effects.push({ type: 'cancel', id, target: group, kind: 'child', indexes: [...begun] });
  }

  /** Has the results of executions brought, as many as fit; the effect that they come by. */
  gather(children: readonly ChildPlace[], limitBytes: number, detailed: boolean): string {
    const id = this.nextEffectId();
    this.effects.push({ type: 'gather', id, children, limitBytes, detailed });
    return id;
  }

  /** The step; the threads as they stand now are asked for unless the execution has succeeded. */
  finish(threads: () => StoredThreads, unfinished: boolean): Step {
    const step = {
      state: toState(this.#state(threads)),
      status: this.#end?.status ?? 'running',
      effects: this.effects,
      history: this.#history,
      outcome: APPLIED,
    };
    return unfinished ? { ...step, unfinished } : step;
  }

  #state(threads: () => StoredThreads): Execution {
    const { start, redrives } = this.execution;
    const state: Writable<Execution> = {
      start,
      threads: this.#end === undefined ? threads() : {},
      nextEventId: this.#nextEventId,
    };
    if (redrives !== undefined) state.redrives = redrives;
    if (this.deadline !== undefined) state.deadline = this.deadline;
    if (this.#end === undefined) {
      if (this.reading !== undefined) state.reading = this.reading;
      return state;
    }
    const { status, state: last, output, error, cause } = this.#end;
    if (last !== undefined) state.last = last;
    if (output !== undefined) state.output = output;
    if (error !== undefined) state.error = error;
    if (cause !== undefined) state.cause = cause;
    if (status !== 'succeeded') state.failed = threads();
    return state;
  }

  #write(previousEventId: number, type: string, details?: JsonObject, beside?: Beside): number {
    const id = this.#nextEventId++;
    this.#history.push(historyEvent(id, previousEventId, type, details, beside));
    return id;
  }
}
