import type { Clock } from '../../runtime/clock.js';
import type { AnyEvent } from '../../statechart/config.js';
import type {
  HeldEffect,
  InvokeEffect,
  MachineEffect,
  SpawnEffect,
} from '../../statechart/machine-effect.js';
import { taskDone, taskError } from '../../statechart/machine-event.js';
import type { Observer } from './audience.js';
import type { PersistedSnapshot } from './persisted-snapshot.js';
import { at, WaitingList } from './waiting.js';

/** What carries out a task, or an action, in memory: `signal` is aborted when its state is left. */
export type ActorHandler = (input: never, job: { readonly signal: AbortSignal }) => unknown;

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
  /** An answer, the end of a delay, or an event that was held back. */
  readonly deliver: (event: AnyEvent) => void;
  /** Does what was held back. */
  readonly release: (event: HeldEffect['event']) => void;
  readonly handler: (name: string) => ActorHandler | undefined;
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

interface Task {
  readonly key: string;
  readonly name: string;
  readonly input: unknown;
  readonly dueAt?: number;
}

interface Child {
  readonly key: string;
  readonly machine: string;
  readonly actor: ChildActor;
}

type EndKind = Extract<MachineEffect, { readonly type: 'cancel' }>['kind'];

/** Everything that an actor waits for: delays, events that are held back, tasks, and machines that it invoked. */
export class Pending {
  readonly #around: Surroundings;
  readonly #timers = new WaitingList<Timer>();
  readonly #held = new WaitingList<Held>();
  readonly #tasks = new WaitingList<Task>();
  readonly #children = new WaitingList<Child>();

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

  invoke({ key, name, input, timeoutMs }: InvokeEffect): void {
    const dueAt = timeoutMs === undefined ? {} : { dueAt: this.#around.clock.now() + timeoutMs };
    this.#task({ key, name, input, ...dueAt });
  }

  /** Answered at once, by an error, where there is no such machine. */
  spawn({ key, machine, input }: Omit<SpawnEffect, 'type'>, snapshot?: PersistedSnapshot): void {
    const actor = this.#around.open(machine, { input, ...(snapshot === undefined ? {} : { snapshot }) });
    if (actor === undefined) {
      this.#failed(key, new Error(`there is no machine "${machine}"`));
      return;
    }
    this.#children.begin(key, { key, machine, actor }, (ended) => {
      actor.subscribe({
        complete: () => {
          if (ended()) this.#done(key, actor.getSnapshot().output);
        },
        error: (error) => {
          if (ended()) this.#failed(key, error);
        },
      });
      return () => actor.stop();
    });
    actor.start();
  }

  end(kind: EndKind, key: string): void {
    const lists = { task: this.#tasks, timer: this.#timers, child: this.#children, event: this.#held };
    lists[kind].end(key);
  }

  endAll(): void {
    for (const list of [this.#timers, this.#held, this.#tasks, this.#children]) list.endAll();
  }

  /** All of it as plain data, without what is empty. */
  persisted(): Pick<PersistedSnapshot, 'timers' | 'held' | 'tasks' | 'children'> {
    const children = this.#children.all().map(({ key, machine, actor }) => ({
      key,
      machine,
      snapshot: actor.getPersistedSnapshot(),
    }));
    const waits = { timers: this.#timers.all(), held: this.#held.all(), tasks: this.#tasks.all(), children };
    return Object.fromEntries(Object.entries(waits).filter(([, list]) => list.length > 0));
  }

  resume({ timers = [], held = [], tasks = [], children = [] }: PersistedSnapshot): void {
    for (const timer of timers) this.#time(timer);
    for (const item of held) this.#hold(item as Held);
    for (const task of tasks) this.#task(task);
    for (const { key, machine, snapshot } of children) {
      this.spawn({ key, machine, input: undefined }, snapshot);
    }
  }

  #time(timer: Timer): void {
    const { clock, deliver } = this.#around;
    this.#timers.begin(timer.key, timer, (ended) =>
      at(clock, timer.dueAt, () => {
        if (ended()) deliver({ type: timer.key });
      }),
    );
  }

  #hold(held: Held): void {
    const { clock, release } = this.#around;
    this.#held.begin(held.key, held, (ended) =>
      at(clock, held.dueAt, () => {
        if (ended()) release(held.event);
      }),
    );
  }

  #task(task: Task): void {
    const { key, name, input, dueAt } = task;
    this.#tasks.begin(key, task, (ended) => {
      const controller = new AbortController();
      const failed = (error: unknown): void => {
        if (ended()) this.#failed(key, error);
      };
      const run = async (): Promise<unknown> => {
        const handler = this.#around.handler(name);
        if (handler === undefined) throw new Error(`there is no handler for the task "${name}"`);
        return await handler(input as never, { signal: controller.signal });
      };
      const late = (): void => {
        controller.abort();
        failed({ name: 'Timeout', message: `the task "${name}" took too long` });
      };
      const cancel = dueAt === undefined ? () => {} : at(this.#around.clock, dueAt, late);
      void run()
        .then((output) => {
          if (ended()) this.#done(key, output);
        }, failed)
        .finally(cancel);
      return () => {
        cancel();
        controller.abort();
      };
    });
  }

  #done(key: string, output: unknown): void {
    this.#around.deliver({ type: taskDone(key), output });
  }

  #failed(key: string, error: unknown): void {
    this.#around.deliver({ type: taskError(key), error: errorOf(error) });
  }
}

/** An error as machines see it. */
function errorOf(error: unknown): unknown {
  if (error instanceof Error || (typeof error === 'object' && error !== null && 'message' in error))
    return error;
  return { name: 'Error', message: String(error) };
}
