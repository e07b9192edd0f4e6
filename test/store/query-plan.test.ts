import { afterEach, expect, it, vi } from 'vitest';
import { FIRST_CLEAN } from '../../src/store/sqlite/claiming.js';
import { connect } from '../../src/store/sqlite/connect.js';
import { Database } from '../../src/store/sqlite/database.js';
import { LANES } from '../../src/store/sqlite/jobs/claiming.js';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.js';
import { handOf, Life } from '../../src/testing/store-suite/life.js';
import { observe } from '../../src/testing/store-suite/observation.js';
import { freshPath } from './sqlite-folder.js';
import { testClock } from './store-suite.js';

afterEach(() => {
  vi.restoreAllMocks();
});

/** Lists that were handed in or are being made, single rows, and indexes that hold only the few that are under way or parked. */
const HARMLESS =
  /^SCAN (\w+ VIRTUAL|CONSTANT|\(|swept|tree|named|\w+ USING INDEX (job_processing|mailbox_parked))/;

/** What counts or lists everything, and says so; lanes have a test of their own. */
const WHOLE = /count\(\*\)|FROM definition|FROM worker|FROM queue_limit|FROM pause|FROM lane/;

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
  await store.awaiting({ subject: 'k=1', limit: 10 });
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

it('finds the lanes of pending jobs by one seek for each, however many jobs stand in them', async () => {
  const path = freshPath();
  const store = await openSqliteStore({ path, clock: testClock().now });
  await store.close();
  const connection = connect(path);
  const plan = connection.prepare(`EXPLAIN QUERY PLAN ${LANES}`).all([]);
  connection.close();
  const steps = plan.map((row) => String(row[3])).filter((step) => /job|next/.test(step));
  // The first row of the index; then, for each lane, the first behind it, and its row.
  expect(steps).toEqual([
    'SCAN job USING COVERING INDEX job_lane',
    expect.stringMatching(/^SEARCH next USING INTEGER PRIMARY KEY/),
    expect.stringMatching(/^SEARCH job USING COVERING INDEX job_lane \(\(?queue/),
  ]);
  expect(LANES.match(/LIMIT 1\)/g)).toHaveLength(2);
});

it('finds the first mailboxes that are due in their index alone, and passes over a lease by its key', async () => {
  const path = freshPath();
  await (await openSqliteStore({ path, clock: testClock().now })).close();
  const connection = connect(path);
  const plan = connection.prepare(`EXPLAIN QUERY PLAN ${FIRST_CLEAN}`).all([null, null, null]);
  connection.close();
  expect(plan.map((row) => row[3])).toEqual([
    expect.stringMatching(/^SEARCH mailbox USING COVERING INDEX mailbox_wake/),
    expect.stringMatching(/^CORRELATED/),
    expect.stringMatching(/^SEARCH lease USING PRIMARY KEY/),
  ]);
});

/** As many values as the statement takes; the plan does not depend on them. */
function nullsFor(sql: string): null[] {
  const numbered = [...sql.matchAll(/\?(\d+)/g)].map(([, n]) => Number(n));
  const count = numbered.length === 0 ? (sql.match(/\?/g) ?? []).length : Math.max(...numbered);
  return Array.from({ length: count }, () => null);
}
