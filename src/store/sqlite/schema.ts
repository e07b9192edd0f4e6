import type { Database } from './database.js';
import { refused } from './failure.js';
import { FIRST_TABLES } from './migrations/0001-first-tables.js';
import { QUEUES_CHILDREN_SNAPSHOTS } from './migrations/0002-queues-children-snapshots.js';
import { LEASES } from './migrations/0003-leases.js';
import { AWAITED } from './migrations/0004-awaited.js';

/** Marks a file as ours: `dtnt` in ASCII. */
const APPLICATION_ID = 0x64_74_6e_74;

/** A file that has had the first n of these is of version n. */
const MIGRATIONS: readonly (readonly string[])[] = [FIRST_TABLES, QUEUES_CHILDREN_SNAPSHOTS, LEASES, AWAITED];

/** The version of the files that this code reads and writes. */
export const SCHEMA_VERSION = MIGRATIONS.length;

/** Brings a file to our version, in one transaction; refuses one that is newer, or someone else's. */
export async function migrate(database: Database): Promise<void> {
  if (versionOf(database) === SCHEMA_VERSION) return;
  await database.patiently(() => database.exec('BEGIN IMMEDIATE'));
  try {
    // Looked at again under the lock: another process may have been quicker.
    for (const statements of MIGRATIONS.slice(versionOf(database))) {
      for (const statement of statements) database.exec(statement);
    }
    database.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
    database.exec(`PRAGMA user_version = ${SCHEMA_VERSION}`);
    database.exec('COMMIT');
  } catch (error) {
    if (database.inTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

function versionOf(database: Database): number {
  const version = numberOf(database, 'PRAGMA user_version');
  const application = numberOf(database, 'PRAGMA application_id');
  const tables = numberOf(database, 'SELECT count(*) FROM sqlite_schema');
  if (application !== APPLICATION_ID && (tables > 0 || version > 0)) {
    throw refused({
      code: 'store-foreign',
      message: `${database.path} is the database of another program`,
      path: '',
      hint: 'name a file that does not exist yet',
    });
  }
  if (version > SCHEMA_VERSION) {
    throw refused({
      code: 'store-newer',
      message: `${database.path} was written by a newer version of detent (its format is ${version}, this one reads up to ${SCHEMA_VERSION})`,
      path: '',
      hint: 'use that version, or another file',
    });
  }
  return version;
}

function numberOf(database: Database, sql: string): number {
  return Number(database.first(sql)?.[0] ?? 0);
}
