import type { Hint } from './store.js';

/** What is hinted where nobody knows what was written. */
export const ANYTHING: Hint = { mail: true, jobs: true };

/** Who wants to hear of changes. However many come at once, each listener is called once, after the caller. */
export class Listeners {
  readonly #listeners = new Set<(hint: Hint) => void>();
  /** What those are told who wait to be; undefined if nobody does. */
  #waiting: Hint | undefined;

  get size(): number {
    return this.#listeners.size;
  }

  /** Answers how to take it back. */
  add(listener: (hint: Hint) => void): () => void {
    // A wrapper of its own for each, so that a function that listens twice is taken back once at a time.
    const entry = (hint: Hint) => listener(hint);
    this.#listeners.add(entry);
    return () => this.#listeners.delete(entry);
  }

  /** A hint of neither says that something else was written: a journal, whose readers are listeners, too. */
  notify(hint: Hint = ANYTHING): void {
    if (this.#listeners.size === 0) return;
    const isFirst = this.#waiting === undefined;
    const { mail, jobs } = this.#waiting ?? hint;
    this.#waiting = { mail: mail || hint.mail, jobs: jobs || hint.jobs };
    if (isFirst) queueMicrotask(() => this.#tell());
  }

  #tell(): void {
    const hint = this.#waiting ?? ANYTHING;
    this.#waiting = undefined;
    for (const listener of [...this.#listeners]) listener(hint);
  }
}
