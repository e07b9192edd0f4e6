import { expect } from 'vitest';
import type { Claim, ClaimedJob } from '../../src/store/store.js';
import { commitOf, DEFINITION, newInstance, newJob, signal } from '../../src/testing/store-suite/fixture.js';
import { pause } from './dev-process.js';
import { StoreActor } from './store-actor.js';

/** Short, so that a worker need not be stopped for long. */
const LEASE_MS = 150;

interface Held {
  readonly claim: Claim;
  readonly job: ClaimedJob;
}

/** How often what was refused to a worker that was stopped past its leases, and then went on as if nothing was. */
export interface Refusals {
  commits: number;
  extensions: number;
  ends: number;
  jobExtensions: number;
}

/**
 * Stops a worker that holds a mailbox and a job until another has taken both over and written; then the first
 * one goes on, and writes. Every store must refuse it every time, and keep what the second one wrote.
 */
export async function stopPastLease(url: string, rounds: number): Promise<Refusals> {
  const [first, second] = await Promise.all([StoreActor.open(url), StoreActor.open(url)]);
  const refusals: Refusals = { commits: 0, extensions: 0, ends: 0, jobExtensions: 0 };
  try {
    for (let round = 0; round < rounds; round++) {
      const id = `stopped-${round}`;
      await begin(second, id);
      const lost = await hold(first, id);
      await first.stop();
      const won = await hold(second, id);
      expect(first.isStopped, 'it stood still until it was overtaken').toBe(true);
      expect([won.claim.attempts, won.job.attempts]).toEqual([2, 2]);
      // What the first one will do the moment it wakes; in turns before and after the second one has written.
      const late = round % 2 === 0 ? undefined : write(first, lost, refusals);
      if (late === undefined) expect(await write(second, won)).toBe('committed');
      first.continue();
      expect(await (late ?? write(first, lost, refusals))).toBe('conflict');
      if (late !== undefined) expect(await write(second, won)).toBe('committed');
      await expectOf(second, id, won);
    }
  } finally {
    first.kill();
    second.kill();
  }
  return refusals;
}

/** An instance with a job, and an event that waits. */
async function begin(actor: StoreActor, id: string): Promise<void> {
  expect(await actor.call('create', [newInstance(id)])).toEqual(['created']);
  const claim = await claimOf(actor, id);
  const commit = commitOf(claim, claim.load, { jobs: [newJob(id, '1.0', claim.load.now)] });
  expect(await actor.call('commit', [commit])).toMatchObject({ results: ['committed'] });
  expect(await actor.call('send', [signal(id, 'one')])).toEqual(['accepted']);
}

async function hold(actor: StoreActor, id: string): Promise<Held> {
  const claim = await claimOf(actor, id);
  const query = { worker: actor.identity, limit: 1, leaseMs: LEASE_MS };
  const job = await once(async () => (await actor.call('claimJobs', query))[0]);
  expect(job.instance).toBe(id);
  return { claim, job };
}

async function claimOf(actor: StoreActor, id: string): Promise<Claim> {
  const query = {
    worker: actor.identity,
    limit: 1,
    leaseMs: LEASE_MS,
    definitions: [DEFINITION],
    messages: 100,
  };
  const claim = await once(async () => (await actor.call('claim', query))[0]);
  expect(claim.instance).toBe(id);
  return claim;
}

/** Renews, commits, and ends the job, as a worker would who knows of nothing; counts what is refused. */
async function write(actor: StoreActor, { claim, job }: Held, refusals?: Refusals): Promise<string> {
  const lease = { id: job.id, token: job.token };
  const end = { status: 'completed', output: JSON.stringify(actor.identity) } as const;
  const state = JSON.stringify({ by: actor.identity });
  const [
    lost,
    {
      results: [committed = 'none'],
    },
    lostJobs,
    [ended],
  ] = await Promise.all([
    actor.call('extend', [claim], LEASE_MS),
    actor.call('commit', [commitOf(claim, claim.load, { state })]),
    actor.call('extendJobs', [lease], LEASE_MS),
    actor.call('endJobs', [{ ...lease, end }]),
  ]);
  if (refusals !== undefined) {
    refusals.extensions += lost.length;
    refusals.commits += committed === 'conflict' ? 1 : 0;
    refusals.jobExtensions += lostJobs.length;
    refusals.ends += ended === 'lost' ? 1 : 0;
  }
  return committed;
}

/** What the second one wrote stands, once; and its answer of the job waits. Leaves the mailbox empty. */
async function expectOf(actor: StoreActor, id: string, { claim: { load } }: Held): Promise<void> {
  const reading = await actor.call('read', id);
  expect(reading?.instance.state).toBe(JSON.stringify({ by: actor.identity }));
  expect(reading?.instance.revision).toBe(load.instance.revision + 1);
  const { items } = await actor.call('journal', id, { limit: 100 });
  expect(items.map(({ eventId }) => eventId)).toEqual(['start', 'one']);
  const answers = await actor.call('messages', id);
  expect(answers.map(({ event }) => JSON.parse(event))).toMatchObject([
    { type: 'task.succeeded', output: actor.identity },
  ]);
  const rest = await claimOf(actor, id);
  expect(await actor.call('commit', [commitOf(rest, rest.load)])).toMatchObject({ results: ['committed'] });
}

/** Asks until there is something. */
async function once<T>(ask: () => Promise<T | undefined>): Promise<T> {
  for (const giveUpAt = performance.now() + 30_000; performance.now() < giveUpAt; await pause(10)) {
    const found = await ask();
    if (found !== undefined) return found;
  }
  throw new Error('it never came');
}
