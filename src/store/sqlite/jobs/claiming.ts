import { ISOLATED_DELIVERIES } from '../../../core/limits.js';
import { deadlineOfAttempt, expiresAt } from '../../job-term.js';
import type { ClaimedJob, ClaimJobsQuery, DueQuery } from '../../store.js';
import type { Acceptance } from '../accept.js';
import type { Database } from '../database.js';
import { rememberWorker } from '../dead-workers.js';
import { type Gates, gates } from './queues.js';
import { JOB_COLUMNS, rowOf } from './row.js';

/**
 * The lanes that pending jobs stand in, and when the first of each is due: one seek in the index for each lane,
 * however many jobs there are.
 */
export const LANES = `
  WITH RECURSIVE lane (queue, name, priority, due_at) AS (
    SELECT * FROM (
      SELECT queue, name, priority, due_at FROM job INDEXED BY job_lane
      WHERE status = 'pending' ORDER BY queue, name, priority, due_at LIMIT 1)
    UNION ALL
    SELECT next.queue, next.name, next.priority, next.due_at
    FROM lane CROSS JOIN job next ON next.seq = (
      SELECT seq FROM job INDEXED BY job_lane
      WHERE status = 'pending' AND (queue, name, priority) > (lane.queue, lane.name, lane.priority)
      ORDER BY queue, name, priority, due_at LIMIT 1))
  SELECT queue, name, priority, due_at FROM lane`;

/** The first of a lane. */
const FIRST_DUE = `
  SELECT seq, due_at FROM job INDEXED BY job_lane
  WHERE status = 'pending' AND queue = ?1 AND name = ?2 AND priority = ?3 AND due_at <= ?4
    AND (expires_at IS NULL OR expires_at > ?4)
  ORDER BY due_at, seq LIMIT ?5`;

/** Those whose worker's lease ran out. */
const ABANDONED = `
  SELECT queue, name, priority, due_at, seq, attempts FROM job INDEXED BY job_processing
  WHERE status = 'processing' AND lease_until <= ?1 AND expires_at > ?1`;

/** Of those that were handed out less often than ?1. */
const NEXT_ABANDONED = `
  SELECT queue, name, min(lease_until) FROM job INDEXED BY job_processing
  WHERE status = 'processing' AND attempts < ?1 GROUP BY queue, name`;

const JOBS = `SELECT ${JOB_COLUMNS} FROM job WHERE seq IN (SELECT value FROM json_each(?))`;

const HOLD = `
  UPDATE job SET
    status = 'processing', attempts = attempts + 1, started_at = ?4, beat_at = ?4,
    token = ?2, worker = ?3, lease_until = ?5, deadline_at = ?6, expires_at = ?7
  WHERE seq = ?1`;

const PENDING = { isAbandoned: false, isIsolated: false };

interface Lane {
  readonly queue: string;
  readonly name: string;
  readonly priority: number;
  readonly dueAt: number;
}

/** A job that may be handed out. */
interface Candidate extends Omit<Lane, 'name'> {
  readonly seq: number;
  /** Its worker was lost: it has its place in its queue already. */
  readonly isAbandoned: boolean;
  /** So many were lost that no other such may run beside it. */
  readonly isIsolated: boolean;
}

/** Hands out pending jobs that are due, and abandoned ones, by priority, due time and arrival. */
export function claimJobs({ database, random, now }: Acceptance, query: ClaimJobsQuery): ClaimedJob[] {
  const chosen = choose(database, query, now);
  if (chosen.length === 0) return [];
  rememberWorker(database, query.worker);
  const order = new Map(chosen.map(({ seq }, index) => [seq, index]));
  const rows = database.all(JOBS, JSON.stringify([...order.keys()])).map(rowOf);
  rows.sort((a, b) => (order.get(a.seq) ?? 0) - (order.get(b.seq) ?? 0));
  const token = random();
  const leaseUntil = now + query.leaseMs;
  return rows.map(({ job, seq }) => {
    const deadlineAt = deadlineOfAttempt(job, now);
    const claimed = {
      ...job,
      ...(deadlineAt === undefined ? {} : { deadlineAt }),
      ...{ status: 'processing' as const, attempts: job.attempts + 1, startedAt: now },
    };
    const expires = expiresAt({ ...claimed, leaseUntil, beatAt: now });
    database.run(HOLD, seq, token, query.worker, now, leaseUntil, deadlineAt ?? null, expires);
    return { ...claimed, token };
  });
}

/** When the first job is due that such a caller could take, or whose worker's lease runs out. */
export function nextJob(database: Database, query: DueQuery): number {
  if (query.names?.length === 0 || query.queues?.length === 0) return Number.POSITIVE_INFINITY;
  const open = gates(database);
  const isWanted = wantedBy(query, open);
  const most = query.isolated === true ? ISOLATED_DELIVERIES : Number.MAX_SAFE_INTEGER;
  const abandoned = database.all(NEXT_ABANDONED, most).map(([queue, name, until]) => ({
    ...{ queue: queue as string, name: name as string },
    dueAt: until as number,
  }));
  const pending = lanes(database).filter(({ queue }) => open.free.get(queue) !== 0);
  return Math.min(...[...abandoned, ...pending].filter(isWanted).map(({ dueAt }) => dueAt));
}

function choose(database: Database, query: ClaimJobsQuery, now: number): Candidate[] {
  const { limit } = query;
  const open = gates(database);
  const isWanted = wantedBy(query, open);
  const pending = lanes(database).filter((lane) => lane.dueAt <= now && isWanted(lane));
  pending.sort((a, b) => a.priority - b.priority);
  let candidates = apart(abandoned(database, now).filter(isWanted), query.isolated === true ? 0 : 1);
  for (const [index, lane] of pending.entries()) {
    const { queue, name, priority } = lane;
    const most = Math.min(limit, open.free.get(queue) ?? limit);
    if (most === 0) continue;
    for (const [seq, dueAt] of database.all(FIRST_DUE, queue, name, priority, now, most)) {
      candidates.push({ ...lane, seq: seq as number, dueAt: dueAt as number, ...PENDING });
    }
    // What comes after a whole priority cannot come before anything of it.
    if (pending[index + 1]?.priority === priority) continue;
    candidates = withinLimits(candidates.sort(comesBefore), open);
    const sure = candidates.filter((candidate) => candidate.priority <= priority);
    if (sure.length >= limit) return sure.slice(0, limit);
  }
  return withinLimits(candidates.sort(comesBefore), open).slice(0, limit);
}

function lanes(database: Database): Lane[] {
  return database.all(LANES).map((row) => {
    const [queue, name, priority, dueAt] = row as [string, string, number, number];
    return { queue, name, priority, dueAt };
  });
}

function abandoned(database: Database, now: number): (Candidate & Lane)[] {
  return database.all(ABANDONED, now).map((row) => {
    const [queue, name, priority, dueAt, seq, attempts] = row as [
      string,
      string,
      number,
      number,
      number,
      number,
    ];
    const isIsolated = attempts >= ISOLATED_DELIVERIES;
    return { queue, name, priority, dueAt, seq, isAbandoned: true, isIsolated };
  });
}

/** All but the isolated ones beyond the first so many. */
function apart(candidates: readonly Candidate[], most: number): Candidate[] {
  let left = most;
  return [...candidates].sort(comesBefore).filter(({ isIsolated }) => !isIsolated || --left >= 0);
}

function wantedBy({ names, queues }: ClaimJobsQuery | DueQuery, { paused }: Gates) {
  const [ofNames, ofQueues] = [names && new Set(names), queues && new Set(queues)];
  return ({ queue, name }: { readonly queue: string; readonly name: string }): boolean =>
    ofNames?.has(name) !== false && ofQueues?.has(queue) !== false && !paused.has(queue);
}

function comesBefore(a: Candidate, b: Candidate): number {
  return a.priority - b.priority || a.dueAt - b.dueAt || a.seq - b.seq;
}

/** As many of each queue as it has places free. */
function withinLimits(candidates: readonly Candidate[], { free }: Gates): Candidate[] {
  const left = new Map(free);
  return candidates.filter(({ queue, isAbandoned }) => {
    const places = left.get(queue);
    if (isAbandoned || places === undefined) return true;
    left.set(queue, places - 1);
    return places > 0;
  });
}
