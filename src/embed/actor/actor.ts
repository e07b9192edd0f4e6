import { isJsonObject, type Json, toJson } from '../../core/json.js';
import { Refused } from '../../core/problem.js';
import type { Clock } from '../../runtime/clock.js';
import type { AnyEvent, EventObject } from '../../statechart/config.js';
import type { Machine } from '../../statechart/machine.js';
import {
  type HeldEffect,
  type InvokeEffect,
  type MachineEffect,
  PARENT,
  RELATIVE,
  SELF,
  type SignalEffect,
  type SpawnEffect,
} from '../../statechart/machine-effect.js';
import { taskDone, taskError } from '../../statechart/machine-event.js';
import type { MachineSnapshot } from '../../statechart/snapshot.js';
import { initialTransition, type OwnEvent, transition } from '../../statechart/transition.js';
import type { AnyFace } from '../../statechart/typed/face.js';
import { definitionHash, type PersistedSnapshot } from './persisted-snapshot.js';
import { at, WaitingList, wallClock } from './waiting.js';

/** What carries out a task, or an action, in memory: `signal` is aborted when its state is left. */
export type ActorHandler = (input: never, job: { readonly signal: AbortSignal }) => unknown;

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

/** Told of each snapshot, of the end, and of an error that nothing took. */
export interface Observer<T> {
  readonly next?: (snapshot: T) => void;
  readonly error?: (error: unknown) => void;
  readonly complete?: () => void;
}

export interface Subscription {
  readonly unsubscribe: () => void;
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

interface Task {
  readonly key: string;
  readonly name: string;
  readonly input: unknown;
  readonly dueAt?: number;
}

interface Child {
  readonly key: string;
  readonly machine: string;
  readonly actor: Actor<unknown, AnyEvent, AnyFace>;
}

interface Timer {
  readonly key: string;
  readonly dueAt: number;
}

type Held = Pick<HeldEffect, 'key' | 'event'> & { readonly dueAt: number };

export class Actor<TContext, TEvent extends EventObject, TFace extends AnyFace> {
  readonly #machine: Machine<TContext, TEvent, TFace>;
  readonly #options: ActorOptions<TFace['input']>;
  readonly #clock: Clock;
  readonly #parent: Parent | undefined;
  readonly #observers = new Set<Observer<MachineSnapshot<TContext, TFace>>>();
  readonly #listeners = new Map<string, Set<(event: TFace['emitted']) => void>>();
  readonly #queue: (TEvent | OwnEvent)[] = [];
  readonly #timers = new WaitingList<Timer>();
  readonly #held = new WaitingList<Held>();
  readonly #tasks = new WaitingList<Task>();
  readonly #children = new WaitingList<Child>();
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
    if (this.#options.snapshot !== undefined) this.#resume(this.#options.snapshot);
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
    this.#observers.add(told);
    return { unsubscribe: () => this.#observers.delete(told) };
  }

  /** Tells of every event that is emitted under this name, or, of `*`, of all. */
  on<TType extends TFace['emitted']['type'] | '*'>(
    type: TType,
    listener: (
      event: TType extends '*' ? TFace['emitted'] : Extract<TFace['emitted'], { readonly type: TType }>,
    ) => void,
  ): Subscription {
    const listeners = this.#listeners.get(type) ?? new Set();
    this.#listeners.set(type, listeners);
    const told = listener as (event: TFace['emitted']) => void;
    listeners.add(told);
    return { unsubscribe: () => listeners.delete(told) };
  }

  /**
   * Where it stands and what it waits for, as plain JSON: for `createActor(machine, { snapshot })`. Delays keep their
   * deadlines; tasks that were not done begin again. Throws Refused where something of it is no JSON.
   */
  getPersistedSnapshot(): PersistedSnapshot {
    const children = this.#children.all().map(({ key, machine, actor }) => ({
      key,
      machine,
      snapshot: actor.getPersistedSnapshot(),
    }));
    const waits = { timers: this.#timers.all(), held: this.#held.all(), tasks: this.#tasks.all(), children };
    const lists = Object.entries(waits).filter(([, list]) => list.length > 0);
    const kept = {
      ...this.#snapshot.toJSON(),
      ...Object.fromEntries(lists),
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
    for (const { next } of [...this.#observers]) next?.(this.#snapshot);
    if (this.#isOver()) return;
    if (status === 'done') this.#end((observer) => observer.complete?.());
    else if (status === 'error') this.#report(error);
  }

  #carryOut(effect: MachineEffect): void {
    switch (effect.type) {
      case 'task':
        if (effect.ask) this.#invoke(effect);
        else this.#act(effect.name, effect.input);
        return;
      case 'spawn':
        this.#spawn(effect);
        return;
      case 'timer':
        this.#time({ key: effect.key, dueAt: this.#clock.now() + effect.delayMs });
        return;
      case 'hold':
        this.#hold({ ...keyed(effect.key), event: effect.event, dueAt: this.#clock.now() + effect.delayMs });
        return;
      case 'send':
        this.#send(effect);
        return;
      case 'emit':
        this.#emit(effect.event as unknown as TFace['emitted']);
        return;
      case 'log':
        (this.#options.logger ?? console.log)(
          ...(effect.label === undefined ? [] : [effect.label]),
          effect.value,
        );
        return;
      default:
        this.#listOf(effect.kind).end(effect.key);
    }
  }

  #listOf(kind: 'task' | 'timer' | 'child' | 'event'): { readonly end: (key: string) => void } {
    const lists = { task: this.#tasks, timer: this.#timers, child: this.#children, event: this.#held };
    return lists[kind];
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
    const result = handler(input as never, { signal: new AbortController().signal });
    if (result instanceof Promise) result.catch((error: unknown) => this.#fail(error));
  }

  #invoke({ key, name, input, timeoutMs }: InvokeEffect): void {
    const dueAt = timeoutMs === undefined ? {} : { dueAt: this.#clock.now() + timeoutMs };
    this.#task({ key, name, input, ...dueAt });
  }

  #task(task: Task): void {
    const { key, name, input, dueAt } = task;
    this.#tasks.begin(key, task, (ended) => {
      const controller = new AbortController();
      const failed = (error: unknown): void => {
        if (ended()) this.#deliver({ type: taskError(key) as OwnEvent['type'], error: errorOf(error) });
      };
      const run = async (): Promise<unknown> => {
        const handler = this.#handler(name);
        if (handler === undefined) throw new Error(`there is no handler for the task "${name}"`);
        return await handler(input as never, { signal: controller.signal });
      };
      const cancel =
        dueAt === undefined
          ? () => {}
          : at(this.#clock, dueAt, () => {
              controller.abort();
              failed({ name: 'Timeout', message: `the task "${name}" took too long` });
            });
      void run()
        .then((output) => {
          if (ended()) this.#deliver({ type: taskDone(key) as OwnEvent['type'], output });
        }, failed)
        .finally(cancel);
      return () => {
        cancel();
        controller.abort();
      };
    });
  }

  #spawn({ key, machine, input }: SpawnEffect, snapshot?: PersistedSnapshot): void {
    const known = [...(this.#options.machines ?? []), ...this.#machine.machines];
    const found = known.find(({ id }) => id === machine);
    if (found === undefined) {
      const error = new Error(`there is no machine "${machine}"`);
      this.#queue.push({ type: taskError(key) as OwnEvent['type'], error });
      return;
    }
    const { snapshot: _, ...options } = this.#options;
    const receive = (event: AnyEvent): void => this.#deliver(event as unknown as TEvent);
    const actor = new Actor(
      found,
      { ...options, machines: known, input, ...(snapshot === undefined ? {} : { snapshot }) },
      { receive },
    );
    this.#children.begin(key, { key, machine, actor }, (ended) => {
      actor.subscribe({
        complete: () => {
          if (ended())
            this.#deliver({ type: taskDone(key) as OwnEvent['type'], output: actor.getSnapshot().output });
        },
        error: (error) => {
          if (ended()) this.#deliver({ type: taskError(key) as OwnEvent['type'], error: errorOf(error) });
        },
      });
      return () => actor.stop();
    });
    actor.start();
  }

  #time(timer: Timer): void {
    this.#timers.begin(timer.key, timer, (ended) =>
      at(this.#clock, timer.dueAt, () => {
        if (ended()) this.#deliver({ type: timer.key as OwnEvent['type'] });
      }),
    );
  }

  #hold(held: Held): void {
    this.#held.begin(held.key, held, (ended) =>
      at(this.#clock, held.dueAt, () => {
        if (!ended()) return;
        if ('raise' in held.event) this.#deliver(held.event.raise as unknown as TEvent);
        else this.#send(held.event.send);
      }),
    );
  }

  /** To whom there is not, nothing is sent. */
  #send({ to, name, data }: SignalEffect): void {
    const event: AnyEvent = {
      ...(isJsonObject(data as Json) ? (data as object) : data === undefined ? {} : { data }),
      type: name,
    };
    if (to === SELF) this.#deliver(event as unknown as TEvent);
    else if (to === PARENT) this.#parent?.receive(event);
    else if (to.startsWith(RELATIVE)) this.#children.get(to.slice(RELATIVE.length))?.actor.send(event);
  }

  #emit(event: TFace['emitted']): void {
    for (const type of [event.type, '*']) {
      for (const listener of [...(this.#listeners.get(type) ?? [])]) listener(event);
    }
  }

  #resume({ timers = [], held = [], tasks = [], children = [] }: PersistedSnapshot): void {
    if (this.#snapshot.status !== 'active') return;
    for (const timer of timers) this.#time(timer);
    for (const item of held) this.#hold(item as Held);
    for (const task of tasks) this.#task(task);
    for (const { key, machine, snapshot } of children) {
      this.#spawn({ type: 'spawn', key, machine, input: undefined }, snapshot);
    }
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
    const isHeard = [...this.#observers].some((observer) => observer.error !== undefined);
    this.#end((observer) => observer.error?.(error));
    if (isHeard) return;
    this.#clock.after(0, () => {
      throw error;
    });
  }

  #end(tell: (observer: Observer<MachineSnapshot<TContext, TFace>>) => void): void {
    this.#state = 'over';
    this.#queue.length = 0;
    for (const list of [this.#timers, this.#held, this.#tasks, this.#children]) list.endAll();
    const observers = [...this.#observers];
    this.#observers.clear();
    for (const observer of observers) tell(observer);
  }
}

function keyed(key: string | undefined): { readonly key?: string } {
  return key === undefined ? {} : { key };
}

/** An error as machines see it. */
function errorOf(error: unknown): unknown {
  if (error instanceof Error || (typeof error === 'object' && error !== null && 'message' in error))
    return error;
  return { name: 'Error', message: String(error) };
}
