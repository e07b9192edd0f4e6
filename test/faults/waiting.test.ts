import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Happening } from '../../src/core/journal.js';
import { openStore } from '../../src/embed/store-url.js';
import { testPostgres } from '../services/postgres.js';
import { runSql } from '../store/postgres-schema.js';
import { childrenOf, DevProcess, freePort, pause } from './dev-process.js';

const dir = mkdtempSync(join(tmpdir(), 'detent-waiting-'));
const { url, reason } = await testPostgres();
const schema = `waiting_${randomUUID().replaceAll('-', '')}`;

afterAll(async () => {
  rmSync(dir, { recursive: true, force: true });
  if (url !== undefined) await runSql(url, `DROP SCHEMA IF EXISTS ${schema} CASCADE`);
});

/** Fails twice, and leaves a line for each attempt, since nothing else of it outlives the process. */
const handlers = (tries: string) => `
import { appendFileSync, readFileSync } from 'node:fs';
const fail = (name) => { throw Object.assign(new Error('it is ' + name), { name }); };
export const handlers = {
  third: () => {
    appendFileSync(${JSON.stringify(tries)}, 'x');
    const count = readFileSync(${JSON.stringify(tries)}, 'utf8').length;
    return count < 3 ? fail('Down') : count;
  },
  refuse: () => fail('Negative'),
};
`;

interface Told extends Happening {
  readonly at: number;
}

/** What is read of it, or of its history. */
interface Shown {
  readonly status: string;
  readonly output: unknown;
  readonly items: Told[];
}

/** A real `dev` with one instance on it. */
class Waiting {
  readonly #dev: DevProcess;
  readonly #db: string;

  constructor(dev: DevProcess, db: string) {
    this.#dev = dev;
    this.#db = db;
  }

  async read(path = ''): Promise<Shown> {
    return (await (await fetch(`${this.#dev.url}/api/v1/instances/w${path}`)).json()) as Shown;
  }

  async history(): Promise<Told[]> {
    return (await this.read('/history?limit=1000')).items;
  }

  /** Waits until it has come to this, ends the program and its worker, and starts it again. */
  async killOnce(what: string, holds: (told: readonly Told[]) => boolean, value: string): Promise<void> {
    await this.until(what, async () => holds(await this.history()));
    const [worker] = childrenOf(this.#dev.pid);
    if (worker !== undefined) process.kill(worker, 'SIGKILL');
    await this.#dev.signal('SIGKILL');
    const { store } = await openStore(this.#db);
    const reading = await store.read('w');
    await store.close();
    expect(JSON.parse(reading?.instance.state ?? 'null'), `it was killed as ${what}`).toMatchObject({
      value,
    });
    await pause(300);
    await this.#dev.start();
  }

  async until(what: string, holds: () => Promise<boolean>): Promise<void> {
    for (const end = Date.now() + 60_000; Date.now() < end; await pause(20)) if (await holds()) return;
    throw new Error(`it never came to this: ${what}; ${this.#dev.output.slice(-1_000)}`);
  }
}

async function waitThrough(name: string, db: string): Promise<void> {
  const tries = join(dir, `${name}.tries`);
  writeFileSync(join(dir, `${name}.mjs`), handlers(tries));
  const files = ['waiting.yaml', 'payment.yaml'].map((file) => join(import.meta.dirname, file));
  const options = ['--handlers', join(dir, `${name}.mjs`), '--db', db];
  const dev = new DevProcess(await freePort(), [...files, ...options]);
  const waiting = new Waiting(dev, db);
  await dev.start();
  try {
    const body = JSON.stringify({ machine: 'waiting', id: 'w' });
    await fetch(`${dev.url}/api/v1/instances?wait=10s`, { method: 'POST', body });
    const has = (type: string, count: number) => (told: readonly Told[]) =>
      told.filter((one) => one.type === type).length === count;
    await waiting.killOnce('events are held back', has('EventHeld', 2), 'held');
    await waiting.killOnce('it pauses after one attempt', has('TaskRetryScheduled', 1), 'trying');
    await waiting.killOnce('it pauses after another', has('TaskRetryScheduled', 2), 'trying');
    await waiting.killOnce("a machine's delay runs", has('MachineInvoked', 1), 'paying');
    await waiting.until('its end', async () => (await waiting.read()).status === 'succeeded');
    expect((await waiting.read()).output).toEqual({
      seen: ['RAISED', 'SENT'],
      tries: 3,
      paid: { amount: 3 },
      refused: { name: 'Negative', message: 'it is Negative' },
    });
    expect(readFileSync(tries, 'utf8')).toBe('xxx');
    const told = await waiting.history();
    expectOnTime(told);
    const counts = ['EventHeld', 'EventReleased', 'TaskScheduled', 'TaskRetryScheduled', 'MachineFailed'];
    expect(counts.map((type) => told.filter((one) => one.type === type).length)).toEqual([2, 2, 3, 2, 1]);
  } finally {
    await dev.signal('SIGTERM');
  }
}

/** Nothing was released, or tried again, before it was due. */
function expectOnTime(told: readonly Told[]): void {
  const due = new Map<string, number>();
  for (const { type, at, data } of told) {
    const { effect = '', dueAt, id = '' } = data as { effect?: string; dueAt?: number; id?: string };
    if (type === 'EventHeld' && dueAt !== undefined) due.set(effect, dueAt);
    if (type === 'TaskRetryScheduled' && dueAt !== undefined) due.set(id, dueAt);
    const key = type === 'EventReleased' ? effect : type === 'TaskScheduled' ? id : undefined;
    const least = key === undefined ? undefined : due.get(key);
    if (least !== undefined) expect(at).toBeGreaterThanOrEqual(least);
  }
}

describe('a machine whose program is killed whenever it waits', () => {
  it('goes on where it was, on SQLite', async () => {
    await waitThrough('sqlite', `sqlite:${join(dir, 'waiting.db')}`);
  }, 180_000);

  it.skipIf(url === undefined)(
    `goes on where it was, on PostgreSQL${url === undefined ? ` (no server: ${reason})` : ''}`,
    async () => {
      const db = new URL(url ?? '');
      db.searchParams.set('schema', schema);
      await waitThrough('postgres', db.href);
    },
    180_000,
  );
});
