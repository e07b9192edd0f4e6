import { MAX_DELIVERIES } from '../../core/limits.js';
import type { Database } from './database.js';
import { endLeasesOf } from './leases.js';

const WORKERS = 'SELECT id FROM worker';
const REMEMBER = 'INSERT INTO worker (id) VALUES (?) ON CONFLICT DO NOTHING';
const FORGET = 'DELETE FROM worker WHERE id = ?';

const END_JOB_LEASES = `
  UPDATE job SET
    lease_until = min(lease_until, ?2),
    expires_at = CASE WHEN attempts < coalesce(retry ->> '$.attempts', ?3) THEN expires_at ELSE min(expires_at, ?2) END
  WHERE status = 'processing' AND worker = ?1`;

/** Keeps in mind who claims, so that the leases of those who died can be told. To be called in a transaction. */
export function rememberWorker(database: Database, worker: string): void {
  database.run(REMEMBER, worker);
}

/** Those who claimed something, and are dead. */
export function deadWorkers(database: Database, isDead: (worker: string) => boolean): string[] {
  return database.all(WORKERS).flatMap(([worker]) => (isDead(worker as string) ? [worker as string] : []));
}

/** Ends all that these workers held, as if it had run out now. To be called in a transaction. */
export function endLeases(database: Database, workers: readonly string[], now: number): void {
  for (const worker of workers) {
    endLeasesOf(database, worker, now);
    database.run(END_JOB_LEASES, worker, now, MAX_DELIVERIES);
    database.run(FORGET, worker);
  }
}
