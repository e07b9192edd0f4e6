import type { EventBody } from './event.js';
import type { Json } from './json.js';
import { MAX_CAUSE_LENGTH } from './limits.js';

export const JOB_STATUSES = ['pending', 'processing', 'completed', 'failed', 'cancelled'] as const;

export type JobStatus = (typeof JOB_STATUSES)[number];

/** A task for a handler. Its id never changes, however often it is handed out: handlers deduplicate on it. */
export interface Job {
  readonly id: string;
  readonly instance: string;
  /** The effect that asked for it. */
  readonly effect: string;
  readonly name: string;
  /** JSON text. */
  readonly input: string;
  /** Whether its end is answered to the instance. */
  readonly ask: boolean;
  readonly status: JobStatus;
  /** How often it was handed out. */
  readonly attempts: number;
  readonly createdAt: number;
  /** When it fails with Timeout, claimed or not. */
  readonly deadlineAt: number;
  readonly heartbeatMs?: number;
  /** When a handler last began. */
  readonly startedAt?: number;
  readonly endedAt?: number;
  readonly error?: string;
  readonly cause?: string;
}

/** A job before the store has it. */
export type NewJob = Pick<Job, 'id' | 'instance' | 'effect' | 'name' | 'input' | 'ask' | 'deadlineAt'> & {
  readonly heartbeatMs?: number;
};

/** How a job ended. `output` is JSON text. */
export type JobEnd =
  | { readonly status: 'completed'; readonly output: string }
  | { readonly status: 'failed'; readonly error: string; readonly cause: string };

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
export function jobAnswer(effect: string, end: JobEnd, startedAt: number | undefined): EventBody {
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
