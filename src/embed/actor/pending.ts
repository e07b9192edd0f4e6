import { given } from '../../core/given.js';
import type { Clock } from '../../runtime/clock.js';
import { invocation } from '../../statechart/bind/invocation.js';
import type { AnyEvent } from '../../statechart/config.js';
import type { Dialect } from '../../statechart/dialect.js';
import type {
  HeldEffect,
  InvokeEffect,
  MachineEffect,
  SpawnEffect,
} from '../../statechart/machine-effect.js';
import { nextAttempt } from '../../statechart/retry.js';
import type { ChartInvoke } from '../../statechart/schema/chart.js';
import { type ActorHandler, runTask } from './actor-task.js';
import type { Observer } from './audience.js';
import type { PersistedSnapshot } from './persisted-snapshot.js';
import { at, WaitingList } from './waiting.js';

/** An actor that another one invoked. */
export interface ChildActor {
  start(): unknown;
  stop(): unknown;
  send(event: AnyEvent): void;
  subscribe(observer: Observer<unknown>): unknown;
  getSnapshot(): { readonly output?: unknown };
  getPersistedSnapshot(): PersistedSnapshot;
}

/** What those who wait do with what comes, and where they find who does it. */
export interface Surroundings {
  readonly clock: Clock;
  readonly dialect: Dialect;
  /** An answer, the end of a delay, or an event that was held back. */
  readonly deliver: (event: AnyEvent) => void;
  /** Does what was held back. */
  readonly release: (event: HeldEffect['event']) => void;
  readonly handler: (name: string) => ActorHandler | undefined;
  /** What an active state invokes under this key. */
  readonly invoked: (key: string) => ChartInvoke | undefined;
  /** An actor of a machine that is known by this name, not started yet. */
  readonly open: (
    machine: string,
    given: { readonly input: unknown; readonly snapshot?: PersistedSnapshot },
  ) => ChildActor | undefined;
}

interface Timer {
  readonly key: string;
  readonly dueAt: number;
}

type Held = Pick<HeldEffect, 'key' | 'event'> & { readonly dueAt: number };

type Task = NonNullable<PersistedSnapshot['tasks']>[number];

type Child = Omit<NonNullable<PersistedSnapshot['children']>[number], 'snapshot'> & {
  readonly actor: ChildActor;
};

type Retry = NonNullable<PersistedSnapshot['retries']>[number];

type EndKind = Extract<MachineEffect, { readonly type: 'cancel' }>['kind'];

/**
 * Everything that an actor waits for: delays, events that are held back, tasks, machines that it invoked, and pauses
 * before one of these is tried again.
 */
export class Pending {
  readonly #around: Surroundings;
  readonly #timers = new WaitingList<Timer>();
  readonly #held = new WaitingList<Held>();
  readonly #tasks = new WaitingList<Task>();
  readonly #children = new WaitingList<Child>();
  readonly #retries = new WaitingList<Retry>();

  constructor(around: Surroundings) {
    this.#around = around;
  }

  child(key: string): ChildActor | undefined {
    return this.#children.get(key)?.actor;
  }

  time(key: string, delayMs: number): void {
    this.#time({ key, dueAt: this.#around.clock.now() + delayMs });
  }

  hold({ key, event, delayMs }: HeldEffect): void {
    const dueAt = this.#around.clock.now() + delayMs;
    this.#hold({ ...(key === undefined ? {} : { key }), event, dueAt });
  }

  invoke({ key, name, input, timeoutMs, heartbeatMs, used }: Omit<InvokeEffect, 'type' | 'ask'>): void {
    const dueAt = timeoutMs === undefined ? undefined : this.#around.clock.now() + timeoutMs;
    this.#task({ key, name, input, ...given({ dueAt, heartbeatMs, used }) });
  }

  /** Fails at once where there is no such machine. */
  spawn({ key, machine, input, used }: Omit<SpawnEffect, 'type'>, snapshot?: PersistedSnapshot): void {
    const asked = { key, machine, ...(used === undefined ? {} : { input, used }) };
    const actor = this.#around.open(machine, { input, ...given({ snapshot }) });
    if (actor === undefined) {
      this.#failed(asked, new Error(`there is no machine "${machine}"`));
      return;
    }
    this.#children.begin(key, { ...asked, actor }, (ended) => {
      actor.subscribe({
        complete: () => {
          if (ended()) this.#done(key, actor.getSnapshot().output);
        },
        error: (error) => {
          if (ended()) this.#failed(asked, error);
        },
      });
      return () => actor.stop();
    });
    actor.start();
  }

  end(kind: EndKind, key: string): void {
    const lists = { task: this.#tasks, timer: this.#timers, child: this.#children, event: this.#held };
    lists[kind].end(key);
    if (kind === 'task' || kind === 'child') this.#retries.end(key);
  }

  endAll(): void {
    for (const list of [this.#timers, this.#held, this.#tasks, this.#children, this.#retries]) list.endAll();
  }

  /** All of it as plain data, without what is empty. */
  persisted(): Pick<PersistedSnapshot, 'timers' | 'held' | 'tasks' | 'children' | 'retries'> {
    const children = this.#children.all().map(({ actor, ...child }) => ({
      ...child,
      snapshot: actor.getPersistedSnapshot(),
    }));
    const [timers, held] = [this.#timers.all(), this.#held.all()];
    const waits = { timers, held, tasks: this.#tasks.all(), children, retries: this.#retries.all() };
    return Object.fromEntries(Object.entries(waits).filter(([, list]) => list.length > 0));
  }

  resume({ timers = [], held = [], tasks = [], children = [], retries = [] }: PersistedSnapshot): void {
    for (const timer of timers) this.#time(timer);
    for (const item of held) this.#hold(item as Held);
    for (const task of tasks) this.#task(task);
    for (const { snapshot, ...child } of children) this.spawn({ input: undefined, ...child }, snapshot);
    for (const retry of retries) this.#pause(retry);
  }

  #time(timer: Timer): void {
    const { clock, deliver } = this.#around;
    this.#timers.begin(timer.key, timer, (ended) =>
      at(
        clock,
        () => timer.dueAt,
        () => {
          if (ended()) deliver({ type: timer.key });
        },
      ),
    );
  }

  #hold(held: Held): void {
    const { clock, release } = this.#around;
    this.#held.begin(held.key, held, (ended) =>
      at(
        clock,
        () => held.dueAt,
        () => {
          if (ended()) release(held.event);
        },
      ),
    );
  }

  #task(task: Task): void {
    const { clock, handler } = this.#around;
    this.#tasks.begin(task.key, task, (ended) =>
      runTask(task, handler(task.name), clock, {
        done: (output) => {
          if (ended()) this.#done(task.key, output);
        },
        failed: (error) => {
          if (ended()) this.#failed(task, error);
        },
      }),
    );
  }

  #done(key: string, output: unknown): void {
    const { events, ended } = this.#around.dialect;
    this.#around.deliver({ type: events.taskDone(key), ...ended(key), output });
  }

  /** It is tried again where the machine says so, as an instance's is; else the machine is told. */
  #failed({ key, input, used, ...asked }: Asked, thrown: unknown): void {
    const { clock, deliver, dialect, invoked } = this.#around;
    const error = errorOf(thrown);
    const failed = { error: nameOf(error), isStopped: false, at: clock.now(), below };
    const invoke = used && invoked(key);
    const next = invoke && nextAttempt(invoke, used, failed);
    if (next === undefined) deliver({ type: dialect.events.taskError(key), ...dialect.ended(key), error });
    else this.#pause({ key, input, ...given({ machine: asked.machine }), ...next });
  }

  #pause(retry: Retry): void {
    const { key, input, used, machine, dueAt } = retry;
    this.#retries.begin(key, retry, (ended) =>
      at(
        this.#around.clock,
        () => dueAt,
        () => {
          const invoke = ended() ? this.#around.invoked(key) : undefined;
          if (invoke === undefined) return;
          const again = invocation(invoke, key, input, used);
          if (again.type === 'task') this.invoke(again);
          else this.spawn({ ...again, ...given({ machine }) });
        },
      ),
    );
  }
}

/** A task or a machine that was asked for. */
interface Asked {
  readonly key: string;
  readonly machine?: string;
  readonly input?: unknown;
  readonly used?: readonly number[];
}

function below(bound: number): number {
  return Math.floor(Math.random() * bound);
}

/** An error as machines see it. */
function errorOf(error: unknown): unknown {
  if (error instanceof Error || (typeof error === 'object' && error !== null && 'message' in error))
    return error;
  return { name: 'Error', message: String(error) };
}

/** The name by which `retry` knows it. */
function nameOf(error: unknown): string {
  return String((error as { readonly name?: unknown }).name ?? 'Error');
}
