import { SUSPECT_PATIENCE_MS } from '../../core/limits.js';
import type { Problem } from '../../core/problem.js';
import type { Lease, Release } from '../store.js';
import type { Database } from './database.js';

/** Of a mailbox: no attempt is behind it, and nobody holds it. */
export const UNLEASED = 'NOT EXISTS (SELECT 1 FROM lease WHERE lease.instance = mailbox.instance)';

/** When one with so many attempts behind it that is held until then is due again, if it is lost (rule 8). */
function takeover(until: string, attempts: string): string {
  return `${until} + (${attempts} - 1) * ${SUSPECT_PATIENCE_MS}`;
}

/** ?1: [instance, definition], as an array of them. */
const HOLD = `
  INSERT INTO lease (instance, definition, token, worker, lease_until, attempts, wake_at)
  SELECT value ->> 0, value ->> 1, ?2, ?3, ?4, 1, ?4 FROM json_each(?1) WHERE true
  ON CONFLICT (instance) DO UPDATE SET
    token = ?2, worker = ?3, lease_until = ?4, attempts = attempts + 1,
    wake_at = ${takeover('?4', '(attempts + 1)')}`;

const EXTEND = `
  UPDATE lease SET lease_until = ?3, wake_at = ${takeover('?3', 'attempts')}
  WHERE instance = ?1 AND token = ?2`;

/** ?4: attempts given back. ?5: the problem, or null to keep what is known. */
const RELEASE = `
  UPDATE lease SET
    token = NULL, worker = NULL, lease_until = 0, attempts = attempts - ?4, problem = coalesce(?5, problem),
    wake_at = ?3
  WHERE instance = ?1 AND token = ?2`;

const GO_BEHIND = `
  UPDATE mailbox SET next_due_at = max(next_due_at, ?2), wake_at = max(wake_at, ?2) WHERE instance = ?1`;

/** The attempt of a worker that still holds it is given back: it was stopped from outside. */
const HALT = `
  UPDATE lease SET
    token = NULL, worker = NULL, lease_until = 0, wake_at = NULL,
    attempts = attempts - (token IS NOT NULL AND lease_until > ?2)
  WHERE instance = ?1`;

const GO_ON = `
  UPDATE lease SET wake_at = (SELECT wake_at FROM mailbox WHERE instance = ?1) WHERE instance = ?1`;

/** As if it had run out at ?2. The attempts stay: nobody knows whether the mailbox was what killed the worker. */
const END = `
  UPDATE lease SET token = NULL, worker = NULL, lease_until = 0, wake_at = ${takeover('?2', 'attempts')}
  WHERE worker = ?1`;

/** All suspects, whoever held them: one of two that bring their process down waits while the other is tried. */
const POSTPONE = `
  UPDATE lease SET wake_at = max(wake_at, ${takeover('?1', 'attempts')})
  WHERE attempts > 1 AND wake_at IS NOT NULL`;

const PARK = 'UPDATE mailbox SET parked = ?2, parked_at = ?3, wake_at = NULL WHERE instance = ?1';
const LET_GO = 'UPDATE lease SET token = NULL, worker = NULL, wake_at = NULL WHERE instance = ?';

const UNPARK = `
  UPDATE mailbox SET
    parked = NULL, parked_at = NULL,
    next_due_at = max(next_due_at, ?2), wake_at = CASE WHEN paused = 0 THEN max(next_due_at, ?2) END
  WHERE instance = ?1 AND parked IS NOT NULL`;

/** ?1: an array. */
const DROP = 'DELETE FROM lease WHERE instance IN (SELECT value FROM json_each(?1))';
const DROP_CLEAN = 'DELETE FROM lease WHERE instance = ? AND attempts = 0';

/** A mailbox that is to be held, by the definition of its instance. */
interface Holdable {
  readonly instance: string;
  readonly definition: string;
}

/** Who holds from now on, and for how long. */
export interface Holder {
  readonly token: string;
  readonly worker: string;
  readonly leaseUntil: number;
}

/** Holds mailboxes, and counts the attempt. */
export function hold(database: Database, taken: readonly Holdable[], holder: Holder): void {
  const { token, worker, leaseUntil } = holder;
  const wanted = JSON.stringify(taken.map(({ instance, definition }) => [instance, definition]));
  database.run(HOLD, wanted, token, worker, leaseUntil);
}

/** False if the lease was lost. */
export function extend(database: Database, { instance, token }: Lease, leaseUntil: number): boolean {
  return database.run(EXTEND, instance, token, leaseUntil) > 0;
}

export function release(
  database: Database,
  { instance, token, giveBack, problem }: Release,
  now: number,
): void {
  const told = problem === undefined ? null : JSON.stringify(problem);
  if (database.run(RELEASE, instance, token, now, giveBack ? 1 : 0, told) === 0) return;
  database.run(DROP_CLEAN, instance);
  database.run(GO_BEHIND, instance, now);
}

/** Forgets leases, and the attempts with them. */
export function dropLeases(database: Database, instances: readonly string[]): void {
  database.run(DROP, JSON.stringify(instances));
}

/** Ends a lease because its instance is paused. */
export function halt(database: Database, instance: string, now: number): void {
  database.run(HALT, instance, now);
  database.run(DROP_CLEAN, instance);
}

/** Lets one with attempts behind it be claimed when its mailbox wakes: its instance is not paused any more. */
export function goOn(database: Database, instance: string): void {
  database.run(GO_ON, instance);
}

/**
 * Ends all leases of a worker that is dead. It may have been a suspect's doing, so all of them are left alone for a
 * while: whoever comes in the dead one's place has others to serve first (rule 8).
 */
export function endLeasesOf(database: Database, worker: string, now: number): void {
  database.run(END, worker, now);
  database.run(POSTPONE, now);
}

export function park(database: Database, instance: string, problem: Problem, now: number): void {
  database.run(PARK, instance, JSON.stringify(problem), now);
  database.run(LET_GO, instance);
}

/** False if it was not parked. */
export function unpark(database: Database, instance: string, now: number): boolean {
  if (database.run(UNPARK, instance, now) === 0) return false;
  dropLeases(database, [instance]);
  return true;
}
