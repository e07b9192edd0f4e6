import assert from 'node:assert/strict';
import { SNAPSHOT_EVERY } from '../../../core/limits.js';
import { born, newInstance, signal, turn } from '../fixture.js';
import { foldMany } from '../snapshot-cases.js';
import type { StoreCase } from '../store-case.js';
import { revisions, sweep } from './sweep.js';

export const sweptJournalCases: readonly StoreCase[] = [
  {
    name: 'trims a journal up to a snapshot that is as old, and keeps that and what follows',
    async run(harness) {
      const { store } = harness;
      await born(store, 'a');
      await foldMany(store, 'a', SNAPSHOT_EVERY - 1);
      await foldMany(store, 'a', 3);
      assert.equal(await sweep(harness, 'journals', { limit: 1_000 }), SNAPSHOT_EVERY);
      assert.deepEqual(await revisions(store, 'a'), range(SNAPSHOT_EVERY + 1, SNAPSHOT_EVERY + 3));
      assert.equal((await store.snapshot('a', SNAPSHOT_EVERY + 3))?.revision, SNAPSHOT_EVERY);
      assert.equal(await store.folded('a', 'e7'), undefined);
      assert.equal((await store.folded('a', `e${SNAPSHOT_EVERY + 1}`))?.revision, SNAPSHOT_EVERY + 1);
      assert.equal((await store.read('a'))?.instance.revision, SNAPSHOT_EVERY + 3);
      assert.equal(await sweep(harness, 'journals', { limit: 1_000 }), 0);
    },
  },
  {
    name: 'remembers which events were accepted when their entries are trimmed',
    async run(harness) {
      const { store } = harness;
      await born(store, 'a');
      await foldMany(store, 'a', SNAPSHOT_EVERY);
      await sweep(harness, 'journals', { limit: 1_000 });
      assert.deepEqual(await revisions(store, 'a'), []);
      assert.deepEqual(
        await store.send([signal('a', 'e7'), signal('a', 'e8', { hash: 'other' }), signal('a', 'new')]),
        ['duplicate', 'conflict', 'accepted'],
      );
      await turn(store, 'a');
      assert.deepEqual(await revisions(store, 'a'), [SNAPSHOT_EVERY + 2]);
    },
  },
  {
    name: 'keeps what no snapshot stands for, and what is younger, or before a younger snapshot',
    async run(harness) {
      const { store, clock } = harness;
      await born(store, 'a');
      await foldMany(store, 'a', SNAPSHOT_EVERY - 2);
      clock.advance(10);
      assert.equal(await sweep(harness, 'journals', { limit: 1_000 }), 0);
      await foldMany(store, 'a', 1);
      assert.equal(await store.sweep({ what: 'journals', before: clock.now(), limit: 1_000 }), 0);
      assert.deepEqual(await revisions(store, 'a'), range(1, SNAPSHOT_EVERY));
    },
  },
  {
    name: 'trims no more entries at once than it was asked to, the oldest first, and says how many',
    async run(harness) {
      const { store } = harness;
      await born(store, 'a');
      await foldMany(store, 'a', SNAPSHOT_EVERY);
      assert.equal(await sweep(harness, 'journals', { limit: 200 }), 200);
      assert.deepEqual(await revisions(store, 'a'), range(201, SNAPSHOT_EVERY + 1));
      assert.equal(await sweep(harness, 'journals', { limit: 200 }), SNAPSHOT_EVERY + 1 - 200);
      assert.equal(await sweep(harness, 'journals', { limit: 200 }), 0);
    },
  },
  {
    name: 'keeps of the snapshots before the journal the last one',
    async run(harness) {
      const { store } = harness;
      await born(store, 'a');
      await foldMany(store, 'a', SNAPSHOT_EVERY);
      await foldMany(store, 'a', SNAPSHOT_EVERY);
      await foldMany(store, 'a', 1);
      const second = 2 * SNAPSHOT_EVERY + 1;
      assert.equal(await sweep(harness, 'journals', { limit: 1_000 }), second);
      assert.equal(await store.snapshot('a', second - 1), undefined);
      assert.equal((await store.snapshot('a', second + 1))?.revision, second);
      assert.deepEqual(await revisions(store, 'a'), [second + 1]);
    },
  },
  {
    name: 'reads a trimmed journal page by page',
    async run(harness) {
      const { store } = harness;
      await born(store, 'a');
      await foldMany(store, 'a', SNAPSHOT_EVERY - 1);
      await foldMany(store, 'a', 3);
      await sweep(harness, 'journals', { limit: 1_000 });
      for (const after of [undefined, '0', '100', String(SNAPSHOT_EVERY)]) {
        const page = await store.journal('a', { limit: 2, ...(after === undefined ? {} : { after }) });
        assert.deepEqual(
          page.items.map(({ revision }) => revision),
          [SNAPSHOT_EVERY + 1, SNAPSHOT_EVERY + 2],
        );
        const next = await store.journal('a', { limit: 2, after: page.next ?? '' });
        assert.deepEqual(
          next.items.map(({ revision }) => revision),
          [SNAPSHOT_EVERY + 3],
        );
        assert.equal(next.next, undefined);
      }
    },
  },
  {
    name: 'trims the journals of the machines that are meant alone',
    async run(harness) {
      const { store } = harness;
      for (const machine of ['door', 'lamp']) {
        await store.create([newInstance(machine, { machine })]);
        await turn(store, machine);
        await foldMany(store, machine, SNAPSHOT_EVERY);
      }
      assert.equal(await sweep(harness, 'journals', { limit: 1_000, machines: [] }), 0);
      assert.equal(
        await sweep(harness, 'journals', { limit: 1_000, exceptMachines: ['door'] }),
        SNAPSHOT_EVERY + 1,
      );
      assert.deepEqual(await revisions(store, 'lamp'), []);
      assert.deepEqual(await revisions(store, 'door'), range(1, SNAPSHOT_EVERY + 1));
      assert.equal(
        await sweep(harness, 'journals', { limit: 1_000, machines: ['door'] }),
        SNAPSHOT_EVERY + 1,
      );
    },
  },
];

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, n) => from + n);
}
