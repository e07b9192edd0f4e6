import { backoffMs, JOB_ERRORS, type Job, type JobEnd, type JobRetry, jobAnswer } from '../core/job.js';
import { MAX_DELIVERIES } from '../core/limits.js';
import type { NewMessage } from '../core/message.js';

/** What decides how long an open job may go on. */
export interface JobTerm {
  readonly deadlineAt?: number | undefined;
  readonly attempts: number;
  /** Of a plain job. */
  readonly retry?: JobRetry | undefined;
  /** The rest only while it is processing. */
  readonly leaseUntil?: number | undefined;
  readonly heartbeatMs?: number | undefined;
  readonly beatAt?: number | undefined;
}

/**
 * When a job's attempt fails unless something happens before: at its deadline; at its heartbeat; or where its
 * lease runs out and it has been handed out often enough. Until then it may be claimed. Infinity for never: a
 * plain job that waits.
 *
 * @example
 * expiresAt({ deadlineAt: 900, attempts: 0 }); // => 900
 * expiresAt({ deadlineAt: 900, attempts: 1, leaseUntil: 300, heartbeatMs: 50, beatAt: 200 }); // => 250
 * expiresAt({ deadlineAt: 900, attempts: 5, leaseUntil: 300 }); // => 300
 */
export function expiresAt(term: JobTerm): number {
  return Math.min(deadlineOf(term), silentAt(term), lostAt(term));
}

/** How the attempt of an expired job ends. */
export function expiredEnd(term: JobTerm, now: number): JobEnd {
  if (deadlineOf(term) <= now) return failed(JOB_ERRORS.timeout, 'it had no answer before its deadline');
  if (silentAt(term) <= now) {
    return failed(JOB_ERRORS.heartbeat, `its handler was silent for ${term.heartbeatMs} ms`);
  }
  return failed(JOB_ERRORS.workerLost, `its worker was lost; it was handed out ${term.attempts} times`);
}

/** When a claimed job fails with Timeout: each attempt of a plain job has its own time. */
export function deadlineOfAttempt({ deadlineAt, timeoutMs }: Job, startedAt: number): number | undefined {
  return timeoutMs === undefined ? deadlineAt : startedAt + timeoutMs;
}

/** When a job whose attempt ended so is due again; undefined if it is not tried again (rule 7). */
export function dueAgainAt({ retry, attempts }: Job, end: JobEnd, now: number): number | undefined {
  if (end.status !== 'failed' || end.final === true) return undefined;
  if (retry === undefined || attempts >= retry.attempts) return undefined;
  return now + backoffMs(retry, attempts);
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

function lostAt({ leaseUntil, attempts, retry }: JobTerm): number {
  const most = retry?.attempts ?? MAX_DELIVERIES;
  return leaseUntil === undefined || attempts < most ? Number.POSITIVE_INFINITY : leaseUntil;
}

function failed(error: string, cause: string): JobEnd {
  return { status: 'failed', error, cause };
}
