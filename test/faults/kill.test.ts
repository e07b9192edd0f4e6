import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Event } from '../../src/core/event.js';
import type { JournalEntry } from '../../src/core/journal.js';
import { openStore } from '../../src/embed/store-url.js';
import type { Store } from '../../src/store/store.js';
import { childrenOf, DevProcess, freePort, isAlive, pause } from './dev-process.js';

/** 20 in the suite, 200 in `npm run test:faults`. */
const KILLS = Number(process.env['DETENT_KILLS'] ?? 20);
const CLIENTS = 8;

const dir = mkdtempSync(join(tmpdir(), 'detent-kill-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

interface Acknowledged {
  readonly instance: string;
  readonly event: string;
  readonly n: number;
}

describe('the command line on a real file, killed with SIGKILL under load', () => {
  it(`loses nothing and repeats nothing over ${KILLS} kills`, async () => {
    const url = `sqlite:${join(dir, 'kill.db')}`;
    const here = (file: string) => join(import.meta.dirname, file);
    const dev = new DevProcess(await freePort(), [
      here('trip.yaml'),
      '--handlers',
      here('handlers.mjs'),
      '--db',
      url,
    ]);
    await dev.start();
    const load = new Load(dev.url);
    for (let i = 0; i < CLIENTS; i++) void load.client(i);

    const killed = { child: 0, parent: 0, both: 0 };
    for (let i = 0; i < KILLS; i++) {
      await pause(Math.random() * 400);
      const how = (['child', 'parent', 'both'] as const)[i % 3] ?? 'both';
      const [child] = childrenOf(dev.pid);
      if (how !== 'parent' && child !== undefined) process.kill(child, 'SIGKILL');
      if (how !== 'child') await dev.signal('SIGKILL');
      killed[how] += 1;
      if (how === 'parent' && child !== undefined) {
        await pause(1_000);
        expect(isAlive(child), 'the child ends within a second of its parent').toBe(false);
      }
      if (how !== 'child') await dev.start();
      const before = load.acknowledged.length;
      await until(() => load.acknowledged.length > before + CLIENTS, 'events are taken again');
    }
    await load.stop();
    expect(killed.child + killed.parent + killed.both).toBe(KILLS);
    expect(load.refusals, 'requests that failed because of a kill').toBeGreaterThan(0);

    const { store } = await openStore(url);
    await until(
      async () => (await Promise.all(load.instances.map((id) => rests(store, id)))).every(Boolean),
      'rest',
    );
    await dev.signal('SIGTERM');
    for (const id of load.instances) await inspect(store, id, load.acknowledged);
    await store.close();
    console.log(
      `kill: ${KILLS} kills, ${load.acknowledged.length} acknowledged events, ${load.instances.length} instances`,
    );
  }, 1_800_000);
});

/** Clients that create instances and send events, and ask again with the same id until they are answered. */
class Load {
  readonly acknowledged: Acknowledged[] = [];
  readonly instances: string[] = [];
  refusals = 0;
  readonly #url: string;
  #running = true;
  #open = 0;

  constructor(url: string) {
    this.#url = url;
  }

  async client(number: number): Promise<void> {
    this.#open += 1;
    for (let i = 0; this.#running; i++) {
      const instance = `trip-${number}-${Math.floor(i / 20)}`;
      if (i % 20 === 0) {
        await this.#insist('/api/v1/instances', { machine: 'trip', id: instance });
        this.instances.push(instance);
      }
      const event = `add-${number}-${i}`;
      await this.#insist(`/api/v1/instances/${instance}/events`, { type: 'add', data: { n: i }, id: event });
      this.acknowledged.push({ instance, event, n: i });
      await pause(Math.random() * 10);
    }
    this.#open -= 1;
  }

  async stop(): Promise<void> {
    this.#running = false;
    await until(() => this.#open === 0, 'the clients are answered');
  }

  async #insist(path: string, body: unknown): Promise<void> {
    const request = {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    };
    while (true) {
      try {
        const response = await fetch(this.#url + path, { ...request, signal: AbortSignal.timeout(5_000) });
        if (response.ok) return;
        const text = await response.text();
        if (response.status < 500) throw new TypeError(`refused: ${text}`);
      } catch (error) {
        if (error instanceof TypeError && error.message.startsWith('refused')) throw error;
        this.refusals += 1;
        await pause(20);
      }
    }
  }
}

async function rests(store: Store, id: string): Promise<boolean> {
  const state = JSON.parse((await store.read(id))?.instance.state ?? 'null');
  return state?.value === 'resting' && (await store.messages(id)).length === 0;
}

/** Reads an instance's whole journal and holds it against what was acknowledged. */
async function inspect(store: Store, id: string, acknowledged: readonly Acknowledged[]): Promise<void> {
  const entries: JournalEntry[] = [];
  for (let after: string | undefined; ; ) {
    const page = await store.journal(id, { limit: 1_000, ...(after === undefined ? {} : { after }) });
    entries.push(...page.items);
    after = page.next;
    if (after === undefined) break;
  }
  const applied = entries
    .filter((entry) => entry.outcome.kind === 'applied')
    .map((entry) => JSON.parse(entry.event) as Event);
  const times = (type: Event['type']) => applied.filter((event) => event.type === type).length;
  expect(times('timer.fired'), `${id}: its timer took effect once`).toBe(1);
  expect(times('task.succeeded'), `${id}: its task was answered once`).toBe(1);
  const mine = acknowledged.filter(({ instance }) => instance === id);
  const ids = entries.map((entry) => entry.eventId);
  for (const { event } of mine)
    expect(
      ids.filter((one) => one === event),
      `${id}: ${event}`,
    ).toHaveLength(1);
  const state = JSON.parse((await store.read(id))?.instance.state ?? 'null');
  const sent = applied
    .filter((event) => event.type === 'signal')
    .map((event) => (event.data as { n: number }).n);
  expect(state.context.count).toBe(sent.reduce((sum, n) => sum + n, 0));
  expect(entries.map((entry) => entry.revision)).toEqual(entries.map((_, index) => index + 1));
}

async function until(holds: () => boolean | Promise<boolean>, what: string): Promise<void> {
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; await pause(50))
    if (await holds()) return;
  throw new Error(`it never came to this: ${what}`);
}
