import { JOB_STATUSES, type JobStatus } from '../../../core/job.js';

/** All but what a lease adds. */
const COLUMNS = `
  j.seq, j.id, j.instance, j.effect, j.queue, j.name, j.priority, coalesce(j.input, p.text), j.ask, j.status,
  j.attempts, j.created_at, j.due_at, j.deadline_at, j.heartbeat_ms, j.max_attempts, j.delay_ms, j.rate,
  j.max_delay_ms, j.timeout_ms, j.started_at, j.ended_at, j.failure, j.output`;
const PAYLOAD =
  'LEFT JOIN detent.payload p ON j.payload IS NOT NULL AND p.instance = j.instance AND p.hash = j.payload';

export const CLAIM_JOBS = `
  SELECT ${COLUMNS}, j.token FROM detent.claim_jobs($1, $2, $3, $4, $5, $6, $7) j ${PAYLOAD}
  ORDER BY j.priority, j.due_at, j.seq`;

export const JOB = `SELECT ${COLUMNS} FROM detent.job j ${PAYLOAD} WHERE j.id = $1`;

/**
 * Newest first. The last two parameters: before which seq, and how many. There is an index for the jobs of an
 * instance, and one for each status: where neither is asked for, the newest of each status are merged.
 */
export function jobsStatement(
  conditions: string,
  before: number,
  limit: number,
  status: JobStatus | undefined,
  ofInstance: boolean,
): string {
  const found = (condition: string) => `
    SELECT j.* FROM detent.job j WHERE ${conditions} AND ${condition} AND j.seq < $${before}
    ORDER BY j.seq DESC LIMIT $${limit}`;
  const each = (status === undefined ? JOB_STATUSES : [status]).map(
    (one) => `(${found(`j.status = '${one}'`)})`,
  );
  return `
    SELECT ${COLUMNS} FROM (${ofInstance && status === undefined ? found('true') : each.join(' UNION ALL ')}) j ${PAYLOAD}
    ORDER BY j.seq DESC LIMIT $${limit}`;
}
