import type { Clock } from '../../runtime/clock.js';

/** Milliseconds since 1970, and what wakes at one of them; handed in, so that a test can run a day in a moment. */
export const wallClock: Clock = {
  now: () => Date.now(),
  after(ms, action) {
    const timer = setTimeout(action, Math.min(ms, MAX_TIMEOUT_MS));
    return () => clearTimeout(timer);
  },
};

/** The longest delay that setTimeout takes without firing at once. */
const MAX_TIMEOUT_MS = 2_147_483_647;

/** Runs an action once it is due, however far off that is, and though it is put off meanwhile; gives what cancels it. */
export function at(clock: Clock, dueAt: () => number, action: () => void): () => void {
  let cancel = (): void => {};
  const arm = (): void => {
    const ms = Math.max(0, dueAt() - clock.now());
    cancel = clock.after(ms, () => (clock.now() < dueAt() ? arm() : action()));
  };
  arm();
  return () => cancel();
}

/** Something that an actor waits for, by its key; what it holds is plain JSON but for what ends it. */
export interface Waiting<T> {
  readonly is: T;
  readonly end: () => void;
}

/** All that is waited for of one kind. A key that comes again ends what had it. */
export class WaitingList<T> {
  readonly #items = new Map<string, Waiting<T>>();
  #unnamed = 0;

  /** Without a key it can only come to its end, or be ended with all others. */
  begin(key: string | undefined, is: T, start: (ended: () => boolean) => () => void): void {
    const name = key === undefined ? ` ${this.#unnamed++}` : key;
    this.end(name);
    const item: Waiting<T> = {
      is,
      end: start(() => this.#items.get(name) === item && this.#items.delete(name)),
    };
    this.#items.set(name, item);
  }

  get(key: string): T | undefined {
    return this.#items.get(key)?.is;
  }

  end(key: string): void {
    const item = this.#items.get(key);
    this.#items.delete(key);
    item?.end();
  }

  endAll(): void {
    for (const key of [...this.#items.keys()]) this.end(key);
  }

  all(): readonly T[] {
    return [...this.#items.values()].map(({ is }) => is);
  }
}
