import { given } from '../../../core/given.js';
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

export function jobOf(row: Row): Job {
  const [id, instance, effect, name, input] = row as [string, string | null, string | null, string, string];
  const [ask, status, attempts, createdAt] = row.slice(5) as [number, JobStatus, number, number];
  const [deadlineAt, heartbeatMs, startedAt, endedAt] = row.slice(9) as (number | null)[];
  const [failure, queue, priority, dueAt] = row.slice(13) as [string | null, string, number, number];
  const [retry, timeoutMs, output] = row.slice(17) as [string | null, number | null, string | null];
  return {
    ...{ id, queue, name, priority, input, ask: ask === 1, status, attempts, createdAt, dueAt },
    ...given({
      instance: instance ?? undefined,
      effect: effect ?? undefined,
      deadlineAt: deadlineAt ?? undefined,
      heartbeatMs: heartbeatMs ?? undefined,
      retry: retry === null ? undefined : (JSON.parse(retry) as JobRetry),
      timeoutMs: timeoutMs ?? undefined,
      startedAt: startedAt ?? undefined,
      endedAt: endedAt ?? undefined,
      output: output ?? undefined,
    }),
    ...(failure === null ? {} : (JSON.parse(failure) as { error: string; cause: string })),
  };
}
