import { expect, it } from 'vitest';
import { openMemoryStore } from '../../src/store/memory/memory-store.js';
import type { Commit, Committed, Store } from '../../src/store/store.js';
import { CALLS, LIVES } from '../../src/testing/store-suite/agreement-cases.js';
import { handOf, Life } from '../../src/testing/store-suite/life.js';
import { testClock } from './store-suite.js';

/** What the lives that stores are compared by have to come to, or comparing them tells nothing. */
const RARE = [
  'create: conflict',
  'send: duplicate',
  'send: conflict',
  'send: unknown',
  'claim: attempt 1',
  'claim: attempt 5',
  'commit: committed',
  'commit: conflict',
  'answer: committed',
  'answer: conflict',
  'answer: handed over',
  'commit: handed over',
  'claimJobs: attempt 3',
  'endJobs: ended',
  'endJobs: retried',
  'endJobs: lost',
  'expire: 2',
  'unpark: true',
  'job cancelled',
  'job completed',
  'job failed Dark',
  'job failed Timeout',
  'job failed HeartbeatTimeout',
  'job failed WorkerLost',
  'job failed Dead',
  'job pending Timeout',
  'job pending HeartbeatTimeout',
  'enqueue: exists',
  'enqueue: conflict',
  'cancelJob: changed',
  'retryJob: changed',
  'pause: true',
  'resume: true',
  'sweep: 1',
  'sweep: 2',
  'parked',
];

it('makes lives that come to everything that is rare', async () => {
  const seen = new Set<string>();
  for (let seed = 0; seed < LIVES; seed++) {
    const clock = testClock();
    const store = openMemoryStore({ clock: clock.now });
    const hand = handOf(noting(store, seen));
    const life = new Life(seed, clock.now);
    for (let call = 0; call < CALLS; call++) {
      clock.advance(life.pause());
      await life.next()(hand);
      if ((await store.counts()).parked > 0) seen.add('parked');
    }
    for (const { status, error } of (await store.jobs({})).items)
      seen.add(`job ${status} ${error ?? ''}`.trim());
  }
  expect(RARE.filter((what) => !seen.has(what))).toEqual([]);
});

/** Whether commits came through that a claim stood behind, and that folded an answer of nobody's. */
function noted(commits: readonly Commit[], committed: Committed, seen: Set<string>): Committed {
  const what = commits.some(({ lease }) => lease.token === undefined) ? 'answer' : 'commit';
  for (const result of committed.results) seen.add(`${what}: ${result}`);
  if (committed.jobs.length > 0) seen.add(`${what}: handed over`);
  return committed;
}

/** The store, with a note of what it answered. */
function noting(store: Store, seen: Set<string>): Store {
  return new Proxy(store, {
    get(target, method, receiver) {
      const call: unknown = Reflect.get(target, method, receiver);
      if (typeof call !== 'function') return call;
      return async (...values: unknown[]) => {
        const answer: unknown = await call.apply(target, values);
        if (method === 'commit') return noted(values[0] as Commit[], answer as Committed, seen);
        for (const one of Array.isArray(answer) ? answer : [answer]) {
          const { attempts } = Object(one) as { attempts?: number };
          seen.add(`${String(method)}: ${attempts === undefined ? one : `attempt ${attempts}`}`);
        }
        return answer;
      };
    },
  });
}
