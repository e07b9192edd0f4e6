import { afterEach, expect, it, vi } from 'vitest';
import { connect } from '../../src/store/sqlite/connect.js';
import { Database } from '../../src/store/sqlite/database.js';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.js';
import { handOf, Life } from '../../src/testing/store-suite/life.js';
import { observe } from '../../src/testing/store-suite/observation.js';
import { freshPath } from './sqlite-folder.js';
import { testClock } from './store-suite.js';

afterEach(() => {
  vi.restoreAllMocks();
});

/** Lists that were handed in, single rows, and indexes that hold only the few that are under way or parked. */
const HARMLESS = /^SCAN (\w+ VIRTUAL|CONSTANT|\(|\w+ USING INDEX (job_processing|mailbox_parked))/;

/** What counts or lists everything, and says so. */
const WHOLE = /count\(\*\)|FROM definition|FROM worker|FROM pending/;

it('finds what it needs by an index, and never by going through a whole table', async () => {
  const path = freshPath();
  const clock = testClock();
  const statements = new Set<string>();
  const { run, all } = Database.prototype;
  vi.spyOn(Database.prototype, 'run').mockImplementation(function (this: Database, sql, ...values) {
    statements.add(sql);
    return run.call(this, sql, ...values);
  });
  vi.spyOn(Database.prototype, 'all').mockImplementation(function (this: Database, sql, ...values) {
    statements.add(sql);
    return all.call(this, sql, ...values);
  });
  const store = await openSqliteStore({ path, clock: clock.now });
  const hand = handOf(store);
  const life = new Life(0, clock.now);
  for (let call = 0; call < 80; call++) {
    clock.advance(life.pause());
    await life.next()(hand);
  }
  await observe(store, ['a']);
  for (const query of [{ machine: 'light' }, { status: 'running' }, { parked: true }] as const)
    await store.find(query);
  await store.jobs({ status: 'failed' });
  await store.folded('a', 'start');
  await store.close();

  const connection = connect(path);
  const scans = [...statements]
    .filter((sql) => !WHOLE.test(sql) && !sql.startsWith('PRAGMA'))
    .flatMap((sql) => {
      const plan = connection.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(nullsFor(sql));
      return plan.map((row) => `${row[3]}: ${sql}`);
    })
    .filter((step) => step.startsWith('SCAN') && !HARMLESS.test(step));
  connection.close();
  expect(statements.size).toBeGreaterThan(40);
  expect(scans).toEqual([]);
});

/** As many values as the statement takes; the plan does not depend on them. */
function nullsFor(sql: string): null[] {
  const numbered = [...sql.matchAll(/\?(\d+)/g)].map(([, n]) => Number(n));
  const count = numbered.length === 0 ? (sql.match(/\?/g) ?? []).length : Math.max(...numbered);
  return Array.from({ length: count }, () => null);
}
