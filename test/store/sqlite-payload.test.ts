import { expect, it } from 'vitest';
import { OUT_OF_ROW_LENGTH } from '../../src/core/limits.js';
import { connect } from '../../src/store/sqlite/connect.js';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.js';
import type { Store } from '../../src/store/store.js';
import {
  born,
  claimJobs,
  newInstance,
  newJob,
  newPlainJob,
  signal,
  turn,
} from '../../src/testing/store-suite/fixture.js';
import { foldMany } from '../../src/testing/store-suite/snapshot-cases.js';
import { freshPath } from './sqlite-folder.js';
import { testClock } from './store-suite.js';

const LARGE = JSON.stringify({ type: 'signal', name: 'large', data: 'x'.repeat(300_000) });

async function open() {
  const path = freshPath();
  const clock = testClock();
  const store = await openSqliteStore({ path, clock: clock.now });
  return { path, clock, store };
}

/** The characters that stand in each table, and how many texts are kept out of their rows. */
function sizes(path: string) {
  const connection = connect(path);
  const number = (sql: string) => Number(connection.prepare(sql).all([])[0]?.[0]);
  const found = {
    message: number('SELECT coalesce(sum(length(event)), 0) FROM message'),
    journal: number('SELECT coalesce(sum(length(event)), 0) FROM journal'),
    job: number('SELECT coalesce(sum(length(input)), 0) FROM job'),
    payload: number('SELECT coalesce(sum(length(text)), 0) FROM payload'),
    payloads: number('SELECT count(*) FROM payload'),
    pages: number('SELECT count(*) * 0 + (SELECT * FROM pragma_page_count) FROM payload'),
  };
  connection.close();
  return found;
}

async function sweep(store: Store, what: 'instances' | 'journals' | 'jobs' | 'letters', now: number) {
  return store.sweep({ what, before: now + 1, limit: 10_000 });
}

it('stores a large event once: as it waits, in the journal, and however often it is sent', async () => {
  const { path, store } = await open();
  await born(store, 'a');
  await store.send([signal('a', 'one', { event: LARGE })]);
  const waiting = sizes(path);
  expect(waiting).toMatchObject({ message: 0, payload: LARGE.length, payloads: 1 });
  await turn(store, 'a');
  const folded = sizes(path);
  expect(folded).toMatchObject({ message: 0, payload: LARGE.length, payloads: 1 });
  expect(folded.journal).toBeLessThan(1_000);
  for (const id of ['two', 'three', 'four', 'five']) await store.send([signal('a', id, { event: LARGE })]);
  await turn(store, 'a');
  const repeated = sizes(path);
  expect(repeated).toMatchObject({ message: 0, payload: LARGE.length, payloads: 1 });
  expect(repeated.pages - waiting.pages).toBeLessThan(30);
  const journal = (await store.journal('a', {})).items;
  expect(journal.slice(1).map(({ event }) => event === LARGE)).toEqual([true, true, true, true, true]);
  expect((await store.changes({ after: '', limit: 2 })).entries[1]?.event === LARGE).toBe(true);
  await store.close();
});

it(`keeps texts of up to ${OUT_OF_ROW_LENGTH} characters in their rows`, async () => {
  const { path, store } = await open();
  await born(store, 'a');
  const text = (length: number) => JSON.stringify('x'.repeat(length - 2));
  await store.send([signal('a', 'one', { event: text(OUT_OF_ROW_LENGTH) })]);
  expect(sizes(path)).toMatchObject({ message: OUT_OF_ROW_LENGTH, payloads: 0 });
  await store.send([signal('a', 'two', { event: text(OUT_OF_ROW_LENGTH + 1) })]);
  expect(sizes(path)).toMatchObject({ message: OUT_OF_ROW_LENGTH, payload: OUT_OF_ROW_LENGTH + 1 });
  expect((await store.messages('a')).map(({ event }) => event.length)).toEqual([
    OUT_OF_ROW_LENGTH,
    OUT_OF_ROW_LENGTH + 1,
  ]);
  await store.close();
});

it('stores the large input of a job once for its owner, plain or not', async () => {
  const { path, clock, store } = await open();
  const jobs = [0, 1].map((n) => newJob('a', `1.${n}`, clock.now(), { input: LARGE }));
  await born(store, 'a', { jobs });
  await store.enqueue([newPlainJob('one', { input: LARGE }), newPlainJob('a', { input: LARGE })]);
  expect(sizes(path)).toMatchObject({ job: 0, payloads: 3, payload: 3 * LARGE.length });
  const claimed = await claimJobs(store);
  expect(claimed.map(({ input }) => input === LARGE)).toEqual([true, true, true, true]);
  await store.close();
});

it('deletes a large text with the last row that refers to it', async () => {
  const { path, clock, store } = await open();
  await born(store, 'a', { jobs: [newJob('a', '1.0', clock.now(), { input: LARGE })] });
  await store.send([signal('a', 'one', { event: LARGE })]);
  await turn(store, 'a', { messages: [{ id: 'a/2/0', to: 'nobody', event: LARGE }] });
  await store.enqueue([newPlainJob('one', { input: LARGE })]);
  expect(sizes(path).payloads).toBe(3);
  for (const job of await claimJobs(store))
    await store.endJobs([{ ...job, end: { status: 'completed', output: '1' } }]);
  expect(await sweep(store, 'jobs', clock.now())).toBe(2);
  // The journal of a still has it; the letter has its own.
  expect(sizes(path).payloads).toBe(2);
  await foldMany(store, 'a', 300);
  await store.send([signal('a', 'again', { event: LARGE })]);
  expect(await sweep(store, 'journals', clock.now())).toBeGreaterThan(256);
  expect(sizes(path).payloads).toBe(2);
  await turn(store, 'a');
  await foldMany(store, 'a', 256);
  expect(await sweep(store, 'journals', clock.now())).toBeGreaterThan(200);
  expect(sizes(path).payloads).toBe(1);
  clock.advance(86_400_000);
  expect(await store.expire(10)).toBe(1);
  expect(await sweep(store, 'letters', clock.now())).toBe(1);
  expect(sizes(path)).toMatchObject({ payloads: 0, payload: 0, message: 0 });
  await store.close();
});

it('deletes an instance with its large texts, and keeps those of others', async () => {
  const { path, clock, store } = await open();
  for (const id of ['a', 'b']) {
    await store.create([newInstance(id)]);
    await store.send([signal(id, 'one', { event: LARGE })]);
    await turn(store, id, { status: id === 'a' ? 'succeeded' : 'running' });
  }
  expect(sizes(path).payloads).toBe(2);
  expect(await sweep(store, 'instances', clock.now())).toBe(1);
  expect(sizes(path)).toMatchObject({ payloads: 1, payload: LARGE.length });
  expect((await store.folded('b', 'one'))?.event === LARGE).toBe(true);
  await store.close();
});
