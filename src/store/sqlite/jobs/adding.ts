import type { ClaimedJob, NewJob, NewPlainJob } from '../../../core/job.js';
import { expiresAt } from '../../job-term.js';
import type { CreateResult } from '../../store.js';
import type { Acceptance } from '../accept.js';
import type { Database } from '../database.js';
import type { Holder } from '../leases.js';
import { plainJobOwner, stow } from '../payload.js';

const ADD = `
  INSERT INTO job (
    id, instance, machine, effect, name, ask, created_at, due_at, deadline_at, heartbeat_ms,
    queue, priority, input, payload, status, attempts, expires_at, started_at, beat_at, token, worker, lease_until)
  VALUES (
    ?1, ?2, coalesce((SELECT machine FROM instance WHERE id = ?2), ''), ?3, ?4, ?5, ?6, ?6, ?7, ?8,
    ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?16, ?17, ?18, ?19)`;

const ENQUEUE = `
  INSERT INTO job (
    id, hash, queue, name, priority, ask, status, created_at, due_at, heartbeat_ms, retry, timeout_ms, input,
    payload)
  VALUES (?1, ?2, ?3, ?4, ?5, 0, 'pending', ?6, ?7, ?8, ?9, ?10, ?11, ?12)`;

const HASH = 'SELECT hash FROM job WHERE id = ?';

/** Adds a job of an instance; where it is held from the beginning, answers it as if it had been claimed. */
export function addJob(
  database: Database,
  job: NewJob,
  now: number,
  holder: Holder | undefined,
): ClaimedJob | undefined {
  const { id, instance, effect, name, input, ask, deadlineAt, heartbeatMs, queue, priority } = job;
  const text = stow(database, instance, input);
  const what = [
    id,
    instance,
    effect,
    name,
    ask ? 1 : 0,
    now,
    deadlineAt,
    heartbeatMs ?? null,
    queue,
    priority,
  ];
  if (holder === undefined) {
    database.run(ADD, ...what, ...text, 'pending', 0, deadlineAt, null, null, null, null);
    return undefined;
  }
  const { token, worker, leaseUntil } = holder;
  const expires = expiresAt({ deadlineAt, attempts: 1, leaseUntil, heartbeatMs, beatAt: now });
  database.run(ADD, ...what, ...text, 'processing', 1, expires, now, token, worker, leaseUntil);
  const claimed = { ...job, status: 'processing' as const, attempts: 1, createdAt: now, dueAt: now };
  return { ...claimed, startedAt: now, token };
}

/** Puts a job of nobody's into its queue, unless its id is taken. */
export function enqueue({ database, now }: Acceptance, job: NewPlainJob): CreateResult {
  const { id, hash, queue, name, priority, input, delayMs, heartbeatMs = null, timeoutMs } = job;
  const there = database.first(HASH, id);
  if (there !== undefined) return there[0] === hash ? 'exists' : 'conflict';
  const retry = JSON.stringify(job.retry);
  const text = stow(database, plainJobOwner(id), input);
  database.run(
    ENQUEUE,
    ...[id, hash, queue, name, priority, now, now + delayMs, heartbeatMs, retry, timeoutMs, ...text],
  );
  return 'created';
}
