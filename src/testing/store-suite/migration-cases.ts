import assert from 'node:assert/strict';
import { APPLIED } from '../../core/journal.js';
import { SNAPSHOT_EVERY } from '../../core/limits.js';
import type { Commit, Migration, Store } from '../../store/store.js';
import {
  born,
  claim,
  claimOnly,
  commitAll,
  commitOf,
  DEFINITION,
  instancesOf,
  LEASE,
  NOTHING,
  newInstance,
  newJob,
  signal,
  timer,
  turn,
  waiting,
} from './fixture.js';
import { foldMany } from './snapshot-cases.js';
import type { StoreCase } from './store-case.js';

/** The definition that instances go to. */
const NEXT = 'hash-of-next-light';

/** A migration of an instance as it stands. */
async function migrationOf(store: Store, id: string, over: Partial<Commit> = {}): Promise<Migration> {
  const reading = await store.read(id);
  assert.ok(reading !== undefined);
  const { definition, status, revision } = reading.instance;
  const entry = {
    ...{
      instance: id,
      revision: revision + 1,
      eventId: `/migration-${revision}`,
      at: reading.now,
      seed: 'seed',
    },
    ...{ event: '{"type":"migrate"}', outcome: APPLIED, history: '[{"type":"Moved","data":{}}]', code: 'v2' },
  };
  const commit: Commit = {
    lease: { instance: id },
    baseRevision: revision,
    revision: revision + 1,
    status,
    state: '{"moved":true}',
    updatedAt: reading.now,
    ...NOTHING,
    ...over,
  };
  return { from: { definition, status }, definition: NEXT, entry, commit };
}

export const migrationCases: readonly StoreCase[] = [
  {
    name: 'gives an instance another definition, another state, and an entry of the journal that no message brought',
    async run({ store }) {
      await born(store, 'a');
      const migration = await migrationOf(store, 'a');
      assert.deepEqual(await store.migrate([migration]), ['committed']);
      const { instance } = (await store.read('a')) ?? {};
      assert.deepEqual(
        [instance?.definition, instance?.revision, instance?.state, instance?.status],
        [NEXT, 2, '{"moved":true}', 'running'],
      );
      assert.deepEqual((await store.journal('a', {})).items.slice(1), [migration.entry]);
      assert.deepEqual(await store.folded('a', migration.entry.eventId), migration.entry);
    },
  },
  {
    name: 'refuses one of an instance that went on, was paused, or has another definition by now',
    async run({ store }) {
      await born(store, 'a');
      const early = await migrationOf(store, 'a');
      assert.deepEqual(await store.send([signal('a', 'e1')]), ['accepted']);
      await turn(store, 'a');
      assert.deepEqual(await store.migrate([early]), ['conflict']);
      const running = await migrationOf(store, 'a');
      await store.pause({ instance: 'a' });
      assert.deepEqual(await store.migrate([running]), ['conflict']);
      const paused = await migrationOf(store, 'a');
      assert.deepEqual(await store.migrate([paused, paused]), ['committed', 'conflict']);
      assert.equal((await store.journal('a', {})).items.length, 3);
    },
  },
  {
    name: 'leaves what waits where it is, for those who can step the new definition',
    async run({ store, clock }) {
      await born(store, 'a', { timers: [timer('a', '1.0', clock.now() + 50)] });
      assert.deepEqual(await store.send([signal('a', 'e1')]), ['accepted']);
      assert.deepEqual(await store.migrate([await migrationOf(store, 'a')]), ['committed']);
      assert.deepEqual(instancesOf(await claim(store)), []);
      const [claimed] = await claim(store, 10, [NEXT]);
      assert.deepEqual(
        claimed?.load.messages.map(({ id }) => id),
        ['e1'],
      );
      assert.equal(claimed?.load.instance.definition, NEXT);
      assert.equal(claimed?.attempts, 1);
      await commitAll(store, [commitOf(claimed, claimed.load)]);
      clock.advance(60);
      assert.deepEqual(instancesOf(await claim(store, 10, [NEXT])), ['a']);
    },
  },
  {
    name: 'makes a turn at hand come to nothing',
    async run({ store }) {
      await born(store, 'a');
      assert.deepEqual(await store.send([signal('a', 'e1')]), ['accepted']);
      const lease = await claimOnly(store, 'a');
      assert.deepEqual(await store.migrate([await migrationOf(store, 'a')]), ['committed']);
      assert.deepEqual(await commitAll(store, [commitOf(lease, lease.load)]), ['conflict']);
      assert.deepEqual(await store.extend([lease], LEASE), ['a']);
      assert.deepEqual(await waiting(store, 'a'), ['e1']);
      assert.deepEqual(instancesOf(await claim(store, 10, [NEXT])), ['a']);
    },
  },
  {
    name: 'writes timers, jobs, messages and children of a migration, and cancels what it says',
    async run({ store, clock }) {
      const now = clock.now();
      await born(store, 'b');
      await born(store, 'a', {
        timers: [timer('a', '1.0', now + 50)],
        jobs: [newJob('a', '1.1', now)],
      });
      const over: Partial<Commit> = {
        timers: [timer('a', '2.0', now + 70)],
        jobs: [newJob('a', '2.1', now)],
        cancelledTimers: ['a/1/0'],
        cancelledJobs: ['a/1/1'],
        messages: [{ id: 'a/2/2', to: 'b', event: '{"type":"stop"}', cause: 'a/2' }],
        spawns: [newInstance('a/2.3/0', { parent: 'a' })],
      };
      assert.deepEqual(await store.migrate([await migrationOf(store, 'a', over)]), ['committed']);
      assert.deepEqual(await waiting(store, 'a'), ['a/2/0']);
      assert.deepEqual(await waiting(store, 'b'), ['a/2/2']);
      assert.equal((await store.read('a/2.3/0'))?.instance.parent, 'a');
      const statuses = (await store.jobs({ instance: 'a' })).items.map(({ id, status }) => [id, status]);
      assert.deepEqual(statuses.sort(), [
        ['a/1/1', 'cancelled'],
        ['a/2/1', 'pending'],
      ]);
    },
  },
  {
    name: 'leaves what is paused paused, and what is due in it for later',
    async run({ store }) {
      await born(store, 'a');
      await store.pause({ instance: 'a' });
      assert.deepEqual(await store.send([signal('a', 'e1')]), ['accepted']);
      const over = { timers: [timer('a', '2.0', 1)] };
      assert.deepEqual(await store.migrate([await migrationOf(store, 'a', over)]), ['committed']);
      assert.equal((await store.read('a'))?.instance.status, 'paused');
      assert.deepEqual(instancesOf(await claim(store, 10, [NEXT, DEFINITION])), []);
      assert.equal(await store.resume({ instance: 'a' }), true);
      assert.deepEqual(instancesOf(await claim(store, 10, [NEXT])), ['a']);
    },
  },
  {
    name: 'keeps a snapshot where a migration passes a multiple, as any commit',
    async run({ store }) {
      await born(store, 'a');
      await foldMany(store, 'a', SNAPSHOT_EVERY - 2);
      assert.deepEqual(await store.migrate([await migrationOf(store, 'a')]), ['committed']);
      const snapshot = await store.snapshot('a', SNAPSHOT_EVERY);
      assert.deepEqual([snapshot?.revision, snapshot?.state], [SNAPSHOT_EVERY, '{"moved":true}']);
    },
  },
  {
    name: 'shows a migration to those who read along',
    async run({ store }) {
      await born(store, 'a');
      const { position } = await store.changes({ after: undefined, limit: 10 });
      const migration = await migrationOf(store, 'a');
      await store.migrate([migration]);
      const { entries } = await store.changes({ after: position, limit: 10 });
      assert.deepEqual(entries, [migration.entry]);
    },
  },
];
