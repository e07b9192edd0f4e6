export const LOCK_MIGRATION = `SELECT pg_advisory_xact_lock(hashtextextended('detent migration ' || $1, 0))`;

export const HAS_SCHEMA = 'SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = $1)';

export const HAS_MIGRATION_TABLE = `
  SELECT EXISTS (SELECT FROM pg_tables WHERE schemaname = $1 AND tablename = 'detent_migration')`;

export const MIGRATIONS_DONE = `
  SELECT version, to_char(applied_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
  FROM detent.detent_migration ORDER BY version`;
