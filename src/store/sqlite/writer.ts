import type { Database } from './database.js';
import { plainly, refused } from './failure.js';

/** Calls that share one transaction at most, so that none waits long for the others. */
const MAX_GROUP = 500;

/**
 * Calls from outside that wait at most: beyond it they are refused, so that those who ask for more than the disk
 * takes hear of it, instead of waiting for ever longer, and what goes on inside is not held up behind them.
 */
export const MAX_WAITING = 10_000;

/** One call that writes. `work` may be run again from the start if its transaction came to nothing. */
interface Write {
  readonly work: (now: number) => unknown;
  readonly sync: Sync;
  readonly resolve: (value: never) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Whether a call may only be answered once what it wrote is on the disk. A claim or a lease need not be: it has
 * to outlive the process, and does; and if the machine loses power, it is as if the lease had run out.
 */
export type Sync = 'full' | 'lazy';

const SYNCHRONOUS: Readonly<Record<Sync, string>> = {
  full: 'PRAGMA synchronous = FULL',
  lazy: 'PRAGMA synchronous = NORMAL',
};

/**
 * Group commit: calls that come in the same turn of the event loop share one transaction, and with it one
 * flush of the disk, and are answered after it. If it fails, each of them gets a transaction of its own, so
 * that only the one at fault fails. Writes happen in the order of their calls.
 */
export class Writer {
  readonly #database: Database;
  readonly #clock: () => number;
  #queue: Write[] = [];
  /** How many of the queue's first ones go alone. */
  #alone = 0;
  #flushing: Promise<void> | undefined;
  /** As the connection is set now; a database opens with full. */
  #sync: Sync = 'full';

  constructor(database: Database, clock: () => number) {
    this.#database = database;
    this.#clock = clock;
  }

  /**
   * As `write`, for what comes from outside: refused with `store-overloaded` while MAX_WAITING calls wait.
   */
  accept<T>(work: (now: number) => T): Promise<T> {
    if (this.#queue.length < MAX_WAITING) return this.write(work);
    const message = `${this.#database.path} cannot be written as fast as is asked: ${MAX_WAITING} calls wait`;
    return Promise.reject(refused({ code: 'store-overloaded', message, path: '' }));
  }

  /** Runs `work` inside a transaction, with the time; resolves once what it wrote is as safe as `sync` asks. */
  write<T>(work: (now: number) => T, sync: Sync = 'full'): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#queue.push({ work, sync, resolve, reject });
      this.#flushing ??= this.#flush();
    });
  }

  /** Resolves once nothing is left to write. */
  async settled(): Promise<void> {
    while (this.#flushing !== undefined) await this.#flushing;
  }

  async #flush(): Promise<void> {
    while (this.#queue.length > 0) {
      // After the events of this turn, so that all who were woken by them can join.
      await new Promise((resolve) => setImmediate(resolve));
      await this.#flushGroup();
    }
    this.#flushing = undefined;
  }

  async #flushGroup(): Promise<void> {
    // One call that must be synced has them all synced; only those that come later have to wait for their own.
    const sync = this.#queue.some((write) => write.sync === 'full') ? 'full' : 'lazy';
    try {
      this.#setSync(sync);
      await this.#database.patiently(() => this.#database.exec('BEGIN IMMEDIATE'));
    } catch (error) {
      for (const { reject } of this.#queue.splice(0)) reject(error);
      this.#alone = 0;
      return;
    }
    const group = this.#takeGroup(sync);
    try {
      // The time is read under the lock, so that over all processes what comes later is due later.
      const now = this.#clock();
      const results = group.map(({ work }) => work(now));
      this.#database.exec('COMMIT');
      this.#alone = Math.max(this.#alone - 1, 0);
      for (const [index, { resolve }] of group.entries()) resolve(results[index] as never);
    } catch (error) {
      this.#fail(group, error);
    }
  }

  /** The first of the queue; where the transaction is not synced, none behind the first that must be. */
  #takeGroup(sync: Sync): Write[] {
    const size = this.#alone > 0 ? 1 : MAX_GROUP;
    const mustSync = this.#queue.findIndex((write) => write.sync === 'full');
    return this.#queue.splice(0, sync === 'full' || mustSync === -1 ? size : Math.min(size, mustSync));
  }

  /** It cannot be set inside a transaction. */
  #setSync(sync: Sync): void {
    if (this.#sync === sync) return;
    this.#database.exec(SYNCHRONOUS[sync]);
    this.#sync = sync;
  }

  #fail(group: readonly Write[], error: unknown): void {
    try {
      // Some failures, such as a full disk, have ended the transaction already.
      if (this.#database.inTransaction) this.#database.exec('ROLLBACK');
    } catch (worse) {
      for (const { reject } of group) reject(plainly(worse, this.#database.path));
      this.#alone = 0;
      return;
    }
    if (group.length === 1) {
      this.#alone = Math.max(this.#alone - 1, 0);
      group[0]?.reject(plainly(error, this.#database.path));
      return;
    }
    this.#queue = [...group, ...this.#queue];
    this.#alone = group.length;
  }
}
