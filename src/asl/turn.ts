import { Chance } from '../core/chance.js';
import { type Effect, effectNumbering } from '../core/effect.js';
import type { Event } from '../core/event.js';
import type { Status } from '../core/instance.js';
import { APPLIED, type Happening } from '../core/journal.js';
import type { JsonObject } from '../core/json.js';
import type { Step } from '../core/language.js';
import { runtimeFailure } from './errors.js';
import { type Execution, type Thread, toState, type Waiting } from './execution.js';
import { historyEvent } from './history.js';
import { MAX_HISTORY_EVENTS } from './limits.js';

/** One event being worked into an execution: what the step will give back, under construction. */
export class Turn {
  readonly event: Event;
  readonly effects: Effect[] = [];
  readonly nextEffectId: () => string;
  execution: Execution;
  readonly #history: Happening[] = [];
  readonly #threads: Map<string, Thread>;
  #status: Status = 'running';
  #nextEventId: number;
  #chance: Chance | undefined;

  constructor(execution: Execution, event: Event) {
    this.execution = execution;
    this.event = event;
    this.nextEffectId = effectNumbering(event.revision);
    this.#threads = new Map(Object.entries(execution.threads));
    this.#nextEventId = execution.nextEventId;
  }

  /** All chance of this event, drawn in the order in which it is asked for (rule 5). */
  get chance(): Chance {
    this.#chance ??= new Chance(this.event.instance, this.event.seed);
    return this.#chance;
  }

  /** Whether there is room for the execution's last event alone. */
  get historyIsFull(): boolean {
    return this.#nextEventId >= MAX_HISTORY_EVENTS;
  }

  setThread(id: string, thread: Thread): void {
    this.#threads.set(id, thread);
  }

  /** Writes a history event and gives its id. Throws StateFailure when the history is full. */
  record(previousEventId: number, type: string, details?: JsonObject, at?: number): number {
    if (this.historyIsFull) {
      throw runtimeFailure(
        `The execution reached the maximum number of history events (${MAX_HISTORY_EVENTS}).`,
      );
    }
    return this.#write(previousEventId, type, details, at);
  }

  /** Ends the execution: writes its last history event; nothing is waited for any more. */
  end(
    status: Status,
    last: { readonly after: number; readonly type: string; readonly details: JsonObject },
    result: Pick<Execution, 'output' | 'error' | 'cause'>,
  ): void {
    this.#write(last.after, last.type, last.details);
    for (const { waiting } of this.#threads.values()) if (waiting !== undefined) this.#cancel(waiting);
    const { deadline, ...rest } = this.execution;
    if (deadline !== undefined) this.#cancel({ for: 'timer', effect: deadline });
    this.execution = { ...rest, ...result };
    this.#threads.clear();
    this.#status = status;
  }

  finish(unfinished: boolean): Step {
    const execution: Execution = {
      ...this.execution,
      threads: Object.fromEntries(this.#threads),
      nextEventId: this.#nextEventId,
    };
    return {
      state: toState(execution),
      status: this.#status,
      effects: this.effects,
      history: this.#history,
      outcome: APPLIED,
      ...(unfinished ? { unfinished } : {}),
    };
  }

  #write(previousEventId: number, type: string, details?: JsonObject, at?: number): number {
    const id = this.#nextEventId++;
    this.#history.push(historyEvent(id, previousEventId, type, details, at));
    return id;
  }

  /** An effect of this very turn is taken back; one that was just answered needs nothing. */
  #cancel({ for: purpose, effect }: Waiting): void {
    const made = this.effects.findIndex(({ id }) => id === effect);
    if (made >= 0) this.effects.splice(made, 1);
    else if (!('effect' in this.event) || this.event.effect !== effect) {
      const kind = purpose === 'task' ? 'task' : 'timer';
      this.effects.push({ type: 'cancel', id: this.nextEffectId(), target: effect, kind });
    }
  }
}
