import { expect, it } from 'vitest';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.js';
import {
  born,
  claim,
  claimOnly,
  commitAll,
  commitOf,
  newInstance,
  signal,
  timer,
  turn,
  waiting,
} from '../../src/testing/store-suite/fixture.js';
import { freshPath } from './sqlite-folder.js';
import { testClock } from './store-suite.js';

async function open() {
  const clock = testClock();
  return { clock, store: await openSqliteStore({ path: freshPath(), clock: clock.now }) };
}

it('keeps what a commit sends that cancels the timer that it folds', async () => {
  const { clock, store } = await open();
  await born(store, 'b');
  await store.create([newInstance('a')]);
  await store.send([signal('b', 'later', { dueAt: clock.now() + 1_000 })]);
  await turn(store, 'a', { timers: [timer('a', '1.0', clock.now() + 10)] });
  clock.advance(10);
  const lease = await claimOnly(store, 'a');
  const hello = { id: 'a/2/0', to: 'b', event: '{"type":"signal","name":"hello"}' };
  const over = { cancelledTimers: ['a/1/0'], messages: [hello] };
  expect(await commitAll(store, [commitOf(lease, lease.load, over)])).toEqual(['committed']);
  expect(await waiting(store, 'b')).toEqual(['a/2/0', 'later']);
  expect(await waiting(store, 'a')).toEqual([]);
  await store.close();
});

it('releases a lease before the next commit of the same call that comes with it', async () => {
  const { store } = await open();
  await store.create([newInstance('a'), newInstance('b')]);
  const leases = await claim(store);
  const [one, other] = await Promise.all(leases.map(async (lease) => commitOf(lease, lease.load)));
  if (one === undefined || other === undefined) throw new Error('two were created');
  const again = { ...one, baseRevision: 1, revision: 1, folded: [] };
  expect(await commitAll(store, [one, other, again])).toEqual(['committed', 'committed', 'conflict']);
  await store.send([signal('a', 'one')]);
  expect((await claimOnly(store, 'a')).attempts).toBe(1);
  await store.close();
});
