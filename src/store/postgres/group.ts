import { Refused } from '../../core/problem.js';

/** Items that go in one statement at most. */
const MAX_GROUP = 500;

interface Call<T, R> {
  readonly items: readonly T[];
  readonly resolve: (results: readonly R[]) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Lets calls share a statement that come in the same turn of the event loop, or while the one before is under
 * way. One after the other, so that what is sent first is there first. If a statement fails for what it holds,
 * each of its calls goes alone, so that only the one at fault fails.
 */
export class Group<T, R> {
  readonly #run: (items: readonly T[]) => Promise<readonly R[]>;
  #waiting: Call<T, R>[] = [];
  #flushing: Promise<void> | undefined;

  constructor(run: (items: readonly T[]) => Promise<readonly R[]>) {
    this.#run = run;
  }

  add(items: readonly T[]): Promise<readonly R[]> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ items, resolve, reject });
      this.#flushing ??= this.#flush();
    });
  }

  /** Resolves once nothing waits. */
  async settled(): Promise<void> {
    while (this.#flushing !== undefined) await this.#flushing;
  }

  async #flush(): Promise<void> {
    // After the events of this turn, so that all who were woken by them can join.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#waiting.length > 0) await this.#flushGroup(this.#take());
    this.#flushing = undefined;
  }

  #take(): Call<T, R>[] {
    let size = 0;
    const count = this.#waiting.findIndex(({ items }) => {
      size += items.length;
      return size > MAX_GROUP;
    });
    return this.#waiting.splice(0, count === -1 ? this.#waiting.length : Math.max(1, count));
  }

  async #flushGroup(calls: readonly Call<T, R>[]): Promise<void> {
    try {
      const results = await this.#run(calls.flatMap(({ items }) => items));
      let at = 0;
      for (const { items, resolve } of calls) {
        resolve(results.slice(at, at + items.length));
        at += items.length;
      }
    } catch (error) {
      if (calls.length === 1 || error instanceof Refused) {
        for (const { reject } of calls) reject(error);
        return;
      }
      for (const call of calls) await this.#flushGroup([call]);
    }
  }
}
