import type { Job } from '../../core/job.js';
import { table } from './table.js';
import { timeText } from './time.js';

/** A job as a block of lines. */
export function jobText(job: Job): string {
  const { instance, retry, error, cause, output, startedAt, endedAt } = job;
  const rows: [string, string][] = [
    ['id', job.id],
    ['task', job.name],
    ['queue', `${job.queue} (priority ${job.priority})`],
    ['status', job.status],
    ['attempts', retry === undefined ? String(job.attempts) : `${job.attempts} of ${retry.attempts}`],
  ];
  if (instance !== undefined) rows.push(['instance', instance]);
  rows.push(['input', job.input]);
  if (output !== undefined) rows.push(['output', output]);
  if (error !== undefined) rows.push(['error', `${error}: ${cause ?? ''}`]);
  rows.push(['created', timeText(job.createdAt)], ['due', timeText(job.dueAt)]);
  if (startedAt !== undefined) rows.push(['started', timeText(startedAt)]);
  if (endedAt !== undefined) rows.push(['ended', timeText(endedAt)]);
  return table(rows);
}

/** Jobs as a table. */
export function jobsText(jobs: readonly Job[]): string {
  const head = ['JOB', 'TASK', 'QUEUE', 'STATUS', 'ATTEMPTS', 'CREATED', 'ERROR'];
  const rows = jobs.map(({ id, name, queue, status, attempts, createdAt, error, cause }) => {
    const failure = error === undefined ? '' : `${error}: ${cause ?? ''}`;
    return [id, name, queue, status, String(attempts), timeText(createdAt), failure];
  });
  return table([head, ...rows]);
}
