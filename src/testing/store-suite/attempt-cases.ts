import assert from 'node:assert/strict';
import { MAX_ATTEMPTS, MAX_SUSPECTS, SUSPECT_PATIENCE_MS } from '../../core/limits.js';
import {
  claim,
  claimOnly,
  commitAll,
  commitOf,
  DEFINITION,
  dieHolding,
  dueAt,
  instancesOf,
  LEASE,
  newInstance,
  signal,
  turn,
} from './fixture.js';
import type { StoreCase } from './store-case.js';

/** What an attempt leaves behind that did not come to its end: suspects, patience, and at last parking (rule 8). */
export const attemptCases: readonly StoreCase[] = [
  {
    name: 'writes the attempt when it claims, and forgets it at a commit',
    async run(harness) {
      const { store } = harness;
      await store.create([newInstance('a')]);
      await dieHolding(harness, 'a');
      assert.equal((await store.read('a'))?.attempts, 1);
      const lease = await claimOnly(store, 'a');
      assert.equal(lease.attempts, 2);
      await commitAll(store, [commitOf(lease, lease.load)]);
      assert.equal((await store.read('a'))?.attempts, 0);
      await store.send([signal('a', 'one')]);
      assert.equal((await claimOnly(store, 'a')).attempts, 1);
    },
  },
  {
    name: 'gives the attempt back where the failure was not the step’s, and keeps it where it was',
    async run({ store }) {
      await store.create([newInstance('a')]);
      await store.release([{ ...(await claimOnly(store, 'a')), giveBack: true }]);
      assert.equal((await store.read('a'))?.attempts, 0);
      await store.release([{ ...(await claimOnly(store, 'a')), giveBack: false }]);
      assert.equal((await store.read('a'))?.attempts, 1);
      assert.equal((await claimOnly(store, 'a')).attempts, 2);
    },
  },
  {
    name: 'lets the others that are due go before a mailbox that was given back',
    async run({ store, clock }) {
      await store.create([newInstance('a')]);
      clock.advance(1);
      await store.create([newInstance('b')]);
      clock.advance(1);
      const [lease] = await claim(store, 1);
      assert.equal(lease?.instance, 'a');
      await store.release([{ ...lease, giveBack: true }]);
      assert.deepEqual(instancesOf(await claim(store, 1)), ['b']);
    },
  },
  {
    name: 'claims a mailbox with an attempt behind it, but none that is clean, in its turn',
    async run(harness) {
      const { store, clock } = harness;
      await store.create([newInstance('suspect')]);
      await dieHolding(harness, 'suspect');
      clock.advance(1);
      await store.create([newInstance('b'), newInstance('c')]);
      assert.deepEqual(instancesOf(await claim(store)), ['suspect']);
      assert.deepEqual(instancesOf(await claim(store)).sort(), ['b', 'c']);
    },
  },
  {
    name: `claims at most ${MAX_SUSPECTS} at once of what was lost with a worker, and no more than asked for`,
    async run({ store, clock }) {
      const ids = Array.from({ length: MAX_SUSPECTS + 4 }, (_, n) => `lost-${String(n).padStart(2, '0')}`);
      await store.create(ids.map((id) => newInstance(id)));
      assert.equal((await claim(store, 100)).length, ids.length);
      clock.advance(LEASE);
      const first = await claim(store, 100);
      assert.deepEqual(instancesOf(first).sort(), ids.slice(0, MAX_SUSPECTS));
      assert.ok(first.every(({ attempts }) => attempts === 2));
      assert.deepEqual(instancesOf(await claim(store, 3)).sort(), ids.slice(MAX_SUSPECTS, -1));
      assert.deepEqual(instancesOf(await claim(store, 3)), ids.slice(-1));
      assert.deepEqual(await claim(store, 3), []);
    },
  },
  {
    name: 'claims a mailbox with more than one attempt behind it alone, whatever was lost beside it',
    async run(harness) {
      const { store, clock } = harness;
      await store.create([newInstance('b')]);
      await dieHolding(harness, 'b');
      const again = await claimOnly(store, 'b');
      await store.create([newInstance('a'), newInstance('c'), newInstance('d')]);
      assert.deepEqual(instancesOf(await claim(store)).sort(), ['a', 'c', 'd']);
      await store.extend([again], LEASE - SUSPECT_PATIENCE_MS);
      clock.advance(LEASE);
      assert.deepEqual(instancesOf(await claim(store)), ['a']);
      assert.deepEqual(instancesOf(await claim(store)), ['b']);
      assert.deepEqual(instancesOf(await claim(store)).sort(), ['c', 'd']);
    },
  },
  {
    name: 'claims of what was lost with a worker only what is due no later than what is clean',
    async run({ store, clock }) {
      await store.create([newInstance('a'), newInstance('b')]);
      const b = (await claim(store)).find(({ instance }) => instance === 'b');
      assert.ok(b !== undefined);
      await store.extend([b], LEASE + 2);
      clock.advance(LEASE + 1);
      await store.create([newInstance('clean')]);
      clock.advance(1);
      assert.deepEqual(instancesOf(await claim(store)), ['a']);
      assert.deepEqual(instancesOf(await claim(store)), ['clean']);
      assert.deepEqual(instancesOf(await claim(store)), ['b']);
    },
  },
  {
    name: `leaves one alone that was lost with several workers, ${SUSPECT_PATIENCE_MS} ms for each but the first, and lets others go on`,
    async run(harness) {
      const { store, clock } = harness;
      await store.create([newInstance('suspect')]);
      await dieHolding(harness, 'suspect');
      for (const attempts of [2, 3, 4]) {
        const patience = (attempts - 1) * SUSPECT_PATIENCE_MS;
        assert.equal((await claimOnly(store, 'suspect')).attempts, attempts);
        const takeover = clock.now() + LEASE + patience;
        assert.equal(await dueAt(store, { definitions: [DEFINITION], names: [] }), takeover);
        clock.advance(LEASE + patience - 1);
        const id = `other-${attempts}`;
        await store.create([newInstance(id)]);
        await turn(store, id);
        clock.advance(1);
      }
      assert.equal((await claimOnly(store, 'suspect')).attempts, 5);
    },
  },
  {
    name: 'gives a worker that has just begun nothing that was lost with several',
    async run(harness) {
      const { store, clock } = harness;
      const claimFresh = () => claim(store, undefined, undefined, undefined, true);
      await store.create([newInstance('suspect')]);
      await dieHolding(harness, 'suspect');
      await dieHolding(harness, 'suspect');
      clock.advance(1);
      await store.create([newInstance('clean')]);
      assert.deepEqual(instancesOf(await claimFresh()), ['clean']);
      assert.deepEqual(instancesOf(await claimFresh()), []);
      assert.deepEqual(instancesOf(await claim(store)), ['suspect']);
    },
  },
  {
    name: 'gives a worker that has just begun what was lost with one other in its turn',
    async run(harness) {
      const { store, clock } = harness;
      await store.create([newInstance('lost')]);
      await dieHolding(harness, 'lost');
      clock.advance(1);
      await store.create([newInstance('clean')]);
      assert.deepEqual(instancesOf(await claim(store, undefined, undefined, undefined, true)), ['lost']);
    },
  },
  {
    name: 'lets one be tried again at once whose step failed, however often, in its turn',
    async run({ store, clock }) {
      await store.create([newInstance('a')]);
      for (let attempt = 1; attempt < MAX_ATTEMPTS; attempt++) {
        await store.release([{ ...(await claimOnly(store, 'a')), giveBack: false }]);
      }
      clock.advance(1);
      await store.create([newInstance('b')]);
      assert.equal((await claimOnly(store, 'a')).attempts, MAX_ATTEMPTS);
      assert.deepEqual(instancesOf(await claim(store)), ['b']);
    },
  },
  {
    name: 'claims clean mailboxes without the younger suspect among them',
    async run(harness) {
      const { store, clock } = harness;
      await store.create([newInstance('suspect')]);
      const [lease] = await claim(store);
      assert.ok(lease !== undefined);
      await store.create([newInstance('b')]);
      clock.advance(1);
      await store.release([{ ...lease, giveBack: false }]);
      clock.advance(1);
      await store.create([newInstance('c')]);
      assert.deepEqual(instancesOf(await claim(store)), ['b', 'c']);
      assert.deepEqual(instancesOf(await claim(store)), ['suspect']);
    },
  },
  {
    name: `parks a mailbox instead of claiming it once more after ${MAX_ATTEMPTS} attempts, and the others go on`,
    async run(harness) {
      const { store, clock } = harness;
      await store.create([newInstance('a')]);
      for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) await dieHolding(harness, 'a');
      clock.advance(1);
      await store.create([newInstance('b')]);
      assert.equal((await store.read('a'))?.parked, undefined);
      assert.deepEqual(instancesOf(await claim(store)), ['b']);
      const { parked, attempts } = (await store.read('a')) ?? {};
      assert.equal(attempts, MAX_ATTEMPTS);
      assert.equal(parked?.code, 'gave-up');
      assert.equal((await store.counts()).parked, 1);
      assert.deepEqual(
        (await store.find({ parked: true })).items.map(({ instance }) => instance.id),
        ['a'],
      );
      assert.equal(await store.count({ parked: true }), 1);
      clock.advance(LEASE * 100);
      await store.send([signal('a', 'one')]);
      assert.deepEqual(instancesOf(await claim(store)), ['b']);
    },
  },
  {
    name: 'tells of a parked mailbox what its last worker said was wrong',
    async run({ store }) {
      await store.create([newInstance('a')]);
      const problem = { code: 'step-threw', message: 'cannot read "x"', path: '/states/on', line: 3 };
      for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
        const told = attempt === 2 ? { problem } : attempt < 2 ? { problem: { ...problem, line: 1 } } : {};
        await store.release([{ ...(await claimOnly(store, 'a')), giveBack: false, ...told }]);
      }
      assert.deepEqual(await claim(store), []);
      assert.deepEqual((await store.read('a'))?.parked, problem);
    },
  },
  {
    name: 'keeps a mailbox held, and another parked, when the clock is set back and messages come',
    async run(harness) {
      const { store, clock } = harness;
      await store.create([newInstance('parked')]);
      for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) await dieHolding(harness, 'parked');
      assert.deepEqual(await claim(store), []);
      await store.create([newInstance('held')]);
      await claimOnly(store, 'held');
      clock.advance(-100_000);
      await store.send([signal('parked', 'one'), signal('held', 'one')]);
      assert.deepEqual(await claim(store), []);
      clock.advance(100_000 + LEASE);
      assert.deepEqual(instancesOf(await claim(store)), ['held']);
    },
  },
  {
    name: 'refuses the commit of the worker whose mailbox was parked meanwhile',
    async run(harness) {
      const { store, clock } = harness;
      await store.create([newInstance('a')]);
      for (let attempt = 1; attempt < MAX_ATTEMPTS; attempt++) await dieHolding(harness, 'a');
      const lease = await claimOnly(store, 'a');
      const loaded = lease.load;
      clock.advance(MAX_ATTEMPTS * SUSPECT_PATIENCE_MS);
      assert.deepEqual(await claim(store), []);
      assert.ok((await store.read('a'))?.parked !== undefined);
      assert.deepEqual(await commitAll(store, [commitOf(lease, loaded)]), ['conflict']);
    },
  },
  {
    name: 'lets a parked mailbox start anew when it is unparked, and says when there was none',
    async run(harness) {
      const { store } = harness;
      await store.create([newInstance('a')]);
      assert.equal(await store.unpark('a'), false);
      assert.equal(await store.unpark('nobody'), false);
      for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) await dieHolding(harness, 'a');
      assert.deepEqual(await claim(store), []);
      assert.equal(await store.unpark('a'), true);
      assert.equal(await store.unpark('a'), false);
      const reading = await store.read('a');
      assert.deepEqual([reading?.parked, reading?.attempts], [undefined, 0]);
      assert.deepEqual(
        (await turn(store, 'a')).messages.map(({ id }) => id),
        ['start'],
      );
      assert.equal((await store.counts()).parked, 0);
    },
  },
];
