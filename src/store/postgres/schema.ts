import { type Database, quoted, type Run } from './database.js';
import { refused, sqlState } from './failure.js';
import { FUNCTIONS } from './functions/functions.js';
import { FIRST_TABLES } from './migrations/0001-first-tables.js';
import { CHECK_SERVER } from './sql/check-server.js';
import { HAS_MIGRATION_TABLE, HAS_SCHEMA, LOCK_MIGRATION, MIGRATIONS_DONE } from './sql/migrations.js';

/** No table changed, but there are new functions. */
const FUNCTIONS_ALONE: readonly string[] = [];

/** A schema that has had the first n of these is of version n. The functions are of the newest. */
const MIGRATIONS: readonly (readonly string[])[] = [FIRST_TABLES, FUNCTIONS_ALONE];

/** The version of the schemas that this code reads and writes. */
const SCHEMA_VERSION = MIGRATIONS.length;

/** The first version of PostgreSQL that has all we need. */
const OLDEST_SERVER = 140_000;

/** What PostgreSQL says where a table's name is taken. */
const DUPLICATE_TABLE = '42P07';

const MIGRATION_TABLE = `CREATE TABLE detent.detent_migration (
  version int PRIMARY KEY,
  applied_at timestamptz NOT NULL DEFAULT now()
)`;

export interface SchemaStatus {
  readonly schema: string;
  /** 0 where there is nothing of ours yet. */
  readonly version: number;
  /** What this program brings it to. */
  readonly newest: number;
  /** When each version was reached, as ISO 8601, in order. */
  readonly applied: readonly { readonly version: number; readonly at: string }[];
}

/** Refuses a server that cannot keep the store's promises. */
export async function checkServer(database: Database): Promise<void> {
  const [row] = await database.rows(CHECK_SERVER);
  const [version, encoding, isolation, isReadOnly] = row as [number, string, string, boolean];
  const url = database.settings.shownUrl;
  const refuse = (code: string, what: string, hint: string) =>
    refused({ code, message: `${url} ${what}`, path: '', hint });
  if (version < OLDEST_SERVER) {
    throw refuse('store-old', 'is too old a PostgreSQL', `use version ${OLDEST_SERVER / 10_000} or later`);
  }
  if (encoding !== 'UTF8') {
    throw refuse('store-encoding', `is encoded in ${encoding}`, "create the database with ENCODING 'UTF8'");
  }
  if (isolation !== 'read committed') {
    throw refuse(
      'store-isolation',
      `has the default isolation "${isolation}"`,
      'set default_transaction_isolation to read committed for this user or database',
    );
  }
  if (isReadOnly) throw refuse('store-read-only', 'is read-only: a standby, or made so', 'use the primary');
}

/** Brings a schema to our version, in one transaction under a lock; refuses one that is newer. */
export async function migrate(database: Database): Promise<SchemaStatus> {
  const before = await schemaStatus(database);
  if (before.version === SCHEMA_VERSION) return before;
  try {
    await database.transaction(async (run) => {
      const { schema } = database.settings;
      await run(LOCK_MIGRATION, schema);
      // Looked at again under the lock: another process may have been quicker.
      const version = (await appliedTo(database, run)).at(-1)?.version ?? 0;
      if (version >= SCHEMA_VERSION) return;
      const [hasSchema] = (await run(HAS_SCHEMA, schema))[0] as [boolean];
      const statements = [
        ...(hasSchema ? [] : [`CREATE SCHEMA ${quoted(schema)}`]),
        ...(version === 0 ? [MIGRATION_TABLE] : []),
        ...MIGRATIONS.slice(version).flat(),
        ...FUNCTIONS,
        `INSERT INTO detent.detent_migration (version) SELECT generate_series(${version + 1}, ${SCHEMA_VERSION})`,
      ];
      await run(statements.join(';\n'));
    });
  } catch (error) {
    throw sqlState(error) === DUPLICATE_TABLE ? foreign(database, error) : error;
  }
  return schemaStatus(database);
}

/** How far a schema is, without changing it. Throws Refused `store-newer` if it is beyond us. */
export async function schemaStatus(database: Database): Promise<SchemaStatus> {
  const applied = await appliedTo(database, (sql, ...values) => database.rows(sql, ...values));
  const version = applied.at(-1)?.version ?? 0;
  if (version > SCHEMA_VERSION) {
    throw refused({
      code: 'store-newer',
      message: `${database.settings.shownUrl} was written by a newer version of detent (its format is ${version}, this one reads up to ${SCHEMA_VERSION})`,
      path: '',
      hint: 'use that version, or another schema',
    });
  }
  return { schema: database.settings.schema, version, newest: SCHEMA_VERSION, applied };
}

async function appliedTo(database: Database, run: Run): Promise<SchemaStatus['applied']> {
  const [hasTable] = (await run(HAS_MIGRATION_TABLE, database.settings.schema))[0] as [boolean];
  if (!hasTable) return [];
  return (await run(MIGRATIONS_DONE)).map((row) => {
    const [version, at] = row as [number, string];
    return { version, at };
  });
}

function foreign(database: Database, cause: unknown) {
  const { schema, shownUrl } = database.settings;
  const message = `${shownUrl} has tables of another program in the schema "${schema}"`;
  const hint = 'name a schema of our own, as ?schema=detent';
  return refused({ code: 'store-foreign', message, path: '', hint }, cause);
}
