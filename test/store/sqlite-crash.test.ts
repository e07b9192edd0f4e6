import { copyFileSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Chance } from '../../src/core/chance.js';
import { connect } from '../../src/store/sqlite/connect.js';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.js';
import type { Store } from '../../src/store/store.js';
import {
  born,
  claim,
  commitAll,
  commitOf,
  newInstance,
  newJob,
  signal,
} from '../../src/testing/store-suite/fixture.js';
import { freshPath } from './sqlite-folder.js';

const MESSAGES = 40;
const CUTS = 25;

function checkIntegrity(path: string): void {
  const connection = connect(path);
  expect(connection.prepare('PRAGMA integrity_check').all([])).toEqual([['ok']]);
  connection.close();
}

/** A file whose write-ahead log holds a message for each of many acknowledgements, and how long it was at each. */
async function acknowledged() {
  const path = freshPath();
  const store = await openSqliteStore({ path });
  await born(store, 'a');
  const lengths: number[] = [];
  for (let n = 0; n < MESSAGES; n++) {
    await store.send([signal('a', `m${n}`)]);
    lengths.push(statSync(`${path}-wal`).size);
  }
  return { path, store, lengths, log: readFileSync(`${path}-wal`) };
}

describe('a crash of a process with a SQLite file', () => {
  it('leaves what was acknowledged before the log was cut off, wherever that was', async () => {
    const { path, store, lengths, log } = await acknowledged();
    const chance = new Chance('cut');
    for (let cut = 0; cut < CUTS; cut++) {
      const copy = `${path}.${cut}`;
      const length = (lengths[0] ?? 0) + chance.below(log.length - (lengths[0] ?? 0) + 1);
      copyFileSync(path, copy);
      writeFileSync(`${copy}-wal`, log.subarray(0, length));
      const found = await messagesIn(copy);
      expect(found).toEqual(Array.from({ length: found.length }, (_, n) => `m${n}`));
      expect(found.length).toBe(lengths.filter((at) => at <= length).length);
    }
    await store.close();
  });

  it('leaves what came before a part of the log that was written wrong', async () => {
    const { path, store, lengths, log } = await acknowledged();
    const chance = new Chance('flip');
    for (let flip = 0; flip < CUTS; flip++) {
      const copy = `${path}.${flip}`;
      const at = (lengths[0] ?? 0) + chance.below(log.length - (lengths[0] ?? 0));
      const torn = Buffer.from(log);
      torn[at] = (torn[at] ?? 0) ^ 0xff;
      copyFileSync(path, copy);
      writeFileSync(`${copy}-wal`, torn);
      const found = await messagesIn(copy);
      expect(found).toEqual(Array.from({ length: found.length }, (_, n) => `m${n}`));
      expect(found.length).toBeGreaterThanOrEqual(lengths.filter((length) => length <= at).length);
      expect(found.length).toBeLessThan(MESSAGES);
    }
    await store.close();
  });

  it('loses nothing that was acknowledged under load, at any moment', async () => {
    const path = freshPath();
    const store = await openSqliteStore({ path });
    const acknowledgedIds: string[] = [];
    let working = true;
    const send = async (who: number) => {
      for (let n = 0; working; n++) {
        const id = `i${who}-${n}`;
        await store.create([newInstance(id)]);
        acknowledgedIds.push(id);
      }
    };
    const step = async () => {
      while (working) await stepAll(store);
    };
    const work = Promise.all([send(1), send(2), send(3), step()]);
    for (let copy = 0; copy < 8; copy++) {
      for (let turns = 0; turns < 25; turns++) await new Promise((resolve) => setImmediate(resolve));
      const known = [...acknowledgedIds];
      for (const suffix of ['', '-wal']) copyFileSync(path + suffix, `${path}.${copy}${suffix}`);
      await checkConsistency(`${path}.${copy}`, known);
    }
    working = false;
    await work;
    expect(acknowledgedIds.length).toBeGreaterThan(8);
    await store.close();
  });
});

async function messagesIn(path: string): Promise<string[]> {
  const store = await openSqliteStore({ path });
  const found = (await store.messages('a')).map(({ id }) => id);
  await store.close();
  checkIntegrity(path);
  return found;
}

/** Steps everything that is due, each step asking for a job and writing to another instance. */
async function stepAll(store: Store): Promise<void> {
  const commits = [];
  for (const lease of await claim(store)) {
    const loaded = lease.load;
    commits.push(
      commitOf(lease, loaded, {
        jobs: [newJob(lease.instance, '1.0', loaded.now)],
        messages: [{ id: `${lease.instance}/1/1`, to: 'sink', event: '{}' }],
      }),
    );
  }
  await commitAll(store, commits);
  if (commits.length === 0) await new Promise((resolve) => setImmediate(resolve));
}

/** Every known instance is there; what each commit wrote is there together, or not at all. */
async function checkConsistency(path: string, known: readonly string[]): Promise<void> {
  checkIntegrity(path);
  const store = await openSqliteStore({ path });
  const letters = new Set((await store.messages('sink')).map(({ id }) => id));
  for (const id of known) {
    const revision = (await store.read(id))?.instance.revision;
    expect(revision, id).toBeDefined();
    const [waiting, journal] = [await store.messages(id), await store.journal(id, {})];
    const { items } = await store.jobs({ instance: id });
    expect([waiting.length, journal.items.length, items.length], id).toEqual(
      revision === 0 ? [1, 0, 0] : [0, 1, 1],
    );
    if (letters.size < 1_000) expect(letters.has(`${id}/1/1`), id).toBe(revision === 1);
  }
  await store.close();
}
