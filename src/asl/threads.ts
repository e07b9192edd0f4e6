import type { JsonObject } from '../core/json.js';
import type { Step } from '../core/language.js';
import { ActiveThread } from './active-thread.js';
import { effectsOf, MAIN_THREAD, type StoredThreads, type Thread, type Waiting } from './execution.js';
import type { End, Turn } from './turn.js';

/**
 * The threads of an execution while an event is worked in. Only those that the event is about are taken out of the
 * state, and those that they are in; the others stay as they are stored.
 */
export class Threads {
  readonly turn: Turn;
  readonly #stored: StoredThreads;
  readonly #active = new Map<string, ActiveThread>();

  constructor(turn: Turn, stored: StoredThreads = turn.execution.threads) {
    this.turn = turn;
    this.#stored = stored;
  }

  get main(): ActiveThread | undefined {
    return this.thread(MAIN_THREAD);
  }

  /** The main thread of an execution that begins with this very event. */
  begin(thread: Thread): ActiveThread {
    const main = new ActiveThread(this.turn, undefined, 0, thread);
    this.#active.set(MAIN_THREAD, main);
    return main;
  }

  /** The thread of an id, if there is one. */
  thread(id: string): ActiveThread | undefined {
    const active = this.#active.get(id);
    if (active !== undefined) return active.isOver ? undefined : active;
    const stored = this.#stored[id];
    if (stored === undefined) return undefined;
    const end = id.lastIndexOf('.');
    const parent = end < 0 ? undefined : this.thread(id.slice(0, end));
    const thread = new ActiveThread(this.turn, parent, end < 0 ? 0 : Number(id.slice(end + 1)), stored);
    this.#active.set(id, thread);
    return thread;
  }

  /** Keeps a thread that this event began for the ones to come, after the one that it was begun in. */
  keep(thread: ActiveThread): void {
    if (thread.isOver || this.#active.has(thread.id)) return;
    if (thread.parent !== undefined) this.keep(thread.parent);
    this.#active.set(thread.id, thread);
  }

  /** The thread that waits for an effect, as it is stored. */
  waitingFor(effect: string): ActiveThread | undefined {
    for (const id in this.#stored) {
      const waiting = this.#stored[id]?.waiting;
      if (waiting !== undefined && isFor(waiting, effect)) return this.thread(id);
    }
    return undefined;
  }

  /** The threads that a condition holds of, as they are stored, in the order in which they began. */
  where(holds: (thread: Thread | ActiveThread) => boolean): ActiveThread[] {
    return this.#found((id) => {
      const thread = this.#active.get(id) ?? this.#stored[id];
      return thread !== undefined && holds(thread);
    });
  }

  /** The variables of every other thread that has any. */
  variablesBeside(thread: ActiveThread): readonly JsonObject[] {
    const beside: JsonObject[] = [];
    for (const id in this.#stored) {
      const { variables } = this.#stored[id] ?? {};
      if (variables !== undefined && !this.#active.has(id)) beside.push(variables);
    }
    for (const { variables, isOver, id } of this.#active.values())
      if (variables !== undefined && !isOver && id !== thread.id) beside.push(variables);
    return beside;
  }

  /** The threads that the state of a thread has begun and that have not ended. */
  of(parent: ActiveThread): ActiveThread[] {
    const prefix = `${parent.id}.`;
    return this.#found((id) => id.startsWith(prefix) && !id.includes('.', prefix.length));
  }

  /** A thread has ended, or is given up: nothing is waited for, in it or in those that it has begun. */
  drop(thread: ActiveThread): void {
    this.stopWaiting(thread);
    thread.isOver = true;
  }

  /** What the state of a thread has begun is given up. */
  dropThoseOf(parent: ActiveThread): void {
    this.#stopExecutions(parent);
    parent.mapRun = undefined;
    if (parent.fork === undefined) return;
    for (const thread of this.of(parent)) {
      this.dropThoseOf(thread);
      this.drop(thread);
    }
    parent.fork = undefined;
  }

  /** What a thread waits for is not waited for any longer. */
  stopWaiting(thread: ActiveThread): void {
    this.#stopExecutions(thread);
    if (thread.waiting !== undefined) this.turn.cancel(effectsOf(thread.waiting));
    thread.waiting = undefined;
  }

  #stopExecutions({ mapRun }: ActiveThread): void {
    if (mapRun !== undefined) this.turn.cancelExecutions(mapRun.group, mapRun.abort());
  }

  /** Ends the execution: nothing is waited for any more. */
  end(end: End): void {
    this.turn.end(end);
    for (const thread of this.where(({ waiting, mapRun }) => waiting !== undefined || mapRun !== undefined)) {
      this.stopWaiting(thread);
    }
  }

  /** The step, with the threads as they are now. */
  finish(unfinished: boolean): Step {
    return this.turn.finish(() => this.#kept(), unfinished);
  }

  #kept(): StoredThreads {
    // Most are as they were, so they are copied all at once.
    const threads: Record<string, Thread> = { ...this.#stored };
    for (const [id, thread] of this.#active) {
      if (thread.isOver) delete threads[id];
      else threads[id] = thread.stored();
    }
    return threads;
  }

  /** Those with an id that is looked for, first the ones that were there before this event. */
  #found(isWanted: (id: string) => boolean): ActiveThread[] {
    const found: ActiveThread[] = [];
    for (const id in this.#stored) {
      const thread = isWanted(id) ? this.thread(id) : undefined;
      if (thread !== undefined) found.push(thread);
    }
    for (const [id, thread] of this.#active) {
      if (!Object.hasOwn(this.#stored, id) && !thread.isOver && isWanted(id)) found.push(thread);
    }
    return found;
  }
}

/** Whether an answer to this effect is waited for. Most threads wait for one effect alone. */
function isFor(waiting: Waiting, effect: string): boolean {
  if (waiting.effect === effect || waiting.items === effect) return true;
  if (waiting.callback === undefined && waiting.timeout === undefined) return false;
  return effectsOf(waiting).some(({ id }) => id === effect);
}
