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
  const schema = newName();
  return { schema, drop: () => runSql(url, `DROP SCHEMA IF EXISTS ${schema} CASCADE`) };
}

/** Schemas that are emptied and used again, since making one takes longer than most tests. */
export class Schemas {
  readonly #pool: pg.Pool;
  readonly #all: string[] = [];
  readonly #idle: string[] = [];

  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  take(): string {
    const idle = this.#idle.pop();
    if (idle !== undefined) return idle;
    const schema = newName();
    this.#all.push(schema);
    return schema;
  }

  async giveBack(schema: string): Promise<void> {
    const { rows } = await this.#pool.query('SELECT tablename FROM pg_tables WHERE schemaname = $1', [
      schema,
    ]);
    const emptied = rows
      .map(({ tablename }) => String(tablename))
      .filter((table) => table !== 'detent_migration' && table !== 'swept')
      .map((table) => `DELETE FROM ${schema}.${table}`);
    const reset = `UPDATE ${schema}.swept SET xid = '0', seq = 0, sweeps = 0, condemned = NULL`;
    await this.#pool.query([...emptied, reset].join(';'));
    this.#idle.push(schema);
  }

  async drop(): Promise<void> {
    for (const schema of this.#all) await this.#pool.query(`DROP SCHEMA IF EXISTS ${schema} CASCADE`);
  }
}

function newName(): string {
  return `test_${randomUUID().replaceAll('-', '_')}`;
}
