import { expect } from 'vitest';
import type { EventBody } from '../../src/core/event.js';
import type { JournalEntry } from '../../src/core/journal.js';
import { MAX_PAGE } from '../../src/core/limits.js';
import type { Engine } from '../../src/embed/engine.js';
import type { Store } from '../../src/store/store.js';
import { pause } from './dev-process.js';

/** How many requests are made at once while the instances are created. */
const CREATORS = 64;

/**
 * Clients of many instances of the machine `trip`. Each event has a number and an id, and is asked for again
 * under the same id until it is acknowledged: so in the end each instance has counted exactly the sum of what was
 * sent to it, each event once.
 */
export class Counters {
  acknowledged = 0;
  /** Requests that failed, and were made again. */
  repeated = 0;
  readonly #engine: Engine;
  readonly #sums = new Map<string, number>();
  readonly #ids: string[] = [];
  #open = 0;
  #running = true;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  get count(): number {
    return this.#ids.length;
  }

  async create(count: number): Promise<void> {
    let next = 0;
    const creator = async () => {
      while (next < count) {
        const id = `trip-${next++}`;
        await this.#insist(() => this.#engine.create('trip', { id }));
        this.#ids.push(id);
        this.#sums.set(id, 0);
      }
    };
    await Promise.all(Array.from({ length: CREATORS }, creator));
  }

  /** Sends until `stop`, `pauseMs` between two events. */
  async client(name: string, pauseMs: number): Promise<void> {
    this.#open += 1;
    for (let n = 1; this.#running; n++) {
      const id = this.#ids[Math.floor(Math.random() * this.#ids.length)] as string;
      const event = { type: 'add', data: { n }, id: `${name}-${n}` };
      await this.#insist(() => this.#engine.send(id, event));
      this.#sums.set(id, (this.#sums.get(id) ?? 0) + n);
      this.acknowledged += 1;
      if (pauseMs > 0) await pause(Math.random() * 2 * pauseMs);
    }
    this.#open -= 1;
  }

  async stop(): Promise<void> {
    this.#running = false;
    while (this.#open > 0) await pause(20);
  }

  /** Waits until nothing is left to do, as long as there is progress. */
  async rest(store: Store, stallMs = 60_000): Promise<void> {
    let last = '';
    let movedAt = Date.now();
    for (;;) {
      const { dueMessages, pendingJobs } = await store.counts();
      const processing = (await store.jobs({ status: 'processing', limit: 1 })).items.length;
      const resting = await store.count({ status: 'running' });
      if (dueMessages + pendingJobs + processing === 0 && (await this.#haveArrived(store))) return;
      const now = JSON.stringify([dueMessages, pendingJobs, processing, resting, this.#arrived]);
      if (now !== last) [last, movedAt] = [now, Date.now()];
      if (Date.now() - movedAt > stallMs) throw new Error(`nothing moves any more: ${now}`);
      await pause(200);
    }
  }

  #arrived = 0;

  /** Whether every trip has had its timer and its task: looked at in order, from where it was left. */
  async #haveArrived(store: Store): Promise<boolean> {
    for (; this.#arrived < this.#ids.length; this.#arrived++) {
      const state = (await store.read(this.#ids[this.#arrived] as string))?.instance.state;
      if (JSON.parse(state ?? 'null')?.value !== 'resting') return false;
    }
    return true;
  }

  /** Holds every instance and every journal entry against what was acknowledged. */
  async inspect(store: Store): Promise<void> {
    const journals = await journalsOf(store);
    for (const id of this.#ids) {
      const entries = journals.get(id) ?? [];
      const reading = await store.read(id);
      const state = JSON.parse(reading?.instance.state ?? 'null');
      expect(state?.context.count, `${id} has counted what was acknowledged`).toBe(this.#sums.get(id));
      const revisions = entries.map(({ revision }) => revision);
      expect(revisions, `${id} has every revision once`).toEqual(entries.map((_, index) => index + 1));
      expect(reading?.instance.revision).toBe(entries.length);
      const applied = entries
        .filter(({ outcome }) => outcome.kind === 'applied')
        .map(({ event }) => JSON.parse(event) as EventBody);
      const times = (type: EventBody['type']) => applied.filter((event) => event.type === type).length;
      expect(times('timer.fired'), `${id}: its timer took effect once`).toBe(1);
      expect(times('task.succeeded'), `${id}: its task was answered once`).toBe(1);
      expect(entries.length, `${id} has nothing else`).toBe(times('signal') + 3);
    }
  }

  async #insist(ask: () => Promise<unknown>): Promise<void> {
    for (;;) {
      try {
        await ask();
        return;
      } catch (error) {
        const code = (error as { code?: unknown }).code;
        if (typeof code === 'string' && !code.startsWith('store-')) throw error;
        this.repeated += 1;
        await pause(20);
      }
    }
  }
}

/** Every journal, as a live reader gets them; in the order of the commits. */
export async function journalsOf(store: Store): Promise<Map<string, JournalEntry[]>> {
  const journals = new Map<string, JournalEntry[]>();
  for (let after = ''; ; ) {
    const { entries, position } = await store.changes({ after, limit: MAX_PAGE });
    for (const entry of entries) {
      const own = journals.get(entry.instance);
      if (own === undefined) journals.set(entry.instance, [entry]);
      else own.push(entry);
    }
    if (entries.length === 0 || position === after) return journals;
    after = position;
  }
}
