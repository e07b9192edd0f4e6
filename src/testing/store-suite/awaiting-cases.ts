import assert from 'node:assert/strict';
import { timerName } from '../../core/identifier.js';
import type { NewMessage } from '../../core/message.js';
import type { Store } from '../../store/store.js';
import { born, claimOnly, commitAll, commitOf, idsOf, signal, timer, turn } from './fixture.js';
import type { StoreCase } from './store-case.js';

const FAR = 1_000_000;

/** A timer that can be found by a subject. */
function awaited(to: string, effect: string, subject: string, dueAt: number): NewMessage {
  return { ...timer(to, effect, dueAt), id: timerName(to, effect, subject) };
}

/** The ids of the instances that wait for a subject, in the order of the names. */
async function receivers(store: Store, subject: string, limit = 10, after?: string): Promise<string[]> {
  const query = { subject, limit, ...(after === undefined ? {} : { after }) };
  return (await store.awaiting(query)).map(({ to }) => to);
}

export const awaitingCases: readonly StoreCase[] = [
  {
    name: 'finds the timers that wait for a subject, and no others',
    async run({ store, clock }) {
      const dueAt = clock.now() + FAR;
      await born(store, 'a', { timers: [awaited('a', '1.0', 'k=1', dueAt), timer('a', '1.1', dueAt)] });
      await born(store, 'b', { timers: [awaited('b', '1.0', 'k=1', dueAt)] });
      await born(store, 'c', {
        timers: [awaited('c', '1.0', 'k=12', dueAt), awaited('c', '1.1', 'k=2', dueAt)],
      });
      const [first] = await store.awaiting({ subject: 'k=1', limit: 10 });
      assert.ok(first !== undefined);
      const { seed, seq, ...rest } = first;
      assert.ok(seed !== '' && seq > 0);
      assert.deepEqual(rest, { ...timer('a', '1.0', dueAt), id: timerName('a', '1.0', 'k=1'), hops: 0 });
      assert.deepEqual(await receivers(store, 'k=1'), ['a', 'b']);
      assert.deepEqual(await receivers(store, 'k=12'), ['c']);
      assert.deepEqual(await receivers(store, 'k='), []);
      assert.deepEqual(await receivers(store, 'k'), []);
    },
  },
  {
    name: 'finds them a page at a time',
    async run({ store, clock }) {
      const ids = ['a', 'b', 'c', 'd', 'e'];
      for (const id of ids) await born(store, id, { timers: [awaited(id, '1.0', 'k=1', clock.now() + FAR)] });
      assert.deepEqual(await receivers(store, 'k=1', 2), ['a', 'b']);
      assert.deepEqual(await receivers(store, 'k=1', 2, timerName('b', '1.0', 'k=1')), ['c', 'd']);
      assert.deepEqual(await receivers(store, 'k=1', 2, timerName('d', '1.0', 'k=1')), ['e']);
    },
  },
  {
    name: 'finds no timer that was cancelled, folded, or swept with its instance',
    async run({ store, clock }) {
      const dueAt = { a: clock.now() + FAR, b: clock.now() + 50, c: clock.now() + FAR };
      for (const [id, due] of Object.entries(dueAt))
        await born(store, id, { timers: [awaited(id, '1.0', 'k=1', due)] });
      await store.send([signal('a', 'one')]);
      await turn(store, 'a', { cancelledTimers: [timerName('a', '1.0', 'k=1')] });
      assert.deepEqual(await receivers(store, 'k=1'), ['b', 'c']);
      await store.send([signal('c', 'one')]);
      await turn(store, 'c', { status: 'succeeded' });
      clock.advance(50);
      await turn(store, 'b');
      assert.deepEqual(await receivers(store, 'k=1'), ['c']);
      clock.advance(10);
      await store.sweep({ what: 'instances', before: clock.now(), limit: 10 });
      assert.equal(await store.read('c'), undefined);
      assert.deepEqual(await receivers(store, 'k=1'), []);
    },
  },
  {
    name: 'finds nothing of a commit that was refused',
    async run({ store, clock }) {
      await born(store, 'a');
      await store.send([signal('a', 'one')]);
      const lease = await claimOnly(store, 'a');
      const timers = [awaited('a', '2.0', 'k=1', clock.now() + FAR)];
      const stale = commitOf({ ...lease, token: 'not-its-token' }, lease.load, { timers });
      assert.deepEqual(await commitAll(store, [stale]), ['conflict']);
      assert.deepEqual(await receivers(store, 'k=1'), []);
      assert.deepEqual(await commitAll(store, [commitOf(lease, lease.load, { timers })]), ['committed']);
      assert.deepEqual(idsOf(await store.awaiting({ subject: 'k=1', limit: 1 })), [
        timerName('a', '2.0', 'k=1'),
      ]);
    },
  },
];
