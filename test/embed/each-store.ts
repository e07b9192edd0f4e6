import { afterEach, it } from 'vitest';
import { testPostgres } from '../services/postgres.js';
import { freshSchema } from '../store/postgres-schema.js';
import { freshPath } from '../store/sqlite-folder.js';

const { url, reason } = await testPostgres();
const schemas: (() => Promise<unknown>)[] = [];

// Registered before those of the tests that import this, and so done after them: engines are closed by then.
afterEach(async () => {
  for (const drop of schemas.splice(0)) await drop();
});

/** Describes something on engines of each kind of store; `fresh` gives the text that names an empty database. */
export function onEachStore(what: string, describeOn: (store: string, fresh: () => string) => void): void {
  describeOn('a store in memory', () => 'memory:');
  describeOn('SQLite', () => `sqlite:${freshPath()}`);
  if (url === undefined) it.skip(`${what} on PostgreSQL (no server: ${reason})`);
  else
    describeOn('PostgreSQL', () => {
      const { schema, drop } = freshSchema(url);
      schemas.push(drop);
      const db = new URL(url);
      db.searchParams.set('schema', schema);
      return db.href;
    });
}
