import type { Job, JobRetry, JobStatus } from '../../../core/job.js';
import type { Row } from '../driver.js';
import { stowed } from '../payload.js';

export const JOB_COLUMNS = `
  id, instance, effect, name, ${stowed('job', 'input', "coalesce(job.instance, '/' || job.id)")}, ask, status, attempts, created_at, deadline_at, heartbeat_ms, started_at,
  ended_at, failure, queue, priority, due_at, retry, timeout_ms, output, lease_until, beat_at, seq`;

/** A job, and what decides how long it may go on. */
export interface JobRow {
  readonly job: Job;
  readonly seq: number;
  readonly leaseUntil: number | undefined;
  readonly beatAt: number | undefined;
}

export function rowOf(row: Row): JobRow {
  const [leaseUntil, beatAt, seq] = row.slice(-3) as [number | null, number | null, number];
  return { job: jobOf(row), seq, leaseUntil: leaseUntil ?? undefined, beatAt: beatAt ?? undefined };
}

/** By hand, and without spreading: it is done for every job that is handed out or ends. */
export function jobOf(row: Row): Job {
  const job: { -readonly [K in keyof Job]: Job[K] } = {
    id: row[0] as string,
    queue: row[14] as string,
    name: row[3] as string,
    priority: row[15] as number,
    input: row[4] as string,
    ask: row[5] === 1,
    status: row[6] as JobStatus,
    attempts: row[7] as number,
    createdAt: row[8] as number,
    dueAt: row[16] as number,
  };
  if (row[1] !== null) job.instance = row[1] as string;
  if (row[2] !== null) job.effect = row[2] as string;
  if (row[9] !== null) job.deadlineAt = row[9] as number;
  if (row[10] !== null) job.heartbeatMs = row[10] as number;
  if (row[17] !== null) job.retry = JSON.parse(row[17] as string) as JobRetry;
  if (row[18] !== null) job.timeoutMs = row[18] as number;
  if (row[11] !== null) job.startedAt = row[11] as number;
  if (row[12] !== null) job.endedAt = row[12] as number;
  if (row[19] !== null) job.output = row[19] as string;
  if (row[13] !== null) Object.assign(job, JSON.parse(row[13] as string) as { error: string; cause: string });
  return job;
}
