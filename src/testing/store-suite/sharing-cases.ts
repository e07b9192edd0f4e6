import assert from 'node:assert/strict';
import type { Store } from '../../store/store.js';
import {
  born,
  claim,
  claimedJob,
  claimJobs,
  claimOnly,
  commitAll,
  commitOf,
  instancesOf,
  LEASE,
  newInstance,
  signal,
  turn,
  waiting,
} from './fixture.js';
import type { StoreCase, StoreHarness } from './store-case.js';

/** How long a hint from another process may take in a test, in milliseconds; it is a hint, so this is patience. */
const PATIENCE_MS = 5_000;

/** A case of two processes on the same data. */
function shared(
  name: string,
  run: (first: Store, second: Store, harness: StoreHarness) => Promise<void>,
): StoreCase {
  return {
    name,
    needs: 'second',
    async run(harness) {
      const second = await harness.second?.();
      assert.ok(second !== undefined);
      await run(harness.store, second, harness);
    },
  };
}

export const sharingCases: readonly StoreCase[] = [
  shared('shows one process at once what another has written', async (first, second) => {
    await first.publish({ hash: 'x', machine: 'light', language: 'statechart', source: {} });
    assert.equal((await second.latest('light'))?.hash, 'x');
    await born(first, 'a');
    assert.equal((await second.read('a'))?.instance.revision, 1);
    await second.send([signal('a', 'one')]);
    await turn(first, 'a');
    assert.equal((await second.journal('a', {})).items.length, 2);
  }),
  shared('lets only one of two processes hold a mailbox or a job', async (first, second, harness) => {
    await first.create(['a', 'b', 'c', 'd'].map((id) => newInstance(id)));
    const rounds = await Promise.all([claim(first, 1), claim(second, 1), claim(first, 1), claim(second, 9)]);
    assert.deepEqual(rounds.flatMap(instancesOf).sort(), ['a', 'b', 'c', 'd']);
    const job = await claimedJob({ ...harness, store: second }, 'e');
    assert.deepEqual(await claimJobs(first), []);
    assert.deepEqual(await first.extendJobs([{ id: job.id, token: 'not mine' }], LEASE), [job.id]);
  }),
  shared('fences off a process whose mailbox another took over', async (first, second, { clock }) => {
    await first.create([newInstance('a')]);
    const lost = await claimOnly(first, 'a');
    const stale = commitOf(lost, lost.load);
    clock.advance(LEASE);
    const taken = await claimOnly(second, 'a');
    assert.deepEqual(await commitAll(first, [stale]), ['conflict']);
    assert.deepEqual(await commitAll(second, [commitOf(taken, taken.load)]), ['committed']);
    assert.deepEqual(await commitAll(first, [stale]), ['conflict']);
    assert.equal((await first.read('a'))?.instance.revision, 1);
  }),
  shared('accepts an id once from many senders in two processes', async (first, second) => {
    await born(first, 'a');
    const rounds = Array.from({ length: 20 }, (_, i) =>
      (i % 2 === 0 ? first : second).send([signal('a', 'one')]),
    );
    const results = (await Promise.all(rounds)).flat();
    assert.equal(results.filter((result) => result === 'accepted').length, 1);
    assert.deepEqual(await waiting(second, 'a'), ['one']);
  }),
  shared(
    'loses nothing that two processes write at once, and keeps each one’s order',
    async (first, second) => {
      await born(first, 'a');
      const sending = [first, second].flatMap((store, who) =>
        Array.from({ length: 30 }, (_, n) => store.send([signal('a', `${who}-${n}`)])),
      );
      await Promise.all(sending);
      const { messages } = await turn(second, 'a');
      for (const who of [0, 1]) {
        const own = messages.map(({ id }) => id).filter((id) => id.startsWith(`${who}-`));
        assert.deepEqual(
          own,
          Array.from({ length: 30 }, (_, n) => `${who}-${n}`),
        );
      }
    },
  ),
  shared('keeps the order of a sender that speaks through two processes in turn', async (first, second) => {
    await born(first, 'a');
    const order = Array.from({ length: 12 }, (_, n) => `m${n}`);
    for (const [n, id] of order.entries()) await (n % 2 === 0 ? first : second).send([signal('a', id)]);
    assert.deepEqual(await waiting(first, 'a'), order);
  }),
  shared('gives definitions different versions that two processes publish at once', async (first, second) => {
    const publish = (store: Store, hash: string) =>
      store.publish({ hash, machine: 'light', language: 'statechart', source: {} });
    const published = await Promise.all([
      publish(first, 'x'),
      publish(second, 'y'),
      publish(first, 'z'),
      publish(second, 'x'),
    ]);
    const versions = new Map(published.map(({ hash, version }) => [hash, version]));
    assert.deepEqual([...versions.values()].sort(), [1, 2, 3]);
    assert.equal(published[0]?.version, published[3]?.version);
  }),
  shared('wakes a process when another has written', async (first, second) => {
    await born(first, 'a');
    for (const [writer, listener, id] of [
      [second, first, 'one'],
      [first, second, 'two'],
    ] as const) {
      const heard = new Promise<void>((resolve, reject) => {
        const patience = setTimeout(() => reject(new Error('nobody heard of it')), PATIENCE_MS);
        const stop = listener.onChange(async () => {
          if (!(await waiting(listener, 'a')).includes(id)) return;
          clearTimeout(patience);
          stop();
          resolve();
        });
      });
      await writer.send([signal('a', id)]);
      await heard;
    }
  }),
];
