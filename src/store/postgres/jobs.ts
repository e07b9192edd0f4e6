import type { JobQuery, Page } from '../../core/engine.js';
import { given } from '../../core/given.js';
import type { Job, JobEnd, JobStatus, NewPlainJob } from '../../core/job.js';
import { MAX_CAUSE_LENGTH } from '../../core/limits.js';
import type { ClaimedJob, ClaimJobsQuery, EndJob, EndJobResult, Hint, QueueStatistics } from '../store.js';
import type { Database, Row, SqlValue } from './database.js';
import { page } from './paging.js';
import { optional } from './rows.js';
import { END_JOBS } from './sql/calls.js';
import { CLAIM_JOBS, jobsStatement } from './sql/jobs.js';

/** Newest first; each of the conditions is there or not, so that an index serves each. */
export function jobs(database: Database, query: JobQuery): Promise<Page<Job>> {
  const { instance, queue, name, status } = query;
  const wanted = Object.entries(given({ instance, queue, name })) as [string, string][];
  const conditions = ['true', ...wanted.map(([column], index) => `j.${column} = $${index + 1}`)].join(
    ' AND ',
  );
  const sql = jobsStatement(conditions, wanted.length + 1, wanted.length + 2, status, instance !== undefined);
  const values = wanted.map(([, value]) => value);
  return page(
    query,
    jobOf,
    (row) => row[0] as number,
    (before, limit) => database.rows(sql, ...values, before, limit),
  );
}

export async function claimJobs(
  database: Database,
  query: ClaimJobsQuery,
  now: number | null,
): Promise<readonly ClaimedJob[]> {
  const { worker, limit, leaseMs, names = null, queues = null, isolated = false } = query;
  const rows = await database.rows(CLAIM_JOBS, now, worker, limit, leaseMs, names, queues, isolated);
  return rows.map((row) => ({ ...jobOf(row), token: row.at(-1) as string }));
}

/** Answers also what to tell others. */
export async function endJobs(
  database: Database,
  ends: readonly EndJob[],
  now: number | null,
): Promise<{ readonly results: readonly EndJobResult[]; readonly hint: Hint }> {
  const [row] = await database.rows(
    END_JOBS,
    now,
    ends.map(({ id }) => id),
    ends.map(({ token }) => token),
    ends.map(({ end }) => end.status === 'completed'),
    ends.map(({ end }) => endMembers(end)),
    ends.map(({ end }) => end.status === 'failed' && end.final === true),
  );
  const [results, hasMail, hasLimits] = row as [EndJobResult[], boolean, boolean];
  return { results, hint: { mail: hasMail, jobs: hasLimits || results.includes('retried') } };
}

export function jobOf(row: Row): Job {
  const [, id, instance, effect] = row as [number, string, string | null, string | null];
  const [queue, name, priority] = row.slice(4) as [string, string, number];
  const [input, ask, status, attempts] = row.slice(7) as [string, boolean, JobStatus, number];
  const [createdAt, dueAt, deadlineAt, heartbeatMs] = row.slice(11) as [
    number,
    number,
    number | null,
    number | null,
  ];
  const [most, delayMs, rate, maxDelayMs] = row.slice(15) as [number, number, number, number];
  const [timeoutMs, startedAt, endedAt, failure, output] = row.slice(19);
  return {
    ...{ id, queue, name, priority, input, ask, status, attempts, createdAt, dueAt },
    ...given({
      instance: optional<string>(instance),
      effect: optional<string>(effect),
      deadlineAt: optional<number>(deadlineAt),
      heartbeatMs: optional<number>(heartbeatMs),
      retry: delayMs === null ? undefined : { attempts: most, delayMs, rate, maxDelayMs },
      timeoutMs: optional<number>(timeoutMs),
      startedAt: optional<number>(startedAt),
      endedAt: optional<number>(endedAt),
      output: optional<string>(output),
    }),
    ...(failure === null ? {} : (JSON.parse(failure as string) as { error: string; cause: string })),
  };
}

export function statisticsOf(row: Row): QueueStatistics {
  const [queue, paused, concurrency] = row as [string, boolean, number | null];
  const [pending, delayed, processing, completed, failed, cancelled] = row.slice(3) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  return {
    ...{ queue, paused, pending, delayed, processing, completed, failed, cancelled },
    ...given({ concurrency: optional<number>(concurrency), pendingSince: optional<number>(row[9]) }),
  };
}

export function plainJobColumns(jobs: readonly NewPlainJob[]): SqlValue[] {
  return [
    jobs.map(({ id }) => id),
    jobs.map(({ hash }) => hash),
    jobs.map(({ queue }) => queue),
    jobs.map(({ name }) => name),
    jobs.map(({ priority }) => priority),
    jobs.map(({ input }) => input),
    jobs.map(({ delayMs }) => delayMs),
    jobs.map(({ retry }) => retry.attempts),
    jobs.map(({ retry }) => retry.delayMs),
    jobs.map(({ retry }) => retry.rate),
    jobs.map(({ retry }) => retry.maxDelayMs),
    jobs.map(({ timeoutMs }) => timeoutMs),
    jobs.map(({ heartbeatMs }) => heartbeatMs ?? null),
  ];
}

/**
 * The members of a job's answer that tell how it ended, in JSON: the database puts them into the event, since
 * it alone knows the effect, and keeps them.
 */
export function endMembers(end: JobEnd): string {
  if (end.status === 'completed') return `"output":${JSON.stringify(JSON.parse(end.output))}`;
  return JSON.stringify({ error: end.error, cause: end.cause.slice(0, MAX_CAUSE_LENGTH) }).slice(1, -1);
}
