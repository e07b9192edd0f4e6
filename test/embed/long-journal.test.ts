import { expect, it } from 'vitest';
import type { PageQuery } from '../../src/core/engine.js';
import type { Event, EventBody } from '../../src/core/event.js';
import { fold, type Standing, UNBORN } from '../../src/core/fold.js';
import type { Instance } from '../../src/core/instance.js';
import type { JournalEntry } from '../../src/core/journal.js';
import type { Json } from '../../src/core/json.js';
import { LANGUAGES } from '../../src/embed/languages.js';
import { type Replayed, replayInstances } from '../../src/embed/replay.js';
import { readingAt } from '../../src/runtime/past.js';
import { Registry } from '../../src/runtime/registry.js';
import { statechart } from '../../src/statechart/language.js';
import { openMemoryStore } from '../../src/store/memory/memory-store.js';
import type { Reading, Store } from '../../src/store/store.js';

const EVENTS = 100_000;

const LAMP: Json = {
  initial: 'off',
  states: { off: { on: { PRESS: 'lit' } }, lit: { on: { PRESS: 'off' } } },
};
const BROKEN: Json = { initial: 'off', states: { off: { on: { PRESS: 'off' } } } };

const definition = { hash: 'lamp', machine: 'lamp', version: 1, language: 'statechart', source: LAMP };

const bodyOf = (revision: number): EventBody =>
  revision === 1 ? { type: 'start', machine: 'lamp', input: null } : { type: 'signal', name: 'PRESS' };

/** The start, and one entry for each way that the lamp goes: all others are like them. */
function patterns(): { readonly entries: readonly JournalEntry[]; readonly standings: readonly Standing[] } {
  const program = statechart.compile(LAMP);
  const entries: JournalEntry[] = [];
  const standings: Standing[] = [];
  let standing = UNBORN;
  for (const revision of [1, 2, 3]) {
    const stamp = { id: `e${revision}`, instance: 'a', revision, at: revision, seed: 's' };
    const step = fold(statechart, program, standing, { ...bodyOf(revision), ...stamp } as Event);
    const told = { outcome: step.outcome, history: JSON.stringify(step.history), code: '' };
    const event = JSON.stringify(bodyOf(revision));
    entries.push({ instance: 'a', eventId: stamp.id, revision, at: revision, seed: 's', event, ...told });
    standing = { status: step.status, state: step.state };
    standings.push(standing);
  }
  return { entries, standings };
}

/** A store whose one journal is made as it is read; it sees how much of it is asked for. */
function longJournal() {
  const { entries, standings } = patterns();
  const seen = { pages: 0, longest: 0, open: 0, most: 0 };
  const likeOf = (revision: number) => (revision === 1 ? 0 : 1 + (revision % 2));
  const entryAt = (revision: number): JournalEntry => ({
    ...(entries[likeOf(revision)] as JournalEntry),
    ...{ revision, at: revision, eventId: `e${revision}` },
  });
  const state = JSON.stringify(standings[likeOf(EVENTS)]?.state);
  const instance: Instance = {
    ...{ id: 'a', machine: 'lamp', definition: 'lamp', status: 'running' as const, state, revision: EVENTS },
    ...{ createdAt: 1, updatedAt: EVENTS },
  };
  const reading: Reading = { instance, attempts: 0, machinePaused: false, now: EVENTS };
  const parts: Partial<Store> = {
    find: async () => ({ items: [reading] }),
    read: async () => reading,
    definition: async () => definition,
    definitions: async () => [definition],
    snapshot: async () => undefined,
    async journal(_: string, { limit = 1, after = '0' }: PageQuery) {
      seen.pages += 1;
      seen.open += 1;
      seen.longest = Math.max(seen.longest, limit);
      seen.most = Math.max(seen.most, seen.open);
      await Promise.resolve();
      const from = Number(after);
      const items = Array.from({ length: Math.min(limit, EVENTS - from) }, (_, n) => entryAt(from + n + 1));
      seen.open -= 1;
      const end = from + items.length;
      return { items, ...(end < EVENTS ? { next: String(end) } : {}) };
    },
  };
  const store = new Proxy(openMemoryStore(), {
    get: (target, name) => Reflect.get(parts, name) ?? Reflect.get(target, name),
  });
  return { store, seen, reading };
}

async function replayed(store: Store, source: Json): Promise<Replayed | undefined> {
  const changed = { language: statechart, program: statechart.compile(source) };
  for await (const one of replayInstances({
    store,
    languages: LANGUAGES,
    changed,
    query: { machine: 'lamp' },
  }))
    return one;
  return undefined;
}

it(`a journal of ${EVENTS} entries is replayed with one page of it in memory`, async () => {
  const { store, seen } = longJournal();
  expect(await replayed(store, LAMP)).toEqual({ instance: 'a', machine: 'lamp', folded: EVENTS });
  expect(seen).toEqual({ pages: EVENTS / 100 + 1, longest: 100, open: 0, most: 1 });
}, 300_000);

it('no more of it is read than up to where it parts', async () => {
  const { store, seen } = longJournal();
  expect(await replayed(store, BROKEN)).toMatchObject({ folded: 2, divergence: { revision: 2 } });
  expect(seen.pages).toBe(2);
});

it('an instance is shown as it stood with one page of it in memory', async () => {
  const { store, seen, reading } = longJournal();
  const registry = new Registry({ languages: LANGUAGES });
  const { instance } = await readingAt(store, registry, reading, 10_001);
  expect(statechart.view(JSON.parse(instance.state ?? 'null') as Json).value).toBe('off');
  expect(seen).toMatchObject({ longest: 100, most: 1 });
  expect(seen.pages).toBeLessThan(10_001 / 100 + 5);
}, 60_000);
