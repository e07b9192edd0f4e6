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
  readonly #made = new Map<string, { readonly effect: Effect; readonly happening: Happening }>();
  readonly #before: Readonly<Record<string, Pending>> | undefined;
  /** A copy of what was waited for before, once anything of it changes. */
  #changed: Map<string, Pending> | undefined = undefined;
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
    this.#before = pending;
    this.#at = at;
    this.#nextId = effectNumbering(revision);
  }

  get effects(): readonly Effect[] {
    return [...this.#made.values()].map(({ effect }) => effect);
  }

  get history(): readonly Happening[] {
    return [...this.#made.values()].map(({ happening }) => happening);
  }

  /** For the state: absent where nothing is waited for. */
  get pending(): { readonly pending?: Readonly<Record<string, Pending>> } {
    if (this.#changed === undefined) return this.#before === undefined ? {} : { pending: this.#before };
    return this.#changed.size === 0 ? {} : { pending: Object.fromEntries(this.#changed) };
  }

  get #waiting(): Map<string, Pending> {
    this.#changed ??= new Map(Object.entries(this.#before ?? {}));
    return this.#changed;
  }

  /** An effect was answered, and is waited for no longer. */
  answered(id: string): void {
    this.#waiting.delete(id);
  }

  /** Nothing is waited for any longer. */
  cancelAll(): void {
    for (const [id, pending] of this.#waiting) this.#cancel(id, pending);
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
        for (const [id, pending] of this.#waiting) {
          if (keyOf(pending, effect.kind) === effect.key) this.#cancel(id, pending);
        }
    }
  }

  #task(effect: MachineEffect & { readonly type: 'task' }): void {
    const id = this.#nextId();
    const { name, ask } = effect;
    const input = this.#json(effect.input, `the input of ${name}`);
    const timeout = ask && effect.timeoutMs !== undefined ? { timeoutMs: effect.timeoutMs } : {};
    if (ask) this.#waiting.set(id, { task: effect.key });
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
    this.#waiting.set(id, { timer: key, dueAt });
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
    this.#made.set(effect.id, { effect, happening });
  }

  #cancel(target: string, pending: Pending): void {
    this.#waiting.delete(target);
    if (this.#made.delete(target)) return;
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
