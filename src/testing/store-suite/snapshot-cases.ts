import assert from 'node:assert/strict';
import { SNAPSHOT_EVERY } from '../../core/limits.js';
import type { Commit, Store } from '../../store/store.js';
import { born, claimOnly, commitAll, commitOf, signal } from './fixture.js';
import type { StoreCase } from './store-case.js';

/** Folds so many events of an instance in one commit. */
export async function foldMany(
  store: Store,
  instance: string,
  count: number,
  over: Partial<Commit> = {},
): Promise<void> {
  const { revision } = (await store.read(instance))?.instance ?? { revision: 0 };
  const signals = Array.from({ length: count }, (_, n) => signal(instance, `e${revision + n + 1}`));
  assert.ok((await store.send(signals)).every((result) => result === 'accepted'));
  const lease = await claimOnly(store, instance, count);
  assert.deepEqual(await commitAll(store, [commitOf(lease, lease.load, over)]), ['committed']);
}

export const snapshotCases: readonly StoreCase[] = [
  {
    name: `keeps a snapshot at the commit that passes a multiple of ${SNAPSHOT_EVERY}, and at no other`,
    async run({ store }) {
      await born(store, 'a');
      await foldMany(store, 'a', SNAPSHOT_EVERY - 2);
      assert.equal(await store.snapshot('a', SNAPSHOT_EVERY), undefined);
      await foldMany(store, 'a', 1);
      const first = {
        instance: 'a',
        revision: SNAPSHOT_EVERY,
        status: 'running',
        state: `{"revision":${SNAPSHOT_EVERY}}`,
      };
      assert.deepEqual(await store.snapshot('a', SNAPSHOT_EVERY), first);
      await foldMany(store, 'a', SNAPSHOT_EVERY - 1);
      assert.deepEqual(await store.snapshot('a', 1_000), first);
      await foldMany(store, 'a', 10);
      assert.equal((await store.snapshot('a', 1_000))?.revision, 2 * SNAPSHOT_EVERY + 9);
    },
  },
  {
    name: 'answers the newest snapshot at or below a revision, of that instance alone',
    async run({ store }) {
      await born(store, 'a');
      await born(store, 'b');
      await foldMany(store, 'a', SNAPSHOT_EVERY);
      await foldMany(store, 'a', SNAPSHOT_EVERY);
      const [first, second] = [SNAPSHOT_EVERY + 1, 2 * SNAPSHOT_EVERY + 1];
      for (const [revision, found] of [
        [first - 1, undefined],
        [first, first],
        [second - 1, first],
        [second, second],
        [second + 1_000, second],
      ] as const) {
        assert.equal((await store.snapshot('a', revision))?.revision, found);
      }
      assert.equal(await store.snapshot('b', second), undefined);
      assert.equal(await store.snapshot('nobody', second), undefined);
    },
  },
  {
    name: 'keeps the status in a snapshot, and the state as it stands where the commit did not change it',
    async run({ store }) {
      await born(store, 'a', { state: '{ "lit": 1.0 }' });
      await foldMany(store, 'a', SNAPSHOT_EVERY, { state: undefined, status: 'failed' });
      const snapshot = await store.snapshot('a', SNAPSHOT_EVERY + 1);
      assert.deepEqual([snapshot?.status, snapshot?.state], ['failed', '{ "lit": 1.0 }']);
    },
  },
];
