import type { Effect, TaskEffect } from '../core/effect.js';
import type { Event, EventBody } from '../core/event.js';
import { fold, rejected, type Standing } from '../core/fold.js';
import { effectName } from '../core/identifier.js';
import type { Instance } from '../core/instance.js';
import type { NewJob } from '../core/job.js';
import type { JournalEntry } from '../core/journal.js';
import { type Json, utf8Length } from '../core/json.js';
import type { Step } from '../core/language.js';
import { MAX_HOPS, MAX_STATE_BYTES, TASK_DEADLINE_MS } from '../core/limits.js';
import type { Message, NewMessage } from '../core/message.js';
import type { Problem } from '../core/problem.js';
import type { Commit, Lease, Load } from '../store/store.js';
import type { Steppable } from './registry.js';

/**
 * Folds what waits for one instance into the commit that stores it. Pure but for what it is given: the same
 * load gives the same commit. `isLate` says when to leave the rest in the mailbox: a matter of time alone, since
 * it makes no difference how many are folded at once (rule 6).
 */
export function foldMailbox(
  load: Load,
  lease: Lease,
  steppable: Steppable,
  isLate: () => boolean = () => false,
): Commit {
  const folding = new Folding(load.instance, lease, steppable, load.now, false);
  folding.take(load.messages, isLate);
  const commit = folding.commit();
  if (commit.state === undefined || utf8Length(commit.state) <= MAX_STATE_BYTES) return commit;
  // Rare: some event made the state too large. Fold again, weighing the state after each, to find it.
  const careful = new Folding(load.instance, lease, steppable, load.now, true);
  careful.take(load.messages, isLate);
  return careful.commit();
}

class Folding {
  readonly #instance: Instance;
  readonly #lease: Lease;
  readonly #steppable: Steppable;
  readonly #at: number;
  readonly #weigh: boolean;
  readonly #loaded: Json;
  #standing: Standing;
  #revision: number;
  readonly #journal: JournalEntry[] = [];
  readonly #consumed: number[] = [];
  readonly #timers = new Map<string, NewMessage>();
  readonly #cancelledTimers: string[] = [];
  readonly #jobs = new Map<string, NewJob>();
  readonly #cancelledJobs: string[] = [];
  readonly #messages: NewMessage[] = [];

  constructor(instance: Instance, lease: Lease, steppable: Steppable, now: number, weigh: boolean) {
    this.#instance = instance;
    this.#lease = lease;
    this.#steppable = steppable;
    this.#at = Math.max(now, instance.updatedAt);
    this.#weigh = weigh;
    this.#loaded = instance.state === null ? null : (JSON.parse(instance.state) as Json);
    this.#standing = { status: instance.status, state: this.#loaded };
    this.#revision = instance.revision;
  }

  /** A step that throws ends the turn before it; it throws if it is the first (rule 8). */
  take(messages: readonly Message[], isLate: () => boolean): void {
    for (const message of messages) {
      if (this.#consumed.length > 0 && isLate()) return;
      const event = this.#event(message);
      let step: Step;
      try {
        step = this.#judge(event, message);
      } catch (error) {
        if (this.#consumed.length > 0) return;
        throw error;
      }
      this.#apply(event, step, message);
      if (step.unfinished) {
        this.#continueFirst(message);
        return;
      }
    }
  }

  #event(message: Message): Event {
    return {
      id: message.id,
      instance: this.#instance.id,
      revision: this.#revision + 1,
      at: this.#at,
      seed: message.seed,
      ...(JSON.parse(message.event) as EventBody),
    };
  }

  #apply(event: Event, step: Step, message: Message): void {
    this.#revision = event.revision;
    this.#consumed.push(message.seq);
    this.#standing = { status: step.status, state: step.state };
    for (const effect of step.effects) this.#effect(effect, message);
    this.#journal.push({
      instance: this.#instance.id,
      revision: event.revision,
      eventId: event.id,
      at: event.at,
      event: JSON.stringify(event),
      outcome: step.outcome,
      history: JSON.stringify(step.history),
      code: this.#steppable.code,
    });
  }

  /** The language's step, unless a limit that no language knows of forbids it. */
  #judge(event: Event, message: Message): Step {
    if (message.hops > MAX_HOPS) {
      const problem = {
        code: 'too-many-hops',
        message: `${event.id}: more than ${MAX_HOPS} sends in a row without a timer, a task or an outside event`,
        path: '',
      };
      return rejected(this.#standing, event, problem);
    }
    const step = fold(this.#steppable.language, this.#steppable.program, this.#standing, event);
    if (!this.#weigh || utf8Length(JSON.stringify(step.state)) <= MAX_STATE_BYTES) return step;
    const problem: Problem = {
      code: 'state-too-large',
      message: `the state after ${event.type} would exceed ${MAX_STATE_BYTES} bytes`,
      path: '',
    };
    return rejected(this.#standing, event, problem);
  }

  #effect(effect: Effect, cause: Message): void {
    const instance = this.#instance.id;
    const id = effectName(instance, effect.id);
    switch (effect.type) {
      case 'task':
        this.#jobs.set(id, this.#job(id, effect));
        return;
      case 'timer': {
        const event = text({ type: 'timer.fired', effect: effect.id });
        // One for the past is due now: it overtakes nothing that came before it (rule 4).
        this.#timers.set(id, { id, to: instance, event, dueAt: Math.max(effect.dueAt, this.#at) });
        return;
      }
      case 'send': {
        const data = effect.data === undefined ? {} : { data: effect.data };
        const event = text({ type: 'signal', name: effect.name, ...data, from: instance });
        const trail = { cause: `${instance}/${this.#revision}`, hops: cause.hops + 1 };
        const message = { id, to: effect.to, event, ...trail };
        if (effect.to === instance) this.#timers.set(id, message);
        else this.#messages.push(message);
        return;
      }
      case 'cancel': {
        const target = effectName(instance, effect.target);
        // What this very commit would have made is simply not made.
        if (effect.kind === 'timer') {
          if (!this.#timers.delete(target)) this.#cancelledTimers.push(target);
        } else if (!this.#jobs.delete(target)) this.#cancelledJobs.push(target);
      }
    }
  }

  #job(id: string, effect: TaskEffect): NewJob {
    return {
      id,
      instance: this.#instance.id,
      effect: effect.id,
      name: effect.name,
      input: JSON.stringify(effect.input),
      ask: effect.ask,
      deadlineAt: this.#at + (effect.timeoutMs ?? TASK_DEADLINE_MS),
      ...(effect.heartbeatMs === undefined ? {} : { heartbeatMs: effect.heartbeatMs }),
    };
  }

  /**
   * A `continue` comes before anything else of the instance: nothing is due before 0 (rule 6). It interrupts
   * no row of sends: it is the same event going on.
   */
  #continueFirst({ hops }: Message): void {
    const id = `${this.#instance.id}/${this.#revision}/continue`;
    this.#timers.set(id, { id, to: this.#instance.id, event: text({ type: 'continue' }), dueAt: 0, hops });
  }

  commit(): Commit {
    const { status, state } = this.#standing;
    return {
      lease: this.#lease,
      baseRevision: this.#instance.revision,
      revision: this.#revision,
      status,
      state: state === this.#loaded ? undefined : JSON.stringify(state),
      updatedAt: this.#at,
      journal: this.#journal,
      consumed: this.#consumed,
      timers: [...this.#timers.values()],
      cancelledTimers: this.#cancelledTimers,
      jobs: [...this.#jobs.values()],
      cancelledJobs: this.#cancelledJobs,
      messages: this.#messages,
    };
  }
}

function text(event: EventBody): string {
  return JSON.stringify(event);
}
