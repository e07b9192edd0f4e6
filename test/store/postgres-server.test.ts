import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import pg from 'pg';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { Refused } from '../../src/core/problem.js';
import { migratePostgres, postgresStatus } from '../../src/store/postgres/administration.js';
import { Database } from '../../src/store/postgres/database.js';
import { CLAIMED_BYTES } from '../../src/store/postgres/functions/load.js';
import { type PostgresStoreOptions, settingsOf } from '../../src/store/postgres/options.js';
import { openPostgresStore } from '../../src/store/postgres/postgres-store.js';
import { IDLE_MS } from '../../src/store/postgres/watch.js';
import type { Hint, Store } from '../../src/store/store.js';
import {
  born,
  claim,
  commitAll,
  commitOf,
  newInstance,
  signal,
} from '../../src/testing/store-suite/fixture.js';
import { built } from '../cli/child-script.js';
import { testPostgres } from '../services/postgres.js';
import { freshSchema, runSql } from './postgres-schema.js';

const found = await testPostgres();
const url = found.url ?? '';
const why = found.reason === undefined ? '' : ` (${found.reason})`;

const opened: { close(): Promise<void> }[] = [];
const drops: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});
afterAll(async () => {
  for (const drop of drops) await drop();
});

function ownSchema(): string {
  const { schema, drop } = freshSchema(url);
  drops.push(drop);
  return schema;
}

async function open(options: Partial<PostgresStoreOptions> = {}): Promise<Store> {
  const store = await openPostgresStore({ url, maxConnections: 3, overflow: 0, ...options });
  opened.push(store);
  return store;
}

async function openDatabase(options: Partial<PostgresStoreOptions> = {}): Promise<Database> {
  const database = await Database.open(settingsOf({ url, maxConnections: 2, overflow: 0, ...options }));
  opened.push(database);
  return database;
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'fulfilled',
    (error: unknown) => (error instanceof Refused ? error.code : `not refused: ${String(error)}`),
  );
}

/** The same server under another name of database or user. */
function elsewhere(change: (url: URL) => void): string {
  const other = new URL(url);
  change(other);
  return other.href;
}

describe.skipIf(found.url === undefined)(`the schema of a PostgreSQL store${why}`, () => {
  it('is made once, whoever comes first of many', async () => {
    const schema = ownSchema();
    const stores = await Promise.all(Array.from({ length: 4 }, () => open({ schema })));
    await born(stores[0] as Store, 'a');
    expect((await stores[3]?.read('a'))?.instance.revision).toBe(1);
    const { version, newest, applied } = await postgresStatus({ url, schema });
    expect([version, applied.length]).toEqual([newest, newest]);
  });

  it('is looked at without a change', async () => {
    const schema = ownSchema();
    expect(await postgresStatus({ url, schema })).toMatchObject({ schema, version: 0, applied: [] });
    expect(await runSql(url, `SELECT 1 FROM pg_namespace WHERE nspname = '${schema}'`)).toEqual([]);
    const { applied } = await migratePostgres({ url, schema });
    expect((await migratePostgres({ url, schema })).applied).toEqual(applied);
  });

  it('is left alone if a newer version wrote it', async () => {
    const schema = ownSchema();
    await migratePostgres({ url, schema });
    await runSql(url, `INSERT INTO ${schema}.detent_migration (version) VALUES (1000)`);
    expect(await codeOf(open({ schema }))).toBe('store-newer');
  });

  it('is left alone if its tables are those of another program', async () => {
    const schema = ownSchema();
    await runSql(url, `CREATE SCHEMA ${schema}; CREATE TABLE ${schema}.job (id int)`);
    expect(await codeOf(open({ schema }))).toBe('store-foreign');
    expect(await runSql(url, `SELECT tablename FROM pg_tables WHERE schemaname = '${schema}'`)).toHaveLength(
      1,
    );
  });

  it('may have any name, and two stores share a database without touching', async () => {
    const odd = `${ownSchema()} "x'; --`;
    drops.push(() => runSql(url, `DROP SCHEMA IF EXISTS "${odd.replaceAll('"', '""')}" CASCADE`));
    const [one, other] = [await open({ schema: odd }), await open({ schema: ownSchema() })];
    await born(one, 'a');
    expect(await other.read('a')).toBeUndefined();
    expect(await other.create([newInstance('a')])).toEqual(['created']);
  });
});

describe.skipIf(found.url === undefined)(`a PostgreSQL store${why}`, () => {
  it('says plainly why it cannot be opened', async () => {
    expect(await codeOf(open({ url: elsewhere((other) => (other.pathname = '/there_is_none')) }))).toBe(
      'store-unknown',
    );
    expect(await codeOf(open({ url: 'postgres://nobody@127.0.0.1:1/x' }))).toBe('store-unreachable');
    expect(await codeOf(open({ url: 'postgres://nobody@no-such-host.invalid/x' }))).toBe('store-unreachable');
    expect(
      await codeOf(open({ url: elsewhere((other) => other.searchParams.set('sslmode', 'require')) })),
    ).toBe('store-tls');
  });

  it('refuses a database that does not read what was just committed', async () => {
    const pool = new pg.Pool({
      connectionString: url,
      options: '-c default_transaction_isolation=serializable',
    });
    expect(await codeOf(open({ schema: ownSchema(), pool }))).toBe('store-isolation');
    await pool.end();
  });

  it('works without prepared statements and without listening, as behind a pooler', async () => {
    const schema = ownSchema();
    const [one, other] = [
      await open({ schema, prepare: false, listen: false }),
      await open({ schema, listen: false }),
    ];
    await born(one, 'a');
    const heard = new Promise<void>((resolve) => one.onChange(() => resolve()));
    await other.send([signal('a', 'one')]);
    await heard;
    expect((await one.messages('a')).map(({ id }) => id)).toEqual(['one']);
  });

  it('hears of others again after its listening connection broke', async () => {
    const schema = ownSchema();
    const name = `listener_${schema}`.slice(0, 60);
    const named = elsewhere((other) => other.searchParams.set('application_name', name));
    const [one, other] = [await open({ schema, url: named }), await open({ schema })];
    await born(other, 'a');
    let hints = 0;
    one.onChange(() => {
      hints += 1;
    });
    const listening = `SELECT pid FROM pg_stat_activity WHERE query LIKE 'LISTEN %' AND application_name = '${name}'`;
    while ((await runSql(url, listening)).length === 0) await pause(5);
    await runSql(url, `SELECT pg_terminate_backend(pid) FROM (${listening}) l`);
    await pause(20);
    const before = hints;
    await other.send([signal('a', 'one')]);
    while (hints === before) await pause(5);
  });

  it('uses a pool that it is given, and leaves it open', async () => {
    const pool = new pg.Pool({ connectionString: url, max: 2 });
    const store = await openPostgresStore({ url, schema: ownSchema(), pool });
    await born(store, 'a');
    expect(pool.totalCount).toBeGreaterThan(0);
    await store.close();
    expect((await pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
    await pool.end();
  });

  it('tells of every statement its text, and never its values', async () => {
    const told: string[] = [];
    const store = await open({
      schema: ownSchema(),
      onQuery: ({ sql, ms }) => told.push(`${ms >= 0} ${sql}`),
    });
    await store.create([newInstance('the-secret-id')]);
    expect(told.some((text) => text.includes('create_all'))).toBe(true);
    expect(told.join()).not.toContain('the-secret-id');
  });

  it('tells others of what comes from outside with the statement that writes it, in an idle system', async () => {
    const schema = ownSchema();
    const told: string[] = [];
    const [store, other] = [
      await open({ schema, onQuery: ({ sql }) => told.push(sql) }),
      await open({ schema, maxConnections: 1 }),
    ];
    const heard = new Promise<Hint>((resolve) => {
      // What it is told first is that it listens.
      other.onChange((hint) => hint.jobs || resolve(hint));
    });
    const here: Hint[] = [];
    store.onChange((hint) => here.push(hint));
    await store.create([newInstance('a')]);
    expect(told.filter((sql) => /create_all/.test(sql))).toEqual([expect.stringMatching(/pg_notify/)]);
    expect(here).toContainEqual({ mail: true, jobs: false });
    // Until the other one listens.
    while ((await Promise.race([heard, pause(IDLE_MS + 10)])) === undefined)
      await store.send([signal('a', `${told.length}`)]);
    expect(await heard).toEqual({ mail: true, jobs: false });
    expect(told.filter((sql) => /pg_notify/.test(sql) && !/create_all|send/.test(sql))).toEqual([]);
  });

  it('makes a call fail that takes too long, and serves the next one', async () => {
    const database = await openDatabase({ queryTimeoutMs: 100 });
    expect(await codeOf(database.rows('SELECT pg_sleep(5)'))).toBe('store-timeout');
    expect(await database.value('SELECT 1')).toBe(1);
  });

  it('makes a call fail that waits too long for a connection', async () => {
    const database = await openDatabase({ maxConnections: 1, poolTimeoutMs: 100 });
    const long = database.rows('SELECT pg_sleep(0.5)');
    expect(await codeOf(database.rows('SELECT 1'))).toBe('store-busy');
    await long;
  });

  it('takes a new connection for one that broke while it lay idle', async () => {
    const database = await openDatabase({ maxConnections: 1 });
    const pid = await database.value<number>('SELECT pg_backend_pid()');
    await runSql(url, `SELECT pg_terminate_backend(${pid})`);
    const codes = [await codeOf(database.rows('SELECT 1')), await codeOf(database.rows('SELECT 1'))];
    expect(codes.at(-1)).toBe('fulfilled');
  });

  it('tries a transaction again that collides with another, and not for ever', async () => {
    const schema = ownSchema();
    const database = await openDatabase({ schema });
    await runSql(
      url,
      `CREATE SCHEMA ${schema}; CREATE SEQUENCE ${schema}.tries;
       CREATE FUNCTION ${schema}.collide(wins bigint) RETURNS bigint LANGUAGE plpgsql AS $$
       DECLARE n bigint := nextval('${schema}.tries');
       BEGIN
         IF n % 100 < wins THEN RAISE EXCEPTION 'deadlock' USING ERRCODE = '40P01'; END IF;
         RETURN n;
       END $$`,
    );
    expect(await database.value('SELECT detent.collide($1)', 3)).toBe(3);
    expect(await codeOf(database.rows('SELECT detent.collide($1)', 100))).toBe('store-busy');
  });

  it('refuses texts that would not come back as they went', async () => {
    const store = await open({ schema: ownSchema() });
    await expect(store.read('a\u0000')).rejects.toThrow('NUL');
    await expect(store.create([newInstance('a\ud800')])).rejects.toThrow('well-formed');
  });

  it('commits for many at once that write to each other, and none is lost', async () => {
    const schema = ownSchema();
    const stores = await Promise.all(Array.from({ length: 3 }, () => open({ schema })));
    const [first] = stores as [Store];
    const ids = Array.from({ length: 12 }, (_, n) => `i${n}`);
    await first.create(ids.map((id) => newInstance(id)));
    const rounds = stores.map(async (store, who) => {
      for (let round = 0; round < 5; round++) {
        const claims = await claim(store, 4);
        const commits = [];
        for (const lease of claims) {
          const loaded = lease.load;
          const at = loaded.instance.revision + loaded.messages.length;
          const messages = ids.map((to, n) => ({ id: `${lease.instance}/${at}/${n}`, to, event: '{}' }));
          commits.push(commitOf(lease, loaded, { messages: who % 2 === 0 ? messages : messages.reverse() }));
        }
        expect(await commitAll(store, commits)).toEqual(commits.map(() => 'committed'));
      }
    });
    await Promise.all(rounds);
    let [turns, waiting] = [0, 0];
    for (const id of ids) {
      turns += (await first.journal(id, {})).items.length;
      waiting += (await first.messages(id)).length;
    }
    const commits = await runSql(url, `SELECT count(DISTINCT (instance, xid)) FROM ${schema}.journal`);
    expect(turns + waiting).toBe(ids.length + Number(commits[0]?.['count']) * ids.length);
  });

  it('shows those who follow it every entry, while others commit out of order', async () => {
    const schema = ownSchema();
    const store = await open({ schema });
    await born(store, 'a');
    const start = (await store.changes({ after: undefined, limit: 10 })).position;
    // A transaction that began before, and commits after the next turn.
    const slow = new pg.Client({ connectionString: url });
    await slow.connect();
    await slow.query(`BEGIN; SELECT pg_current_xact_id()`);
    await slow.query(
      `INSERT INTO ${schema}.journal (instance, revision, event_id, at, seed, event, history, code)
       VALUES ('slow', 1, 'start', 1, 's', '{}', '[]', '')`,
    );
    await born(store, 'b');
    const held = await store.changes({ after: start, limit: 10 });
    expect(held.entries).toEqual([]);
    await slow.query('COMMIT');
    await slow.end();
    const all = await store.changes({ after: held.position, limit: 10 });
    expect(all.entries.map(({ instance }) => instance)).toEqual(['slow', 'b']);
    expect((await store.changes({ after: all.position, limit: 10 })).entries).toEqual([]);
  });

  it('puts the journal of a restored copy in order, and tells those who followed the original', async () => {
    const schema = ownSchema();
    const store = await open({ schema });
    await born(store, 'a');
    // In the cluster that a copy comes from, transactions may have got further.
    await runSql(url, `UPDATE ${schema}.journal SET xid = '999999999999'`);
    const position = '999999999999.1.0';
    const restored = await open({ schema });
    await born(restored, 'b');
    const { entries, reset } = await restored.changes({ after: position, limit: 10 });
    expect([entries.map(({ instance }) => instance), reset]).toEqual([['a', 'b'], true]);
    expect((await restored.changes({ after: '', limit: 10 })).entries).toHaveLength(2);
  });

  it('brings along with a claim what fits, and loads the rest when the attempts are counted', async () => {
    const calls: string[] = [];
    const store = await open({
      schema: ownSchema(),
      onQuery: ({ sql }) => calls.push(...(/claim|load/.exec(sql) ?? [])),
    });
    // A state of one byte.
    for (const id of ['a', 'b']) await born(store, id, { state: '1' });
    let sent = 0;
    const send = (to: string, length: number) =>
      store.send([{ id: `e${sent++}`, to, event: JSON.stringify('x'.repeat(length - 2)) }]);
    const claimed = async () => {
      calls.splice(0);
      const claims = await claim(store);
      const called = calls.splice(0);
      const commits = claims.map((one) => commitOf(one, one.load, { state: '1' }));
      expect(await commitAll(store, commits)).not.toContain('conflict');
      return [called, claims.map(({ load }) => load.messages.map(({ event }) => event.length))];
    };
    await send('a', CLAIMED_BYTES - 1);
    expect(await claimed()).toEqual([['claim'], [[CLAIMED_BYTES - 1]]]);
    await send('a', CLAIMED_BYTES);
    expect(await claimed()).toEqual([['claim', 'load'], [[CLAIMED_BYTES]]]);
    await send('a', CLAIMED_BYTES);
    await send('a', 10);
    await send('b', 10);
    expect(await claimed()).toEqual([
      ['claim', 'load'],
      [[CLAIMED_BYTES, 10], [10]],
    ]);
    await send('a', 10);
    await send('a', CLAIMED_BYTES - 1);
    await send('b', 10);
    expect(await claimed()).toEqual([
      ['claim', 'load'],
      [[10], [10]],
    ]);
    // What did not come is what is due next.
    expect(await claimed()).toEqual([['claim'], [[CLAIMED_BYTES - 1]]]);
  });

  it('keeps a long text once, however often it moves, and forgets it with what referred to it', async () => {
    const schema = ownSchema();
    const store = await open({ schema });
    const event = JSON.stringify('x'.repeat(20_000));
    await born(store, 'a');
    await store.send([signal('a', 'one', { event }), signal('a', 'two', { event })]);
    const [lease] = await claim(store);
    if (lease === undefined) throw new Error('nothing to claim');
    const loaded = lease.load;
    expect(loaded.messages.map((message) => message.event === event)).toEqual([true, true]);
    await commitAll(store, [commitOf(lease, loaded, { status: 'succeeded' })]);
    expect((await store.folded('a', 'two'))?.event).toBe(event);
    const count = async () =>
      (await runSql(url, `SELECT count(*)::int AS n FROM ${schema}.payload`))[0]?.['n'];
    expect(await count()).toBe(1);
    expect(await store.sweep({ what: 'instances', before: Number.MAX_SAFE_INTEGER, limit: 10 })).toBe(1);
    expect(await count()).toBe(0);
  });

  it('closes as a program’s last act, while it listens', async () => {
    const script = `
      import { openPostgresStore } from ${JSON.stringify(built('store/postgres/postgres-store.js'))};
      const store = await openPostgresStore({ url: process.env.URL, schema: process.env.SCHEMA });
      store.onChange(() => {});
      await store.now();
      await new Promise((resolve) => setTimeout(resolve, 200));
      await store.close();
      console.log('closed');`;
    const env = { ...process.env, URL: url, SCHEMA: ownSchema() };
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
      env,
    });
    expect(stdout).toBe('closed\n');
  });

  it('goes by the database’s clock', async () => {
    const store = await open({ schema: ownSchema() });
    const [{ now }] = (await runSql(url, 'SELECT extract(epoch FROM clock_timestamp()) * 1000 AS now')) as [
      { now: string },
    ];
    expect(Math.abs((await store.now()) - Number(now))).toBeLessThan(5_000);
    await born(store, 'a');
    expect(Math.abs(((await store.read('a'))?.instance.createdAt ?? 0) - Number(now))).toBeLessThan(10_000);
  });
});

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
