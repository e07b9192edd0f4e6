import type { Definition, Version } from './definition.js';
import type { Duration } from './duration.js';
import type { Instance, Status } from './instance.js';
import type { ClaimedJob, Job, JobStatus } from './job.js';
import type { HistoryEntry, Outcome } from './journal.js';
import type { Json } from './json.js';
import type { Correlation, View } from './language.js';
import type { Problem } from './problem.js';
import type {
  ActivityClaimOptions,
  ActivityTask,
  EnqueuedJob,
  EnqueueOptions,
  JobClaimOptions,
  JobFailure,
  Pausable,
  QueueStatistics,
} from './queue.js';
import type { Retention } from './retention.js';

/**
 * What server, CLI and programs speak to: made by the runtime on a Store. What a caller did wrong rejects
 * with Refused, whose `code` says what:
 *
 * - `definition-invalid`, `unknown-language`: nothing was published
 * - `unknown-machine`, `unknown-instance`, `unknown-version`: there is none of that name
 * - `unknown-revision`: the instance never had it, or what led to it was swept
 * - `missing-code`, `other-code`: what cannot be stepped here, or not as it was
 * - `conflict`: the id is taken by something else
 * - `ended`: the instance has, and cannot be paused any more
 * - `unknown-job`, `job-owned`, `job-state`, `lease-lost`: the job is not there, or not to be changed so
 * - `invalid-job`, `invalid-id`, `not-json`, `payload-too-large`: the request itself
 * - `reserved`: the machine, or the language, is that of schedules
 * - `invalid-correlation`: a key and value that nobody can wait for
 * - `InvalidToken`, `TaskDoesNotExist`, `TaskTimedOut`, `InvalidOutput`: see `succeedTask`
 * - `retention-invalid`: how long to keep what, with everything that is wrong with it
 * - `schedule-invalid`: the specification, with everything that is wrong with it
 */
export interface Engine {
  /** Where everything lives, for people: the store's URL, without secrets. */
  readonly store: string;
  /** Checks and stores a definition; the same content again answers the version it already has. */
  publish(definition: Publication): Promise<Definition>;
  /** The newest version of every machine, by name; not that of schedules, which nobody published. */
  machines(): Promise<readonly Version[]>;
  /** Resolves once the instance is durable and readable. The same id, machine and input answers the same. */
  create(machine: string, options?: CreateOptions): Promise<InstanceView>;
  /**
   * Creates the schedule of a name, which is an instance: read it, send it `pause`, `trigger` or `update`, and
   * stop it by the id that comes back. The same name and specification answers the same.
   */
  schedule(name: string, specification: Json): Promise<InstanceView>;
  /** Resolves once the event is durable; with `wait` once it was applied, or the wait is over. */
  send(instance: string, event: SentEvent, options?: SendOptions): Promise<Receipt>;
  /**
   * Undefined if there is no such instance. What its machine calls sensitive is hidden, unless `reveal` is true. With a
   * `revision` as it stood after that event: its journal is folded up to there.
   */
  read(instance: string, options?: ReadOptions): Promise<InstanceView | undefined>;
  list(query?: InstanceQuery): Promise<Page<InstanceView>>;
  count(query?: Omit<InstanceQuery, 'limit' | 'after'>): Promise<number>;
  history(instance: string, query?: PageQuery): Promise<Page<HistoryEntry>>;
  /**
   * Reads on and on what happens, in the order of the commits: page after page, the first at once. Whoever kept a
   * position goes on behind it, with nothing skipped or repeated. Ends with the signal, or with the engine.
   * Rejects with Refused (`invalid-position`) where a position was never handed out.
   */
  watch(options?: WatchOptions): AsyncIterable<WatchedHistory>;
  jobs(query?: JobQuery): Promise<Page<Job>>;
  /** Undefined if there is no such job. */
  job(id: string): Promise<Job | undefined>;
  /** Puts a job into a queue, for whichever handler has its name; resolves once it is durable. */
  enqueue(name: string, options?: EnqueueOptions): Promise<EnqueuedJob>;
  /** Cancels a plain job that has not ended. */
  cancelJob(id: string): Promise<Job>;
  /** Makes a plain job pending again that failed or was cancelled, its attempts forgotten. */
  retryJob(id: string): Promise<Job>;
  /** Every queue that has jobs, a limit, or is paused, by name. */
  queues(): Promise<readonly QueueStatistics[]>;
  /** How many jobs of a queue may be processed at once, by all workers together; null for any number. */
  limitQueue(queue: string, concurrency: number | null): Promise<void>;
  /** Takes jobs for a worker that is no part of this process: it answers for each before its lease ends. */
  claimJobs(options?: JobClaimOptions): Promise<readonly ClaimedJob[]>;
  /** Tells that such a worker is alive and makes progress: its lease begins anew. */
  heartbeatJob(id: string, token: string, options?: { readonly lease?: Duration }): Promise<void>;
  completeJob(id: string, token: string, output?: Json): Promise<Job>;
  /** Answers the job: pending again where it is to be tried again. */
  failJob(id: string, token: string, failure: JobFailure): Promise<Job>;
  /**
   * Lets nothing more be begun of an instance, of a machine's instances, or of a queue, until it is resumed.
   * False if it was paused already.
   */
  pause(target: Pausable): Promise<boolean>;
  /** False if it was not paused. */
  resume(target: Pausable): Promise<boolean>;
  /** The machines and queues that are paused. */
  paused(): Promise<readonly Pausable[]>;
  /**
   * Takes the next task of an activity, by the activity's ARN, for a worker that is no part of this process and
   * answers it with its token; undefined if there is none, or none in time.
   */
  claimActivity(activity: string, options?: ActivityClaimOptions): Promise<ActivityTask | undefined>;
  /**
   * Answers a task that waits for its token: durable when it resolves, and once: the first answer is it. Rejects with Refused as Step Functions names it: `InvalidToken`, `TaskDoesNotExist`, `TaskTimedOut` where it
   * was answered otherwise, waited too long or was given up, `InvalidOutput`.
   */
  succeedTask(token: string, output?: Json): Promise<void>;
  /** The same for one that went wrong; `ValidationException` where the error or the cause is too long. */
  failTask(token: string, failure?: TaskFailure): Promise<void>;
  /** Says that such a task is still worked on: its HeartbeatSeconds begin anew. */
  heartbeatTask(token: string): Promise<void>;
  /**
   * Hands a message to the executions that wait for its key and value: to all of them, or to the one that waits
   * longest. Durable when it resolves, and each wait is over with its first message. Nobody keeps it for those to come.
   */
  correlate(message: CorrelatedMessage, to?: 'all' | 'one'): Promise<Correlated>;
  /** Ends a running instance from outside. */
  stop(instance: string, reason?: { readonly error?: string; readonly cause?: string }): Promise<Receipt>;
  /** Lets a parked instance be stepped again (rule 8), and one that failed go on from where it did. */
  retry(instance: string): Promise<void>;
  /**
   * Takes live instances of a machine over to another version of it, a page at a time, each in a commit of its own; or
   * tells what would become of them. Again and again without harm: those that are there already are passed over.
   * What cannot be taken over stays as it was, and the report says why.
   */
  migrate(machine: string, options?: MigrateOptions): Promise<MigrationReport>;
  /** Deletes at once what is older than a retention says; answers how many. */
  sweep(retention: Retention): Promise<SweepCounts>;
  health(): Promise<Health>;
  close(): Promise<void>;
}

export interface Publication {
  readonly machine: string;
  readonly language: string;
  readonly source: Json;
  /** As in Definition; where this process has implementations of the machine, their version if absent. */
  readonly code?: string;
}

export interface MigrateOptions extends PageQuery {
  /** The version to go to: the newest, if absent. */
  readonly to?: number;
  /** Only from these versions. */
  readonly from?: number;
  /** Only this instance. */
  readonly instance?: string;
  /** Only those of this status; those that run, are paused, or have failed, if absent. */
  readonly status?: Status;
  /** Only tell. */
  readonly dryRun?: boolean;
}

/** What became of a page of instances. */
export interface MigrationReport {
  readonly machine: string;
  readonly to: number;
  readonly dryRun: boolean;
  /** Instances that this page looked at, and of those, what were of that version already. */
  readonly seen: number;
  readonly current: number;
  readonly groups: readonly MigrationGroup[];
  /** Present if there may be more. */
  readonly next?: string;
}

/** Instances that stood alike, and what became of them. */
export interface MigrationGroup {
  readonly from: number;
  readonly status: Status;
  /** Where they stood, as paths, and where they stand then. */
  readonly before: string;
  readonly after?: string;
  readonly count: number;
  /** What they wait for, in all of them together: what goes on, ends, and begins. */
  readonly kept: number;
  readonly cancelled: EffectCounts;
  readonly started: EffectCounts;
  /** Why they were left as they were. */
  readonly problem?: Problem;
  /** The ids of some of them. */
  readonly instances: readonly string[];
}

export interface EffectCounts {
  readonly timers: number;
  readonly tasks: number;
  readonly machines: number;
}

export interface CreateOptions {
  readonly id?: string;
  readonly input?: Json;
  readonly wait?: Wait;
}

export interface ReadOptions {
  readonly reveal?: boolean;
  /** From 1, which is its start, to the one that it has now. */
  readonly revision?: number;
}

/** How a task that was answered from outside went wrong: an error's name, and a text for people. */
export interface TaskFailure {
  readonly error?: string;
  readonly cause?: string;
}

/** A message for whoever waits for its key and value. */
export interface CorrelatedMessage extends Correlation {
  /** Null if absent. */
  readonly data?: Json;
}

/** Whom a message has reached. */
export interface Correlated {
  readonly matched: number;
  /** Their ids; the first MAX_PAGE of them. */
  readonly instances: readonly string[];
}

/** How long to wait for the effect of a request. */
export type Wait = Duration;

export interface SentEvent {
  readonly type: string;
  readonly data?: Json;
  /** The same id with the same body is applied once; with another body it is a conflict (rule 3). */
  readonly id?: string;
}

export interface SendOptions {
  /** Create the instance from this machine if there is none. */
  readonly create?: string;
  readonly wait?: Wait;
}

/** What became of a sent event. */
export interface Receipt {
  readonly instance: string;
  /** The event's id; ours, which has a slash and can be sent by nobody, if the sender gave none. */
  readonly id: string;
  /** Whether the event was there already. */
  readonly duplicate: boolean;
  /** Present once it was folded. */
  readonly applied?: { readonly revision: number; readonly outcome: Outcome };
}

/** An instance as people and programs read it. */
export interface InstanceView extends Omit<Instance, 'state'>, View {
  readonly version: number;
  /** When something of it is due next, by the store's clock: in the past if it waits for a worker. */
  readonly nextDueAt?: number;
  /** Present if it was given up on and waits for a retry. */
  readonly parked?: Problem;
  /** Why it does not move although something is due: what no worker here can step or handle (rule 9). */
  readonly lag?: string;
}

export interface WatchOptions {
  /** The position to go on behind; `''` for the beginning of what is kept. The end, if absent. */
  readonly after?: string;
  /** Of this instance alone, or of the instances of this machine. */
  readonly instance?: string;
  readonly machine?: string;
  readonly signal?: AbortSignal;
}

export interface WatchedHistory {
  readonly entries: readonly HistoryEntry[];
  /** Behind these entries: opaque, and good for as long as the store is. */
  readonly position: string;
  /** Some of what came after the position asked for was swept away before it could be read. */
  readonly reset?: boolean;
}

export interface PageQuery {
  /** At most MAX_PAGE. */
  readonly limit?: number;
  /** The `next` of the page before. */
  readonly after?: string;
}

export interface InstanceQuery extends PageQuery {
  readonly machine?: string;
  readonly status?: Status;
  /** Only those that were given up on. */
  readonly parked?: boolean;
}

export interface JobQuery extends PageQuery {
  readonly instance?: string;
  readonly queue?: string;
  /** The task's. */
  readonly name?: string;
  readonly status?: JobStatus;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** Present if there is more. */
  readonly next?: string;
}

/** What was deleted: of journals it is the entries that are counted. */
export interface SweepCounts {
  readonly instances: number;
  readonly journals: number;
  readonly jobs: number;
  readonly letters: number;
}

export interface Health {
  readonly ok: boolean;
  readonly store: string;
  readonly instances: number;
  readonly dueMessages: number;
  readonly pendingJobs: number;
  readonly parked: number;
}
