import { type Effect, effectNumbering } from '../core/effect.js';
import type { Event, Stamp, Versions } from '../core/event.js';
import { given } from '../core/given.js';
import { childName, parentOf } from '../core/identifier.js';
import type { Happening } from '../core/journal.js';
import { type Json, toJson } from '../core/json.js';
import {
  type EndEffect,
  type MachineEffect,
  PARENT,
  RELATIVE,
  SELF,
  type SignalEffect,
} from './machine-effect.js';
import { type MachineEvent, plainEvent } from './machine-event.js';
import type { Child } from './origin.js';
import type { Held, Pending, Retrying, StoredState } from './stored-state.js';
import { Undone } from './undone.js';

interface Made {
  /** Absent of what is told, and has nothing happen. */
  readonly effect?: Effect;
  readonly happening: Happening;
}

/**
 * Gives the effects of a macrostep their ids, keeps account of what is waited for, and tells of it. What is
 * made and ended within one step is never asked for.
 */
export class Numbering {
  /** By effect id, or another unique key where there is no effect. */
  readonly #made = new Map<string, Made>();
  readonly #before: Readonly<Record<string, Pending>> | undefined;
  /** A copy of what was waited for before, once anything of it changes. */
  #changed: Map<string, Pending> | undefined = undefined;
  readonly #at: number;
  readonly #instance: string;
  readonly #trusted: boolean;
  readonly #hearsOut: boolean;
  readonly #versions: Versions | undefined;
  readonly #nextId: () => string;

  /** `trusted` where nothing comes from functions, so that all of it is JSON already. */
  constructor(
    pending: Readonly<Record<string, Pending>> | undefined,
    { at, revision, instance }: Stamp,
    trusted: boolean,
    versions: Versions | undefined,
    hearsOut = false,
  ) {
    this.#versions = versions;
    this.#hearsOut = hearsOut;
    this.#trusted = trusted;
    this.#before = pending;
    this.#at = at;
    this.#instance = instance;
    this.#nextId = effectNumbering(revision);
  }

  get effects(): readonly Effect[] {
    return [...this.#made.values()].flatMap(({ effect }) => effect ?? []);
  }

  get history(): readonly Happening[] {
    return [...this.#made.values()].map(({ happening }) => happening);
  }

  /** For the state of an instance that goes on. */
  get kept(): Pick<StoredState, 'pending' | 'versions'> {
    const isEmpty = this.#changed?.size === 0;
    const pending = this.#changed === undefined || isEmpty ? this.#before : Object.fromEntries(this.#changed);
    return given({ pending: isEmpty ? undefined : pending, versions: this.#versions });
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
    for (const [id, pending] of this.#waiting) this.#cancel(id, pending, false);
  }

  /** What was waited for goes on under another name, at another time, or not at all. */
  goOn(id: string, as: Pending | undefined): void {
    const before = this.#waiting.get(id);
    if (before === undefined || before === as) return;
    const isSame = as !== undefined && dueAt(as) === dueAt(before);
    if (isSame) this.#waiting.set(id, as);
    else this.#cancel(id, before);
    if (as !== undefined && !isSame) this.begin(as);
  }

  /** A delay, or an event that is held back, with its own time. */
  begin(pending: Pending): void {
    if ('retry' in pending) this.again(pending.retry, pending);
    else if ('timer' in pending) this.timer(pending.timer, pending.dueAt);
    else if ('raise' in pending || 'send' in pending) this.heldUntil(pending, pending.dueAt);
  }

  add(effect: MachineEffect): void {
    switch (effect.type) {
      case 'task':
        this.#task(effect);
        return;
      case 'spawn':
        this.#spawn(effect);
        return;
      case 'timer':
        this.timer(effect.key, this.#at + effect.delayMs);
        return;
      case 'hold':
        this.#hold(effect);
        return;
      case 'send':
        this.#send(effect);
        return;
      case 'emit':
      case 'log':
        this.#tell(effect);
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
    const limits = ask ? given({ timeoutMs: effect.timeoutMs, heartbeatMs: effect.heartbeatMs }) : {};
    if (ask) {
      const retrying = effect.used === undefined ? {} : { input, used: effect.used };
      this.#waiting.set(id, { task: effect.key, ...retrying });
    }
    this.#make(
      { type: 'task', id, name, input, ask, ...limits },
      ask
        ? { type: 'TaskScheduled', data: { effect: id, id: effect.key, name } }
        : { type: 'ActionScheduled', data: { effect: id, name } },
    );
  }

  #spawn({ key, machine, input, used }: MachineEffect & { readonly type: 'spawn' }): void {
    const id = this.#nextId();
    const asked = this.#json(input, `the input of ${machine}`);
    this.#waiting.set(id, { child: key, ...(used === undefined ? {} : { input: asked, used, machine }) });
    const child = childName(this.#instance, id, 0);
    this.#make(
      { type: 'spawn', id, machine, input: asked, ...given({ versions: this.#versions }) },
      { type: 'MachineInvoked', data: { effect: id, id: key, machine, child } },
    );
  }

  timer(key: string, dueAt: number): void {
    const id = this.#nextId();
    this.#waiting.set(id, { timer: key, dueAt });
    this.#make({ type: 'timer', id, dueAt }, { type: 'TimerSet', data: { effect: id, timer: key, dueAt } });
  }

  #hold({ key, delayMs, event }: MachineEffect & { readonly type: 'hold' }): void {
    const name = nameOf(event);
    const held = this.#json('raise' in event ? event : { send: told(event.send) }, `the data of ${name}`);
    const named = key === undefined ? {} : { id: key };
    this.heldUntil({ ...(held as unknown as Held), ...named }, this.#at + delayMs);
  }

  /** What failed is tried again then. */
  again(key: string, { dueAt, ...retrying }: Retrying & { readonly dueAt: number }): void {
    const id = this.#nextId();
    this.#waiting.set(id, { retry: key, ...retrying, dueAt });
    const attempt = 1 + retrying.used.reduce((sum, count) => sum + count, 0);
    this.#make(
      { type: 'timer', id, dueAt },
      {
        type: retrying.machine === undefined ? 'TaskRetryScheduled' : 'MachineRetryScheduled',
        data: { effect: id, id: key, attempt, dueAt },
      },
    );
  }

  /** An event is held back until then. */
  heldUntil(held: Held & { readonly id?: string }, dueAt: number): void {
    const id = this.#nextId();
    const named = held.id === undefined ? {} : { id: held.id };
    this.#waiting.set(id, { ...held, dueAt });
    this.#make(
      { type: 'timer', id, dueAt },
      { type: 'EventHeld', data: { effect: id, event: nameOf(held), ...named, dueAt } },
    );
  }

  #send({ to, name, data, sendId }: MachineEffect & { readonly type: 'send' }): void {
    const receiver = this.#receiver(to);
    if (receiver === undefined) {
      const key = `dropped ${this.#made.size}`;
      this.#made.set(key, { happening: { type: 'EventDropped', data: { to, event: name } } });
      return;
    }
    const id = this.#nextId();
    const sent = data === undefined ? {} : { data: this.#json(data, `the data of ${name}`) };
    this.#make(
      { type: 'send', id, to: receiver, name, ...sent, ...(sendId === undefined ? {} : { sendId }) },
      { type: 'EventSent', data: { effect: id, to: receiver, event: name } },
    );
  }

  /** The instance that is meant; undefined where there is none. */
  #receiver(to: string): string | undefined {
    if (!to.startsWith(RELATIVE)) return to;
    if (to === SELF) return this.#instance;
    if (to === PARENT) return parentOf(this.#instance);
    const key = to.slice(RELATIVE.length);
    const [effect] =
      [...this.#waiting].find(([, pending]) => 'child' in pending && keyOf(pending, 'child') === key) ?? [];
    return effect === undefined ? undefined : childName(this.#instance, effect, 0);
  }

  #tell(effect: MachineEffect & { readonly type: 'emit' | 'log' }): void {
    const key = `told ${this.#made.size}`;
    if (effect.type === 'log') {
      const { label, value } = effect;
      const data = { ...this.#optional('label', label), ...this.#optional('value', value) };
      this.#made.set(key, { happening: { type: 'Logged', data } });
      return;
    }
    const { type, data } = plainEvent(effect.event);
    const told = { event: type, ...this.#optional('data', data) };
    this.#made.set(key, { happening: { type: 'EventEmitted', data: told } });
  }

  #optional(key: string, value: unknown): Readonly<Record<string, Json>> {
    return value === undefined ? {} : { [key]: this.#json(value, `the ${key}`) };
  }

  #json(value: unknown, what: string): Json {
    return this.#trusted ? (value as Json) : json(value, what);
  }

  #make(effect: Effect, happening: Happening): void {
    this.#made.set(effect.id, { effect, happening });
  }

  #cancel(target: string, pending: Pending, hearsOut = this.#hearsOut): void {
    this.#waiting.delete(target);
    if (this.#made.delete(target) || isLeft(pending)) return;
    if (hearsOut && 'child' in pending) this.#waiting.set(target, { child: pending.child, left: true });
    const id = this.#nextId();
    const [kind, type] = cancelled(pending);
    this.#make({ type: 'cancel', id, target, kind }, { type, data: { effect: target } });
  }
}

function nameOf(
  event: { readonly raise: MachineEvent } | { readonly send: { readonly name: string } },
): string {
  return 'raise' in event ? event.raise.type : event.send.name;
}

function dueAt(pending: Pending): number | undefined {
  return 'dueAt' in pending ? pending.dueAt : undefined;
}

function told({ type: _, data, ...sent }: SignalEffect): Omit<SignalEffect, 'type'> {
  return data === undefined ? sent : { ...sent, data };
}

function cancelled(pending: Pending): readonly ['task' | 'child' | 'timer', string] {
  if ('retry' in pending)
    return ['timer', pending.machine === undefined ? 'TaskCancelled' : 'MachineStopped'];
  if ('task' in pending) return ['task', 'TaskCancelled'];
  if ('child' in pending) return ['child', 'MachineStopped'];
  return ['timer', 'timer' in pending ? 'TimerCancelled' : 'EventCancelled'];
}

/** The key that something is waited for by, if it is of this kind. */
export function keyOf(pending: Pending, kind: EndEffect['kind']): string | undefined {
  if ('retry' in pending)
    return kind === (pending.machine === undefined ? 'task' : 'child') ? pending.retry : undefined;
  if ('task' in pending) return kind === 'task' ? pending.task : undefined;
  if ('child' in pending) return kind === 'child' && !isLeft(pending) ? pending.child : undefined;
  if ('timer' in pending) return kind === 'timer' ? pending.timer : undefined;
  return kind === 'event' ? pending.id : undefined;
}

/** Whether it was told to stop. */
export function isLeft(pending: Pending): boolean {
  return 'left' in pending;
}

/** What functions give need not be JSON; what is kept must be. */
export function json(value: unknown, what: string): Json {
  const checked = toJson(value);
  if ('value' in checked) return checked.value;
  const { problem } = checked;
  const at = problem.path === '' ? '' : ` at ${problem.path}`;
  throw new Undone({ ...problem, message: `${what} is not JSON${at}: ${problem.message}`, path: '' });
}

/** What was invoked, and the instances that these are. */
export function childrenOf({ pending = {} }: StoredState, { instance }: Event): readonly Child[] {
  return Object.entries(pending).flatMap(([effect, waiting]) =>
    'child' in waiting && !isLeft(waiting)
      ? [{ key: waiting.child, instance: childName(instance, effect, 0) }]
      : [],
  );
}
