import { expect, it } from 'vitest';
import { PASSED_OVER } from '../../src/store/sqlite/changes.js';
import { connect } from '../../src/store/sqlite/connect.js';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.js';
import type { Hint } from '../../src/store/store.js';
import {
  born,
  claimOnly,
  commitAll,
  commitOf,
  newInstance,
  turn,
} from '../../src/testing/store-suite/fixture.js';
import { freshPath } from './sqlite-folder.js';
import { testClock } from './store-suite.js';

/** A store in which an instance of `door` has its entries before and behind so many of `light`. */
async function open(between: number) {
  const path = freshPath();
  const store = await openSqliteStore({ path, clock: testClock().now });
  await store.create([newInstance('d', { machine: 'door' })]);
  await turn(store, 'd');
  await born(store, 'a');
  const connection = connect(path);
  connection.exec(`
    INSERT INTO journal (instance, revision, event_id, at, seed, event, history, code)
    WITH RECURSIVE n (i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < ${between})
    SELECT 'a', i, 'e' || i, 0, '', '{}', '[]', '' FROM n`);
  connection.close();
  await store.create([newInstance('e', { machine: 'door' })]);
  await turn(store, 'e');
  return store;
}

it(`passes over no more than ${PASSED_OVER} entries at once, looking for those of a machine`, async () => {
  for (const [between, found] of [
    [PASSED_OVER - 2, ['d', 'e']],
    [PASSED_OVER - 1, ['d']],
  ] as const) {
    const store = await open(between + 1);
    const query = { limit: 10, machine: 'door' };
    const { position } = await store.changes({ after: '', limit: 1 });
    const first = await store.changes({ after: position, ...query });
    const seen = ['d', ...first.entries.map(({ instance }) => instance)];
    expect(seen).toEqual(found);
    const second = await store.changes({ after: first.position, ...query });
    expect([...seen, ...second.entries.map(({ instance }) => instance)]).toEqual(['d', 'e']);
    await store.close();
  }
});

it('finds an instance’s entries behind any place in the order', async () => {
  const store = await open(300);
  let after = '';
  for (let revision = 1; revision <= 300; ) {
    // A page of everyone's, to stand at places that are not the instance's own, and one of its own from there.
    const { entries, position } = await store.changes({ after, limit: 7 });
    const own = entries.filter(({ instance }) => instance === 'a').length;
    const from = await store.changes({ after, limit: 3, instance: 'a' });
    const expected = [revision, revision + 1, revision + 2].filter((one) => one <= 300);
    expect(from.entries.map((entry) => entry.revision)).toEqual(expected);
    revision += own;
    after = position;
  }
  await store.close();
});

it('tells those who read along of a commit, and that it left nothing for workers or runners to do', async () => {
  const store = await openSqliteStore({ path: freshPath(), clock: testClock().now });
  await store.create([newInstance('a')]);
  const lease = await claimOnly(store, 'a');
  const commit = commitOf(lease, lease.load);
  const hints: Hint[] = [];
  const stop = store.onChange((hint) => hints.push(hint));
  expect(await commitAll(store, [commit])).toEqual(['committed']);
  expect(await commitAll(store, [commit])).toEqual(['conflict']);
  await new Promise((resolve) => setImmediate(resolve));
  expect(hints).toEqual([{ mail: false, jobs: false }]);
  stop();
  await store.close();
});
