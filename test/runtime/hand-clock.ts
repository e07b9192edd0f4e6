import type { Clock } from '../../src/runtime/clock.js';

/** A clock that moves when it is told to. */
export class HandClock implements Clock {
  #now = 0;
  readonly #waiting = new Map<() => void, number>();

  now(): number {
    return this.#now;
  }

  after(ms: number, action: () => void): () => void {
    this.#waiting.set(action, this.#now + ms);
    return () => this.#waiting.delete(action);
  }

  async move(ms: number): Promise<void> {
    await settled();
    this.#now += ms;
    for (const [action, at] of [...this.#waiting]) {
      if (at > this.#now) continue;
      this.#waiting.delete(action);
      action();
    }
    await settled();
  }
}

/** All promises that can settle now have done so. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
