import { randomUUID } from 'node:crypto';
import pg from 'pg';

/** A schema of a test's own, and how to drop it. */
export function freshSchema(url: string) {
  const schema = `test_${randomUUID().slice(0, 13).replace('-', '_')}`;
  return { schema, drop: () => runSql(url, `DROP SCHEMA IF EXISTS ${schema} CASCADE`) };
}

/** Runs statements past the store. */
export async function runSql(url: string, sql: string): Promise<pg.QueryResult['rows']> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}
