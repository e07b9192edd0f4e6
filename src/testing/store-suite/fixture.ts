import assert from 'node:assert/strict';
import { effectName } from '../../core/identifier.js';
import { type JobEnd, jobAnswer, type NewJob, type NewPlainJob } from '../../core/job.js';
import { APPLIED, type JournalEntry } from '../../core/journal.js';
import {
  DEFAULT_PRIORITY,
  DEFAULT_QUEUE,
  MAX_TURN_MESSAGES,
  SUSPECT_PATIENCE_MS,
  TASK_DEADLINE_MS,
} from '../../core/limits.js';
import type { Message, NewMessage } from '../../core/message.js';
import type {
  Claim,
  ClaimedJob,
  Commit,
  CommitResult,
  DueQuery,
  FoldedAnswer,
  FoldedMessage,
  Hold,
  Load,
  NewInstance,
  Store,
} from '../../store/store.js';
import type { StoreHarness } from './store-case.js';

/** What the cases build their stories from: a machine `light` of which everything is an instance. */
export const DEFINITION = 'hash-of-light';
export const LEASE = 1_000;

export function newInstance(id: string, over: Partial<NewInstance> = {}): NewInstance {
  return {
    id,
    machine: 'light',
    definition: DEFINITION,
    inputHash: 'hash-of-null',
    start: { id: 'start', to: id, event: '{"type":"start","machine":"light","input":null}' },
    ...over,
  };
}

/** A signal from outside: its id is claimed for the receiver. */
export function signal(to: string, id: string, over: Partial<NewMessage> = {}): NewMessage {
  return { id, to, event: `{"type":"signal","name":"${id}"}`, hash: `hash-of-${id}`, ...over };
}

/** A timer of an instance, made by the revision of its id. */
export function timer(to: string, effect: string, dueAt: number): NewMessage {
  const event = `{"type":"timer.fired","effect":"${effect}"}`;
  return { id: effectName(to, effect), to, event, dueAt, cause: `${to}/${effect.split('.')[0]}` };
}

export function newJob(instance: string, effect: string, now: number, over: Partial<NewJob> = {}): NewJob {
  return {
    id: effectName(instance, effect),
    instance,
    effect,
    queue: DEFAULT_QUEUE,
    name: 'lamp',
    priority: DEFAULT_PRIORITY,
    input: '{"watts":40}',
    ask: true,
    deadlineAt: now + TASK_DEADLINE_MS,
    ...over,
  };
}

/** A plain job that is tried three times, after 100 ms and then 200 ms. */
export function newPlainJob(id: string, over: Partial<NewPlainJob> = {}): NewPlainJob {
  return {
    id,
    hash: `hash-of-${id}`,
    queue: DEFAULT_QUEUE,
    name: 'lamp',
    priority: DEFAULT_PRIORITY,
    input: '{"watts":40}',
    delayMs: 0,
    retry: { attempts: 3, delayMs: 100, rate: 2, maxDelayMs: 1_000 },
    timeoutMs: TASK_DEADLINE_MS,
    ...over,
  };
}

/** Claims, clean ones or suspects. */
export function claim(
  store: Store,
  limit = 10,
  definitions: readonly string[] = [DEFINITION],
  messages = MAX_TURN_MESSAGES,
  fresh = false,
) {
  return store.claim({ worker: 'worker', limit, leaseMs: LEASE, definitions, messages, fresh });
}

/** Claims, and expects exactly this mailbox. */
export async function claimOnly(store: Store, instance: string, messages?: number): Promise<Claim> {
  const claims = await claim(store, undefined, undefined, messages);
  assert.deepEqual(instancesOf(claims), [instance]);
  return claims[0] as Claim;
}

/** Has its worker die while it holds this mailbox, and waits until the next may have it. */
export async function dieHolding({ store, clock }: StoreHarness, instance: string): Promise<void> {
  const { attempts } = await claimOnly(store, instance);
  clock.advance(LEASE + (attempts - 1) * SUSPECT_PATIENCE_MS);
}

/** When the next thing is due that the query is for. */
export async function dueAt(store: Store, query: DueQuery): Promise<number | undefined> {
  return (await store.nextDue(query))?.at;
}

/** What a commit carries, of each kind none. */
export const NOTHING = {
  folded: [],
  answers: [],
  timers: [],
  cancelledTimers: [],
  jobs: [],
  cancelledJobs: [],
  messages: [],
  spawns: [],
} as const;

/** The commit of a turn that folded these messages. */
export function commitOf(lease: Hold, { instance, messages, now }: Load, over: Partial<Commit> = {}): Commit {
  const folded = messages.map((message, index) =>
    foldedOf(message, instance.revision + index + 1, Math.max(now, instance.updatedAt)),
  );
  return {
    lease,
    baseRevision: instance.revision,
    revision: instance.revision + messages.length,
    status: 'running',
    state: `{"revision":${instance.revision + messages.length}}`,
    updatedAt: now,
    ...NOTHING,
    folded,
    ...over,
  };
}

/** The answer of a job, folded at a revision. */
export function answerOf(
  { id, token, effect = '', startedAt }: ClaimedJob,
  revision: number,
  at: number,
  end: JobEnd = { status: 'completed', output: '{"lit":true}' },
): FoldedAnswer {
  const event = JSON.stringify(jobAnswer(effect, end, startedAt));
  return {
    id,
    token,
    end,
    event,
    seed: `seed of ${id}`,
    revision,
    at,
    outcome: APPLIED,
    history: '[]',
    code: '',
  };
}

export function foldedOf({ seq }: Message, revision: number, at: number): FoldedMessage {
  return { seq, revision, at, outcome: APPLIED, history: '[]', code: '' };
}

/** What the journal has to say of what a commit folded. */
export function entriesOf({ messages }: Load, { folded }: Commit): JournalEntry[] {
  return folded.map(({ seq, ...entry }) => {
    const { id, to, seed, event } = messages.find((message) => message.seq === seq) as Message;
    return { instance: to, eventId: id, seed, event, ...entry };
  });
}

/** Commits, and answers what became of each. */
export async function commitAll(store: Store, commits: readonly Commit[]): Promise<readonly CommitResult[]> {
  return (await store.commit(commits)).results;
}

/** Claims a mailbox, folds what is due in it, and commits. */
export async function turn(store: Store, instance: string, over: Partial<Commit> = {}): Promise<Load> {
  const lease = await claimOnly(store, instance);
  assert.deepEqual(await commitAll(store, [commitOf(lease, lease.load, over)]), ['committed']);
  return lease.load;
}

/** Creates an instance and folds its start, which leaves it at revision 1 with an empty mailbox. */
export async function born(store: Store, instance: string, over: Partial<Commit> = {}): Promise<void> {
  assert.deepEqual(await store.create([newInstance(instance)]), ['created']);
  await turn(store, instance, over);
}

/** An instance whose start asked for one job, claimed. */
export async function claimedJob(
  { store, clock }: StoreHarness,
  instance: string,
  over: Partial<NewJob> = {},
): Promise<ClaimedJob> {
  await born(store, instance, { jobs: [newJob(instance, '1.0', clock.now(), over)] });
  const [job, ...rest] = await claimJobs(store);
  assert.ok(job !== undefined && rest.length === 0);
  return job;
}

export function claimJobs(store: Store, limit = 10, names?: readonly string[], queues?: readonly string[]) {
  return store.claimJobs({
    worker: 'worker',
    limit,
    leaseMs: LEASE,
    ...(names === undefined ? {} : { names }),
    ...(queues === undefined ? {} : { queues }),
  });
}

/** A plain job, claimed. */
export async function claimedPlainJob(
  { store }: StoreHarness,
  id: string,
  over: Partial<NewPlainJob> = {},
): Promise<ClaimedJob> {
  assert.deepEqual(await store.enqueue([newPlainJob(id, over)]), ['created']);
  const [job, ...rest] = await claimJobs(store);
  assert.ok(job !== undefined && job.id === id && rest.length === 0);
  return job;
}

export function instancesOf(claims: readonly { readonly instance: string }[]): string[] {
  return claims.map(({ instance }) => instance);
}

export function idsOf(rows: readonly { readonly id: string }[]): string[] {
  return rows.map(({ id }) => id);
}

/** The ids of what waits for an instance, in order. */
export async function waiting(store: Store, instance: string): Promise<string[]> {
  return idsOf(await store.messages(instance));
}
