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
