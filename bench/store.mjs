// Commits a second on one SQLite file, beside a bare loop of prepared statements that writes the same rows.
import { join } from 'node:path';
import { openSqliteStore } from '../dist/store/sqlite/sqlite-store.js';
import { openBareLoop } from './bare-loop.mjs';
import { flush } from './disk.mjs';
import { Mailboxes } from './mailboxes.mjs';
import { interleaved, median, medianRatio } from './statistics.mjs';

const INSTANCES = 1_000;
const GROUP = 100;
/** Commits of one round that are made one by one. */
const SINGLES = 10;
/** So many rounds at least, and then until the time is over. */
const ROUNDS = 10_000;

export async function measure({ seconds, dir }) {
  const store = await openSqliteStore({ path: join(dir, 'store.db') });
  const mail = new Mailboxes(store, INSTANCES);
  await mail.create();
  const bare = await openBareLoop(join(dir, 'bare.db'), INSTANCES);
  const variants = {
    disk: () => flush(dir, SINGLES),
    bare100: () => timed(GROUP, bare.prepared(GROUP), (rows) => bare.write(rows)),
    store100: async () => timed(GROUP, await mail.prepared(GROUP), (commits) => mail.commit(commits)),
    calls100: async () =>
      timed(GROUP, await mail.prepared(GROUP), (commits) =>
        Promise.all(commits.map((commit) => mail.commit([commit]))),
      ),
    turn100: async () => {
      await mail.send(GROUP);
      return timed(GROUP, GROUP, (count) => mail.turn(count));
    },
    bare1: () =>
      timed(SINGLES, bare.prepared(SINGLES), (rows) => {
        for (const row of rows) bare.write([row]);
      }),
    store1: async () =>
      timed(SINGLES, await mail.prepared(SINGLES), async (commits) => {
        for (const commit of commits) await mail.commit([commit]);
      }),
  };
  // The first rounds warm the caches and the compiler up.
  const rates = await interleaved(variants, {
    rounds: ROUNDS,
    warm: 3,
    until: performance.now() + seconds * 4_000,
  });
  await store.close();
  bare.close();
  const of = (name) => median(rates[name]);
  const row = (name, key, ratio, note = '') => ({ name, value: of(key), unit: 'commits/s', ratio, note });
  const bareOver = (key, bareKey) => medianRatio(rates[bareKey], rates[key]);
  return [
    { name: 'fdatasync after a write of 4 kB', value: of('disk'), unit: 'flushes/s' },
    row('bare loop, 100 a transaction', 'bare100', undefined, `${bare.rows} rows a commit, ${bare.driver}`),
    row(
      'store.commit, 100 in one call',
      'store100',
      bareOver('store100', 'bare100'),
      'bare loop / this, at 100',
    ),
    row(
      'store.commit, 100 calls at once',
      'calls100',
      bareOver('calls100', 'bare100'),
      'bare loop / this, at 100',
    ),
    row('bare loop, 1 a transaction', 'bare1'),
    row('store.commit, one after the other', 'store1', bareOver('store1', 'bare1'), 'bare loop / this, at 1'),
    row('grouped over single', 'store100', of('store100') / of('store1'), 'store.commit at 100 / at 1'),
    row(
      'claim and commit, 100 at once',
      'turn100',
      bareOver('turn100', 'bare100'),
      'bare loop / this, at 100',
    ),
  ];
}

/** What is measured is the work, not the making of its input. */
export async function timed(count, input, work) {
  const began = performance.now();
  await work(await input);
  return { count, ms: performance.now() - began };
}
