import type { Json } from '../core/json.js';

/**
 * What carries out a task. It runs after the commit, at least once: deduplicate on `jobId`, which stays the
 * same however often the job is handed out. Its result must be JSON; what it throws fails the task, the
 * error's name first. A plain job that failed is tried again as often as whoever enqueued it said, unless what
 * was thrown has a `final` of its own that is true: then nothing would be gained by another attempt.
 *
 *     throw Object.assign(new Error('there is no such card'), { final: true });
 */
export type Handler = (input: Json, job: HandlerJob) => unknown;

export interface HandlerJob {
  readonly jobId: string;
  /** The task's name, or ARN, as the definition has it. */
  readonly resource: string;
  /** The instance that asked for it; absent of a plain job. */
  readonly instance?: string;
  readonly queue: string;
  /** From 1: how often this job was handed out. */
  readonly attempt: number;
  /** How often it may be; of a plain job. */
  readonly attempts?: number;
  /** Aborted when the job is no longer ours: cancelled, timed out, taken over; or when the process stops. */
  readonly signal: AbortSignal;
  /** Tells that the handler makes progress, where the task asks for heartbeats. */
  readonly heartbeat: () => void;
}

/** Handlers by task name; any name will do, ARNs included. */
export type Handlers = Readonly<Record<string, Handler>>;
