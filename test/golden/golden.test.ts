import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import type { Definition } from '../../src/core/definition.js';
import type { Engine, InstanceView } from '../../src/core/engine.js';
import type { Event } from '../../src/core/event.js';
import { refold, type Standing, UNBORN } from '../../src/core/fold.js';
import type { Job } from '../../src/core/job.js';
import { eventOf, type HistoryEntry, type JournalEntry, type Outcome } from '../../src/core/journal.js';
import type { JsonObject } from '../../src/core/json.js';
import type { Message } from '../../src/core/message.js';
import { LANGUAGES } from '../../src/embed/languages.js';
import { systemClock } from '../../src/runtime/clock.js';
import { DurableEngine } from '../../src/runtime/engine.js';
import type { Handlers } from '../../src/runtime/handler.js';
import { Registry } from '../../src/runtime/registry.js';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.js';
import { workerIdentity } from '../../src/store/sqlite/worker-identity.js';
import type { Store } from '../../src/store/store.js';

/** What a release's own code read in its file, as scripts/golden.mjs wrote it down. */
interface Made {
  readonly madeAt: number;
  readonly definitions: readonly Omit<Definition, 'source'>[];
  readonly counts: Readonly<Record<string, number>>;
  /** What waits for instances that do not exist: `nobody-0` to `nobody-4`. */
  readonly letters: readonly Message[];
  readonly receipts: readonly unknown[];
  readonly instances: readonly MadeInstance[];
  /** What continueAll answered. */
  readonly continued: unknown;
}

interface MadeInstance {
  readonly id: string;
  readonly view: InstanceView;
  readonly state: string | null;
  readonly history: readonly HistoryEntry[];
  readonly journal: readonly { readonly event: Event; readonly outcome: Outcome }[];
  readonly messages: readonly Message[];
  readonly jobs: readonly Job[];
}

interface GoldenClock {
  now(): number;
  jump(ms: number): void;
}

interface Continuation {
  continueAll(engine: Engine, clock: GoldenClock, made: Made): Promise<unknown>;
}

const module = (name: string): Promise<unknown> =>
  import(new URL(name, `file://${import.meta.dirname}/`).href);
const { continueAll } = (await module('continuation.mjs')) as Continuation;
const { handlers } = (await module('handlers.mjs')) as { handlers: Handlers };

/** Time that passed between the death of the process that wrote the file and its being opened again. */
const REST_MS = 5_000;

const releases = readdirSync(import.meta.dirname).filter((name) =>
  existsSync(join(import.meta.dirname, name, 'store.db.gz')),
);

const closers: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function open(release: string, works: boolean) {
  const unpacked = (name: string) => gunzipSync(readFileSync(join(import.meta.dirname, release, name)));
  const made = JSON.parse(unpacked('readings.json.gz').toString()) as Made;
  const folder = mkdtempSync(join(tmpdir(), 'detent-golden-'));
  closers.push(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'store.db');
  writeFileSync(path, unpacked('store.db.gz'));
  const clock = clockAt(made.madeAt + REST_MS);
  const store = await openSqliteStore({ path, clock: clock.now });
  const registry = new Registry({ languages: LANGUAGES, handlers });
  const identity = workerIdentity();
  const engine = new DurableEngine({ store, registry, clock: systemClock, identity, works });
  closers.push(() => engine.close());
  return { made, store, engine, clock };
}

function clockAt(time: number): GoldenClock {
  const began = Date.now();
  let offset = 0;
  return {
    now: () => time + offset + (Date.now() - began),
    jump: (ms) => {
      offset += ms;
    },
  };
}

/** The text of what is there today, reduced to what there was to read when the file was made. */
function asThen(today: object, then: object): string {
  return JSON.stringify(Object.keys(then).map((key) => [key, Reflect.get(today, key)]));
}

function expectSame(today: readonly object[], then: readonly object[], what: string): void {
  expect(today.length, what).toBe(then.length);
  for (const [i, one] of then.entries()) expect(asThen(today[i] ?? {}, one), what).toBe(asThen(one, one));
}

async function journalOf(store: Store, instance: string): Promise<readonly JournalEntry[]> {
  return (await store.journal(instance, { limit: 1_000 })).items;
}

it('has the files of a release', () => {
  expect(releases).toContain('0.1.0');
});

describe.each(releases)('a file that release %s wrote', (release) => {
  it('reads as it did', async () => {
    const { made, store, engine } = await open(release, false);
    expect(made.instances.length).toBeGreaterThanOrEqual(200);
    expectSame(await store.definitions(), made.definitions, 'definitions');
    expect(asThen(await store.counts(), made.counts)).toBe(asThen(made.counts, made.counts));
    const letters: Message[] = [];
    for (let i = 0; i < 5; i++) letters.push(...(await store.messages(`nobody-${i}`)));
    expectSame(letters, made.letters, 'letters');
    expect(await engine.count()).toBe(made.instances.length);
    for (const then of made.instances) {
      const { id } = then;
      expectSame([(await engine.read(id)) ?? {}], [then.view], `${id}: view`);
      const history = await engine.history(id, { limit: 1_000 });
      expectSame(history.items, then.history, `${id}: history`);
      expectSame(await store.messages(id), then.messages, `${id}: messages`);
      const jobs = await engine.jobs({ instance: id, limit: 1_000 });
      expectSame(jobs.items, then.jobs, `${id}: jobs`);
      const entries = await journalOf(store, id);
      const journal = entries.map((entry) => ({ event: eventOf(entry), outcome: entry.outcome }));
      expect(journal, `${id}: journal`).toEqual(then.journal);
    }
  });

  it('folds from its journals to its states, byte for byte', async () => {
    const { made, store } = await open(release, false);
    const registry = new Registry({ languages: LANGUAGES });
    let folded = 0;
    for (const { id, state } of made.instances) {
      const { instance } = (await store.read(id)) ?? {};
      if (instance === undefined) throw new Error(`${id} is gone`);
      expect(instance.state, id).toBe(state);
      const definition = await store.definition(instance.definition);
      const steppable = definition && registry.add(definition);
      if (steppable === undefined) throw new Error(`${id}: its definition cannot be stepped`);
      const { language, program } = steppable;
      let standing = UNBORN;
      for (const entry of await journalOf(store, id)) {
        const step = refold(language, program, standing, entry);
        expect(step.outcome, `${id} ${entry.revision}`).toEqual(entry.outcome);
        expect(JSON.stringify(step.history), `${id} ${entry.revision}`).toBe(entry.history);
        standing = { status: step.status, state: step.state };
        folded += 1;
      }
      expect(standing.status, id).toBe(instance.status);
      expect(standing.state === null ? null : textOf(standing), id).toBe(state);
    }
    expect(folded).toBeGreaterThan(1_000);
  });

  /** Without what an instance that ended without success keeps, since that release, to be able to go on. */
  function textOf({ status, state }: Standing): string {
    if (!['failed', 'timed_out', 'stopped'].includes(status)) return JSON.stringify(state);
    const { failedAt: _, waits: __, failed: ___, ...kept } = state as JsonObject;
    return JSON.stringify(kept);
  }

  it('goes on to where that release would have brought it, with nothing stuck, lost or repeated', async () => {
    const { made, engine, clock } = await open(release, true);
    const continued = await continueAll(engine, clock, made);
    expect(continued).toEqual(made.continued);
  });
});
