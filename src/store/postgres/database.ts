import { createHash } from 'node:crypto';
import type pg from 'pg';
import { checkText } from './column.js';
import { loadDriver } from './driver.js';
import { isCollision, plainly } from './failure.js';
import type { Settings } from './options.js';

/** Times that a transaction is tried which loses against others. */
const MAX_TRIES = 10;

/** How long a connection may lie idle and still be trusted, in milliseconds. */
const TRUSTED_FOR_MS = 1_000;

/** How long an idle connection may take to show that it is alive, in milliseconds. */
const PING_LIMIT_MS = 5_000;

/** How long a connection beyond those that are kept may lie idle, in milliseconds. */
const OVERFLOW_IDLE_MS = 10_000;

const INT8 = 20;

/** A buffer is a value in binary, as PostgreSQL itself has it. */
export type SqlValue =
  | string
  | number
  | boolean
  | null
  | Buffer
  | readonly (string | number | boolean | null)[];

export type Row = readonly unknown[];

/** Runs one statement and answers its rows. */
export type Run = (sql: string, ...values: readonly SqlValue[]) => Promise<readonly Row[]>;

/** A statement with the schema's name in place, and the name that it is prepared under. */
interface Statement {
  readonly text: string;
  readonly name: string;
}

/** The connections to a database, and the one schema of it that is ours. Failures come as one plain sentence. */
export class Database {
  readonly settings: Settings;
  readonly driver: typeof pg;
  readonly #pool: pg.Pool;
  readonly #statements = new Map<string, Statement>();
  /** When each connection was last used; those that are in it have someone who hears of their failures. */
  readonly #usedAt = new WeakMap<pg.PoolClient, number>();
  readonly #types: pg.CustomTypesConfig;

  private constructor(settings: Settings, driver: typeof pg) {
    this.settings = settings;
    this.driver = driver;
    this.#pool = settings.pool ?? newPool(settings, driver);
    this.#pool.on('error', ignore);
    this.#types = {
      getTypeParser: ((oid: number, format?: 'text') =>
        oid === INT8
          ? Number
          : driver.types.getTypeParser(oid, format)) as pg.CustomTypesConfig['getTypeParser'],
    };
  }

  static async open(settings: Settings): Promise<Database> {
    return new Database(settings, await loadDriver());
  }

  /** The rows of one statement, which is a transaction of its own, tried again where it collides with another. */
  async rows(sql: string, ...values: readonly SqlValue[]): Promise<readonly Row[]> {
    checkTexts(values);
    for (let tries = 1; ; tries++) {
      try {
        return await this.#once(sql, values);
      } catch (error) {
        if (!isCollision(error) || tries === MAX_TRIES) throw plainly(error, this.settings.shownUrl);
      }
      // A share of chance keeps two that collided from meeting again.
      await new Promise((resolve) => setTimeout(resolve, tries * 5 * (0.5 + Math.random())));
    }
  }

  /** The one value of a statement that answers one row with one column. */
  async value<T>(sql: string, ...values: readonly SqlValue[]): Promise<T> {
    return (await this.rows(sql, ...values))[0]?.[0] as T;
  }

  /** Does something on a connection in a transaction of several statements. */
  async transaction<T>(work: (run: Run) => Promise<T>): Promise<T> {
    const client = await this.#connect().catch((error: unknown) => {
      throw plainly(error, this.settings.shownUrl);
    });
    try {
      await client.query('BEGIN');
      const result = await work(async (sql, ...values) => {
        const { text } = this.#statement(sql);
        // Without values it may be several statements, one after the other.
        const given = values.length === 0 ? {} : { values: values as unknown[] };
        return (await client.query<unknown[]>({ text, rowMode: 'array', types: this.#types, ...given })).rows;
      });
      await client.query('COMMIT');
      client.release();
      return result;
    } catch (error) {
      // What is left of the transaction ends with its connection.
      client.release(true);
      throw plainly(error, this.settings.shownUrl);
    }
  }

  async close(): Promise<void> {
    if (this.settings.pool === undefined) await this.#pool.end();
    else this.#pool.off('error', ignore);
  }

  /** A statement with the schema in place of `detent.`. */
  inSchema(sql: string): string {
    return sql.replaceAll(/\bdetent\./g, `${quoted(this.settings.schema)}.`);
  }

  async #once(sql: string, values: readonly SqlValue[]): Promise<readonly Row[]> {
    const { prepare, queryTimeoutMs, onQuery } = this.settings;
    const { text, name } = this.#statement(sql);
    const client = await this.#connect();
    const began = performance.now();
    let failed = true;
    try {
      const { rows } = await client.query({
        ...{ text, values: values as unknown[], rowMode: 'array', types: this.#types },
        ...(prepare ? { name } : {}),
        ...(queryTimeoutMs > 0 ? { query_timeout: queryTimeoutMs } : {}),
      } as pg.QueryArrayConfig);
      failed = false;
      return rows as Row[];
    } catch (error) {
      // The server said no, and the connection is as good as before; after anything else it is not.
      failed = !(error instanceof this.driver.DatabaseError) || error.severity !== 'ERROR';
      throw error;
    } finally {
      this.#usedAt.set(client, performance.now());
      client.release(failed);
      onQuery?.({ sql: text, ms: performance.now() - began });
    }
  }

  async #connect(): Promise<pg.PoolClient> {
    while (true) {
      const client = await this.#pool.connect();
      const usedAt = this.#usedAt.get(client);
      if (usedAt === undefined) client.on('error', ignore);
      this.#usedAt.set(client, performance.now());
      const isTrusted = usedAt === undefined || performance.now() - usedAt < TRUSTED_FOR_MS;
      if (isTrusted || !this.settings.prePing || (await isAlive(client))) return client;
      client.release(true);
    }
  }

  #statement(sql: string): Statement {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      const text = this.inSchema(sql);
      statement = { text, name: `detent_${createHash('sha256').update(text).digest('hex').slice(0, 24)}` };
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}

/** A name as SQL has it. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function newPool(settings: Settings, driver: typeof pg): pg.Pool {
  const { connection, maxConnections, overflow, maxLifetimeMs } = settings;
  return new driver.Pool({
    ...connection,
    max: Math.max(1, maxConnections + overflow),
    min: maxConnections,
    idleTimeoutMillis: OVERFLOW_IDLE_MS,
    maxLifetimeSeconds: Math.ceil(maxLifetimeMs / 1_000),
    // Whoever does not close the store can still end the process.
    allowExitOnIdle: true,
  });
}

async function isAlive(client: pg.PoolClient): Promise<boolean> {
  try {
    await client.query({ text: 'SELECT 1', query_timeout: PING_LIMIT_MS } as pg.QueryConfig);
    return true;
  } catch {
    return false;
  }
}

/** A connection broke: the call that used it fails by itself, and whoever comes next gets another. */
function ignore(): void {}

/** Refuses texts that would not come back as they went. */
function checkTexts(values: readonly SqlValue[]): void {
  for (const value of values) {
    if (typeof value === 'string') checkText(value);
    else if (Array.isArray(value)) for (const item of value) if (typeof item === 'string') checkText(item);
  }
}
