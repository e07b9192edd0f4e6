import type { Duration } from './duration.js';
import type { Job } from './job.js';
import type { Json } from './json.js';

/** What can be paused, so that nothing more of it is begun until it is resumed. */
export type Pausable =
  | { readonly instance: string }
  | { readonly machine: string }
  | { readonly queue: string };

/** How a queue stands. All its jobs are counted that are kept. */
export interface QueueStatistics {
  readonly queue: string;
  readonly paused: boolean;
  /** How many of its jobs may be processed at once, by all workers together; any number if absent. */
  readonly concurrency?: number;
  /** Pending ones that are due, and those that are not yet. */
  readonly pending: number;
  readonly delayed: number;
  readonly processing: number;
  readonly completed: number;
  readonly failed: number;
  readonly cancelled: number;
  /** When the oldest pending one became due. */
  readonly pendingSince?: number;
}

/** How a plain job is to be done. */
export interface EnqueueOptions {
  /** Null if absent. */
  readonly input?: Json;
  /** The same id with the same name, input and options is there once; anything else is a conflict (rule 3). */
  readonly id?: string;
  /** DEFAULT_QUEUE if absent. */
  readonly queue?: string;
  /** From 1, which comes first, to LAST_PRIORITY; DEFAULT_PRIORITY if absent. */
  readonly priority?: number;
  /** How long it waits before it may be handed out. */
  readonly delay?: Duration;
  /** How often it is handed out at most; DEFAULT_JOB_ATTEMPTS if absent. A worker that died counts. */
  readonly attempts?: number;
  /** The pause after an attempt that failed; DEFAULT_BACKOFF if absent. A duration is the first pause. */
  readonly backoff?: Duration | Backoff;
  /** How long one attempt may take; TASK_DEADLINE_MS if absent. */
  readonly timeout?: Duration;
  /** The longest silence of a handler; none if absent. */
  readonly heartbeat?: Duration;
}

/** The first pause is `delay`; each further one is `rate` times longer, up to `max`. */
export interface Backoff {
  readonly delay?: Duration;
  readonly rate?: number;
  readonly max?: Duration;
}

/** A plain job as it stands, after it was enqueued. */
export interface EnqueuedJob extends Job {
  /** Whether it was there already. */
  readonly duplicate: boolean;
}

/** What a worker in another process, maybe in another language, asks for. */
export interface JobClaimOptions {
  /** The task names that it can handle; all if absent. */
  readonly names?: readonly string[];
  /** The queues that it serves; all if absent. */
  readonly queues?: readonly string[];
  /** From 1, if absent, to MAX_REMOTE_CLAIM. */
  readonly limit?: number;
  /** How long its claim holds without a heartbeat; REMOTE_LEASE_MS if absent. */
  readonly lease?: Duration;
  /** How long to wait for a job if there is none. */
  readonly wait?: Duration;
  /** Ends the waiting; what was claimed for nobody is given back. */
  readonly signal?: AbortSignal;
}

/** How a worker asks for a task of an activity. */
export interface ActivityClaimOptions {
  /** How long to wait for one if there is none; at most MAX_CLAIM_WAIT_MS. */
  readonly wait?: Duration;
  /** Ends the waiting; what was claimed for nobody is given back. */
  readonly signal?: AbortSignal;
}

/** A task in the hands of a worker, which answers it with its token. */
export interface ActivityTask {
  readonly token: string;
  readonly input: Json;
}

/** Why a job failed, told by its worker. */
export interface JobFailure {
  /** A name. */
  readonly error: string;
  /** For people. */
  readonly cause?: string;
  /** A plain job is not tried again, even if it has attempts left. */
  readonly final?: boolean;
}
