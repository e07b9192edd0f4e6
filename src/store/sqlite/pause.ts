import type { DueQuery, Pausable } from '../store.js';
import type { Database } from './database.js';

const PAUSE_INSTANCE = "UPDATE instance SET status = 'paused' WHERE id = ? AND status = 'running'";
const RESUME_INSTANCE = "UPDATE instance SET status = 'running' WHERE id = ? AND status = 'paused'";

/** The attempt of a worker that still holds it is given back: it was stopped from outside. */
const HALT = `
  UPDATE mailbox SET
    paused = 1, token = NULL, worker = NULL, lease_until = 0, wake_at = NULL,
    attempts = attempts - (token IS NOT NULL AND lease_until > ?2)
  WHERE instance = ?1`;

const GO_ON = `
  UPDATE mailbox SET
    paused = 0, next_due_at = max(next_due_at, ?2),
    wake_at = CASE WHEN parked IS NULL THEN max(next_due_at, ?2) END
  WHERE instance = ?1`;

const PAUSE = 'INSERT INTO pause (kind, name) VALUES (?, ?) ON CONFLICT (kind, name) DO NOTHING';
const RESUME = 'DELETE FROM pause WHERE kind = ? AND name = ?';
const PAUSED = 'SELECT kind, name FROM pause ORDER BY kind, name';

const PAUSED_DEFINITIONS = `
  SELECT d.hash FROM pause p CROSS JOIN definition d ON d.machine = p.name WHERE p.kind = 'machine'`;

/** False if it was paused already, or is an instance that is not running. */
export function pause(database: Database, target: Pausable, now: number): boolean {
  if (!('instance' in target)) return database.run(PAUSE, ...rowOf(target)) > 0;
  return database.run(PAUSE_INSTANCE, target.instance) > 0 && database.run(HALT, target.instance, now) > 0;
}

/** False if it was not paused. */
export function resume(database: Database, target: Pausable, now: number): boolean {
  if (!('instance' in target)) return database.run(RESUME, ...rowOf(target)) > 0;
  return database.run(RESUME_INSTANCE, target.instance) > 0 && database.run(GO_ON, target.instance, now) > 0;
}

/** The machines and queues that are paused, by kind and name. */
export function paused(database: Database): Pausable[] {
  return database
    .all(PAUSED)
    .map(([kind, name]) => (kind === 'machine' ? { machine: name as string } : { queue: name as string }));
}

/** Of these definitions, those whose machine is not paused. */
export function unpaused(database: Database, definitions: DueQuery['definitions']): readonly string[] {
  const held = new Set(database.all(PAUSED_DEFINITIONS).map(([hash]) => hash as string));
  return held.size === 0 ? definitions : definitions.filter((hash) => !held.has(hash));
}

function rowOf(target: Exclude<Pausable, { readonly instance: string }>): [kind: string, name: string] {
  return 'machine' in target ? ['machine', target.machine] : ['queue', target.queue];
}
