import { Database } from './database.js';
import { type PostgresStoreOptions, settingsOf } from './options.js';
import { checkServer, migrate, type SchemaStatus, schemaStatus } from './schema.js';

/** Brings a database's schema to this version, as opening a store does; answers how far it is then. */
export function migratePostgres(options: PostgresStoreOptions): Promise<SchemaStatus> {
  return onDatabase(options, async (database) => {
    await checkServer(database);
    return migrate(database);
  });
}

/** How far a database's schema is; changes nothing. */
export function postgresStatus(options: PostgresStoreOptions): Promise<SchemaStatus> {
  return onDatabase(options, schemaStatus);
}

async function onDatabase<T>(
  options: PostgresStoreOptions,
  work: (database: Database) => Promise<T>,
): Promise<T> {
  const database = await Database.open(settingsOf(options));
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}
