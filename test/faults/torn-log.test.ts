import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type Answer, inspect, liveAndDie, type Stored } from './committing-life.js';
import { SpareProcesses } from './spare-process.js';

/** Times that a log is cut, and that a bit of it is flipped: 60 in the suite, 600 in `npm run test:faults`. */
const TEARS = Number(process.env['DETENT_TEARS'] ?? 60);

/** Tears of one log. */
const TEARS_A_LOG = 60;

/** Transactions at the log's end that are torn. */
const LAST_TRANSACTIONS = 6;

const dir = mkdtempSync(join(tmpdir(), 'detent-torn-'));
const spares = new SpareProcesses(join(import.meta.dirname, 'committer.mjs'));
afterAll(() => {
  spares.close();
  rmSync(dir, { recursive: true, force: true });
});

/** What a killed process left, and what it had been answered. */
interface Left {
  readonly path: string;
  readonly log: Buffer;
  readonly answers: readonly Answer[];
  /** Where each transaction of the log ends. */
  readonly ends: readonly number[];
  readonly whole: Stored;
}

async function leave(name: string): Promise<Left> {
  const path = join(dir, `${name}.db`);
  const answers = await liveAndDie(spares.take(), { url: `sqlite:${path}`, next: 0 }, 40, Math.random() * 5);
  const log = readFileSync(`${path}-wal`);
  const copy = `${path}.whole`;
  copyFileSync(path, copy);
  writeFileSync(`${copy}-wal`, log);
  const whole = await inspect(copy, 'integrity_check');
  const ends = transactionEnds(log);
  expect(ends.length, 'transactions in the log').toBeGreaterThan(LAST_TRANSACTIONS);
  return { path, log, answers, ends, whole };
}

/** SQLite's file format, "WAL file format": a frame that ends a transaction tells the size of the database. */
function transactionEnds(log: Buffer): number[] {
  const frame = 24 + log.readUInt32BE(8);
  const ends: number[] = [];
  for (let at = 32; at + frame <= log.length; at += frame) {
    const isOfThisLog = log.compare(log, 16, 24, at + 8, at + 16) === 0;
    if (isOfThisLog && log.readUInt32BE(at + 4) > 0) ends.push(at + frame);
  }
  return ends;
}

/** Opens a copy with this log in place of its own: what is found, with everything answered before the damage. */
async function open(left: Left, log: Buffer, damagedAt: number): Promise<Stored> {
  const copy = `${left.path}.torn`;
  copyFileSync(left.path, copy);
  writeFileSync(`${copy}-wal`, log);
  const found = await inspect(copy, 'quick_check');
  for (const suffix of ['', '-wal', '-shm']) rmSync(copy + suffix, { force: true });
  const before = left.answers.filter(({ logBytes }) => logBytes <= damagedAt);
  expect(before.length, 'answered before the damage').toBeGreaterThan(0);
  for (const { what, number } of before) expect(found[what].has(number), `${what} ${number}`).toBe(true);
  for (const what of ['sent', 'committed'] as const) {
    for (const number of found[what]) expect(left.whole[what].has(number), `${what} ${number}`).toBe(true);
  }
  // Events are sent in the order of their numbers: what is found of them is the first so many.
  expect([...found.sent].sort((a, b) => a - b)).toEqual([...found.sent].map((_, index) => index));
  return found;
}

function endsBefore(ends: readonly number[], at: number): number {
  return ends.filter((end) => end <= at).length;
}

describe('the write-ahead log of a process that was killed', () => {
  it(`is read up to the transaction that it was cut off in, at ${TEARS} places`, async () => {
    let shorter = 0;
    for (let first = 0; first < TEARS; first += TEARS_A_LOG) {
      const left = await leave(`cut-${first}`);
      const from = left.ends.at(-LAST_TRANSACTIONS) ?? 0;
      const known = new Map<number, string>();
      for (const cut of placesToCut(left, from, Math.min(TEARS_A_LOG, TEARS - first))) {
        const found = await open(left, left.log.subarray(0, cut), cut);
        const text = JSON.stringify([[...found.sent].sort(), [...found.committed].sort()]);
        // Wherever a transaction is cut, nothing of it is found: what is there is what was before it.
        const transactions = endsBefore(left.ends, cut);
        expect(known.get(transactions) ?? text, `cut at ${cut}`).toBe(text);
        known.set(transactions, text);
        if (found.sent.size < left.whole.sent.size) shorter += 1;
      }
      expect(new Set(known.values()).size, 'transactions differ').toBeGreaterThan(1);
    }
    expect(shorter, 'cuts that took something').toBeGreaterThan(0);
  }, 600_000);

  it(`is read up to the transaction that has a wrong bit, for ${TEARS} bits`, async () => {
    let shorter = 0;
    for (let first = 0; first < TEARS; first += TEARS_A_LOG) {
      const left = await leave(`flip-${first}`);
      const from = left.ends.at(-LAST_TRANSACTIONS) ?? 0;
      const last = left.ends.at(-1) ?? 0;
      for (let flip = first; flip < Math.min(first + TEARS_A_LOG, TEARS); flip++) {
        const at = from + Math.floor(Math.random() * (last - from));
        const log = Buffer.from(left.log);
        log[at] = (log[at] ?? 0) ^ (1 << Math.floor(Math.random() * 8));
        const found = await open(left, log, at);
        const hasLost =
          found.sent.size + found.committed.size < left.whole.sent.size + left.whole.committed.size;
        if (hasLost) shorter += 1;
      }
    }
    expect(shorter, 'flipped bits that took something').toBeGreaterThan(TEARS / 2);
  }, 600_000);
});

/** Around the end of each of the last transactions, and anywhere between. */
function placesToCut({ ends, log }: Left, from: number, count: number): number[] {
  const edges = ends
    .filter((end) => end >= from)
    .flatMap((end) => [end - 1, end, end + 1, end + 24, end + 25]);
  const anywhere = () => from + Math.floor(Math.random() * (log.length - from));
  const places = [...edges, ...Array.from({ length: Math.max(0, count - edges.length) }, anywhere)];
  return places.map((place) => Math.min(place, log.length)).slice(0, count);
}
