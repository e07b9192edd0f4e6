import type { Definition, NewDefinition, Version } from '../core/definition.js';
import type { InstanceQuery, JobQuery, Page, PageQuery } from '../core/engine.js';
import type { Instance, Status } from '../core/instance.js';
import type { ClaimedJob, Job, JobEnd, NewJob, NewPlainJob } from '../core/job.js';
import type { JournalEntry, Outcome } from '../core/journal.js';
import type { Message, NewMessage } from '../core/message.js';
import type { Problem } from '../core/problem.js';
import type { Pausable, QueueStatistics } from '../core/queue.js';

export type { ClaimedJob } from '../core/job.js';
export type { Pausable, QueueStatistics } from '../core/queue.js';

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
   * to `limit`, or suspects, which have an attempt behind them, where they are due no later than the oldest clean one:
   * the first of them, and where it has but one attempt behind it those next to it that have one too, MAX_SUSPECTS in
   * all. Where the caller is `fresh`, none with more than one attempt behind it.
   * One that was lost with its worker is due again when its lease ran out, and SUSPECT_PATIENCE_MS later for each
   * attempt but the first. One with MAX_ATTEMPTS behind it is parked instead. Only instances whose definition the
   * caller can step (rule 9). Each comes with its instance, as it stands when it is held, and what is due in it.
   */
  claim(query: ClaimQuery): Promise<readonly Claim[]>;
  /**
   * Each commit is all or nothing; `conflict` if its lease or its revision is no longer what it was, or a job that
   * it ends is no longer its worker's (nothing of it is written). Releases the lease, clears the attempts, and makes
   * the mailbox due at its next message. Messages to others are appended whether their receiver exists or not
   * (rule 10).
   *
   * `take` hands jobs that these commits make to the caller, as if it had claimed them at once: those of its names
   * and queues, at most its `limit`, but none of a queue that is paused or has a limit.
   */
  commit(commits: readonly Commit[], take?: ClaimJobsQuery): Promise<Committed>;
  /**
   * Takes instances over to other definitions, each all or nothing: a `conflict` if it is no longer as it was. Nobody
   * needs to hold them: whatever lease there is ends, and a turn at hand comes to nothing. What waits in their
   * mailboxes stays there; one that is paused or parked stays so.
   */
  migrate(migrations: readonly Migration[]): Promise<readonly CommitResult[]>;
  /** Renews leases for `leaseMs` from now; answers the instances whose lease was lost. */
  extend(leases: readonly Lease[], leaseMs: number): Promise<readonly string[]>;
  /** Gives mailboxes back unstepped, their lease ended; those that are due already go first. */
  release(releases: readonly Release[]): Promise<void>;
  /** Makes a parked mailbox claimable again, its attempts forgotten; false if it was not parked. */
  unpark(instance: string): Promise<boolean>;
  /**
   * Lets nothing more be claimed of an instance, of a machine's instances, or of a queue, until it is resumed.
   * An instance's lease ends at once, so that a turn at hand comes to nothing, and its status is `paused`; of a
   * machine and a queue, what is held may be finished. False if it was paused already, or is an instance that
   * is not running.
   */
  pause(target: Pausable): Promise<boolean>;
  /** False if it was not paused. */
  resume(target: Pausable): Promise<boolean>;
  /** The machines and queues that are paused, by kind and name. */
  paused(): Promise<readonly Pausable[]>;

  /**
   * Puts jobs of nobody's into queues. The id of each is claimed for as long as the job is kept: again with the
   * same hash it `exists`, with another it is a `conflict` (rule 3).
   */
  enqueue(jobs: readonly NewPlainJob[]): Promise<readonly CreateResult[]>;
  /** Cancels a plain job that has not ended. */
  cancelJob(id: string): Promise<JobChange>;
  /** Makes a plain job pending again that failed or was cancelled, its attempts forgotten. */
  retryJob(id: string): Promise<JobChange>;
  /**
   * How many jobs of a queue may be processed at once, by all workers together; undefined for any number. One
   * whose lease ran out counts until it has ended, and is handed out again in its own place.
   */
  limitQueue(queue: string, concurrency: number | undefined): Promise<void>;
  /** Every queue that has jobs, a limit, or is paused, by name. */
  queues(): Promise<readonly QueueStatistics[]>;
  /**
   * Takes pending jobs that are due, by (priority, dueAt, seq), and those whose worker's lease ran out; counts
   * the attempt. None of a paused queue, and no more of a limited one than its limit allows. Of those whose worker
   * was lost and that were handed out ISOLATED_DELIVERIES times, at most one, and none where the caller has one
   * (rule 7).
   */
  claimJobs(query: ClaimJobsQuery): Promise<readonly ClaimedJob[]>;
  /**
   * Renews leases; a `beat` also tells that the handler made progress. Answers the jobs that are no longer the
   * caller's (ended, cancelled, taken over).
   */
  extendJobs(leases: readonly JobLease[], leaseMs: number): Promise<readonly string[]>;
  /**
   * Ends a job by its lease token and answers its instance, in one transaction (rule 1). A plain job that
   * failed with attempts left is pending again after its backoff. With the token that the job was last ended by, or
   * given up by for another attempt, it answers the same again and writes nothing.
   */
  endJobs(ends: readonly EndJob[]): Promise<readonly EndJobResult[]>;
  /** Makes a job pending again whose worker cannot go on with it, its attempt given back. */
  releaseJobs(leases: readonly JobLease[]): Promise<void>;
  /**
   * Ends what waited too long, at most `limit` of each: jobs past their deadline or heartbeat (plain ones with
   * attempts left are pending again after their backoff), jobs handed out MAX_DELIVERIES times (plain ones: as
   * often as they may be) whose lease ran out; parks mailboxes without an instance after DEAD_LETTER_MS. Answers
   * how many it ended, or had tried again.
   */
  expire(limit: number): Promise<number>;
  /**
   * Deletes, or trims, what nobody needs any more, at most `limit` of it; answers how many, and 0 once nothing is
   * left. What is large goes a portion at a time, leaves first, and counts each time.
   */
  sweep(query: SweepQuery): Promise<number>;

  /** When the next thing that the caller could do is due: a mailbox, a job, a deadline. */
  nextDue(query: DueQuery): Promise<Due | undefined>;
  /** A hint that something was written, by this process or another; may be late, early, wrong or missing. */
  onChange(listener: (hint: Hint) => void): () => void;

  read(instance: string): Promise<Reading | undefined>;
  /** Those of these instances that there are, in any order; at most MAX_PAGE may be asked for. */
  instances(ids: readonly string[]): Promise<readonly Instance[]>;
  /** Newest first. */
  find(query: InstanceQuery): Promise<Page<Reading>>;
  count(query: Omit<InstanceQuery, 'limit' | 'after'>): Promise<number>;
  /** By revision, ascending; what was trimmed is not among them. */
  journal(instance: string, query: PageQuery): Promise<Page<JournalEntry>>;
  /** The journal entry of one event, if it was folded and not trimmed. */
  folded(instance: string, eventId: string): Promise<JournalEntry | undefined>;
  /**
   * The newest snapshot at or below a revision, which the journal can be folded from; undefined if there is
   * none, and the start event is where to begin. Stores take one at the commit that passes a multiple of
   * SNAPSHOT_EVERY; trimming keeps the one before the first entry that is left.
   */
  snapshot(instance: string, revision: number): Promise<Snapshot | undefined>;
  /**
   * The journal entries of all instances that were committed after a position, in an order in which nothing is
   * ever inserted behind a position that was handed out: none is skipped, whatever commits concurrently.
   */
  changes(query: ChangesQuery): Promise<Changes>;
  /** Newest first. */
  jobs(query: JobQuery): Promise<Page<Job>>;
  job(id: string): Promise<Job | undefined>;
  /**
   * The timers that wait for a subject and are neither due and folded nor cancelled, by name: at most `limit`, those
   * behind the name `after`.
   */
  awaiting(query: AwaitingQuery): Promise<readonly Message[]>;
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
  /** The instance that spawned it, and is told of its end. */
  readonly parent?: string;
  /** It is not deleted with its parent, but on its own. */
  readonly detached?: boolean;
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
  /** Due messages that come with each mailbox at most; with one that has more than CAUTIOUS_ATTEMPTS one (rule 8). */
  readonly messages: number;
  /** The caller has just begun, perhaps because what it may claim took another down. */
  readonly fresh?: boolean;
}

/** An instance, and the token of the lease on its mailbox, if there is one. */
export interface Hold {
  readonly instance: string;
  readonly token?: string;
}

/**
 * A hold on a mailbox. Once it has run out others may take the mailbox over, which changes the token; until one
 * did, it still holds.
 */
export interface Lease extends Hold {
  readonly token: string;
}

export interface Claim extends Lease {
  /** Claims without a commit so far, this one included. */
  readonly attempts: number;
  readonly load: Load;
}

export interface Release extends Lease {
  /** Whether the attempt is given back: the failure was not the step's. */
  readonly giveBack: boolean;
  /** What went wrong, kept for the day it is parked. */
  readonly problem?: Problem;
}

/** What a turn folds. */
export interface Load {
  readonly instance: Instance;
  /** The first that are due, by (dueAt, seq). */
  readonly messages: readonly Message[];
  /** The store's clock at the claim. */
  readonly now: number;
}

/**
 * One instance and what it owns, and messages to others (rule 1).
 *
 * Without a token it is of an instance that nobody holds, and that the caller knows from its last commit: it is a
 * `conflict` unless the mailbox is free to be claimed (no lease holds, it is neither parked nor paused, nor its
 * machine, and no attempt is behind it) and nothing is due in it, so that what is folded comes first.
 */
export interface Commit {
  readonly lease: Hold;
  /** The revision that was claimed. */
  readonly baseRevision: number;
  readonly revision: number;
  readonly status: Status;
  /** JSON text, or undefined if the state did not change. */
  readonly state: string | undefined;
  readonly updatedAt: number;
  /** The messages that were folded, in order: each moves from the mailbox to the journal. */
  readonly folded: readonly FoldedMessage[];
  /**
   * Ends of own jobs that were folded without a message: each job ends with the commit, as `endJobs` ends it, and
   * the journal has the entry that its answer would have, the job's id for its event's.
   */
  readonly answers: readonly FoldedAnswer[];
  /** Timers and other messages to itself. */
  readonly timers: readonly NewMessage[];
  /** Ids of own timer messages that are no longer wanted. */
  readonly cancelledTimers: readonly string[];
  readonly jobs: readonly NewJob[];
  /** Ids of own jobs that are no longer wanted. */
  readonly cancelledJobs: readonly string[];
  /** To other instances. */
  readonly messages: readonly NewMessage[];
  /** Children to be made, unless they exist. */
  readonly spawns: readonly NewInstance[];
}

/** What the journal says of an event beyond what brought it says: see JournalEntry. */
interface FoldedEvent {
  readonly revision: number;
  readonly at: number;
  readonly outcome: Outcome;
  readonly history: string;
  readonly code: string;
}

export interface FoldedMessage extends FoldedEvent {
  readonly seq: number;
}

/** The end of a job that is answered; its `event` is JSON text and no longer than OUT_OF_ROW_LENGTH. */
export interface FoldedAnswer extends FoldedEvent, EndJob {
  readonly event: string;
  readonly seed: string;
}

/** One instance that goes to another definition: a commit of one event that no message brought. */
export interface Migration {
  /** The definition and the status that it had. */
  readonly from: Pick<Instance, 'definition' | 'status'>;
  /** The hash of the definition that it has from now on. */
  readonly definition: string;
  readonly entry: JournalEntry;
  /** Its lease has no token; it folds and answers nothing else, and goes one revision on. */
  readonly commit: Commit;
}

export type CommitResult = 'committed' | 'conflict';

/** What became of each commit, and the jobs that were handed to the caller. */
export interface Committed {
  readonly results: readonly CommitResult[];
  readonly jobs: readonly ClaimedJob[];
}

/**
 * What was written: something in a mailbox, or something about jobs and queues. Both where it is not known; neither
 * where a commit left nothing to do, and only those who read along have something to read.
 */
export interface Hint {
  readonly mail: boolean;
  readonly jobs: boolean;
}

export interface ClaimJobsQuery {
  readonly worker: string;
  readonly limit: number;
  readonly leaseMs: number;
  /** The task names that the caller can handle; undefined for all. */
  readonly names?: readonly string[];
  /** The queues that it serves; undefined for all. */
  readonly queues?: readonly string[];
  /** It has a job at work that was handed out ISOLATED_DELIVERIES times before: no other such. */
  readonly isolated?: boolean;
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

/** `lost`: the token is no longer the job's; nothing was written. `retried`: it failed, and will be tried again. */
export type EndJobResult = 'ended' | 'retried' | 'lost';

/** `owned`: it belongs to an instance, which alone decides. `unchanged`: it stands where it cannot be changed so. */
export type JobChange = 'changed' | 'unchanged' | 'owned' | 'unknown';

/** When something is due, and what the store's clock says now. */
export interface Due {
  readonly at: number;
  readonly now: number;
}

export interface DueQuery {
  readonly definitions: readonly string[];
  /** As in ClaimJobsQuery: undefined for any job, an empty list for none. Deadlines always count. */
  readonly names?: readonly string[];
  readonly queues?: readonly string[];
  readonly isolated?: boolean;
}

/**
 * - `instances`: those that ended before, with everything of theirs, and only together with all their children,
 *   ended too; a child not before its parent, unless it is detached: that goes by itself, and its parent not before
 *   it, so that no name is used again whose children are still there. Not before the jobs have ended that they
 *   asked for without waiting for them
 * - `journals`: the entries from before, of instances that stay, up to a snapshot that is as old; with what
 *   only they referred to. It is entries that are counted
 * - `jobs`: those that ended before: plain ones, and those of instances
 * - `letters`: mailboxes without an instance that were parked before, with their messages
 */
export interface SweepQuery {
  readonly what: 'instances' | 'journals' | 'jobs' | 'letters';
  /** Milliseconds since 1970, by the store's clock. */
  readonly before: number;
  readonly limit: number;
  /** Of these machines alone; not for `letters`. Jobs of nobody's have none. */
  readonly machines?: readonly string[];
  /** Of all machines but these. */
  readonly exceptMachines?: readonly string[];
}

export interface AwaitingQuery {
  readonly subject: string;
  /** At most MAX_PAGE. */
  readonly limit: number;
  readonly after?: string;
}

export interface Snapshot {
  readonly instance: string;
  readonly revision: number;
  readonly status: Status;
  readonly state: string | null;
}

export interface ChangesQuery {
  /**
   * A position that was handed out (else Refused, `invalid-position`); `''` for the beginning of what is kept.
   * Undefined for the end: no entries.
   */
  readonly after: string | undefined;
  /** At most MAX_PAGE. */
  readonly limit: number;
  readonly instance?: string;
  readonly machine?: string;
}

export interface Changes {
  readonly entries: readonly JournalEntry[];
  /** Where to go on: behind these entries and whatever was passed over. */
  readonly position: string;
  /** Something behind the position asked for was swept since it was handed out: what follows may have a gap. */
  readonly reset: boolean;
}

export interface Reading {
  readonly instance: Instance;
  readonly parked?: Problem;
  /** Attempts behind its mailbox, and when it is due next, if ever. */
  readonly attempts: number;
  readonly nextDueAt?: number;
  /** Whether its machine is paused. */
  readonly machinePaused: boolean;
  /** The store's clock at the reading. */
  readonly now: number;
}

export interface Counts {
  readonly instances: number;
  readonly dueMessages: number;
  readonly pendingJobs: number;
  /** Mailboxes that were given up on, those without an instance included. */
  readonly parked: number;
}
