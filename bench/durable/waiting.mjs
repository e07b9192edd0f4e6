// Instances that wait, each with a timer: one is made through the store, and its rows are multiplied in SQL.
import { connect } from '../../dist/store/sqlite/connect.js';
import { Mailboxes } from '../mailboxes.mjs';
import { openStore } from './open-engine.mjs';
import { ask } from './postgres-server.mjs';

const PORTION = 20_000;
const TIMER_MS = 30 * 86_400_000;
const STATE = JSON.stringify({ value: 'waiting', context: { order: 'A-1' } });
/** What an instance that waits has rows in. */
const TABLES = ['instance', 'journal', 'mailbox', 'message'];
/** Columns that hold its id, or an id made of it. */
const NAMED = ['instance.id', 'instance', 'recipient', 'message.id', 'cause'];
/** Each timer is due a millisecond after the one before. */
const TIMES = ['due_at', 'next_due_at', 'wake_at'];
/** Columns that the database fills. */
const FILLED = ['seq', 'xid'];

/** A store with `count` of them, or as many as could be made until `giveUpAt`. */
export class Waiting {
  #store;
  #mail;
  #place;
  count = 1;

  static async open(place, wanted, giveUpAt) {
    const made = new Waiting();
    made.#place = place;
    const store = await openStore(place.url);
    await new Mailboxes(store, 1, { state: STATE, timerMs: TIMER_MS }).create();
    while (made.count < wanted && performance.now() < giveUpAt) {
      const next = Math.min(wanted, made.count + PORTION);
      await place.multiply(made.count, next - 1);
      made.count = next;
    }
    await place.settle();
    made.#store = store;
    made.#mail = new Mailboxes(store, made.count, { state: STATE });
    return made;
  }

  /**
   * Claims of `count` mailboxes that have something due: spread over all of them, or neighbours, as those are
   * that began together and whose time has come together.
   */
  async claims(count, spread) {
    const start = Math.floor(Math.random() * this.count);
    const stride = spread ? Math.max(1, Math.floor(this.count / count)) : 1;
    await this.#mail.send(count, (n) => (start + n * stride) % this.count);
    const began = performance.now();
    const leases = await this.#mail.claim(count);
    const ms = performance.now() - began;
    if (leases.length !== count) throw new Error(`${leases.length} of ${count} were claimed`);
    await this.#mail.commit(this.#mail.folded(leases));
    return { count, ms };
  }

  /** Bytes of everything, tables and indexes, for each. */
  async bytesEach() {
    return (await this.#place.bytes()) / this.count;
  }

  close() {
    return this.#store.close();
  }
}

export function onSqlite(path) {
  const once = async (work) => {
    const connection = connect(path);
    try {
      connection.exec('PRAGMA busy_timeout = 10000; PRAGMA cache_size = -262144');
      return work(connection);
    } finally {
      connection.close();
    }
  };
  return {
    url: `sqlite:${path}`,
    multiply: (first, last) =>
      once((connection) => {
        connection.exec('BEGIN IMMEDIATE');
        for (const table of TABLES) {
          const columns = connection.prepare('SELECT name FROM pragma_table_info(?)').all([table]).flat();
          const numbers = `WITH RECURSIVE n (n) AS (SELECT ${first} UNION ALL SELECT n + 1 FROM n WHERE n < ${last})`;
          connection.exec(`${numbers} ${copies(table, columns, table, 'n')}`);
        }
        connection.exec('COMMIT');
      }),
    settle: () => once((connection) => connection.prepare('PRAGMA wal_checkpoint(TRUNCATE)').all([])),
    bytes: () =>
      once((connection) => {
        const [[pages]] = connection.prepare('PRAGMA page_count').all([]);
        const [[size]] = connection.prepare('PRAGMA page_size').all([]);
        return pages * size;
      }),
  };
}

export function onPostgres(server, schema) {
  return {
    url: `${server}?schema=${schema}`,
    async multiply(first, last) {
      for (const table of TABLES) {
        const rows = await ask(
          server,
          'SELECT column_name AS name FROM information_schema.columns WHERE table_schema = $1 AND table_name = $2',
          [schema, table],
        );
        const columns = rows.map(({ name }) => name);
        const numbers = `generate_series(${first}, ${last}) n`;
        await ask(server, copies(`${schema}.${table}`, columns, table, numbers));
      }
    },
    async settle() {
      for (const table of TABLES) await ask(server, `VACUUM (ANALYZE) ${schema}.${table}`);
      await ask(server, 'CHECKPOINT');
    },
    async bytes() {
      const sql = `SELECT sum(pg_total_relation_size(c.oid))::float8 AS bytes FROM pg_class c
        JOIN pg_namespace s ON s.oid = c.relnamespace WHERE s.nspname = $1 AND c.relkind = 'r'`;
      return (await ask(server, sql, [schema]))[0].bytes;
    },
  };
}

/** The rows of the first instance again, for others. */
function copies(into, all, table, numbers) {
  const columns = all.filter((column) => !FILLED.includes(column));
  const values = columns.map((column) => {
    if (TIMES.includes(column)) return `t.${column} + n.n`;
    const isNamed = NAMED.includes(column) || NAMED.includes(`${table}.${column}`);
    return isNamed ? `replace(t.${column}, 'i0', 'i' || n.n)` : `t.${column}`;
  });
  const owner = { instance: 'id', message: 'recipient' }[table] ?? 'instance';
  return `INSERT INTO ${into} (${columns.join(', ')})
    SELECT ${values.join(', ')} FROM ${into} t CROSS JOIN ${numbers} WHERE t.${owner} = 'i0'`;
}
