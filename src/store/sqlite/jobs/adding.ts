import type { NewJob, NewPlainJob } from '../../../core/job.js';
import type { CreateResult } from '../../store.js';
import type { Acceptance } from '../accept.js';
import type { Database } from '../database.js';
import { plainJobOwner, stow } from '../payload.js';

const ADD = `
  INSERT INTO job (
    id, instance, machine, effect, name, ask, status, created_at, due_at, deadline_at, heartbeat_ms, expires_at,
    queue, priority, input, payload)
  VALUES (
    ?1, ?2, coalesce((SELECT machine FROM instance WHERE id = ?2), ''), ?3, ?4, ?5, 'pending', ?6, ?6, ?7, ?8, ?7,
    ?9, ?10, ?11, ?12)`;

const ENQUEUE = `
  INSERT INTO job (
    id, hash, queue, name, priority, ask, status, created_at, due_at, heartbeat_ms, retry, timeout_ms, input,
    payload)
  VALUES (?1, ?2, ?3, ?4, ?5, 0, 'pending', ?6, ?7, ?8, ?9, ?10, ?11, ?12)`;

const HASH = 'SELECT hash FROM job WHERE id = ?';

/** Adds a job of an instance. */
export function addJob(database: Database, job: NewJob, now: number): void {
  const { id, instance, effect, name, input, ask, deadlineAt, heartbeatMs = null, queue, priority } = job;
  const asked = ask ? 1 : 0;
  const text = stow(database, instance, input);
  database.run(
    ADD,
    ...[id, instance, effect, name, asked, now, deadlineAt, heartbeatMs, queue, priority, ...text],
  );
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
