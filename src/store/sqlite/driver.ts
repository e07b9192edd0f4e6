import { openLibsql } from './libsql-driver.js';
import { openNodeSqlite } from './node-sqlite-driver.js';

/** What SQL knows here. Texts may not hold NUL, which one of the drivers would cut them at. */
export type SqlValue = string | number | null;
export type Row = readonly SqlValue[];

/** A prepared statement. */
export interface Statement {
  /** For a statement that gives no rows; answers how many it changed. */
  run(values: readonly SqlValue[]): number;
  /** For a statement that gives rows, read to their end. */
  all(values: readonly SqlValue[]): readonly Row[];
}

/** The seam between the store and whichever SQLite there is: one connection, synchronous. */
export interface Connection {
  readonly driver: DriverName;
  readonly inTransaction: boolean;
  exec(sql: string): void;
  prepare(sql: string): Statement;
  close(): void;
}

export type DriverName = 'node:sqlite' | 'libsql';

/** Opens a file with Node's own SQLite where it has one, else with the npm package. */
export function connect(path: string, driver?: DriverName): Connection {
  if (driver === 'libsql') return openLibsql(path);
  const connection = openNodeSqlite(path);
  if (connection !== undefined) return connection;
  if (driver === 'node:sqlite') throw new Error(`Node ${process.version} has no node:sqlite`);
  return openLibsql(path);
}
