import { LEASE_MS } from '../../core/limits.js';
import { Refused } from '../../core/problem.js';
import type { Clock } from '../../runtime/clock.js';
import { DurableEngine } from '../../runtime/engine.js';
import type { Registry } from '../../runtime/registry.js';
import type { Committed, Hint, Store } from '../../store/store.js';
import type { FaultKind, FaultPlan } from './fault.js';
import type { World } from './world.js';
import { wrappedStore } from './wrapped-store.js';

/** The calls that planned faults strike: what every simulation makes often. */
export const FAULTY_METHODS: readonly (keyof Store)[] = [
  'create',
  'send',
  'enqueue',
  'claim',
  'commit',
  'claimJobs',
  'endJobs',
  'expire',
  'nextDue',
  'migrate',
];

/** How long a call to the store and its answer take at most, each, in virtual milliseconds. */
const LATENCY_MS = 5;

/** What a call rejects with that failed on its way, done or not: as the port has it for broken I/O. */
export class BrokenIo extends Refused {
  constructor(message: string) {
    super({ code: 'store-broken', message, path: '' });
  }
}

/**
 * A process of the simulation: an engine with a worker and a job runner, whose every store call takes time and
 * may be struck by a fault, and whose clock is an hour off. When it dies, nothing of it goes on: its calls on
 * the way are never made or never answered, its timers never fire.
 */
export class Process {
  readonly name: string;
  readonly engine: DurableEngine;
  readonly #world: World;
  readonly #store: Store;
  readonly #faults: FaultPlan;
  readonly #skewMs: number;
  readonly #onDeath: () => void;
  #alive = true;
  #deaf = false;
  #pausedUntil = 0;

  constructor(
    name: string,
    world: World,
    store: Store,
    registry: Registry,
    faults: FaultPlan,
    onDeath: () => void,
  ) {
    this.name = name;
    this.#world = world;
    this.#store = store;
    this.#faults = faults;
    this.#onDeath = onDeath;
    this.#skewMs = world.chance.below(7_200_000) - 3_600_000;
    this.engine = new DurableEngine({
      store: this.#faultyStore(),
      registry,
      clock: this.#clock(),
      identity: name,
      works: true,
    });
  }

  get alive(): boolean {
    return this.#alive;
  }

  #clock(): Clock {
    return {
      now: () => this.#world.now + this.#skewMs,
      after: (ms, action) => this.#world.after(ms, () => this.#whenAwake(action)),
    };
  }

  /** Runs `action` unless the process is dead; when it stands still, as soon as it goes on. */
  #whenAwake(action: () => void): void {
    if (!this.#alive) return;
    if (this.#world.now < this.#pausedUntil) {
      this.#world.after(this.#pausedUntil - this.#world.now, () => this.#whenAwake(action));
    } else action();
  }

  #faultyStore(): Store {
    const store = this.#store;
    return wrappedStore((property) => {
      if (property === 'onChange')
        return (listener: (hint: Hint) => void) => store.onChange((hint) => this.#hear(listener, hint));
      const member = store[property] as (...args: unknown[]) => Promise<unknown>;
      return (...args: unknown[]) => this.#call(property, () => member.apply(store, args));
    });
  }

  /** Hints travel too, and some are lost. */
  #hear(listener: (hint: Hint) => void, hint: Hint): void {
    if (this.#deaf || this.#world.chance.below(10) === 0) return;
    this.#soon(() => listener(hint));
  }

  /** Runs `act` when what is sent to this process now has come. */
  #soon(act: () => void): void {
    this.#world.after(this.#world.moment(LATENCY_MS), () => this.#whenAwake(act));
  }

  #call(method: keyof Store, run: () => Promise<unknown>): Promise<unknown> {
    const world = this.#world;
    const fault = this.#faults.strike(method);
    world.record(`${this.name} ${method} ${fault ?? ''}`);
    return new Promise((resolve, reject) => {
      const strike = () => {
        if (!this.#alive) return;
        if (fault === 'deaf') this.#deaf = true;
        if (fault === 'pause') this.#pausedUntil = world.now + LEASE_MS * 2 + world.moment(LEASE_MS);
        if (fault === 'crash-before') return this.kill();
        if (fault === 'fail-before') return this.#soon(() => reject(new BrokenIo(`${method} was not done`)));
        run().then(
          (value) => {
            if (method === 'commit' && isLost(fault))
              this.#faults.orphaned += (value as Committed).jobs.length;
            if (fault === 'crash-after') this.kill();
            else if (fault === 'fail-after') this.#soon(() => reject(new BrokenIo(`${method} was done`)));
            else this.#soon(() => resolve(value));
          },
          (error) => this.#soon(() => reject(error)),
        );
      };
      world.after(world.moment(LATENCY_MS), strike);
    });
  }

  kill(): void {
    if (!this.#alive) return;
    this.#alive = false;
    this.#world.record(`${this.name} died`);
    this.#onDeath();
  }
}

/** Whether nobody hears what came of the call. */
function isLost(fault: FaultKind | undefined): boolean {
  return fault === 'crash-after' || fault === 'fail-after';
}
