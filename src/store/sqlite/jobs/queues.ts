import type { JobStatus } from '../../../core/job.js';
import type { QueueStatistics } from '../../store.js';
import type { Database } from '../database.js';

const LIMIT = `
  INSERT INTO queue_limit (queue, concurrency) VALUES (?1, ?2)
  ON CONFLICT (queue) DO UPDATE SET concurrency = excluded.concurrency`;
const LIFT = 'DELETE FROM queue_limit WHERE queue = ?';
const LIMITS = 'SELECT queue, concurrency FROM queue_limit';
const LIMITED = 'SELECT 1 FROM queue_limit LIMIT 1';
const PAUSED = "SELECT name FROM pause WHERE kind = 'queue'";
const PROCESSING = `
  SELECT queue, count(*) FROM job INDEXED BY job_processing WHERE status = 'processing' GROUP BY queue`;

/** All there are, by queue and status; those that are not due yet apart. */
const COUNTS = `
  SELECT queue, status, status = 'pending' AND due_at > ? AS delayed, count(*), min(due_at)
  FROM job GROUP BY queue, status, delayed`;

/** What keeps jobs of a queue from being handed out. */
export interface Gates {
  readonly paused: ReadonlySet<string>;
  /** How many more of a queue may be handed out now; queues without a limit are not in it. */
  readonly free: ReadonlyMap<string, number>;
}

export function gates(database: Database): Gates {
  const limits = database.all(LIMITS) as readonly (readonly [string, number])[];
  const processing = new Map(
    limits.length === 0 ? [] : (database.all(PROCESSING) as readonly (readonly [string, number])[]),
  );
  return {
    paused: pausedQueues(database),
    free: new Map(limits.map(([queue, most]) => [queue, Math.max(0, most - (processing.get(queue) ?? 0))])),
  };
}

/** Whether any queue has a limit: the end of a job may then make place for another. */
export function hasLimits(database: Database): boolean {
  return database.first(LIMITED) !== undefined;
}

export function limitQueue(database: Database, queue: string, concurrency: number | undefined): void {
  if (concurrency === undefined) database.run(LIFT, queue);
  else database.run(LIMIT, queue, concurrency);
}

/** Of queues that have jobs or a limit, or are paused, by name. */
export function queues(database: Database, now: number): QueueStatistics[] {
  const paused = pausedQueues(database);
  const limits = new Map(database.all(LIMITS) as readonly (readonly [string, number])[]);
  const counts = new Map<string, Count>();
  for (const row of database.all(COUNTS, now)) {
    const [queue, status, delayed, count, since] = row as [string, JobStatus, number, number, number];
    const own = counts.get(queue) ?? { ...NONE };
    counts.set(queue, own);
    own[delayed === 1 ? 'delayed' : status] = count;
    if (status === 'pending' && delayed === 0) own.pendingSince = since;
  }
  const names = [...new Set([...counts.keys(), ...limits.keys(), ...paused])].sort();
  return names.map((queue) => {
    const concurrency = limits.get(queue);
    return {
      queue,
      paused: paused.has(queue),
      ...(concurrency === undefined ? {} : { concurrency }),
      ...(counts.get(queue) ?? NONE),
    };
  });
}

type Count = Record<JobStatus | 'delayed', number> & { pendingSince?: number };

const NONE: Count = { pending: 0, delayed: 0, processing: 0, completed: 0, failed: 0, cancelled: 0 };

function pausedQueues(database: Database): Set<string> {
  return new Set(database.all(PAUSED).map(([name]) => name as string));
}
