/** Who wants to hear of changes. However many come at once, each listener is called once, after the caller. */
export class Listeners {
  readonly #listeners = new Set<() => void>();
  #waiting = false;

  get size(): number {
    return this.#listeners.size;
  }

  /** Answers how to take it back. */
  add(listener: () => void): () => void {
    // A wrapper of its own for each, so that a function that listens twice is taken back once at a time.
    const entry = () => listener();
    this.#listeners.add(entry);
    return () => this.#listeners.delete(entry);
  }

  notify(): void {
    if (this.#waiting || this.#listeners.size === 0) return;
    this.#waiting = true;
    queueMicrotask(() => {
      this.#waiting = false;
      for (const listener of [...this.#listeners]) listener();
    });
  }
}
