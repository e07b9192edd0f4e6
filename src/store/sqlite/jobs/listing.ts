import type { JobQuery, Page } from '../../../core/engine.js';
import { JOB_STATUSES, type Job } from '../../../core/job.js';
import type { Database } from '../database.js';
import type { SqlValue } from '../driver.js';
import { page } from '../reading.js';
import { JOB_COLUMNS, jobOf } from './row.js';

const ONE = `SELECT ${JOB_COLUMNS} FROM job WHERE id = ?`;

/** The ids of an instance's jobs begin with its own and a slash, after which 0 comes. */
const OF_INSTANCE = "id > ?1 || '/' AND id < ?1 || '0' AND instance = ?1";

export function job(database: Database, id: string): Job | undefined {
  return database.all(ONE, id).map(jobOf)[0];
}

/** Newest first. */
export function jobs(database: Database, query: JobQuery): Page<Job> {
  const { instance, queue, name, status } = query;
  const [where, values]: [string[], SqlValue[]] = [[], []];
  if (instance !== undefined) {
    where.push(OF_INSTANCE);
    values.push(instance);
  }
  // As text, so that its index serves.
  if (status !== undefined) where.push(`status = '${JOB_STATUSES[JOB_STATUSES.indexOf(status)]}'`);
  for (const [column, value] of [
    ['queue', queue],
    ['name', name],
  ] as const) {
    if (value === undefined) continue;
    values.push(value);
    where.push(`${column} = ?${values.length}`);
  }
  const [before, limit] = [values.length + 1, values.length + 2];
  const sql = `
    SELECT ${JOB_COLUMNS} FROM job WHERE ${[...where, `seq < ?${before}`].join(' AND ')}
    ORDER BY seq DESC LIMIT ?${limit}`;
  return page(query, jobOf, (seq, most) => database.all(sql, ...values, seq, most));
}
