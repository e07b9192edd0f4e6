import { randomUUID } from 'node:crypto';
import pg from 'pg';

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

/** A schema of a test's own, and how to drop it. */
export function freshSchema(url: string) {
  const schema = `test_${randomUUID().replaceAll('-', '_')}`;
  return { schema, drop: () => runSql(url, `DROP SCHEMA IF EXISTS ${schema} CASCADE`) };
}

/** Schemas that are emptied and used again, since making one takes longer than most tests. */
export class Schemas {
  readonly #url: string;
  readonly #idle: string[] = [];
  readonly #drops: (() => Promise<unknown>)[] = [];

  constructor(url: string) {
    this.#url = url;
  }

  take(): string {
    const idle = this.#idle.pop();
    if (idle !== undefined) return idle;
    const { schema, drop } = freshSchema(this.#url);
    this.#drops.push(drop);
    return schema;
  }

  async giveBack(schema: string): Promise<void> {
    const tables = await runSql(this.#url, `SELECT tablename FROM pg_tables WHERE schemaname = '${schema}'`);
    const emptied = tables
      .map(({ tablename }) => String(tablename))
      .filter((table) => table !== 'detent_migration' && table !== 'swept')
      .map((table) => `DELETE FROM ${schema}.${table}`);
    const reset = `UPDATE ${schema}.swept SET xid = '0', seq = 0, sweeps = 0, condemned = NULL`;
    await runSql(this.#url, [...emptied, reset].join(';'));
    this.#idle.push(schema);
  }

  async drop(): Promise<void> {
    for (const drop of this.#drops) await drop();
  }
}
