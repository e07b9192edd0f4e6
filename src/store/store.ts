import type { Definition, NewDefinition, Version } from '../core/definition.js';
import type { InstanceQuery, JobQuery, Page, PageQuery } from '../core/engine.js';
import type { Instance, Status } from '../core/instance.js';
import type { Job, JobEnd, NewJob } from '../core/job.js';
import type { JournalEntry } from '../core/journal.js';
import type { Message, NewMessage } from '../core/message.js';
import type { Problem } from '../core/problem.js';

/**
 * Where everything lives: the port that every back end implements, and whose suite (testing/store-suite) it
 * must pass. Payloads cross it as JSON text, so that they come back byte for byte.
 *
 * Every method is atomic and durable when its promise resolves; of claims and leases a store may lose the last
 * with the machine's power, which is as if they had run out. A promise that rejects leaves the caller not
 * knowing whether it happened: every call can be made again without harm. Broken I/O rejects with Refused, its
 * code beginning with `store-`; anything else is a bug in what was asked for, and would fail again. What is
 * expected to happen in daily work (a conflict, a duplicate, a lost lease) is a value, never an exception.
 *
 * The store's clock is the only one that decides: due times, leases and deadlines are compared with it.
 */
export interface Store {
  /** For people: `memory:`, `sqlite:orders.db`. */
  readonly url: string;
  /** Milliseconds since 1970 by the store's clock. */
  now(): Promise<number>;

  /** The same hash again answers what is there; a new one gets the machine's next version. */
  publish(definition: NewDefinition): Promise<Definition>;
  definition(hash: string): Promise<Definition | undefined>;
  /** The newest version of a machine. */
  latest(machine: string): Promise<Definition | undefined>;
  /** Every definition there is, without the sources, by machine and version. */
  definitions(): Promise<readonly Version[]>;

  /** Makes instances at revision 0 with their start message. An id that exists is told from its input's hash. */
  create(instances: readonly NewInstance[]): Promise<readonly CreateResult[]>;
  /**
   * Appends messages from outside. `unknown` if there is no such instance; where the message has a hash, its
   * id is claimed for the receiver for good: again with the same hash it is a `duplicate`, with another a
   * `conflict` (rule 3).
   */
  send(messages: readonly NewMessage[]): Promise<readonly SendResult[]>;

  /**
   * Takes mailboxes with something due, oldest first, and writes the attempt (rule 8). Either clean ones, up
   * to `limit`, or exactly one that has an attempt behind it, which must be older than the oldest clean one by
   * SUSPECT_PATIENCE_MS for each attempt. One with MAX_ATTEMPTS behind it is parked instead. Only instances
   * whose definition the caller can step (rule 9).
   */
  claim(query: ClaimQuery): Promise<readonly Claim[]>;
  /**
   * The instances and their due messages in order (dueAt, seq), at most `limit` messages each. Nothing for a
   * lease that was lost.
   */
  load(claims: readonly Lease[], limit: number): Promise<readonly Load[]>;
  /**
   * Each commit is all or nothing; `conflict` if its lease or its revision is no longer what it was (nothing
   * of it is written). Releases the lease, clears the attempts, and makes the mailbox due at its next
   * message. Messages to others are appended whether their receiver exists or not (rule 10).
   */
  commit(commits: readonly Commit[]): Promise<readonly CommitResult[]>;
  /** Renews leases for `leaseMs` from now; answers the instances whose lease was lost. */
  extend(leases: readonly Lease[], leaseMs: number): Promise<readonly string[]>;
  /** Gives mailboxes back unstepped, their lease ended; those that are due already go first. */
  release(releases: readonly Release[]): Promise<void>;
  /** Makes a parked mailbox claimable again, its attempts forgotten; false if it was not parked. */
  unpark(instance: string): Promise<boolean>;

  /** Takes pending jobs, oldest first, and those whose worker's lease ran out; counts the attempt. */
  claimJobs(query: ClaimJobsQuery): Promise<readonly ClaimedJob[]>;
  /**
   * Renews leases; a `beat` also tells that the handler made progress. Answers the jobs that are no longer the
   * caller's (ended, cancelled, taken over).
   */
  extendJobs(leases: readonly JobLease[], leaseMs: number): Promise<readonly string[]>;
  /** Ends a job by its lease token and answers its instance, in one transaction (rule 1). */
  endJobs(ends: readonly EndJob[]): Promise<readonly EndJobResult[]>;
  /** Makes a job pending again whose worker cannot go on with it, its attempt given back. */
  releaseJobs(leases: readonly JobLease[]): Promise<void>;
  /**
   * Ends what waited too long, at most `limit` of each: jobs past their deadline or heartbeat, jobs handed out
   * MAX_DELIVERIES times whose lease ran out; parks mailboxes without an instance after DEAD_LETTER_MS.
   * Answers how many it ended.
   */
  expire(limit: number): Promise<number>;

  /** When the next thing that the caller could do is due: a mailbox, a job, a deadline. */
  nextDue(query: DueQuery): Promise<number | undefined>;
  /** A hint that something was written, by this process or another; may be late, early or missing. */
  onChange(listener: () => void): () => void;

  read(instance: string): Promise<Reading | undefined>;
  /** Newest first. */
  find(query: InstanceQuery): Promise<Page<Reading>>;
  count(query: Omit<InstanceQuery, 'limit' | 'after'>): Promise<number>;
  /** By revision, ascending. */
  journal(instance: string, query: PageQuery): Promise<Page<JournalEntry>>;
  /** The journal entry of one event, if it was folded. */
  folded(instance: string, eventId: string): Promise<JournalEntry | undefined>;
  /** Newest first. */
  jobs(query: JobQuery): Promise<Page<Job>>;
  /** What waits for an instance, timers included, in order; at most MAX_PAGE. */
  messages(instance: string): Promise<readonly Message[]>;
  counts(): Promise<Counts>;
  close(): Promise<void>;
}

export interface NewInstance {
  readonly id: string;
  readonly machine: string;
  readonly definition: string;
  readonly inputHash: string;
  /** Due on arrival; its `to` is the instance. */
  readonly start: NewMessage;
}

/** `exists`: the same id, machine and input; `conflict`: the id is taken by something else. */
export type CreateResult = 'created' | 'exists' | 'conflict';

export type SendResult = 'accepted' | 'duplicate' | 'conflict' | 'unknown';

export interface ClaimQuery {
  /** Who claims: names the process, so that a store can tell when it died. */
  readonly worker: string;
  readonly limit: number;
  readonly leaseMs: number;
  /** Hashes of the definitions that the caller can step. */
  readonly definitions: readonly string[];
}

/**
 * A hold on a mailbox. Once it has run out others may take the mailbox over, which changes the token; until one
 * did, it still holds.
 */
export interface Lease {
  readonly instance: string;
  readonly token: string;
}

export interface Claim extends Lease {
  /** Claims without a commit so far, this one included. */
  readonly attempts: number;
}

export interface Release extends Lease {
  /** Whether the attempt is given back: the failure was not the step's. */
  readonly giveBack: boolean;
  /** What went wrong, kept for the day it is parked. */
  readonly problem?: Problem;
}

export interface Load {
  readonly instance: Instance;
  readonly messages: readonly Message[];
  /** The store's clock at the load. */
  readonly now: number;
}

/** One instance and what it owns, and messages to others (rule 1). */
export interface Commit {
  readonly lease: Lease;
  /** The revision that was loaded. */
  readonly baseRevision: number;
  readonly revision: number;
  readonly status: Status;
  /** JSON text, or undefined if the state did not change. */
  readonly state: string | undefined;
  readonly updatedAt: number;
  readonly journal: readonly JournalEntry[];
  /** `seq` of the messages that were folded. */
  readonly consumed: readonly number[];
  /** Timers and other messages to itself. */
  readonly timers: readonly NewMessage[];
  /** Ids of own timer messages that are no longer wanted. */
  readonly cancelledTimers: readonly string[];
  readonly jobs: readonly NewJob[];
  /** Ids of own jobs that are no longer wanted. */
  readonly cancelledJobs: readonly string[];
  /** To other instances. */
  readonly messages: readonly NewMessage[];
}

export type CommitResult = 'committed' | 'conflict';

export interface ClaimJobsQuery {
  readonly worker: string;
  readonly limit: number;
  readonly leaseMs: number;
  /** The task names that the caller can handle; undefined for all. */
  readonly names?: readonly string[];
}

export interface ClaimedJob extends Job {
  readonly token: string;
}

export interface JobLease {
  readonly id: string;
  readonly token: string;
  /** The handler said that it is alive. */
  readonly beat?: boolean;
}

export interface EndJob {
  readonly id: string;
  readonly token: string;
  readonly end: JobEnd;
}

/** `lost`: the token is no longer the job's; nothing was written. */
export type EndJobResult = 'ended' | 'lost';

export interface DueQuery {
  readonly definitions: readonly string[];
  /** As in ClaimJobsQuery: undefined for any job, an empty list for none. Deadlines always count. */
  readonly names?: readonly string[];
}

export interface Reading {
  readonly instance: Instance;
  readonly parked?: Problem;
  /** Attempts behind its mailbox, and when it is due next, if ever. */
  readonly attempts: number;
  readonly nextDueAt?: number;
}

export interface Counts {
  readonly instances: number;
  readonly dueMessages: number;
  readonly pendingJobs: number;
  /** Mailboxes that were given up on, those without an instance included. */
  readonly parked: number;
}
