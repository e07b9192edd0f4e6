import type { Connection, Row, SqlValue } from './driver.js';

/** As far as we use it of node:sqlite, which the oldest Node that we run on does not know. */
interface NodeSqlite {
  readonly DatabaseSync: new (path: string) => NodeDatabase;
}

interface NodeDatabase {
  readonly isTransaction?: boolean;
  exec(sql: string): void;
  prepare(sql: string): NodeStatement;
  close(): void;
}

interface NodeStatement {
  setReturnArrays?(on: boolean): void;
  run(...values: readonly SqlValue[]): { readonly changes: number | bigint };
  all(...values: readonly SqlValue[]): readonly Row[];
}

/** SQLite by Node itself; undefined where Node has none, or one that lacks what we need. */
export function openNodeSqlite(path: string): Connection | undefined {
  const sqlite = loadQuietly();
  if (sqlite === undefined) return undefined;
  const database = new sqlite.DatabaseSync(path);
  const probe = database.prepare('SELECT 1');
  if (database.isTransaction === undefined || probe.setReturnArrays === undefined) {
    database.close();
    return undefined;
  }
  return {
    driver: 'node:sqlite',
    get inTransaction() {
      return database.isTransaction === true;
    },
    exec: (sql) => database.exec(sql),
    prepare: (sql) => {
      const statement = database.prepare(sql);
      statement.setReturnArrays?.(true);
      return {
        run: (values) => Number(statement.run(...values).changes),
        all: (values) => statement.all(...values),
      };
    },
    close: () => database.close(),
  };
}

/** Loads the module without the warning that it is experimental: that it serves here is what our tests tell. */
function loadQuietly(): NodeSqlite | undefined {
  const { emitWarning } = process;
  process.emitWarning = ((warning: string | Error, ...rest: never[]) => {
    if (!String(warning).includes('SQLite')) emitWarning.call(process, warning, ...rest);
  }) as typeof emitWarning;
  try {
    // Not an import: an older Node would fail to load this file. An older one still has no getBuiltinModule.
    return process.getBuiltinModule?.('node:sqlite') as NodeSqlite | undefined;
  } finally {
    process.emitWarning = emitWarning;
  }
}
