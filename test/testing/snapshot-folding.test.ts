import { afterEach, expect, it } from 'vitest';
import { refold } from '../../src/core/fold.js';
import type { JournalEntry } from '../../src/core/journal.js';
import { SNAPSHOT_EVERY } from '../../src/core/limits.js';
import { type Beginning, beginningOf } from '../../src/runtime/beginning.js';
import { systemClock } from '../../src/runtime/clock.js';
import { DurableEngine } from '../../src/runtime/engine.js';
import { Registry } from '../../src/runtime/registry.js';
import { openMemoryStore } from '../../src/store/memory/memory-store.js';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.js';
import type { Store } from '../../src/store/store.js';
import { type ProbeState, probe } from '../../src/testing/probe-language.js';
import { freshPath } from '../store/sqlite-folder.js';

const EVENTS = 600;

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function journalOf(store: Store, revision: number): Promise<readonly JournalEntry[]> {
  return (await store.journal('a', { after: String(revision) })).items;
}

function foldOn({ standing }: Beginning, entries: readonly JournalEntry[]) {
  let end = standing;
  for (const entry of entries) end = refold(probe, probe.compile({}), end, entry);
  return { status: end.status, state: JSON.stringify(end.state) };
}

const STORES: Readonly<Record<string, () => Promise<Store>>> = {
  memory: async () => openMemoryStore(),
  SQLite: () => openSqliteStore({ path: freshPath() }),
};

it.each(
  Object.entries(STORES),
)('a trimmed journal folds from its snapshot to the state in %s', async (_, open) => {
  const store = await open();
  const registry = new Registry({ languages: [probe] });
  const identity = 'test:1:0:1';
  const engine = new DurableEngine({ store, registry, clock: systemClock, identity, works: true });
  closers.push(() => engine.close());
  await engine.publish({ machine: 'probe', language: 'probe', source: {} });
  await engine.create('probe', { id: 'a' });
  const sent: Promise<unknown>[] = [];
  for (let n = 1; n < EVENTS; n++) sent.push(engine.send('a', { type: 'x', data: [{ task: `t${n % 3}` }] }));
  await Promise.all(sent);
  await expect.poll(async () => (await engine.read('a'))?.revision, { timeout: 20_000 }).toBe(EVENTS);
  const { status, state } = (await store.read('a'))?.instance ?? {};
  expect(await beginningOf(store, 'a')).toMatchObject({ revision: 0 });
  const whole = foldOn(await beginningOf(store, 'a'), await journalOf(store, 0));
  expect(whole).toEqual({ status, state });

  const trimmed = async () => {
    await engine.sweep({ journals: 0 });
    return (await beginningOf(store, 'a')).revision;
  };
  await expect.poll(trimmed, { timeout: 20_000 }).toBeGreaterThanOrEqual(2 * SNAPSHOT_EVERY);
  const beginning = await beginningOf(store, 'a');
  const left = await journalOf(store, beginning.revision);
  expect(left.length).toBe(EVENTS - beginning.revision);
  expect(foldOn(beginning, left)).toEqual({ status, state });
  const applied = (beginning.standing.state as unknown as ProbeState).applied;
  expect(applied.length).toBe(beginning.revision);
});
