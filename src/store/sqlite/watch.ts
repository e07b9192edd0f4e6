import { type FSWatcher, watch } from 'node:fs';
import type { Database } from './database.js';

/** As much of a database as it takes to watch one. */
type Watched = Pick<Database, 'path' | 'first'>;

/** How often the file is asked whether another process has written, in milliseconds: the guarantee. */
const POLL_MS = 100;

/**
 * How long to look after the write-ahead log was touched: the touch comes before the commit, by as long as the disk
 * takes. At first as often as a timer can, then less often.
 */
const LOOK_FOR_MS = 50;
const LOOK_CLOSELY_FOR_MS = 10;
const LOOK_EVERY_MS = 3;

const DATA_VERSION = 'PRAGMA data_version';

/** Notices what other processes write to the file. Never keeps a process alive. */
export class Watch {
  readonly #database: Watched;
  readonly #onChange: () => void;
  readonly #poll: NodeJS.Timeout;
  readonly #files: FSWatcher | undefined;
  #look: NodeJS.Timeout | undefined;
  #touchedAt = 0;
  #version: unknown;

  constructor(database: Watched, onChange: () => void) {
    this.#database = database;
    this.#onChange = onChange;
    this.#version = this.#read();
    this.#poll = setInterval(() => this.#compare(), POLL_MS).unref();
    this.#files = watchQuietly(`${database.path}-wal`, () => this.#touched());
  }

  close(): void {
    clearInterval(this.#poll);
    clearTimeout(this.#look);
    this.#files?.close();
  }

  #touched(): void {
    this.#touchedAt = performance.now();
    this.#look ??= this.#lookAfter(1);
  }

  #lookAfter(ms: number): NodeJS.Timeout {
    return setTimeout(() => {
      this.#compare();
      const passed = performance.now() - this.#touchedAt;
      this.#look =
        passed < LOOK_FOR_MS ? this.#lookAfter(passed < LOOK_CLOSELY_FOR_MS ? 1 : LOOK_EVERY_MS) : undefined;
    }, ms).unref();
  }

  #compare(): void {
    const version = this.#read();
    if (version === this.#version || version === undefined) return;
    this.#version = version;
    this.#onChange();
  }

  /** Undefined if it cannot be told now, because another process is in the way; the next look will tell. */
  #read(): unknown {
    try {
      return this.#database.first(DATA_VERSION)?.[0];
    } catch {
      return undefined;
    }
  }
}

/** Watching is a convenience, and not to be had on every file system. */
function watchQuietly(path: string, onTouch: () => void): FSWatcher | undefined {
  try {
    return watch(path, { persistent: false }, onTouch).on('error', () => undefined);
  } catch {
    return undefined;
  }
}
