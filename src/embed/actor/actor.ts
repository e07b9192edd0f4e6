import { isJsonObject, type Json, toJson } from '../../core/json.js';
import { Refused } from '../../core/problem.js';
import type { Clock } from '../../runtime/clock.js';
import type { AnyEvent, EventObject } from '../../statechart/config.js';
import { Machine } from '../../statechart/machine.js';
import {
  type MachineEffect,
  PARENT,
  RELATIVE,
  SELF,
  type SignalEffect,
} from '../../statechart/machine-effect.js';
import { invokedAs } from '../../statechart/retry.js';
import { MachineSnapshot } from '../../statechart/snapshot.js';
import { initialTransition, type OwnEvent, transition } from '../../statechart/transition.js';
import type { AnyFace } from '../../statechart/typed/face.js';
import type { ActorHandler } from './actor-task.js';
import { Audience, type Observer, type Subscription } from './audience.js';
import { Pending } from './pending.js';
import { definitionHash, type PersistedSnapshot } from './persisted-snapshot.js';
import { wallClock } from './waiting.js';

export interface ActorOptions<TInput = unknown> {
  /** What the machine is started with. */
  readonly input?: TInput;
  /** What `getPersistedSnapshot` gave: the actor goes on from there. */
  readonly snapshot?: PersistedSnapshot;
  /** Of milliseconds since 1970. */
  readonly clock?: Clock;
  /** Tasks and actions by name; they go before those that the machine was made with. */
  readonly handlers?: Readonly<Record<string, ActorHandler>>;
  /** Machines that it may invoke, besides those that it was made with. */
  readonly machines?: readonly Machine[];
  /** Where lines of the history go; the console, if absent. */
  readonly logger?: (...line: unknown[]) => void;
}

/**
 * A machine that runs in memory, as XState's actors do: delays, tasks and invoked machines are carried out, and ended when
 * their state is left. Nothing starts before `start`; what is sent before waits for it.
 *
 *     const actor = createActor(machine, { input }).start();
 *     actor.subscribe((snapshot) => show(snapshot.value));
 *     actor.send({ type: 'PRESS' });
 */
export function createActor<TContext, TEvent extends EventObject, TFace extends AnyFace>(
  machine: Machine<TContext, TEvent, TFace>,
  options: ActorOptions<TFace['input']> = {},
): Actor<TContext, TEvent, TFace> {
  return new Actor(machine, options);
}

interface Parent {
  /** An event of the child for its parent. */
  readonly receive: (event: AnyEvent) => void;
}

export class Actor<TContext, TEvent extends EventObject, TFace extends AnyFace> {
  readonly #machine: Machine<TContext, TEvent, TFace>;
  readonly #options: ActorOptions<TFace['input']>;
  readonly #clock: Clock;
  readonly #parent: Parent | undefined;
  readonly #audience = new Audience<MachineSnapshot<TContext, TFace>, TFace['emitted']>();
  readonly #queue: (TEvent | OwnEvent)[] = [];
  readonly #pending: Pending;
  #snapshot: MachineSnapshot<TContext, TFace>;
  /** Of the initial transition, until it is started. */
  #first: readonly MachineEffect[] = [];
  #state: 'new' | 'idle' | 'busy' | 'over' = 'new';

  constructor(
    machine: Machine<TContext, TEvent, TFace>,
    options: ActorOptions<TFace['input']>,
    parent?: Parent,
  ) {
    this.#machine = machine;
    this.#options = options;
    this.#clock = options.clock ?? wallClock;
    this.#parent = parent;
    this.#pending = new Pending({
      clock: this.#clock,
      dialect: Machine.programOf(machine).space.dialect,
      deliver: (event) => this.#deliver(event as unknown as OwnEvent),
      release: (event) => {
        if ('raise' in event) this.#deliver(event.raise as unknown as TEvent);
        else this.#send(event.send);
      },
      handler: (name) => this.#handler(name),
      invoked: (key) => invokedAs(MachineSnapshot.configurationOf(this.#snapshot), key),
      open: (name, given) => this.#open(name, given),
    });
    if (options.snapshot === undefined) {
      [this.#snapshot, this.#first] = initialTransition(machine, options.input);
    } else {
      this.#snapshot = machine.resolveState(options.snapshot as Parameters<typeof machine.resolveState>[0]);
    }
  }

  /** Begins, or goes on from the snapshot that was given. */
  start(): this {
    if (this.#state !== 'new') return this;
    this.#state = 'busy';
    const { snapshot } = this.#options;
    if (snapshot !== undefined && this.#snapshot.status === 'active') this.#pending.resume(snapshot);
    this.#after(this.#first);
    this.#state = this.#state === 'busy' ? 'idle' : this.#state;
    this.#drain();
    return this;
  }

  /** Ends it, and everything that it waits for. */
  stop(): this {
    if (this.#state === 'over') return this;
    const { value, context } = this.#snapshot;
    const history = this.#snapshot.toJSON().history;
    const kept = {
      value,
      context,
      ...(history === undefined ? {} : { history }),
      status: 'stopped' as const,
    };
    if (this.#snapshot.status === 'active') this.#snapshot = this.#machine.resolveState(kept);
    this.#end((observer) => observer.complete?.());
    return this;
  }

  /** Handles the event, and everything that follows from it, before it returns; within a transition, after that. */
  send(event: TEvent): void {
    this.#deliver(event);
  }

  getSnapshot(): MachineSnapshot<TContext, TFace> {
    return this.#snapshot;
  }

  matches(value: TFace['path'] | TFace['value']): boolean {
    return this.#snapshot.matches(value);
  }

  /** Whether the event would change anything, or have anything done. */
  can(event: TEvent): boolean {
    try {
      const [next, effects] = transition(this.#machine, this.#snapshot, event);
      return next !== this.#snapshot || effects.length > 0;
    } catch (error) {
      if (error instanceof Refused) return false;
      throw error;
    }
  }

  /** Tells of every snapshot from here on. */
  subscribe(
    observer:
      | Observer<MachineSnapshot<TContext, TFace>>
      | ((snapshot: MachineSnapshot<TContext, TFace>) => void),
  ): Subscription {
    const told = typeof observer === 'function' ? { next: observer } : observer;
    if (this.#state === 'over') {
      const { status, error } = this.#snapshot;
      if (status === 'error') told.error?.(error);
      else told.complete?.();
      return { unsubscribe: () => {} };
    }
    return this.#audience.subscribe(told);
  }

  /** Tells of every event that is emitted under this name, or, of `*`, of all. */
  on<TType extends TFace['emitted']['type'] | '*'>(
    type: TType,
    listener: (
      event: TType extends '*' ? TFace['emitted'] : Extract<TFace['emitted'], { readonly type: TType }>,
    ) => void,
  ): Subscription {
    return this.#audience.on(type, listener as (event: TFace['emitted']) => void);
  }

  /**
   * Where it stands and what it waits for, as plain JSON: for `createActor(machine, { snapshot })`. Delays keep their
   * deadlines; tasks that were not done begin again. Throws Refused where something of it is no JSON.
   */
  getPersistedSnapshot(): PersistedSnapshot {
    const kept = {
      ...this.#snapshot.toJSON(),
      ...this.#pending.persisted(),
      definition: definitionHash(this.#machine),
    };
    const { error } = kept;
    const json = toJson(
      error instanceof Error ? { ...kept, error: { name: error.name, message: error.message } } : kept,
    );
    if ('problem' in json) throw new Refused(json.problem);
    return json.value as unknown as PersistedSnapshot;
  }

  #deliver(event: TEvent | OwnEvent): void {
    if (this.#state === 'over') return;
    this.#queue.push(event);
    this.#drain();
  }

  #drain(): void {
    if (this.#state !== 'idle') return;
    this.#state = 'busy';
    for (let event = this.#queue.shift(); event !== undefined; event = this.#queue.shift()) {
      try {
        const [next, effects] = transition(this.#machine, this.#snapshot, event);
        this.#snapshot = next;
        this.#after(effects);
      } catch (error) {
        this.#fail(error);
      }
      if (this.#isOver()) return;
    }
    this.#state = 'idle';
  }

  #isOver(): boolean {
    return this.#state === 'over';
  }

  /** What a transition asks for, then those who watch, then the end where it came to it. */
  #after(effects: readonly MachineEffect[]): void {
    try {
      for (const effect of effects) {
        this.#carryOut(effect);
        if (this.#isOver()) return;
      }
    } catch (error) {
      this.#fail(error);
      return;
    }
    const { status, error } = this.#snapshot;
    this.#audience.next(this.#snapshot);
    if (this.#isOver()) return;
    if (status === 'done') this.#end((observer) => observer.complete?.());
    else if (status === 'error') this.#report(error);
  }

  #carryOut(effect: MachineEffect): void {
    switch (effect.type) {
      case 'task':
        if (effect.ask) this.#pending.invoke(effect);
        else this.#act(effect.name, effect.input);
        return;
      case 'spawn':
        this.#pending.spawn(effect);
        return;
      case 'timer':
        this.#pending.time(effect.key, effect.delayMs);
        return;
      case 'hold':
        this.#pending.hold(effect);
        return;
      case 'send':
        this.#send(effect);
        return;
      case 'emit':
        this.#audience.emit(effect.event as unknown as TFace['emitted']);
        return;
      case 'log':
        (this.#options.logger ?? console.log)(
          ...(effect.label === undefined ? [] : [effect.label]),
          effect.value,
        );
        return;
      default:
        this.#pending.end(effect.kind, effect.key);
    }
  }

  #handler(name: string): ActorHandler | undefined {
    const { handlers = {} } = this.#options;
    if (Object.hasOwn(handlers, name)) return handlers[name];
    return Object.hasOwn(this.#machine.handlers, name)
      ? (this.#machine.handlers[name] as unknown as ActorHandler)
      : undefined;
  }

  /** An action that nobody waits for; one that fails later is told of all the same. */
  #act(name: string, input: unknown): void {
    const handler = this.#handler(name);
    if (handler === undefined) throw new Error(`there is no handler for the action "${name}"`);
    const result = handler(input as never, { signal: new AbortController().signal, heartbeat: () => {} });
    if (result instanceof Promise) result.catch((error: unknown) => this.#fail(error));
  }

  /** An actor of a machine that was given to this one, or to one around it. */
  #open(name: string, given: { readonly input: unknown; readonly snapshot?: PersistedSnapshot }) {
    const machines = [...(this.#options.machines ?? []), ...this.#machine.machines];
    const machine = machines.find(({ id }) => id === name);
    if (machine === undefined) return undefined;
    const { snapshot: _, ...options } = this.#options;
    const receive = (event: AnyEvent): void => this.#deliver(event as unknown as TEvent);
    return new Actor<unknown, AnyEvent, AnyFace>(machine, { ...options, machines, ...given }, { receive });
  }

  /** To whom there is not, nothing is sent. */
  #send({ to, name, data }: SignalEffect): void {
    const event: AnyEvent = {
      ...(isJsonObject(data as Json) ? (data as object) : data === undefined ? {} : { data }),
      type: name,
    };
    if (to === SELF) this.#deliver(event as unknown as TEvent);
    else if (to === PARENT) this.#parent?.receive(event);
    else if (to.startsWith(RELATIVE)) this.#pending.child(to.slice(RELATIVE.length))?.send(event);
  }

  /** XState: an error that nothing took ends the actor. */
  #fail(error: unknown): void {
    if (this.#isOver()) return;
    const cause = error instanceof Refused && error.cause !== undefined ? error.cause : error;
    const { value, context } = this.#snapshot;
    this.#snapshot = this.#machine.resolveState({ value, context, status: 'error', error: cause });
    this.#report(cause);
  }

  /** Where nobody is there to be told, the error is thrown where no one catches it, as XState does. */
  #report(error: unknown): void {
    const isHeard = this.#audience.hearsErrors;
    this.#end((observer) => observer.error?.(error));
    if (isHeard) return;
    this.#clock.after(0, () => {
      throw error;
    });
  }

  #end(tell: (observer: Observer<MachineSnapshot<TContext, TFace>>) => void): void {
    this.#state = 'over';
    this.#queue.length = 0;
    this.#pending.endAll();
    this.#audience.end(tell);
  }
}
