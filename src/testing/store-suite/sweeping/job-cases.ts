import assert from 'node:assert/strict';
import { born, claimJobs, idsOf, newInstance, newJob, newPlainJob, turn, waiting } from '../fixture.js';
import type { StoreCase } from '../store-case.js';
import { sweep } from './sweep.js';

export const sweptJobCases: readonly StoreCase[] = [
  {
    name: 'deletes jobs that ended before, oldest first, and keeps those under way',
    async run(harness) {
      const { store, clock } = harness;
      await born(store, 'a', { jobs: [0, 1, 2].map((n) => newJob('a', `1.${n}`, clock.now())) });
      for (const job of [...(await claimJobs(store))].reverse()) {
        if (job.id === 'a/1/0') break;
        await store.endJobs([{ ...job, end: { status: 'failed', error: 'Dark', cause: 'no' } }]);
        clock.advance(1);
      }
      assert.equal(await store.sweep({ what: 'jobs', before: clock.now() - 2, limit: 10 }), 0);
      assert.equal(await sweep(harness, 'jobs', { limit: 1 }), 1);
      assert.deepEqual(idsOf((await store.jobs({})).items), ['a/1/1', 'a/1/0']);
      assert.equal(await sweep(harness, 'jobs'), 1);
      assert.equal(await sweep(harness, 'jobs'), 0);
      assert.deepEqual(idsOf((await store.jobs({ instance: 'a' })).items), ['a/1/0']);
      assert.equal(await store.job('a/1/1'), undefined);
      assert.deepEqual(await waiting(store, 'a'), ['a/1/2', 'a/1/1']);
    },
  },
  {
    name: 'lets the id of a plain job be used anew once it was swept',
    async run(harness) {
      const { store } = harness;
      await store.enqueue([newPlainJob('one')]);
      const [job] = await claimJobs(store);
      assert.ok(job !== undefined);
      assert.equal(await sweep(harness, 'jobs'), 0);
      await store.endJobs([{ ...job, end: { status: 'completed', output: '1' } }]);
      assert.equal(await sweep(harness, 'jobs'), 1);
      assert.deepEqual(await store.enqueue([newPlainJob('one', { hash: 'other' })]), ['created']);
      assert.equal((await store.job('one'))?.status, 'pending');
    },
  },
  {
    name: 'deletes jobs of the machines that are meant alone; nobody’s jobs have none',
    async run(harness) {
      const { store, clock } = harness;
      for (const machine of ['door', 'lamp']) {
        await store.create([newInstance(machine, { machine })]);
        await turn(store, machine, { jobs: [newJob(machine, '1.0', clock.now())] });
      }
      await store.enqueue([newPlainJob('plain')]);
      for (const job of await claimJobs(store))
        await store.endJobs([{ ...job, end: { status: 'completed', output: '1' } }]);
      const ids = async () => idsOf((await store.jobs({})).items).sort();
      assert.equal(await sweep(harness, 'jobs', { machines: ['lamp'] }), 1);
      assert.deepEqual(await ids(), ['door/1/0', 'plain']);
      assert.equal(await sweep(harness, 'jobs', { exceptMachines: ['door'] }), 1);
      assert.deepEqual(await ids(), ['door/1/0']);
      assert.equal(await sweep(harness, 'jobs'), 1);
    },
  },
];
