import type { Job, JobEnd, JobStatus } from '../../../core/job.js';
import { MAX_CAUSE_LENGTH } from '../../../core/limits.js';
import { answerMessage, dueAgainAt, expiredEnd, expiresAt } from '../../job-term.js';
import type { EndJob, EndJobResult, Hint, JobChange, JobLease } from '../../store.js';
import { type Acceptance, append } from '../accept.js';
import type { Database } from '../database.js';
import { hasLimits } from './queues.js';
import { JOB_COLUMNS, rowOf } from './row.js';

const HELD = `SELECT ${JOB_COLUMNS} FROM job WHERE id = ? AND token = ?`;
const IS_HELD = 'SELECT 1 FROM job WHERE id = ? AND token = ?';
const ENDED_AS = 'SELECT ended_as FROM job WHERE id = ? AND ended_by = ?';

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

/** Whose the end is, if it is anybody's: with that token it is known when it is told again. */
function endedAs(token: string, result: EndJobResult): string {
  return `
    ended_by = coalesce(${token}, ended_by),
    ended_as = CASE WHEN ${token} IS NULL THEN ended_as ELSE '${result}' END`;
}

const END = `
  UPDATE job SET
    status = ?2, ended_at = ?3, failure = ?4, output = ?5, ${LET_GO}, expires_at = NULL, ${endedAs('?6', 'ended')}
  WHERE id = ?1`;

const TRY_AGAIN = `
  UPDATE job SET
    status = 'pending', due_at = ?2, failure = ?3, ${LET_GO}, expires_at = NULL, ${endedAs('?4', 'retried')}
  WHERE id = ?1`;

const CANCEL = `
  UPDATE job SET status = 'cancelled', ended_at = ?2, ${LET_GO}, expires_at = NULL
  WHERE id = ?1 AND instance IS ?3 AND status IN ('pending', 'processing')`;

const RETRY = `
  UPDATE job SET status = 'pending', attempts = 0, due_at = ?2, ended_at = NULL
  WHERE id = ?1 AND instance IS NULL AND status IN ('failed', 'cancelled')`;

const OWNER = 'SELECT instance FROM job WHERE id = ?';

const EXPIRED = `
  SELECT ${JOB_COLUMNS} FROM job WHERE expires_at <= ?1 ORDER BY expires_at, seq LIMIT ?2`;

/** What came of the end of a job. */
interface JobEnding {
  readonly result: EndJobResult;
  /** Its instance has a message of it. */
  readonly isAnswered: boolean;
}

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
function endJob(at: Acceptance, { id, token, end }: EndJob): JobEnding {
  const { database } = at;
  const row = held(database, { id, token });
  if (row !== undefined) return endAttempt(at, row.job, end, token);
  const result = (database.first(ENDED_AS, id, token)?.[0] ?? 'lost') as EndJobResult;
  return { result, isAnswered: false };
}

/** Ends jobs, as Store.endJobs has it; tells whom it may concern. */
export function endJobs(
  at: Acceptance,
  ends: readonly EndJob[],
): { readonly results: readonly EndJobResult[]; readonly hint: Hint } {
  const endings = ends.map((end) => endJob(at, end));
  const results = endings.map(({ result }) => result);
  const mail = endings.some(({ isAnswered }) => isAnswered);
  const hasEnded = results.some((result) => result !== 'lost');
  return {
    results,
    hint: { mail, jobs: results.includes('retried') || (hasEnded && hasLimits(at.database)) },
  };
}

/** Ends an instance's job whose answer is in the journal already. */
export function endAnswered({ database, now }: Acceptance, { id, token, end }: EndJob): void {
  database.run(END, id, end.status, now, failureOf(end), null, token);
}

/** Whether a job is its worker's still. */
export function isHeld(database: Database, { id, token }: JobLease): boolean {
  return database.first(IS_HELD, id, token) !== undefined;
}

/** Ends the attempts of the jobs that expired, at most `limit`; answers how many. */
export function expireJobs(at: Acceptance, limit: number): number {
  const expired = at.database.all(EXPIRED, at.now, limit).map(rowOf);
  for (const { job, leaseUntil, beatAt } of expired) {
    endAttempt(at, job, expiredEnd({ ...job, leaseUntil, beatAt }, at.now), null);
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

/** The token is null where nobody says so, but its time is over. */
function endAttempt(at: Acceptance, job: Job, end: JobEnd, token: string | null): JobEnding {
  const dueAt = dueAgainAt(job, end, at.now);
  if (dueAt !== undefined) {
    at.database.run(TRY_AGAIN, job.id, dueAt, failureOf(end), token);
    return { result: 'retried', isAnswered: false };
  }
  const output = end.status === 'completed' && job.instance === undefined ? end.output : null;
  const status: JobStatus = end.status;
  at.database.run(END, job.id, status, at.now, failureOf(end), output, token);
  const answer = answerMessage(job, end);
  if (answer !== undefined) append(at, answer);
  return { result: 'ended', isAnswered: answer !== undefined };
}

/** As JSON, which keeps what SQL texts may not hold: a handler says what it likes. */
function failureOf(end: JobEnd): string | null {
  if (end.status === 'completed') return null;
  return JSON.stringify({ error: end.error, cause: end.cause.slice(0, MAX_CAUSE_LENGTH) });
}

function held(database: Database, { id, token }: { readonly id: string; readonly token: string }) {
  return database.all(HELD, id, token).map(rowOf)[0];
}
