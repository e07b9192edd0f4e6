import assert from 'node:assert/strict';
import type { JournalEntry } from '../../core/journal.js';
import { MAX_PAGE } from '../../core/limits.js';
import { Refused } from '../../core/problem.js';
import type { Changes, ChangesQuery, Store } from '../../store/store.js';
import { born, claim, commitAll, commitOf, DEFINITION, newInstance, signal, turn } from './fixture.js';
import { foldMany } from './snapshot-cases.js';
import type { StoreCase } from './store-case.js';

const OTHER = 'hash-of-other';

/** `<instance> <revision>` of each entry. */
function places(entries: readonly JournalEntry[]): string[] {
  return entries.map(({ instance, revision }) => `${instance} ${revision}`);
}

/** Everything behind a position, in pages. */
async function readOn(store: Store, query: ChangesQuery): Promise<Changes> {
  const entries: JournalEntry[] = [];
  let reset = false;
  for (let after = query.after; ; ) {
    const page = await store.changes({ ...query, after });
    assert.ok(page.entries.length <= query.limit);
    entries.push(...page.entries);
    reset ||= page.reset;
    if (page.entries.length < query.limit) return { entries, position: page.position, reset };
    after = page.position;
  }
}

async function endOf(store: Store): Promise<string> {
  const { entries, position, reset } = await store.changes({ after: undefined, limit: 10 });
  assert.deepEqual([entries, reset], [[], false]);
  return position;
}

/** Sends to instances of a definition and folds what came, round after round. */
async function commitOn(store: Store, definition: string, ids: readonly string[], rounds: number) {
  await store.create(ids.map((id) => newInstance(id, { definition })));
  for (let round = 0; round < rounds; round++) {
    await store.send(ids.map((id, n) => signal(id, `m${round}-${n}`)));
    const claims = await claim(store, 1 + (round % ids.length), [definition]);
    const commits = [];
    for (const lease of claims) commits.push(commitOf(lease, lease.load));
    assert.ok((await commitAll(store, commits)).every((result) => result === 'committed'));
  }
}

export const changeCases: readonly StoreCase[] = [
  {
    name: 'reads what was committed after a position, in the order of the commits, as the journals have it',
    async run({ store }) {
      await born(store, 'a');
      const position = await endOf(store);
      await born(store, 'b');
      await store.send([signal('a', 'one')]);
      await turn(store, 'a');
      await store.send([signal('b', 'two')]);
      await turn(store, 'b');
      const { entries, reset } = await store.changes({ after: position, limit: 10 });
      assert.deepEqual(places(entries), ['b 1', 'a 2', 'b 2']);
      assert.equal(reset, false);
      const [first, ...rest] = (await store.journal('b', {})).items;
      assert.deepEqual([entries[0], entries[2]], [first, ...rest]);
    },
  },
  {
    name: 'begins with nothing at the end, and with everything at the beginning',
    async run({ store }) {
      const empty = await store.changes({ after: '', limit: 10 });
      assert.deepEqual([empty.entries, empty.reset], [[], false]);
      const end = await endOf(store);
      await born(store, 'a');
      await endOf(store);
      for (const after of ['', empty.position, end]) {
        const { entries, reset } = await store.changes({ after, limit: 10 });
        assert.deepEqual([places(entries), reset], [['a 1'], false]);
      }
    },
  },
  {
    name: 'goes on where a page ended, each entry once, and stays where nothing is to come',
    async run({ store }) {
      for (const id of ['a', 'b', 'c', 'd', 'e']) await born(store, id);
      const read = await readOn(store, { after: '', limit: 2 });
      assert.deepEqual(places(read.entries), ['a 1', 'b 1', 'c 1', 'd 1', 'e 1']);
      const again = await store.changes({ after: read.position, limit: 2 });
      assert.deepEqual(again.entries, []);
      await born(store, 'f');
      for (const after of [read.position, again.position]) {
        assert.deepEqual(places((await store.changes({ after, limit: 2 })).entries), ['f 1']);
      }
    },
  },
  {
    name: 'reads one instance, or those of a machine, and goes on behind what it passed over',
    async run({ store }) {
      await born(store, 'a');
      const beginning = (await store.changes({ after: '', limit: 1 })).position;
      for (const id of ['b', 'c']) {
        await store.create([newInstance(id, { machine: 'door' })]);
        await turn(store, id);
      }
      await foldMany(store, 'a', 3);
      await foldMany(store, 'b', 2);
      const all = ['b 1', 'c 1', 'a 2', 'a 3', 'a 4', 'b 2', 'b 3'];
      const machines = { door: ['b', 'c'], light: ['a'], constructor: [] as string[] };
      for (const limit of [1, 2, 10]) {
        for (const instance of ['a', 'b', 'c', 'nobody']) {
          const own = all.filter((place) => place.startsWith(instance));
          const { entries } = await readOn(store, { after: beginning, limit, instance });
          assert.deepEqual(places(entries), own);
        }
        for (const [machine, ids] of Object.entries(machines)) {
          const own = all.filter((place) => ids.includes(place.slice(0, 1)));
          const { entries, position } = await readOn(store, { after: beginning, limit, machine });
          assert.deepEqual(places(entries), own);
          assert.deepEqual((await store.changes({ after: position, limit, machine })).entries, []);
        }
      }
      const both = { after: '', limit: 10, instance: 'b' };
      assert.equal((await store.changes({ ...both, machine: 'door' })).entries.length, 3);
      assert.equal((await store.changes({ ...both, machine: 'light' })).entries.length, 0);
    },
  },
  {
    name: 'follows an instance from the end, whatever the others do',
    async run({ store }) {
      for (const id of ['a', 'b']) await born(store, id);
      let after = await endOf(store);
      for (let n = 0; n < 3; n++) {
        await foldMany(store, 'b', 2);
        await foldMany(store, 'a', 1);
        const { entries, position } = await store.changes({ after, limit: 10, instance: 'a' });
        assert.deepEqual(places(entries), [`a ${n + 2}`]);
        after = position;
      }
    },
  },
  {
    name: 'says reset, once, where something behind the position was swept',
    async run({ store, clock }) {
      await born(store, 'a');
      const position = (await store.changes({ after: '', limit: 10 })).position;
      await born(store, 'b', { status: 'succeeded' });
      await born(store, 'c');
      clock.advance(1);
      assert.equal(await store.sweep({ what: 'instances', before: clock.now(), limit: 10 }), 1);
      const read = await store.changes({ after: position, limit: 10 });
      assert.deepEqual([places(read.entries), read.reset], [['c 1'], true]);
      await born(store, 'd');
      const next = await store.changes({ after: read.position, limit: 10 });
      assert.deepEqual([places(next.entries), next.reset], [['d 1'], false]);
    },
  },
  {
    name: 'says nothing of a reset where only what was read already was swept, or nothing was known yet',
    async run({ store, clock }) {
      await born(store, 'a', { status: 'succeeded' });
      await born(store, 'b');
      const end = await endOf(store);
      clock.advance(1);
      assert.equal(await store.sweep({ what: 'instances', before: clock.now(), limit: 10 }), 1);
      const still = await store.changes({ after: end, limit: 10 });
      assert.deepEqual([still.entries, still.reset], [[], false]);
      const all = await readOn(store, { after: '', limit: 1 });
      assert.deepEqual([places(all.entries), all.reset], [['b 1'], false]);
    },
  },
  {
    name: 'gives nobody a position twice, even where the last entries were swept',
    async run({ store, clock }) {
      await born(store, 'a', { status: 'succeeded' });
      const end = await endOf(store);
      clock.advance(1);
      assert.equal(await store.sweep({ what: 'instances', before: clock.now(), limit: 10 }), 1);
      const since = await endOf(store);
      await born(store, 'b');
      for (const after of [end, since]) {
        const { entries, reset } = await store.changes({ after, limit: 10 });
        assert.deepEqual([places(entries), reset], [['b 1'], false]);
      }
    },
  },
  {
    name: `reads no more than ${MAX_PAGE} entries at once`,
    async run({ store }) {
      await born(store, 'a');
      await foldMany(store, 'a', MAX_PAGE);
      const first = await store.changes({ after: '', limit: MAX_PAGE + 1 });
      assert.equal(first.entries.length, MAX_PAGE);
      const rest = await store.changes({ after: first.position, limit: MAX_PAGE + 1 });
      assert.deepEqual(places(rest.entries), [`a ${MAX_PAGE + 1}`]);
    },
  },
  {
    name: 'refuses a position that it never handed out',
    async run({ store }) {
      for (const after of ['yesterday', "1' OR 1=1", '-1', '1.', ' ']) {
        await assert.rejects(
          () => store.changes({ after, limit: 10 }),
          (error) => error instanceof Refused && error.code === 'invalid-position',
        );
      }
    },
  },
  {
    name: 'skips nothing and repeats nothing while two processes commit',
    needs: 'second',
    async run({ store, second }) {
      const [other, reader] = [await second?.(), await second?.()];
      assert.ok(other !== undefined && reader !== undefined);
      let working = true;
      const read: JournalEntry[] = [];
      const reading = (async () => {
        for (let after = ''; ; ) {
          // A store that answers at once would let nobody else have a turn.
          await new Promise((resolve) => setImmediate(resolve));
          // Asked before the page is read: what was committed until then has to be in it, or in one before.
          const isLast = !working;
          const page: Changes = await reader.changes({ after, limit: 3 });
          assert.equal(page.reset, false);
          read.push(...page.entries);
          after = page.position;
          if (isLast && page.entries.length === 0) return;
        }
      })();
      const ids = ['a', 'b', 'c', 'd'];
      await Promise.all([
        commitOn(store, DEFINITION, ids, 30),
        commitOn(
          other,
          OTHER,
          ids.map((id) => `other-${id}`),
          30,
        ),
      ]).finally(() => {
        working = false;
      });
      await reading;
      const journals = await Promise.all(
        [...ids, ...ids.map((id) => `other-${id}`)].map(async (id) => (await store.journal(id, {})).items),
      );
      assert.equal(new Set(places(read)).size, read.length, 'each once');
      for (const journal of journals) {
        const own = read.filter(({ instance }) => instance === journal[0]?.instance);
        assert.deepEqual(places(own), places(journal));
      }
    },
  },
];
