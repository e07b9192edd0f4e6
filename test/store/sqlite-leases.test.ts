import { afterEach, expect, it, vi } from 'vitest';
import { connect } from '../../src/store/sqlite/connect.js';
import { Database } from '../../src/store/sqlite/database.js';
import { FIRST_TABLES } from '../../src/store/sqlite/migrations/0001-first-tables.js';
import { QUEUES_CHILDREN_SNAPSHOTS } from '../../src/store/sqlite/migrations/0002-queues-children-snapshots.js';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.js';
import {
  born,
  claim,
  claimOnly,
  commitAll,
  commitOf,
  DEFINITION,
  LEASE,
  signal,
} from '../../src/testing/store-suite/fixture.js';
import { freshPath } from './sqlite-folder.js';
import { testClock } from './store-suite.js';

afterEach(() => {
  vi.restoreAllMocks();
});

/** The tables that statements write, in the order in which they came. */
function writtenTables() {
  const tables: string[] = [];
  const { run } = Database.prototype;
  vi.spyOn(Database.prototype, 'run').mockImplementation(function (this: Database, sql, ...values) {
    const [, table] = /^\s*(?:INSERT INTO|UPDATE|DELETE FROM) (\w+)/.exec(sql) ?? [];
    if (table !== undefined) tables.push(table);
    return run.call(this, sql, ...values);
  });
  return tables;
}

it('claims, extends and gives up without writing to what waits', async () => {
  const clock = testClock();
  const store = await openSqliteStore({ path: freshPath(), clock: clock.now });
  await born(store, 'a');
  await store.send([signal('a', 'one')]);
  const tables = writtenTables();
  const lease = await claimOnly(store, 'a');
  await store.extend([lease], LEASE);
  clock.advance(LEASE);
  await claimOnly(store, 'a');
  expect(new Set(tables)).toEqual(new Set(['lease', 'worker']));
  await store.close();
});

it('keeps no lease of what was committed, given back, unparked or swept', async () => {
  const path = freshPath();
  const clock = testClock();
  const store = await openSqliteStore({ path, clock: clock.now });
  const connection = connect(path);
  const leases = () => connection.prepare('SELECT instance FROM lease ORDER BY instance').all([]).flat();
  await born(store, 'a');
  expect(leases()).toEqual([]);
  await store.send([signal('a', 'one')]);
  await store.release([{ ...(await claimOnly(store, 'a')), giveBack: true }]);
  expect(leases()).toEqual([]);
  for (let attempt = 1; attempt <= 5; attempt++)
    await store.release([{ ...(await claimOnly(store, 'a')), giveBack: false }]);
  expect(await claim(store)).toEqual([]);
  expect(leases()).toEqual(['a']);
  expect(await store.unpark('a')).toBe(true);
  expect(leases()).toEqual([]);
  const last = await claimOnly(store, 'a');
  await commitAll(store, [commitOf(last, last.load, { status: 'succeeded' })]);
  await store.send([signal('a', 'late')]);
  await claimOnly(store, 'a');
  expect(leases()).toEqual(['a']);
  await store.sweep({ what: 'instances', before: clock.now() + 1, limit: 10 });
  expect(leases()).toEqual([]);
  connection.close();
  await store.close();
});

it('finds in a file of the format before what was held, given up, parked, paused and waiting', async () => {
  const path = freshPath();
  const clock = testClock();
  const now = clock.now();
  const before = connect(path);
  for (const statement of [...FIRST_TABLES, ...QUEUES_CHILDREN_SNAPSHOTS]) before.exec(statement);
  before.exec(`PRAGMA application_id = ${0x64_74_6e_74}; PRAGMA user_version = 2`);
  const mailbox = before.prepare(
    `INSERT INTO mailbox (
      instance, definition, next_due_at, wake_at, lease_until, token, worker, attempts, problem, parked, parked_at, paused)
    VALUES (?, '${DEFINITION}', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const instance = before.prepare(
    `INSERT INTO instance (id, machine, definition, input_hash, status, revision, created_at, updated_at)
    VALUES (?, 'light', '${DEFINITION}', 'hash', ?, 0, ?, ?)`,
  );
  const message = before.prepare(
    "INSERT INTO message (recipient, id, due_at, event, seed, cause, hops, timer) VALUES (?, 'm', ?, '{}', 's', '', 0, 0)",
  );
  const problem = '{"code":"threw","message":"no","path":""}';
  for (const [id, status, ...rest] of [
    ['held', 'running', now, now + 500, now + 500, 'token', 'worker', 1, null, null, null, 0],
    ['parked', 'running', now, null, 0, null, null, 5, problem, problem, now, 0],
    ['paused', 'paused', now, null, 0, null, null, 2, null, null, null, 1],
    ['suspect', 'running', now, now, 0, null, null, 1, problem, null, null, 0],
    ['waiting', 'running', now + 50, now + 50, 0, null, null, 0, null, null, null, 0],
  ] as const) {
    instance.run([id, status, now, now]);
    mailbox.run([id, ...rest]);
    message.run([id, rest[0]]);
  }
  before.close();

  const store = await openSqliteStore({ path, clock: clock.now });
  const attempts = (await store.find({})).items.map((one) => [
    one.instance.id,
    one.attempts,
    one.parked?.code,
  ]);
  expect(attempts.sort()).toEqual([
    ['held', 1, undefined],
    ['parked', 5, 'threw'],
    ['paused', 2, undefined],
    ['suspect', 1, undefined],
    ['waiting', 0, undefined],
  ]);
  const suspect = await claimOnly(store, 'suspect');
  expect(suspect.attempts).toBe(2);
  await store.release([{ ...suspect, giveBack: false }]);
  const reading = await store.read('held');
  if (reading === undefined) throw new Error('it is not there');
  const load = { instance: reading.instance, messages: await store.messages('held'), now };
  const held = { instance: 'held', token: 'token' };
  expect(await commitAll(store, [commitOf(held, load)])).toEqual(['committed']);
  clock.advance(50);
  expect((await claimOnly(store, 'suspect')).attempts).toBe(3);
  expect((await claimOnly(store, 'waiting')).attempts).toBe(1);
  expect(await store.resume({ instance: 'paused' })).toBe(true);
  expect((await claimOnly(store, 'paused')).attempts).toBe(3);
  expect(await store.unpark('parked')).toBe(true);
  expect((await claimOnly(store, 'parked')).attempts).toBe(1);
  await store.close();
});

it('expires nothing, where nothing waited too long, while another process keeps the file locked', async () => {
  const path = freshPath();
  const store = await openSqliteStore({ path, clock: testClock().now });
  await born(store, 'a');
  const other = connect(path);
  other.exec('BEGIN IMMEDIATE');
  expect(await store.expire(10)).toBe(0);
  other.exec('ROLLBACK');
  other.close();
  await store.close();
});
