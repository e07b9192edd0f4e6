import { Chance } from '../core/chance.js';
import { type Effect, effectNumbering } from '../core/effect.js';
import type { Event } from '../core/event.js';
import type { Status } from '../core/instance.js';
import { APPLIED, type Happening } from '../core/journal.js';
import type { Json, JsonObject } from '../core/json.js';
import type { Step } from '../core/language.js';
import { MAX_DELAY_MS } from '../core/limits.js';
import { formatTimestamp } from '../core/timestamp.js';
import type { Plan } from './plan.js';
import type { Counts, ScheduleState, Timer } from './state.js';

/** One event of a schedule on its way to a step: the state it will have, the effects and what there is to tell. */
export class Turn {
  state: ScheduleState;
  readonly event: Event;
  /** What an update replaces. */
  plan: Plan;
  readonly nextEffectId: () => string;
  readonly effects: Effect[] = [];
  readonly history: Happening[] = [];

  constructor(state: ScheduleState, event: Event, plan: Plan) {
    this.state = state;
    this.event = event;
    this.plan = plan;
    this.nextEffectId = effectNumbering(event.revision);
  }

  tell(type: string, data: JsonObject): void {
    this.history.push({ type, data });
  }

  count(what: keyof Counts, by = 1): void {
    const { counts } = this.state;
    this.state = { ...this.state, counts: { ...counts, [what]: counts[what] + by } };
  }

  /** How many more firings the limit allows; one that waits has its place already. */
  get left(): number {
    const { counts, waiting } = this.state;
    const promised = waiting === undefined || waiting.triggered ? 0 : 1;
    return Math.max(0, this.plan.limit - counts.fired - promised);
  }

  /** Waits for the first time after those that are decided, if there is one to wait for. */
  arm(): void {
    this.disarm();
    if (this.state.paused || this.left === 0) return;
    const time = this.plan.timetable.after(this.state.decided);
    if (time !== undefined) this.#waitFor(time, time + this.#jitter(time));
  }

  /** Goes on waiting for a time that is too far away for one timer. */
  rearm({ time, dueAt }: Timer): void {
    this.#waitFor(time, dueAt);
  }

  #waitFor(time: number, dueAt: number): void {
    const effect = this.nextEffectId();
    const { at } = this.event;
    // A time that has passed is due now, so that what arrived before it (a pause, say) comes before it.
    const timerDueAt = Math.min(Math.max(dueAt, at), at + MAX_DELAY_MS);
    this.effects.push({ type: 'timer', id: effect, dueAt: timerDueAt });
    this.state = { ...this.state, timer: { effect, time, dueAt } };
  }

  /** Stops waiting; a timer that has just fired needs no cancelling. */
  disarm(): void {
    const { timer, ...rest } = this.state;
    if (timer === undefined) return;
    const { event } = this;
    if (event.type !== 'timer.fired' || event.effect !== timer.effect) {
      this.effects.push({ type: 'cancel', id: this.nextEffectId(), target: timer.effect, kind: 'timer' });
    }
    this.state = rest;
  }

  /** Less than the gap to the next time, so that firings keep their order. */
  #jitter(time: number): number {
    const { jitterMs, timetable } = this.plan;
    if (jitterMs === 0) return 0;
    const gap = (timetable.after(time) ?? Number.POSITIVE_INFINITY) - time;
    return new Chance(this.event.instance, this.event.seed, 'jitter').below(Math.min(jitterMs + 1, gap));
  }

  /** The step, which waits for the next time if none is waited for; with nothing left to wait for it has finished. */
  finish(): Step {
    if (this.state.ended === undefined && this.state.timer === undefined) this.arm();
    const { timer, waiting, running, paused, ended } = this.state;
    const isOver = timer === undefined && waiting === undefined && running.length === 0 && !paused;
    if (ended === undefined && isOver) {
      const why = this.left === 0 ? 'limit' : 'no more times';
      this.tell('ScheduleFinished', { why });
      this.state = { ...this.state, ended: 'finished' };
    }
    return {
      state: this.state as unknown as Json,
      status: STATUS[this.state.ended ?? 'running'],
      effects: this.effects,
      history: this.history,
      outcome: APPLIED,
    };
  }

  /** When it will fire next, for history. */
  get next(): string | null {
    const { timer } = this.state;
    return timer === undefined ? null : formatTimestamp(timer.time);
  }
}

const STATUS: Readonly<Record<'running' | 'finished' | 'stopped' | 'failed', Status>> = {
  running: 'running',
  finished: 'succeeded',
  stopped: 'stopped',
  failed: 'failed',
};
