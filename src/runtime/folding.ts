import { childEnd } from '../core/child-end.js';
import type { Definition } from '../core/definition.js';
import type { Effect, GatherEffect, SpawnEffect, TaskEffect } from '../core/effect.js';
import type { Event, EventBody, MigrateEvent, Versions } from '../core/event.js';
import { fold, foldMigration, type Standing } from '../core/fold.js';
import { given } from '../core/given.js';
import { childName, effectName, effectOfChild, timerName } from '../core/identifier.js';
import { hasEnded, type Instance } from '../core/instance.js';
import type { NewJob } from '../core/job.js';
import type { JournalEntry } from '../core/journal.js';
import type { Json } from '../core/json.js';
import type { Failure, Step } from '../core/language.js';
import { DEFAULT_PRIORITY, DEFAULT_QUEUE, TASK_DEADLINE_MS } from '../core/limits.js';
import type { Message, NewMessage } from '../core/message.js';
import type { Problem } from '../core/problem.js';
import type { Commit, EndJob, FoldedMessage, Hold, Load } from '../store/store.js';
import type { Steppable } from './registry.js';
import { readState, writeState } from './state-text.js';

/**
 * A commit whose children are not told yet which version of their machine they are of, and whose questions about those that
 * have ended are still to be answered.
 */
export interface Fold extends Omit<Commit, 'spawns'> {
  readonly spawns: readonly Spawn[];
  readonly gathers: readonly Gather[];
}

/** What is asked of children that have ended. */
export interface Gather {
  readonly parent: string;
  readonly effect: GatherEffect;
  /** The event that asked. */
  readonly cause: string;
}

/** A child to be made. */
export interface Spawn {
  readonly parent: string;
  readonly effect: string;
  readonly child: string;
  readonly machine: string;
  readonly input: Json;
  readonly detached: boolean;
  /** Of one that runs a part of its parent's definition: which part, and that definition's hash. */
  readonly part?: string;
  readonly definition?: string;
  readonly versions?: Versions;
  /** Of the event that asked for it. */
  readonly cause: string;
  readonly hops: number;
}

/**
 * Folds what waits for one instance into the commit that stores it. Pure but for what it is given: the same
 * load gives the same commit. `isLate` says when to leave the rest in the mailbox: a matter of time alone, since
 * it makes no difference how many are folded at once (rule 6).
 */
export function foldMailbox(
  load: Load,
  lease: Hold,
  steppable: Steppable,
  isLate: () => boolean = () => false,
): Fold {
  const folding = new Folding(load.instance, lease, steppable, load.now);
  folding.take(load.messages, isLate);
  return folding.commit();
}

/** The end of a job as its instance is told it. */
export interface Answer extends EndJob {
  readonly event: string;
  readonly seed: string;
}

/** Folds ends of jobs, in order, into the commit of an instance that nobody holds. */
export function foldAnswers(
  instance: Instance,
  answers: readonly Answer[],
  now: number,
  steppable: Steppable,
  isLate: () => boolean,
): Fold {
  const trail = { to: instance.id, dueAt: now, cause: '', hops: 0 };
  const messages = answers.map(({ id, event, seed }, seq): Message => ({ id, seq, event, seed, ...trail }));
  const fold = foldMailbox({ instance, messages, now }, { instance: instance.id }, steppable, isLate);
  // Messages are folded in order, so the first of these are those of the first answers.
  const folded = answers.slice(0, fold.folded.length).map((answer, index) => {
    const { seq: _, ...entry } = fold.folded[index] as FoldedMessage;
    return { ...answer, ...entry };
  });
  return { ...fold, folded: [], answers: folded };
}

/** What a migration makes of an instance, and what it has to tell. */
export interface MigrationFold {
  readonly step: Step;
  readonly fold: Fold;
  readonly entry: JournalEntry;
}

/** Folds a migration into an instance that nobody holds; the steppable is that of the definition that it goes to. */
export function foldMigrate(
  instance: Instance,
  { id, seed, event }: { readonly id: string; readonly seed: string; readonly event: MigrateEvent },
  from: Definition,
  now: number,
  steppable: Steppable,
): MigrationFold {
  const lease = { instance: instance.id };
  const message = { id, seed, event: text(event), to: instance.id, dueAt: now, seq: 0, cause: '', hops: 0 };
  let step: Step | undefined;
  const folding = new Folding(instance, lease, steppable, now, (standing, stamped) => {
    if (stamped.type !== 'migrate') throw new Error(`${stamped.type} is no migration`);
    step = foldMigration(steppable.language, steppable.program, standing, stamped, from);
    return step;
  });
  folding.take([message], () => false);
  const fold = folding.commit();
  const [folded] = fold.folded;
  if (step === undefined || folded === undefined) throw new Error('a migration was not folded');
  const { seq: _, ...told } = folded;
  const entry = { instance: instance.id, eventId: id, seed, event: message.event, ...told };
  return { step, fold: { ...fold, folded: [] }, entry };
}

type Stepping = (standing: Standing, event: Event, hops: number) => Step;

class Folding {
  readonly #instance: Instance;
  readonly #lease: Hold;
  readonly #steppable: Steppable;
  readonly #step: Stepping;
  readonly #at: number;
  readonly #loaded: Json;
  #standing: Standing;
  #revision: number;
  readonly #folded: FoldedMessage[] = [];
  readonly #timers = new Map<string, NewMessage>();
  readonly #cancelledTimers: string[] = [];
  readonly #jobs = new Map<string, NewJob>();
  readonly #cancelledJobs: string[] = [];
  readonly #messages: NewMessage[] = [];
  readonly #spawns: Spawn[] = [];
  readonly #gathers: Gather[] = [];

  constructor(
    instance: Instance,
    lease: Hold,
    steppable: Steppable,
    now: number,
    step: Stepping = (standing, event, hops) =>
      fold(steppable.language, steppable.program, standing, event, hops),
  ) {
    this.#step = step;
    this.#instance = instance;
    this.#lease = lease;
    this.#steppable = steppable;
    this.#at = Math.max(now, instance.updatedAt);
    this.#loaded = instance.state === null ? null : readState(instance.id, instance.state);
    this.#standing = { status: instance.status, state: this.#loaded };
    this.#revision = instance.revision;
  }

  /** A step that throws ends the turn before it; it throws if it is the first (rule 8). */
  take(messages: readonly Message[], isLate: () => boolean): void {
    for (const message of messages) {
      if (this.#folded.length > 0 && isLate()) return;
      const event = this.#event(message);
      let step: Step;
      try {
        step = this.#step(this.#standing, event, message.hops);
      } catch (error) {
        if (this.#folded.length > 0) return;
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
    const before = this.#standing.status;
    this.#standing = { status: step.status, state: step.state };
    for (const effect of step.effects) this.#effect(effect, message);
    if (hasEnded(step.status) && !hasEnded(before)) this.#tellParent(step);
    this.#folded.push({
      seq: message.seq,
      revision: event.revision,
      at: event.at,
      outcome: step.outcome,
      history: JSON.stringify(step.history),
      code: this.#steppable.code,
    });
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
        const name = timerName(instance, effect.id, effect.subject);
        // One for the past is due now: it overtakes nothing that came before it (rule 4).
        this.#timers.set(name, { id: name, to: instance, event, dueAt: Math.max(effect.dueAt, this.#at) });
        return;
      }
      case 'send': {
        const data = effect.data === undefined ? {} : { data: effect.data };
        const sendId = effect.sendId === undefined ? {} : { sendId: effect.sendId };
        const event = text({ type: 'signal', name: effect.name, ...data, from: instance, ...sendId });
        const trail = { cause: this.#cause(), hops: cause.hops + 1 };
        const message = { id, to: effect.to, event, ...trail };
        if (effect.to === instance) this.#timers.set(id, message);
        else this.#messages.push(message);
        return;
      }
      case 'spawn': {
        this.#spawns.push(this.#spawn(effect, cause));
        return;
      }
      case 'gather': {
        this.#gathers.push({ parent: instance, effect, cause: this.#cause() });
        return;
      }
      case 'cancel': {
        if (effect.kind === 'child') {
          for (const index of effect.indexes ?? [0]) {
            const to = childName(instance, effect.target, index);
            this.#messages.push({ id, to, event: text({ type: 'stop' }), cause: this.#cause() });
          }
          return;
        }
        // What this very commit would have made is simply not made.
        if (effect.kind === 'timer') {
          const name = timerName(instance, effect.target, effect.subject);
          if (!this.#timers.delete(name)) this.#cancelledTimers.push(name);
          return;
        }
        const target = effectName(instance, effect.target);
        if (!this.#jobs.delete(target)) this.#cancelledJobs.push(target);
      }
    }
  }

  #job(id: string, effect: TaskEffect): NewJob {
    return {
      id,
      instance: this.#instance.id,
      effect: effect.id,
      queue: effect.queue ?? DEFAULT_QUEUE,
      name: effect.name,
      priority: effect.priority ?? DEFAULT_PRIORITY,
      input: JSON.stringify(effect.input),
      ask: effect.ask,
      deadlineAt: this.#at + (effect.timeoutMs ?? TASK_DEADLINE_MS),
      ...(effect.heartbeatMs === undefined ? {} : { heartbeatMs: effect.heartbeatMs }),
    };
  }

  #spawn(spawned: SpawnEffect, { hops }: Message): Spawn {
    const { id, group = id, index = 0, part, machine, input, detached = false, versions } = spawned;
    const [parent, cause] = [this.#instance.id, this.#cause()];
    const child = childName(parent, group, index);
    const definition = part === undefined ? undefined : this.#instance.definition;
    const edition = given({ part, definition, versions });
    return { parent, effect: group, child, machine, input, detached, cause, hops, ...edition };
  }

  /** The end of a child is the answer to the effect that made it. */
  #tellParent({ outcome }: Step): void {
    const { id: child, parent } = this.#instance;
    const effect = effectOfChild(child);
    if (parent === undefined || effect === undefined) return;
    const { status, state } = this.#standing;
    const view = state === null ? undefined : this.#steppable.language.view(state);
    // One that was refused its start has no state to say so.
    const refusal = outcome.kind === 'rejected' ? reasonOf(outcome.problem) : {};
    const end = view === undefined ? { status, output: null, ...refusal } : childEnd(status, view);
    const event = text({ type: 'child.ended', effect, child, ...end });
    this.#messages.push({ id: `${this.#cause()}/ended`, to: parent, event, cause: this.#cause() });
  }

  #cause(): string {
    return `${this.#instance.id}/${this.#revision}`;
  }

  /**
   * A `continue` comes before anything else of the instance: nothing is due before 0 (rule 6). It interrupts
   * no row of sends: it is the same event going on.
   */
  #continueFirst({ hops }: Message): void {
    const id = `${this.#instance.id}/${this.#revision}/continue`;
    this.#timers.set(id, { id, to: this.#instance.id, event: text({ type: 'continue' }), dueAt: 0, hops });
  }

  commit(): Fold {
    const { status, state } = this.#standing;
    return {
      lease: this.#lease,
      baseRevision: this.#instance.revision,
      revision: this.#revision,
      status,
      state: state === this.#loaded ? undefined : writeState(this.#instance.id, state),
      updatedAt: this.#at,
      folded: this.#folded,
      answers: [],
      timers: [...this.#timers.values()],
      cancelledTimers: this.#cancelledTimers,
      jobs: [...this.#jobs.values()],
      cancelledJobs: this.#cancelledJobs,
      messages: this.#messages,
      spawns: this.#spawns,
      gathers: this.#gathers,
    };
  }
}

function reasonOf({ code, message }: Problem): Failure {
  return { error: code, cause: message };
}

function text(event: EventBody): string {
  return JSON.stringify(event);
}
