import { resolve } from 'node:path';
import { connect } from './connect.js';
import type { Connection, DriverName, Row, SqlValue, Statement } from './driver.js';
import { isBusy, plainly } from './failure.js';

/** How long a lock of another process is waited for before the call fails, in milliseconds. */
export const BUSY_LIMIT_MS = 10_000;

/** Pages of the write-ahead log after which it is written back to the file. */
const CHECKPOINT_PAGES = 4_000;

/**
 * What a connection keeps of the file in memory, in KiB. Not more: SQLite walks through all of it at the end of many
 * a small transaction (one that split a table's pages out of their order, in a file of less than 1 GiB), and what it
 * does not find here the operating system has.
 */
const CACHE_KIB = 16_384;

const SETTINGS = [
  // The lock of another writer is waited for in the event loop, not in SQLite, which would block the thread.
  'PRAGMA busy_timeout = 0',
  'PRAGMA synchronous = FULL',
  'PRAGMA trusted_schema = OFF',
  `PRAGMA cache_size = ${-CACHE_KIB}`,
  'PRAGMA journal_size_limit = 67108864',
  `PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}`,
  'PRAGMA journal_mode = WAL',
];

/** One connection to a file, its statements prepared once. Failures come as one plain sentence. */
export class Database {
  readonly path: string;
  readonly #connection: Connection;
  readonly #statements = new Map<string, Statement>();

  private constructor(path: string, connection: Connection) {
    this.path = path;
    this.#connection = connection;
  }

  static async open(path: string, driver?: DriverName): Promise<Database> {
    let database: Database | undefined;
    try {
      // As a whole path: one driver would take some others for addresses of servers.
      const opened = new Database(path, connect(resolve(path), driver));
      database = opened;
      for (const setting of SETTINGS) await opened.patiently(() => opened.exec(setting));
      return opened;
    } catch (error) {
      database?.close();
      throw plainly(error, path);
    }
  }

  get driver(): DriverName {
    return this.#connection.driver;
  }

  get inTransaction(): boolean {
    return this.#connection.inTransaction;
  }

  /** How many rows the statement changed. */
  run(sql: string, ...values: readonly SqlValue[]): number {
    checkTexts(values);
    return this.#statement(sql).run(values);
  }

  all(sql: string, ...values: readonly SqlValue[]): readonly Row[] {
    checkTexts(values);
    return this.#statement(sql).all(values);
  }

  first(sql: string, ...values: readonly SqlValue[]): Row | undefined {
    return this.all(sql, ...values)[0];
  }

  exec(sql: string): void {
    this.#connection.exec(sql);
  }

  /** Does something as soon as no other process is in the way, without blocking the thread meanwhile. */
  async patiently<T>(work: () => T): Promise<T> {
    const giveUpAt = performance.now() + BUSY_LIMIT_MS;
    for (let pauseMs = 1; ; pauseMs = Math.min(pauseMs * 2, 2)) {
      try {
        return work();
      } catch (error) {
        if (!isBusy(error) || performance.now() > giveUpAt) throw plainly(error, this.path);
      }
      // A share of chance keeps two that wait from meeting again.
      await new Promise((resolve) => setTimeout(resolve, pauseMs * (0.5 + Math.random())));
    }
  }

  /** Leaves, where nobody else has it open, everything in the one file. */
  close(): void {
    try {
      this.#connection.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    } catch {
      // Another process is in the way, or the file is none of ours: nothing is lost by leaving it as it is.
    }
    this.#statements.clear();
    this.#connection.close();
  }

  #statement(sql: string): Statement {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#connection.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}

/** Refuses texts that would not come back as they went. */
function checkTexts(values: readonly SqlValue[]): void {
  for (const value of values) {
    if (typeof value !== 'string') continue;
    if (value.includes('\u0000')) throw new Error('a text for the database may not contain NUL');
    if (!value.isWellFormed()) throw new Error('a text for the database must be well-formed Unicode');
  }
}
