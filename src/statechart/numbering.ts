import { type Effect, effectNumbering } from '../core/effect.js';
import type { Stamp } from '../core/event.js';
import type { Happening } from '../core/journal.js';
import { type Json, toJson } from '../core/json.js';
import type { MachineEffect } from './machine-effect.js';
import type { Pending } from './stored-state.js';
import { Undone } from './undone.js';

/**
 * Gives the effects of a macrostep their ids, keeps account of what is waited for, and tells of it. What is
 * made and ended within one step is never asked for.
 */
export class Numbering {
  readonly history: Happening[] = [];
  readonly #effects = new Map<string, Effect>();
  readonly #told = new Map<string, Happening>();
  readonly #pending: Map<string, Pending>;
  readonly #at: number;
  readonly #trusted: boolean;
  readonly #nextId: () => string;

  /** `trusted` where nothing comes from functions, so that all of it is JSON already. */
  constructor(
    pending: Readonly<Record<string, Pending>> | undefined,
    { at, revision }: Stamp,
    trusted: boolean,
  ) {
    this.#trusted = trusted;
    this.#pending = new Map(Object.entries(pending ?? {}));
    this.#at = at;
    this.#nextId = effectNumbering(revision);
  }

  get effects(): readonly Effect[] {
    return [...this.#effects.values()];
  }

  /** For the state: absent where nothing is waited for. */
  get pending(): { readonly pending?: Readonly<Record<string, Pending>> } {
    return this.#pending.size === 0 ? {} : { pending: Object.fromEntries(this.#pending) };
  }

  /** An effect was answered, and is waited for no longer. */
  answered(id: string): void {
    this.#pending.delete(id);
  }

  /** Nothing is waited for any longer. */
  cancelAll(): void {
    for (const [id, pending] of this.#pending) this.#cancel(id, pending);
  }

  add(effect: MachineEffect): void {
    switch (effect.type) {
      case 'task':
        this.#task(effect);
        return;
      case 'timer':
        this.#timer(effect);
        return;
      case 'send':
        this.#send(effect);
        return;
      default:
        for (const [id, pending] of this.#pending) {
          if (keyOf(pending, effect.kind) === effect.key) this.#cancel(id, pending);
        }
    }
  }

  #task(effect: MachineEffect & { readonly type: 'task' }): void {
    const id = this.#nextId();
    const { name, ask } = effect;
    const input = this.#json(effect.input, `the input of ${name}`);
    const timeout = ask && effect.timeoutMs !== undefined ? { timeoutMs: effect.timeoutMs } : {};
    if (ask) this.#pending.set(id, { task: effect.key });
    this.#make(
      { type: 'task', id, name, input, ask, ...timeout },
      ask
        ? { type: 'TaskScheduled', data: { effect: id, id: effect.key, name } }
        : { type: 'ActionScheduled', data: { effect: id, name } },
    );
  }

  #timer({ key, delayMs }: MachineEffect & { readonly type: 'timer' }): void {
    const id = this.#nextId();
    const dueAt = this.#at + delayMs;
    this.#pending.set(id, { timer: key, dueAt });
    this.#make({ type: 'timer', id, dueAt }, { type: 'TimerSet', data: { effect: id, timer: key, dueAt } });
  }

  #send({ to, name, data }: MachineEffect & { readonly type: 'send' }): void {
    const id = this.#nextId();
    const sent = data === undefined ? {} : { data: this.#json(data, `the data of ${name}`) };
    this.#make(
      { type: 'send', id, to, name, ...sent },
      { type: 'EventSent', data: { effect: id, to, event: name } },
    );
  }

  #json(value: unknown, what: string): Json {
    return this.#trusted ? (value as Json) : json(value, what);
  }

  #make(effect: Effect, happening: Happening): void {
    this.#effects.set(effect.id, effect);
    this.#told.set(effect.id, happening);
    this.history.push(happening);
  }

  #cancel(target: string, pending: Pending): void {
    this.#pending.delete(target);
    if (this.#effects.delete(target)) {
      const told = this.#told.get(target);
      if (told !== undefined) this.history.splice(this.history.indexOf(told), 1);
      return;
    }
    const id = this.#nextId();
    const kind = 'task' in pending ? 'task' : 'timer';
    this.#make(
      { type: 'cancel', id, target, kind },
      { type: kind === 'task' ? 'TaskCancelled' : 'TimerCancelled', data: { effect: target } },
    );
  }
}

function keyOf(pending: Pending, kind: 'task' | 'timer'): string | undefined {
  if ('task' in pending) return kind === 'task' ? pending.task : undefined;
  return kind === 'timer' ? pending.timer : undefined;
}

/** What functions give need not be JSON; what is kept must be. */
export function json(value: unknown, what: string): Json {
  const checked = toJson(value);
  if ('value' in checked) return checked.value;
  const { problem } = checked;
  const at = problem.path === '' ? '' : ` at ${problem.path}`;
  throw new Undone({ ...problem, message: `${what} is not JSON${at}: ${problem.message}`, path: '' });
}
