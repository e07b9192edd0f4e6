import type { Job } from '../../core/job.js';
import { table } from './table.js';
import { timeText } from './time.js';

/** Jobs as a table. */
export function jobsText(jobs: readonly Job[]): string {
  const head = ['JOB', 'TASK', 'STATUS', 'ATTEMPTS', 'CREATED', 'ERROR'];
  const rows = jobs.map(({ id, name, status, attempts, createdAt, error, cause }) => {
    const failure = error === undefined ? '' : `${error}: ${cause ?? ''}`;
    return [id, name, status, String(attempts), timeText(createdAt), failure];
  });
  return table([head, ...rows]);
}
