import pg from 'pg';
import { afterAll, describe, it } from 'vitest';
import { openPostgresStore } from '../../src/store/postgres/postgres-store.js';
import type { Store } from '../../src/store/store.js';
import { testPostgres } from '../services/postgres.js';
import { Schemas } from './postgres-schema.js';
import { describeStore, testClock } from './store-suite.js';

const { url, reason } = await testPostgres();

if (url === undefined) {
  describe(`the PostgreSQL store (no server: ${reason})`, () => {
    it.skip('passes the suite of all stores');
  });
} else {
  // One for all cases: what a connection has learnt of the functions serves the next case.
  const pool = new pg.Pool({ connectionString: url, max: 4 });
  const schemas = new Schemas(pool);
  afterAll(async () => {
    await schemas.drop();
    await pool.end();
  });

  describeStore('the PostgreSQL store', ['second', 'reference'], async () => {
    const clock = testClock();
    const schema = schemas.take();
    const opened: Store[] = [];
    const open = async () => {
      const store = await openPostgresStore({
        url,
        schema,
        clock: clock.now,
        maxConnections: 4,
        overflow: 0,
      });
      opened.push(store);
      return store;
    };
    const close = async () => {
      for (const store of opened) await store.close();
      await schemas.giveBack(schema);
    };
    return { harness: { store: await open(), clock, second: open }, close };
  });
}
