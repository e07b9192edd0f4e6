import type { TaskFailedEvent, TaskSucceededEvent } from './event.js';
import type { Json } from './json.js';
import { MAX_CAUSE_LENGTH } from './limits.js';

export const JOB_STATUSES = ['pending', 'processing', 'completed', 'failed', 'cancelled'] as const;

export type JobStatus = (typeof JOB_STATUSES)[number];

/**
 * A task for a handler: an instance's, which asked for it by an effect, or a plain one, which someone put into a
 * queue. Its id never changes, however often it is handed out: handlers deduplicate on it.
 */
export interface Job {
  readonly id: string;
  /** Absent of a plain job. */
  readonly instance?: string;
  /** The effect that asked for it. */
  readonly effect?: string;
  readonly queue: string;
  readonly name: string;
  /** From 1, which comes first, to LAST_PRIORITY. */
  readonly priority: number;
  /** JSON text. */
  readonly input: string;
  /** Whether its end is answered to the instance. */
  readonly ask: boolean;
  readonly status: JobStatus;
  /** How often it was handed out. */
  readonly attempts: number;
  readonly createdAt: number;
  /** When it may be handed out, or may be again. */
  readonly dueAt: number;
  /** When it fails with Timeout: an instance's job claimed or not; a plain one has it only while processing. */
  readonly deadlineAt?: number;
  readonly heartbeatMs?: number;
  /** Of a plain job: how it is tried again, and how long each attempt may take. */
  readonly retry?: JobRetry;
  readonly timeoutMs?: number;
  /** When a handler last began. */
  readonly startedAt?: number;
  readonly endedAt?: number;
  /** How it failed, or how it last did if it is to be tried again. */
  readonly error?: string;
  readonly cause?: string;
  /** JSON text; of a plain job that completed: an instance has its answer. */
  readonly output?: string;
}

/** How a plain job is tried again. An instance's job is not: the step decides (rule 7). */
export interface JobRetry {
  /** Times it is handed out at most, from 1 to MAX_JOB_ATTEMPTS; a worker that died counts. */
  readonly attempts: number;
  /** The pause before the second attempt; each further one is `rate` times longer, up to `maxDelayMs`. */
  readonly delayMs: number;
  readonly rate: number;
  readonly maxDelayMs: number;
}

/** A job in a worker's hands, and the token that shows it. */
export interface ClaimedJob extends Job {
  readonly token: string;
}

/** A job of an instance before the store has it. */
export interface NewJob {
  readonly id: string;
  readonly instance: string;
  readonly effect: string;
  readonly queue: string;
  readonly name: string;
  readonly priority: number;
  readonly input: string;
  readonly ask: boolean;
  readonly deadlineAt: number;
  readonly heartbeatMs?: number;
}

/** A plain job before the store has it. */
export interface NewPlainJob {
  readonly id: string;
  /** Tells a repetition from a conflict. */
  readonly hash: string;
  readonly queue: string;
  readonly name: string;
  readonly priority: number;
  readonly input: string;
  /** Due this long after its arrival. */
  readonly delayMs: number;
  readonly retry: JobRetry;
  readonly timeoutMs: number;
  readonly heartbeatMs?: number;
}

/**
 * The pause after an attempt of a plain job that failed.
 *
 * @example
 * const retry = { attempts: 5, delayMs: 100, rate: 2, maxDelayMs: 300 };
 * [1, 2, 3].map((attempt) => backoffMs(retry, attempt)); // => [100, 200, 300]
 */
export function backoffMs({ delayMs, rate, maxDelayMs }: JobRetry, attempt: number): number {
  // Nothing stays nothing, whatever it grows by: 0 * Infinity is no number.
  return delayMs === 0 ? 0 : Math.min(Math.round(delayMs * rate ** (attempt - 1)), maxDelayMs);
}

/** How a job ended. `output` is JSON text. A failure that is `final` is not tried again. */
export type JobEnd =
  | { readonly status: 'completed'; readonly output: string }
  | { readonly status: 'failed'; readonly error: string; readonly cause: string; readonly final?: boolean };

/** Names of the errors that we give to jobs ourselves; a handler's own error keeps its own name. */
export const JOB_ERRORS = {
  timeout: 'Timeout',
  heartbeat: 'HeartbeatTimeout',
  workerLost: 'WorkerLost',
  handlerMissing: 'HandlerMissing',
  resultNotJson: 'ResultNotJson',
  resultTooLarge: 'ResultTooLarge',
} as const;

/** The event that tells an instance how its job ended; the store writes it where the end is written. */
export function jobAnswer(
  effect: string,
  end: JobEnd,
  startedAt: number | undefined,
): TaskSucceededEvent | TaskFailedEvent {
  const started = startedAt === undefined ? {} : { startedAt };
  return end.status === 'completed'
    ? { type: 'task.succeeded', effect, output: JSON.parse(end.output) as Json, ...started }
    : {
        type: 'task.failed',
        effect,
        error: end.error,
        cause: end.cause.slice(0, MAX_CAUSE_LENGTH),
        ...started,
      };
}
