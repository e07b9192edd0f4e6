import type { Effect } from '../../src/core/effect.js';
import type { Event, EventBody } from '../../src/core/event.js';
import { fold, type Standing, UNBORN } from '../../src/core/fold.js';
import { hasEnded } from '../../src/core/instance.js';
import type { Happening, Outcome } from '../../src/core/journal.js';
import type { Json, JsonObject } from '../../src/core/json.js';
import type { View } from '../../src/core/language.js';
import { SCHEDULE_MACHINE, scheduleId } from '../../src/core/schedule-id.js';
import { schedule } from '../../src/schedule/language.js';

type Of<T extends Effect['type']> = Extract<Effect, { type: T }>;

/** Folds a schedule's events as a runtime would, on a clock that the test holds. */
export class Drive {
  standing: Standing = UNBORN;
  readonly effects: Effect[] = [];
  readonly history: Happening[] = [];
  outcome: Outcome = { kind: 'ignored', reason: 'nothing happened' };
  now: number;
  #revision = 0;
  #timers: Of<'timer'>[] = [];
  readonly #seed: string;

  constructor(specification: Json, now: string | number = 0, seed = 'seed') {
    this.now = ms(now);
    this.#seed = seed;
    this.fold({ type: 'start', machine: SCHEDULE_MACHINE, input: specification });
  }

  /** Folds an event now. What a step made is returned, and kept. */
  fold(body: EventBody): readonly Effect[] {
    this.#revision++;
    const stamp = { id: `e${this.#revision}`, instance: scheduleId('test'), revision: this.#revision };
    const event: Event = { ...stamp, at: this.now, seed: `${this.#seed}${this.#revision}`, ...body };
    const program = schedule.compile({});
    // Through text, as a store keeps it.
    const state = JSON.parse(JSON.stringify(this.standing.state)) as Json;
    const step = fold(schedule, program, { ...this.standing, state }, event);
    this.standing = { status: step.status, state: step.state };
    this.outcome = step.outcome;
    this.effects.push(...step.effects);
    this.history.push(...step.history);
    const cancelled = step.effects.flatMap((effect) => (effect.type === 'cancel' ? [effect.target] : []));
    this.#timers = [...this.#timers, ...step.effects.filter((effect) => effect.type === 'timer')].filter(
      ({ id }) => !cancelled.includes(id),
    );
    if (hasEnded(step.status)) this.#timers = [];
    return step.effects;
  }

  /** The timer that is pending; there is never more than one. */
  get timer(): Of<'timer'> | undefined {
    if (this.#timers.length > 1) throw new Error('more than one timer is pending');
    return this.#timers[0];
  }

  /** Fires the pending timer, so many milliseconds late. */
  fire(lateMs = 0): readonly Effect[] {
    const { timer } = this;
    if (timer === undefined) throw new Error('no timer is pending');
    this.#timers = [];
    this.now = Math.max(this.now, timer.dueAt + lateMs);
    return this.fold({ type: 'timer.fired', effect: timer.id });
  }

  /** Fires whatever is due up to an instant, each on time, and moves the clock there. */
  until(instant: string | number): this {
    const end = ms(instant);
    while (this.timer !== undefined && this.timer.dueAt <= end) this.fire();
    this.now = end;
    return this;
  }

  /** Nothing happens until then, and then the pending timer fires. */
  sleep(instant: string | number): readonly Effect[] {
    this.now = ms(instant);
    return this.fire();
  }

  signal(name: string, data?: Json): readonly Effect[] {
    return this.fold({ type: 'signal', name, ...(data === undefined ? {} : { data }) });
  }

  /** The oldest run that has not ended ends. */
  endRun(status: 'succeeded' | 'failed' | 'stopped' = 'succeeded', error?: string): readonly Effect[] {
    const [run] = this.context.running as unknown as readonly { readonly id: string }[];
    if (run === undefined) throw new Error('no run is running');
    const effect = run.id.split('/').at(-2) ?? '';
    const failure = error === undefined ? {} : { error, cause: 'why' };
    return this.fold({ type: 'child.ended', effect, child: run.id, status, output: null, ...failure });
  }

  made<T extends Effect['type']>(type: T): Of<T>[] {
    return this.effects.filter((effect): effect is Of<T> => effect.type === type);
  }

  /** The data of the history entries of a type. */
  told(type: string): JsonObject[] {
    return this.history.filter((happening) => happening.type === type).map(({ data }) => data);
  }

  /** The times of firings that started a run or sent a signal, without the seconds' fraction. */
  get fired(): string[] {
    return this.told('ScheduleFired').map(({ scheduledAt }) => short(String(scheduledAt)));
  }

  get view(): View {
    return schedule.view(this.standing.state);
  }

  get context(): JsonObject {
    return this.view.context as JsonObject;
  }

  get next(): string | null {
    return typeof this.context.next === 'string' ? short(this.context.next) : null;
  }
}

function short(instant: string): string {
  return instant.replace(/(:00)?\.000Z$/, 'Z');
}

export function ms(instant: string | number): number {
  return typeof instant === 'number' ? instant : Date.parse(instant);
}

export const REPORT = { machine: 'report' };
export const SEND = { to: 'door', type: 'tick' };
