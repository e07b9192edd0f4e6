import { expect, it } from 'vitest';
import { connect } from '../../src/store/sqlite/connect.js';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.js';
import { SWEPT_ROWS } from '../../src/store/sqlite/sweep.js';
import {
  born,
  claimOnly,
  commitAll,
  commitOf,
  newInstance,
  signal,
  turn,
} from '../../src/testing/store-suite/fixture.js';
import { foldMany } from '../../src/testing/store-suite/snapshot-cases.js';
import { freshPath } from './sqlite-folder.js';
import { testClock } from './store-suite.js';

async function open() {
  const path = freshPath();
  const clock = testClock();
  const store = await openSqliteStore({ path, clock: clock.now });
  return { path, clock, store };
}

/** Rows of every table that holds something of instances. */
function rows(path: string): Record<string, number> {
  const connection = connect(path);
  const tables = ['instance', 'journal', 'mailbox', 'message', 'receipt', 'snapshot', 'payload', 'job'];
  const counted = tables.map((table): [string, number] => [
    table,
    Number(connection.prepare(`SELECT count(*) FROM ${table}`).all([])[0]?.[0]),
  ]);
  connection.close();
  return Object.fromEntries(counted);
}

it(`deletes what belongs to one large instance ${SWEPT_ROWS} rows at a time, and itself at the end`, async () => {
  const { path, clock, store } = await open();
  await born(store, 'a');
  for (let n = 0; n < 3; n++) await foldMany(store, 'a', 1_000);
  await store.send([signal('a', 'end')]);
  const lease = await claimOnly(store, 'a');
  await commitAll(store, [commitOf(lease, lease.load, { status: 'succeeded' })]);
  await born(store, 'b', { status: 'succeeded' });
  const query = { what: 'instances', before: clock.now() + 1, limit: 100 } as const;
  const total = Object.values(rows(path)).reduce((sum, count) => sum + count);
  let before = total;
  let calls = 0;
  for (let swept = await store.sweep(query); swept > 0; swept = await store.sweep(query)) {
    calls += 1;
    const left = Object.values(rows(path)).reduce((sum, count) => sum + count);
    expect(before - left).toBeLessThanOrEqual(SWEPT_ROWS + 10);
    expect(before - left).toBeGreaterThan(0);
    if (rows(path).journal !== 0) expect((await store.read('a'))?.instance.status).toBe('succeeded');
    before = left;
  }
  expect(calls).toBe(Math.ceil(total / SWEPT_ROWS));
  expect(Object.values(rows(path)).every((count) => count === 0)).toBe(true);
  await store.close();
});

it('goes on with a family that it began before it was closed', async () => {
  const { path, clock, store } = await open();
  await born(store, 'a', { status: 'succeeded' });
  for (const id of ['x', 'y', 'z']) {
    await store.create([newInstance(id, { parent: 'a' })]);
    await turn(store, id, { status: 'succeeded' });
  }
  const query = { what: 'instances', before: clock.now() + 1, limit: 2 } as const;
  expect(await store.sweep(query)).toBe(2);
  await store.close();
  const again = await openSqliteStore({ path, clock: clock.now });
  expect(await again.count({})).toBe(2);
  expect(await again.sweep(query)).toBe(2);
  expect(await again.sweep(query)).toBe(0);
  expect(Object.values(rows(path)).every((count) => count === 0)).toBe(true);
  await again.close();
});
