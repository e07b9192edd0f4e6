import { DEAD_LETTER_MS } from '../../core/limits.js';
import { DEAD_LETTER } from '../parking.js';
import type { Due, DueQuery } from '../store.js';
import type { Acceptance } from './accept.js';
import type { Database } from './database.js';
import { nextJob } from './jobs/claiming.js';
import { expireJobs } from './jobs/ending.js';
import { park, UNLEASED } from './leases.js';
import { unpaused } from './pause.js';

/** The first wake-up of each definition's clean mailboxes, and of those with a lease: ?1, an array. */
const NEXT_MAILBOX = `
  SELECT min(wake_at) FROM (
    SELECT (
      SELECT wake_at FROM mailbox
      WHERE definition = d.value AND wake_at IS NOT NULL AND ${UNLEASED}
      ORDER BY wake_at LIMIT 1) AS wake_at
    FROM json_each(?1) d
    UNION ALL
    SELECT (SELECT min(wake_at) FROM lease WHERE definition = d.value AND wake_at IS NOT NULL)
    FROM json_each(?1) d)`;

const NEXT_ORPHAN = `
  SELECT min(wake_at) FROM mailbox
  WHERE definition = '' AND wake_at IS NOT NULL`;

const NEXT_EXPIRY = 'SELECT min(expires_at) FROM job WHERE expires_at IS NOT NULL';

const ORPHANS = `
  SELECT instance FROM mailbox
  WHERE definition = '' AND wake_at <= ?1
  ORDER BY wake_at, instance LIMIT ?2`;

/** Whether `expire` has anything to do. */
export function isOverdue(database: Database, now: number): boolean {
  const orphan = (database.first(NEXT_ORPHAN)?.[0] ?? now) as number;
  const expiry = (database.first(NEXT_EXPIRY)?.[0] ?? now + 1) as number;
  return orphan + DEAD_LETTER_MS <= now || expiry <= now;
}

/** When the next thing is due that such a caller could do: a mailbox, a job, an end that is overdue. */
export function nextDue(database: Database, query: DueQuery, now: number): Due | undefined {
  const orphan = database.first(NEXT_ORPHAN)?.[0] as number | null | undefined;
  const times = [
    orphan === null || orphan === undefined ? null : orphan + DEAD_LETTER_MS,
    database.first(NEXT_MAILBOX, JSON.stringify(unpaused(database, query.definitions)))?.[0],
    database.first(NEXT_EXPIRY)?.[0],
  ].filter((time) => typeof time === 'number');
  const at = Math.min(...times, nextJob(database, query));
  return at === Number.POSITIVE_INFINITY ? undefined : { at, now };
}

/** Ends what waited too long, at most `limit` of each kind; answers how many. */
export function expire(at: Acceptance, limit: number): number {
  const { database, now } = at;
  const orphans = database.all(ORPHANS, now - DEAD_LETTER_MS, limit);
  for (const [instance] of orphans) park(database, instance as string, DEAD_LETTER, now);
  return expireJobs(at, limit) + orphans.length;
}
