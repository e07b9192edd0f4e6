import { JOB_ERRORS, type Job, type JobEnd, jobAnswer } from '../core/job.js';
import { MAX_DELIVERIES } from '../core/limits.js';
import type { NewMessage } from '../core/message.js';

/** What decides how long an open job may go on. */
export interface JobTerm {
  readonly deadlineAt?: number | undefined;
  readonly attempts: number;
  /** The rest only while it is processing. */
  readonly leaseUntil?: number | undefined;
  readonly heartbeatMs?: number | undefined;
  readonly beatAt?: number | undefined;
}

/**
 * When a job fails unless something happens before: at its deadline; at its heartbeat; or where its lease
 * runs out and it has been handed out often enough. Until then it may be claimed.
 *
 * @example
 * expiresAt({ deadlineAt: 900, attempts: 0 }); // => 900
 * expiresAt({ deadlineAt: 900, attempts: 1, leaseUntil: 300, heartbeatMs: 50, beatAt: 200 }); // => 250
 * expiresAt({ deadlineAt: 900, attempts: 5, leaseUntil: 300 }); // => 300
 */
export function expiresAt(term: JobTerm): number {
  return Math.min(deadlineOf(term), silentAt(term), lostAt(term));
}

/** How an expired job ends. */
export function expiredEnd(term: JobTerm, now: number): JobEnd {
  if (deadlineOf(term) <= now) return failed(JOB_ERRORS.timeout, 'it had no answer before its deadline');
  if (silentAt(term) <= now) {
    return failed(JOB_ERRORS.heartbeat, `its handler was silent for ${term.heartbeatMs} ms`);
  }
  return failed(JOB_ERRORS.workerLost, `its worker was lost ${term.attempts} times`);
}

/** The message that answers a job, if it was asked. Its id is the job's, so it is there once. */
export function answerMessage(job: Job, end: JobEnd): NewMessage | undefined {
  const { instance, effect } = job;
  if (!job.ask || instance === undefined || effect === undefined) return undefined;
  return {
    id: job.id,
    to: instance,
    event: JSON.stringify(jobAnswer(effect, end, job.startedAt)),
    cause: job.id.slice(0, job.id.lastIndexOf('/')),
    hops: 0,
  };
}

function deadlineOf({ deadlineAt }: JobTerm): number {
  return deadlineAt ?? Number.POSITIVE_INFINITY;
}

function silentAt({ beatAt, heartbeatMs }: JobTerm): number {
  return beatAt === undefined || heartbeatMs === undefined ? Number.POSITIVE_INFINITY : beatAt + heartbeatMs;
}

function lostAt({ leaseUntil, attempts }: JobTerm): number {
  return leaseUntil === undefined || attempts < MAX_DELIVERIES ? Number.POSITIVE_INFINITY : leaseUntil;
}

function failed(error: string, cause: string): JobEnd {
  return { status: 'failed', error, cause };
}
