import { createRequire } from 'node:module';
import type { Connection, Row, SqlValue, Statement } from './driver.js';

/** As far as we use it of the package, whose own declarations are those of another one. */
interface LibsqlDatabase {
  readonly inTransaction: boolean;
  exec(sql: string): void;
  prepare(sql: string): LibsqlStatement;
  close(): void;
}

interface LibsqlStatement {
  readonly reader: boolean;
  raw(): LibsqlStatement;
  run(values: readonly SqlValue[]): { readonly changes: number };
  all(values: readonly SqlValue[]): readonly Row[];
}

/**
 * SQLite by the npm package `libsql`. Its `get` is not used: it leaves the statement, and with it a read
 * lock, open, and after an `all` it runs again with the values of that one. Nor are single values bound
 * without an array around them: a lone null throws.
 */
export function openLibsql(path: string): Connection {
  // Required when it is needed and not before, so that a Node with its own SQLite never loads it.
  const Database = createRequire(import.meta.url)('libsql') as new (path: string) => LibsqlDatabase;
  const database = new Database(path);
  return {
    driver: 'libsql',
    get inTransaction() {
      return database.inTransaction;
    },
    exec: (sql) => database.exec(sql),
    prepare: (sql) => statementOf(database.prepare(sql)),
    close: () => database.close(),
  };
}

function statementOf(statement: LibsqlStatement): Statement {
  const raw = statement.reader ? statement.raw() : statement;
  return {
    run: (values) => raw.run(values).changes,
    all: (values) => raw.all(values),
  };
}
