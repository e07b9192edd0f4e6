import assert from 'node:assert/strict';
import { DEAD_LETTER_MS, MAX_ATTEMPTS, MAX_DELIVERIES } from '../../core/limits.js';
import type { Store } from '../../store/store.js';
import {
  born,
  claim,
  claimJobs,
  claimOnly,
  DEFINITION,
  dieHolding,
  dueAt,
  LEASE,
  newInstance,
  newJob,
  newPlainJob,
  signal,
  timer,
  turn,
} from './fixture.js';
import type { StoreCase } from './store-case.js';

function due(store: Store, definitions: readonly string[] = [DEFINITION], names?: readonly string[]) {
  return dueAt(store, { definitions, ...(names === undefined ? {} : { names }) });
}

export const dueCases: readonly StoreCase[] = [
  {
    name: 'has nothing due where nothing waits',
    async run({ store }) {
      assert.equal(await due(store), undefined);
      await born(store, 'a');
      assert.equal(await due(store), undefined);
    },
  },
  {
    name: 'tells when the next mailbox is due that the caller can step',
    async run({ store, clock }) {
      const dueAt = clock.now() + 70;
      await born(store, 'a', { timers: [timer('a', '1.0', dueAt + 5), timer('a', '1.1', dueAt)] });
      assert.equal(await due(store), dueAt);
      assert.equal(await due(store, ['hash-of-other']), undefined);
      assert.equal(await due(store, []), undefined);
      await store.create([newInstance('b', { definition: 'hash-of-other' })]);
      assert.equal(await due(store), dueAt);
      assert.equal(await due(store, [DEFINITION, 'hash-of-other']), clock.now());
    },
  },
  {
    name: 'says with it what the time is',
    async run({ store, clock }) {
      const at = clock.now() + 70;
      await born(store, 'a', { timers: [timer('a', '1.0', at)] });
      clock.advance(30);
      assert.deepEqual(await store.nextDue({ definitions: [DEFINITION] }), { at, now: clock.now() });
    },
  },
  {
    name: 'counts a mailbox that is held as due when its lease runs out',
    async run({ store, clock }) {
      await store.create([newInstance('a')]);
      const lease = await claimOnly(store, 'a');
      assert.equal(await due(store), clock.now() + LEASE);
      await store.send([signal('a', 'one')]);
      assert.equal(await due(store), clock.now() + LEASE);
      clock.advance(10);
      await store.extend([lease], LEASE);
      assert.equal(await due(store), clock.now() + LEASE);
      await store.release([{ ...lease, giveBack: true }]);
      assert.equal(await due(store), clock.now());
    },
  },
  {
    name: 'has nothing due of a parked mailbox',
    async run(harness) {
      const { store, clock } = harness;
      await store.create([newInstance('a')]);
      for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) await dieHolding(harness, 'a');
      assert.deepEqual(await claim(store), []);
      await store.send([signal('a', 'one')]);
      assert.equal(await due(store), undefined);
      clock.advance(-100_000);
      await store.send([signal('a', 'two')]);
      assert.equal(await due(store), undefined);
      await store.unpark('a');
      assert.equal(await due(store), clock.now());
    },
  },
  {
    name: 'tells when a job is due that the caller can handle: now, or when its lease runs out',
    async run({ store, clock }) {
      const deadlineAt = clock.now() + 90_000;
      await born(store, 'a', { jobs: [newJob('a', '1.0', clock.now(), { deadlineAt })] });
      clock.advance(5);
      const pending = await due(store);
      assert.ok(pending !== undefined && pending <= clock.now());
      assert.equal(await due(store, [DEFINITION], ['bell']), deadlineAt);
      assert.equal(await due(store, [DEFINITION], []), deadlineAt);
      await claimJobs(store);
      assert.equal(await due(store, [DEFINITION], ['bell', 'lamp']), clock.now() + LEASE);
      assert.equal(await due(store), clock.now() + LEASE);
      assert.equal(await due(store, [DEFINITION], ['bell']), deadlineAt);
    },
  },
  {
    name: 'tells when a heartbeat, or the end of a last lease, is due',
    async run({ store, clock }) {
      await born(store, 'a', { jobs: [newJob('a', '1.0', clock.now(), { heartbeatMs: LEASE * 2 })] });
      const [job] = await claimJobs(store);
      assert.equal(await due(store, [], []), clock.now() + LEASE * 2);
      clock.advance(10);
      await store.extendJobs(job === undefined ? [] : [{ ...job, beat: true }], LEASE);
      assert.equal(await due(store, [], []), clock.now() + LEASE * 2);
      for (let delivery = 2; delivery <= MAX_DELIVERIES; delivery++) {
        clock.advance(LEASE);
        await claimJobs(store);
      }
      assert.equal(await due(store, [], []), clock.now() + LEASE);
    },
  },
  {
    name: 'tells when letters to nobody are given up on',
    async run({ store, clock }) {
      await born(store, 'a', { messages: [{ id: 'a/1/0', to: 'nobody', event: '{}' }] });
      assert.equal(await due(store, [], []), clock.now() + DEAD_LETTER_MS);
      clock.advance(DEAD_LETTER_MS);
      await store.expire(10);
      assert.equal(await due(store, [], []), undefined);
    },
  },
  {
    name: 'tells the time by its clock',
    async run({ store, clock }) {
      assert.equal(await store.now(), clock.now());
      clock.advance(1_234);
      assert.equal(await store.now(), clock.now());
    },
  },
  {
    name: 'lets those who listen know what kind of thing was written, until they have heard enough',
    async run({ store, clock }) {
      const heard = { anything: 0, mail: 0, jobs: 0 };
      const stop = store.onChange(({ mail, jobs }) => {
        heard.anything += 1;
        if (mail) heard.mail += 1;
        if (jobs) heard.jobs += 1;
      });
      const hears = async (what: string, kind: keyof typeof heard, write: () => Promise<unknown>) => {
        const before = heard[kind];
        await write();
        await settled();
        assert.ok(heard[kind] > before, `nobody heard of ${what}`);
      };
      await hears('a creation', 'mail', () => store.create([newInstance('a')]));
      await hears('a job of a commit', 'jobs', async () => {
        await turn(store, 'a', { jobs: [newJob('a', '1.0', clock.now())] });
      });
      const [job] = await claimJobs(store);
      assert.ok(job !== undefined);
      await hears('the end of a job', 'mail', () =>
        store.endJobs([{ ...job, end: { status: 'completed', output: '1' } }]),
      );
      await hears('a message', 'mail', () => store.send([signal('a', 'one')]));
      await hears('a timer of a commit', 'mail', async () => {
        await turn(store, 'a', { timers: [timer('a', '3.0', clock.now() + 10)] });
      });
      clock.advance(10);
      await hears('a commit that leaves nothing to do', 'anything', () => turn(store, 'a'));
      await hears('a plain job', 'jobs', () => store.enqueue([newPlainJob('plain')]));
      const [plain] = await claimJobs(store);
      assert.ok(plain !== undefined);
      await hears('a job that is to be tried again', 'jobs', () =>
        store.endJobs([{ ...plain, end: { status: 'failed', error: 'Dark', cause: '' } }]),
      );
      await store.limitQueue('narrow', 1);
      await store.enqueue([
        newPlainJob('first', { queue: 'narrow' }),
        newPlainJob('second', { queue: 'narrow' }),
      ]);
      const [first, ...none] = await claimJobs(store, 10, undefined, ['narrow']);
      assert.ok(first?.id === 'first' && none.length === 0);
      await hears('a place that is free in a queue with a limit', 'jobs', () =>
        store.endJobs([{ ...first, end: { status: 'completed', output: '1' } }]),
      );
      stop();
      const before = { ...heard };
      await store.send([signal('a', 'two')]);
      await settled();
      assert.deepEqual(heard, before);
    },
  },
];

/** Gives hints that come after the call the time to come. */
async function settled(): Promise<void> {
  for (let n = 0; n < 10; n++) await Promise.resolve();
}
