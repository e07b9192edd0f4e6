import type { DueQuery, Pausable } from '../store.js';
import type { Database } from './database.js';
import { goOn, halt } from './leases.js';

const PAUSE_INSTANCE = "UPDATE instance SET status = 'paused' WHERE id = ? AND status = 'running'";
const RESUME_INSTANCE = "UPDATE instance SET status = 'running' WHERE id = ? AND status = 'paused'";

const HALT = 'UPDATE mailbox SET paused = 1, wake_at = NULL WHERE instance = ?';

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
  const { instance } = target;
  if (database.run(PAUSE_INSTANCE, instance) === 0) return false;
  database.run(HALT, instance);
  halt(database, instance, now);
  return true;
}

/** False if it was not paused. */
export function resume(database: Database, target: Pausable, now: number): boolean {
  if (!('instance' in target)) return database.run(RESUME, ...rowOf(target)) > 0;
  const { instance } = target;
  if (database.run(RESUME_INSTANCE, instance) === 0) return false;
  database.run(GO_ON, instance, now);
  goOn(database, instance);
  return true;
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
