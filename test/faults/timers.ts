import { join } from 'node:path';
import { expect } from 'vitest';
import type { EventBody } from '../../src/core/event.js';
import type { JournalEntry } from '../../src/core/journal.js';
import { openStore } from '../../src/embed/store-url.js';
import { identify } from '../../src/runtime/hash.js';
import type { NewInstance, Store } from '../../src/store/store.js';
import { journalsOf } from './counters.js';
import { pause } from './dev-process.js';
import { WorkerProcess } from './worker-process.js';

/** A timer for the instant that an instance starts with. */
const ALARM = {
  StartAt: 'Sleep',
  States: { Sleep: { Type: 'Wait', TimestampPath: '$.at', Next: 'Rung' }, Rung: { Type: 'Succeed' } },
};

/** From the last timer that is set to the first that is due, at least. */
const LEAD_MS = 3_000;

/** How often alarms are set anew that were not set in time: a machine may be busier than it was at the trial. */
const ATTEMPTS = 3;

/** How often it is counted what is left: whole tables are. */
const LOOK_MS = 250;

/** Instances that are made with one call. */
const CHUNK = 1_000;

export interface AlarmReport {
  readonly timers: number;
  /** How many were due while no worker ran. */
  readonly overdue: number;
  /** From the restart to the last. */
  readonly recoveredMs: number;
}

/**
 * Sets timers that are all due within one second, ends every worker before it, and starts them in the midst of it.
 * Each fires once, none early. `skewsMs`: how far the clocks of the two workers are off.
 */
export async function ringAcrossRestart(
  url: string,
  count: number,
  skewsMs: readonly [number, number] = [0, 0],
): Promise<AlarmReport> {
  const { store } = await openStore(url);
  const words = [join(import.meta.dirname, 'trip.yaml'), '--db', url];
  const workers = skewsMs.map((skewMs) => new WorkerProcess(words, skewMs));
  try {
    for (const worker of workers) await worker.start();
    const alarms = await setInTime(store, count);
    for (const worker of workers) await worker.killBoth();
    const left = alarms.dueAt + 500 - (await store.now());
    expect(left, 'the workers are gone before the first is due').toBeGreaterThan(500);
    await pause(left);
    const overdue = (await store.counts()).dueMessages;
    expect(overdue, 'some were due while nobody worked').toBeGreaterThan(0);
    const restartedAt = Date.now();
    for (const worker of workers) await worker.start();
    let done = 0;
    for (let movedAt = Date.now(); done < count; await pause(LOOK_MS)) {
      const now = (await store.count({ status: 'succeeded' })) - alarms.before;
      if (now > done) [done, movedAt] = [now, Date.now()];
      if (Date.now() - movedAt > 60_000)
        throw new Error(`${done} of ${count} timers have fired, and no more do`);
    }
    const recoveredMs = Date.now() - restartedAt;
    expectOnce(await journalsOf(store), alarms, count);
    return { timers: count, overdue, recoveredMs };
  } finally {
    for (const worker of workers) await worker.stop();
    await store.close();
  }
}

/** Alarms whose ids begin so. Those due first are due at `dueAt`, the others within the second after it. */
interface Alarms {
  readonly name: string;
  readonly dueAt: number;
  /** Instances that have succeeded before them. */
  readonly before: number;
}

/** Has alarms set before the first is due. How long that takes here and now is tried first, and then known better. */
async function setInTime(store: Store, count: number): Promise<Alarms> {
  const { hash } = await store.publish(identify({ machine: 'alarm', language: 'asl', source: ALARM }));
  const trial = Math.min(Math.ceil(count / 10), 5_000);
  const triedAt = performance.now();
  // These ring at once.
  await start(store, 'trial', trial, (id) => alarm(id, hash, 0));
  let eachMs = (performance.now() - triedAt) / trial;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const name = `alarm-${attempt}`;
    const began = performance.now();
    const dueAt = Math.round((await store.now()) + LEAD_MS + 1.5 * eachMs * count);
    await start(store, name, count, (id, n) => alarm(id, hash, dueAt + (n % 1_000)));
    eachMs = (performance.now() - began) / count;
    if ((await store.now()) < dueAt) return { name, dueAt, before: trial + attempt * count };
  }
  throw new Error('the alarms were never set in time');
}

function expectOnce(
  journals: ReadonlyMap<string, readonly JournalEntry[]>,
  { name, dueAt }: Alarms,
  count: number,
): void {
  const wrong: string[] = [];
  for (let n = 0; n < count; n++) {
    const fired = (journals.get(`${name}-${n}`) ?? []).filter(({ event }) => isFiring(event));
    if (fired.length !== 1) wrong.push(`${name}-${n} has fired ${fired.length} times`);
    const early = dueAt + (n % 1_000) - (fired[0]?.at ?? 0);
    if (early > 0) wrong.push(`${name}-${n} was ${early} ms early`);
  }
  expect(wrong).toEqual([]);
}

function isFiring(event: string): boolean {
  return (JSON.parse(event) as EventBody).type === 'timer.fired';
}

/** Makes instances, and waits until each has had its start, and so has set its timer. */
async function start(
  store: Store,
  name: string,
  count: number,
  make: (id: string, n: number) => NewInstance,
): Promise<void> {
  for (let from = 0; from < count; from += CHUNK) {
    const size = Math.min(CHUNK, count - from);
    await store.create(Array.from({ length: size }, (_, n) => make(`${name}-${from + n}`, from + n)));
  }
  while ((await store.counts()).dueMessages > 0) await pause(LOOK_MS);
}

function alarm(id: string, definition: string, at: number): NewInstance {
  const input = { at: new Date(at).toISOString() };
  const event = JSON.stringify({ type: 'start', machine: 'alarm', input });
  const start = { id: '/start', to: id, event };
  return { id, machine: 'alarm', definition, inputHash: String(at), start };
}
