import type { Job, JobEnd, JobStatus } from '../../../core/job.js';
import { MAX_CAUSE_LENGTH } from '../../../core/limits.js';
import { answerMessage, dueAgainAt, expiredEnd, expiresAt } from '../../job-term.js';
import type { EndJob, EndJobResult, JobChange, JobLease } from '../../store.js';
import { type Acceptance, append } from '../accept.js';
import type { Database } from '../database.js';
import { JOB_COLUMNS, rowOf } from './row.js';

const HELD = `SELECT ${JOB_COLUMNS} FROM job WHERE id = ? AND token = ?`;

const EXTEND = 'UPDATE job SET lease_until = ?2, beat_at = ?3, expires_at = ?4 WHERE id = ?1';

/** Nobody holds it any more: a plain job's deadline was that of its attempt. */
const LET_GO = `
  beat_at = NULL, token = NULL, worker = NULL, lease_until = NULL,
  deadline_at = CASE WHEN instance IS NOT NULL THEN deadline_at END`;

const RELEASE = `
  UPDATE job SET
    status = 'pending', attempts = attempts - 1, started_at = NULL, ${LET_GO},
    expires_at = CASE WHEN instance IS NOT NULL THEN deadline_at END
  WHERE id = ? AND token = ?`;

const END = `
  UPDATE job SET status = ?2, ended_at = ?3, failure = ?4, output = ?5, ${LET_GO}, expires_at = NULL
  WHERE id = ?1`;

const TRY_AGAIN = `
  UPDATE job SET status = 'pending', due_at = ?2, failure = ?3, ${LET_GO}, expires_at = NULL WHERE id = ?1`;

const CANCEL = `
  UPDATE job SET status = 'cancelled', ended_at = ?2, ${LET_GO}, expires_at = NULL
  WHERE id = ?1 AND instance IS ?3 AND status IN ('pending', 'processing')`;

const RETRY = `
  UPDATE job SET status = 'pending', attempts = 0, due_at = ?2, ended_at = NULL
  WHERE id = ?1 AND instance IS NULL AND status IN ('failed', 'cancelled')`;

const OWNER = 'SELECT instance FROM job WHERE id = ?';

const EXPIRED = `
  SELECT ${JOB_COLUMNS} FROM job WHERE expires_at <= ?1 ORDER BY expires_at, seq LIMIT ?2`;

/** False if the job is no longer the caller's. */
export function extendJob(database: Database, lease: JobLease, leaseUntil: number, now: number): boolean {
  const row = held(database, lease);
  if (row === undefined) return false;
  const beatAt = lease.beat === true ? now : row.beatAt;
  const expires = expiresAt({ ...row.job, leaseUntil, beatAt });
  database.run(EXTEND, lease.id, leaseUntil, beatAt ?? null, expires);
  return true;
}

export function releaseJob(database: Database, { id, token }: JobLease): void {
  database.run(RELEASE, id, token);
}

/** Ends a job by its token, and answers its instance; or lets a plain one be tried again. */
export function endJob(at: Acceptance, { end, ...lease }: EndJob): EndJobResult {
  const row = held(at.database, lease);
  return row === undefined ? 'lost' : endAttempt(at, row.job, end);
}

/** Ends the attempts of the jobs that expired, at most `limit`; answers how many. */
export function expireJobs(at: Acceptance, limit: number): number {
  const expired = at.database.all(EXPIRED, at.now, limit).map(rowOf);
  for (const { job, leaseUntil, beatAt } of expired) {
    endAttempt(at, job, expiredEnd({ ...job, leaseUntil, beatAt }, at.now));
  }
  return expired.length;
}

/** Cancels an instance's job, if it is one and has not ended. */
export function cancelJobOf(database: Database, instance: string, id: string, now: number): void {
  database.run(CANCEL, id, now, instance);
}

export function cancelPlainJob({ database, now }: Acceptance, id: string): JobChange {
  return database.run(CANCEL, id, now, null) > 0 ? 'changed' : unchanged(database, id);
}

export function retryPlainJob({ database, now }: Acceptance, id: string): JobChange {
  return database.run(RETRY, id, now) > 0 ? 'changed' : unchanged(database, id);
}

/** Why a plain job did not change. */
function unchanged(database: Database, id: string): JobChange {
  const owner = database.first(OWNER, id);
  if (owner === undefined) return 'unknown';
  return owner[0] === null ? 'unchanged' : 'owned';
}

function endAttempt(at: Acceptance, job: Job, end: JobEnd): EndJobResult {
  const dueAt = dueAgainAt(job, end, at.now);
  if (dueAt !== undefined) {
    at.database.run(TRY_AGAIN, job.id, dueAt, failureOf(end));
    return 'retried';
  }
  const output = end.status === 'completed' && job.instance === undefined ? end.output : null;
  const status: JobStatus = end.status;
  at.database.run(END, job.id, status, at.now, failureOf(end), output);
  const answer = answerMessage(job, end);
  if (answer !== undefined) append(at, answer);
  return 'ended';
}

/** As JSON, which keeps what SQL texts may not hold: a handler says what it likes. */
function failureOf(end: JobEnd): string | null {
  if (end.status === 'completed') return null;
  return JSON.stringify({ error: end.error, cause: end.cause.slice(0, MAX_CAUSE_LENGTH) });
}

function held(database: Database, { id, token }: { readonly id: string; readonly token: string }) {
  return database.all(HELD, id, token).map(rowOf)[0];
}
