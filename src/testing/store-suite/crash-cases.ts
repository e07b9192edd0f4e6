import assert from 'node:assert/strict';
import type { Claim, ClaimedJob, Load, Store } from '../../store/store.js';
import {
  claim,
  claimJobs,
  claimOnly,
  commitAll,
  commitOf,
  LEASE,
  newInstance,
  newJob,
  signal,
  timer,
} from './fixture.js';
import { observe } from './observation.js';
import type { StoreCase } from './store-case.js';

/** What a worker holds in its head between two calls. */
interface Memory {
  now: number;
  lease?: Claim;
  loaded?: Load;
  job?: ClaimedJob;
}

interface Call {
  readonly name: string;
  /** Whether it may be made again when its answer was lost, and changes nothing then. */
  readonly again: boolean;
  readonly make: (store: Store, memory: Memory) => Promise<unknown>;
}

/** A short life that makes every call that writes. */
const LIFE: readonly Call[] = [
  call('publish', (store) =>
    store.publish({ hash: 'x', machine: 'light', language: 'statechart', source: {} }),
  ),
  call('create', (store) => store.create([newInstance('a')])),
  call('send', (store) => store.send([signal('a', 'one')])),
  {
    ...call('claim', async (store, memory) => {
      memory.lease = await claimOnly(store, 'a');
      memory.loaded = memory.lease.load;
    }),
    again: false,
  },
  call('extend', (store, { lease }) => store.extend([known(lease)], LEASE)),
  call('commit', (store, { lease, loaded, now }) => {
    const commit = commitOf(known(lease), known(loaded), {
      timers: [timer('a', '2.0', now + 10)],
      jobs: [newJob('a', '2.1', now), newJob('a', '2.2', now)],
      messages: [{ id: 'a/2/3', to: 'nobody', event: '{}' }],
    });
    return commitAll(store, [commit]);
  }),
  {
    ...call('claimJobs', async (store, memory) => {
      memory.job = known((await claimJobs(store, 1))[0]);
    }),
    again: false,
  },
  call('extendJobs', (store, { job }) => store.extendJobs([{ ...known(job), beat: true }], LEASE)),
  call('endJobs', (store, { job }) =>
    store.endJobs([{ ...known(job), end: { status: 'completed', output: '{"lit":true}' } }]),
  ),
  {
    ...call('claim again', async (store, memory) => {
      memory.lease = known((await claim(store))[0]);
    }),
    again: false,
  },
  call('release', (store, { lease }) => store.release([{ ...known(lease), giveBack: false }])),
  call('claimJobs and releaseJobs', async (store) => store.releaseJobs(await claimJobs(store, 1))),
  call('expire', (store) => store.expire(10)),
  call('unpark', (store) => store.unpark('a')),
  call('pause', (store) => store.pause({ instance: 'a' })),
  call('resume', (store) => store.resume({ instance: 'a' })),
  call('pause a machine', (store) => store.pause({ machine: 'light' })),
  call('resume a machine', (store) => store.resume({ machine: 'light' })),
  call('create another', (store) => store.create([newInstance('b', { definition: 'hash-of-other' })])),
  call('end it', async (store) => {
    const [lease] = await claim(store, 1, ['hash-of-other']);
    if (lease === undefined) return;
    await commitAll(store, [commitOf(lease, lease.load, { status: 'succeeded' })]);
  }),
  call('sweep', (store, { now }) => store.sweep({ what: 'instances', before: now + 1, limit: 10 })),
];

function call(name: string, make: Call['make']): Call {
  return { name, again: true, make };
}

function known<T>(value: T | undefined): T {
  assert.ok(value !== undefined);
  return value;
}

export const crashCases: readonly StoreCase[] = [
  {
    name: 'has after a crash everything that was answered before it, after every call',
    needs: 'crash',
    async run({ store, clock, crash }) {
      const memory: Memory = { now: clock.now() };
      let current = store;
      for (const { name, make } of LIFE) {
        await make(current, memory);
        const before = await observe(current, ['a', 'nobody']);
        current = await known(crash)();
        assert.deepEqual(await observe(current, ['a', 'nobody']), before, `after ${name}`);
      }
      assert.equal((await current.read('a'))?.attempts, 1);
      assert.equal((await current.jobs({ status: 'completed' })).items.length, 1);
    },
  },
  {
    name: 'has all or nothing of a call that a crash cut off, and takes the call again without harm',
    needs: 'crash',
    async run({ store, clock, crash }) {
      const memory: Memory = { now: clock.now() };
      let current = store;
      for (const { name, make, again } of LIFE) {
        const before = await observe(current, ['a', 'nobody']);
        const cut = make(current, memory).catch(() => undefined);
        const reopened = await known(crash)();
        await cut;
        const found = await observe(reopened, ['a', 'nobody']);
        const wasDone = !same(found, before);
        if (!wasDone || again) await make(reopened, memory);
        if (wasDone && again)
          assert.deepEqual(await observe(reopened, ['a', 'nobody']), found, `${name}, made again`);
        current = reopened;
      }
      const reading = await current.read('a');
      assert.deepEqual([reading?.instance.revision, reading?.attempts], [2, 1]);
    },
  },
];

function same(a: unknown, b: unknown): boolean {
  try {
    assert.deepEqual(a, b);
    return true;
  } catch {
    return false;
  }
}
