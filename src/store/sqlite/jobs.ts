import type { Job, JobEnd, JobRetry, JobStatus, NewJob } from '../../core/job.js';
import { MAX_CAUSE_LENGTH } from '../../core/limits.js';
import { answerMessage, expiredEnd, expiresAt } from '../job-term.js';
import type { ClaimedJob, ClaimJobsQuery, EndJob, EndJobResult, JobLease } from '../store.js';
import { type Acceptance, append } from './accept.js';
import type { Database } from './database.js';
import type { Row } from './driver.js';

export const JOB_COLUMNS = `
  id, instance, effect, name, input, ask, status, attempts, created_at, deadline_at, heartbeat_ms, started_at,
  ended_at, failure, queue, priority, due_at, retry, timeout_ms, output, lease_until, beat_at, seq`;

const ADD = `
  INSERT INTO job (
    id, instance, effect, name, input, ask, status, created_at, due_at, deadline_at, heartbeat_ms, expires_at,
    queue, priority)
  VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'pending', ?7, ?7, ?8, ?9, ?8, ?10, ?11)`;

/** The names of pending jobs, one seek in the index for each. */
const PENDING_NAMES = `
  WITH RECURSIVE pending (name) AS (
    SELECT min(name) FROM job WHERE status = 'pending'
    UNION ALL
    SELECT (SELECT min(name) FROM job WHERE status = 'pending' AND name > pending.name) FROM pending
    WHERE pending.name IS NOT NULL)
  SELECT name FROM pending WHERE name IS NOT NULL`;

/** The first pending ones of each name. */
const FIRST_PENDING = `
  SELECT ${JOB_COLUMNS} FROM job WHERE seq IN (
    SELECT j.seq FROM json_each(?1) n CROSS JOIN job j ON j.seq IN (
      SELECT seq FROM job
      WHERE status = 'pending' AND name = n.value AND expires_at > ?2
      ORDER BY seq LIMIT ?3)
    ORDER BY j.seq LIMIT ?3)
  ORDER BY seq`;

/** Those whose worker's lease ran out. ?1: names as a JSON array, or null for all. */
const FIRST_ABANDONED = `
  SELECT ${JOB_COLUMNS} FROM job INDEXED BY job_processing
  WHERE status = 'processing' AND lease_until <= ?2 AND expires_at > ?2
    AND (?1 IS NULL OR name IN (SELECT value FROM json_each(?1)))
  ORDER BY seq LIMIT ?3`;

const HOLD = `
  UPDATE job SET
    status = 'processing', attempts = attempts + 1, started_at = ?4, beat_at = ?4,
    token = ?2, worker = ?3, lease_until = ?5, expires_at = ?6
  WHERE id = ?1`;

const HELD = `SELECT ${JOB_COLUMNS} FROM job WHERE id = ? AND token = ?`;

const EXTEND = 'UPDATE job SET lease_until = ?2, beat_at = ?3, expires_at = ?4 WHERE id = ?1';

const RELEASE = `
  UPDATE job SET
    status = 'pending', attempts = attempts - 1, started_at = NULL, beat_at = NULL,
    token = NULL, worker = NULL, lease_until = NULL, expires_at = deadline_at
  WHERE id = ? AND token = ?`;

const END = `
  UPDATE job SET
    status = ?2, ended_at = ?3, failure = ?4,
    beat_at = NULL, token = NULL, worker = NULL, lease_until = NULL, expires_at = NULL
  WHERE id = ?1`;

const CANCEL = `
  UPDATE job SET
    status = 'cancelled', ended_at = ?3,
    beat_at = NULL, token = NULL, worker = NULL, lease_until = NULL, expires_at = NULL
  WHERE id = ?1 AND instance = ?2 AND expires_at IS NOT NULL`;

const EXPIRED = `
  SELECT ${JOB_COLUMNS} FROM job WHERE expires_at <= ?1 ORDER BY expires_at, seq LIMIT ?2`;

/** A job, and what decides how long it may go on. */
interface JobRow {
  readonly job: Job;
  readonly seq: number;
  readonly leaseUntil: number | undefined;
  readonly beatAt: number | undefined;
}

export function addJob(database: Database, job: NewJob, now: number): void {
  const { id, instance, effect, name, input, ask, deadlineAt, heartbeatMs = null, queue, priority } = job;
  const asked = ask ? 1 : 0;
  database.run(
    ADD,
    ...[id, instance, effect, name, input, asked, now, deadlineAt, heartbeatMs, queue, priority],
  );
}

export function cancelJob(database: Database, instance: string, id: string, now: number): void {
  database.run(CANCEL, id, instance, now);
}

export function pendingNames(database: Database): string[] {
  return database.all(PENDING_NAMES).map(([name]) => name as string);
}

/** Hands out pending jobs and abandoned ones, oldest first. */
export function claimJobs({ database, random, now }: Acceptance, query: ClaimJobsQuery): ClaimedJob[] {
  const { worker, limit, leaseMs } = query;
  const names = query.names ?? pendingNames(database);
  const found = [
    ...database.all(FIRST_PENDING, JSON.stringify([...new Set(names)]), now, limit),
    ...database.all(FIRST_ABANDONED, query.names === undefined ? null : JSON.stringify(names), now, limit),
  ];
  const first = found
    .map(rowOf)
    .sort((a, b) => a.seq - b.seq)
    .slice(0, limit);
  if (first.length === 0) return [];
  const token = random();
  const leaseUntil = now + leaseMs;
  return first.map(({ job }) => {
    const claimed = { ...job, status: 'processing' as const, attempts: job.attempts + 1, startedAt: now };
    const expires = expiresAt({ ...claimed, leaseUntil, beatAt: now });
    database.run(HOLD, job.id, token, worker, now, leaseUntil, expires);
    return { ...claimed, token };
  });
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

export function releaseJob(database: Database, { id, token }: JobLease): boolean {
  return database.run(RELEASE, id, token) > 0;
}

/** Ends a job by its token, and answers its instance. */
export function endJob(at: Acceptance, { end, ...lease }: EndJob): EndJobResult {
  const row = held(at.database, lease);
  if (row === undefined) return 'lost';
  endAndAnswer(at, row.job, end);
  return 'ended';
}

/** Ends the jobs that expired, at most `limit`; answers how many. */
export function expireJobs(at: Acceptance, limit: number): number {
  const expired = at.database.all(EXPIRED, at.now, limit).map(rowOf);
  for (const { job, leaseUntil, beatAt } of expired) {
    endAndAnswer(at, job, expiredEnd({ ...job, leaseUntil, beatAt }, at.now));
  }
  return expired.length;
}

function endAndAnswer(at: Acceptance, job: Job, end: JobEnd): void {
  // As JSON, which keeps what SQL texts may not hold: a handler says what it likes.
  const failure =
    end.status === 'failed'
      ? JSON.stringify({ error: end.error, cause: end.cause.slice(0, MAX_CAUSE_LENGTH) })
      : null;
  at.database.run(END, job.id, end.status, at.now, failure);
  const answer = answerMessage(job, end);
  if (answer !== undefined) append(at, answer);
}

function held(database: Database, { id, token }: { readonly id: string; readonly token: string }) {
  return database.all(HELD, id, token).map(rowOf)[0];
}

function rowOf(row: Row): JobRow {
  const [leaseUntil, beatAt, seq] = row.slice(-3) as [number | null, number | null, number];
  return { job: jobOf(row), seq, leaseUntil: leaseUntil ?? undefined, beatAt: beatAt ?? undefined };
}

export function jobOf(row: Row): Job {
  const [id, instance, effect, name, input, ask] = row as [
    string,
    string | null,
    string | null,
    string,
    string,
    number,
  ];
  const [status, attempts, createdAt, deadlineAt] = row.slice(6) as [
    JobStatus,
    number,
    number,
    number | null,
  ];
  const [heartbeatMs, startedAt, endedAt] = row.slice(10) as [number | null, number | null, number | null];
  const failure = row[13] as string | null;
  const [queue, priority, dueAt] = row.slice(14) as [string, number, number];
  const [retry, timeoutMs, output] = row.slice(17) as [string | null, number | null, string | null];
  return {
    ...{ id, queue, name, priority, input, ask: ask === 1, status, attempts, createdAt, dueAt },
    ...(instance === null ? {} : { instance }),
    ...(effect === null ? {} : { effect }),
    ...(deadlineAt === null ? {} : { deadlineAt }),
    ...(retry === null ? {} : { retry: JSON.parse(retry) as JobRetry }),
    ...(timeoutMs === null ? {} : { timeoutMs }),
    ...(output === null ? {} : { output }),
    ...(heartbeatMs === null ? {} : { heartbeatMs }),
    ...(startedAt === null ? {} : { startedAt }),
    ...(endedAt === null ? {} : { endedAt }),
    ...(failure === null ? {} : (JSON.parse(failure) as { error: string; cause: string })),
  };
}
