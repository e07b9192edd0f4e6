import type { Status } from '../../core/instance.js';
import { SNAPSHOT_EVERY } from '../../core/limits.js';
import type { Commit, Snapshot } from '../store.js';
import type { Database } from './database.js';

/** The machine stands in it for sweeping, which goes by machine. */
const TAKE = `
  INSERT INTO snapshot (instance, revision, machine, at, status, state)
  SELECT id, revision, machine, ?2, status, state FROM instance WHERE id = ?1`;

const NEWEST = `
  SELECT instance, revision, status, state FROM snapshot
  WHERE instance = ? AND revision <= ? ORDER BY revision DESC LIMIT 1`;

/** Keeps what the instance is after a commit that passed a multiple of SNAPSHOT_EVERY. */
export function takeSnapshot(
  database: Database,
  { lease, baseRevision, revision }: Commit,
  now: number,
): void {
  if (Math.floor(revision / SNAPSHOT_EVERY) === Math.floor(baseRevision / SNAPSHOT_EVERY)) return;
  database.run(TAKE, lease.instance, now);
}

export function snapshot(database: Database, instance: string, revision: number): Snapshot | undefined {
  const row = database.first(NEWEST, instance, revision);
  if (row === undefined) return undefined;
  const [id, at, status, state] = row as [string, number, Status, string | null];
  return { instance: id, revision: at, status, state };
}
