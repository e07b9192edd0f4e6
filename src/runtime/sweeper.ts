import type { SweepRule } from '../core/retention.js';
import type { Store } from '../store/store.js';
import { Alarm } from './alarm.js';
import type { Clock } from './clock.js';

/** How often it is looked for what has become old, in milliseconds. */
export const SWEEP_EVERY_MS = 60_000;

/** Instances, jobs and letters that one call deletes, and entries of journals. */
export const SWEEP_BATCH = 100;
export const TRIM_BATCH = 1_000;

/** After a batch it rests this many times as long as that took, and at least so long, in milliseconds. */
const REST_FACTOR = 4;
export const SHORTEST_REST_MS = 20;

export interface SweeperOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly rules: readonly SweepRule[];
  /** Told of broken I/O that the sweeper survives. */
  readonly onError?: (error: unknown) => void;
}

/**
 * Deletes what is too old, a small batch at a time with rests between, so that work goes before. Any number of
 * processes may sweep one store: what one has deleted the other does not find.
 */
export class Sweeper {
  readonly #options: SweeperOptions;
  readonly #alarm: Alarm;
  #running = true;
  #finished: Promise<void> = Promise.resolve();

  constructor(options: SweeperOptions) {
    this.#options = options;
    this.#alarm = new Alarm(options.clock);
  }

  start(): void {
    this.#finished = this.#run();
  }

  /** Finishes the batch at hand. */
  async stop(): Promise<void> {
    this.#running = false;
    this.#alarm.ring();
    await this.#finished;
  }

  /** Applies every rule until there is nothing left for it; answers how many each came to. */
  async sweep(): Promise<readonly number[]> {
    const counts: number[] = [];
    for (const rule of this.#options.rules) counts.push(await this.#apply(rule));
    return counts;
  }

  async #run(): Promise<void> {
    while (this.#running) {
      try {
        await this.sweep();
      } catch (error) {
        this.#options.onError?.(error);
      }
      if (this.#running) await this.#alarm.wait(SWEEP_EVERY_MS);
    }
  }

  async #apply({ ageMs, ...what }: SweepRule): Promise<number> {
    const { store, clock } = this.#options;
    const limit = what.what === 'journals' ? TRIM_BATCH : SWEEP_BATCH;
    let total = 0;
    while (this.#running) {
      const began = clock.now();
      const count = await store.sweep({ ...what, before: (await store.now()) - ageMs, limit });
      total += count;
      if (count === 0) break;
      await this.#alarm.wait(Math.max((clock.now() - began) * REST_FACTOR, SHORTEST_REST_MS));
    }
    return total;
  }
}
