import { MAX_ATTEMPTS } from '../../core/limits.js';
import type { Problem } from '../../core/problem.js';
import { gaveUp } from '../parking.js';
import type { Claim, ClaimQuery } from '../store.js';
import type { Acceptance } from './accept.js';
import type { Database } from './database.js';
import { rememberWorker } from './dead-workers.js';
import { hold, park, UNLEASED } from './leases.js';
import { unpaused } from './pause.js';

/** Of one definition, from the index alone. Those that are leased stand among the first, and are passed over. */
export const FIRST_CLEAN = `
  SELECT instance, wake_at FROM mailbox
  WHERE definition = ?1 AND wake_at <= ?2 AND ${UNLEASED}
  ORDER BY wake_at, instance LIMIT ?3`;

const FIRST_SUSPECT = `
  SELECT l.instance, l.definition, l.wake_at, l.attempts, l.problem
  FROM json_each(?1) d CROSS JOIN lease l ON l.instance = (
    SELECT instance FROM lease WHERE definition = d.value AND wake_at <= ?2 ORDER BY wake_at, instance LIMIT 1)
  ORDER BY l.wake_at, l.instance LIMIT 1`;

interface Due {
  readonly instance: string;
  readonly definition: string;
  readonly wakeAt: number;
  /** Those behind it. */
  readonly attempts: number;
}

interface Suspect extends Due {
  readonly problem: Problem | undefined;
}

/** Takes mailboxes, oldest first: clean ones, or the one suspect that is due no later (rule 8). */
export function claim({ database, random, now }: Acceptance, query: ClaimQuery): Claim[] {
  const { worker, limit, leaseMs } = query;
  if (limit < 1) return [];
  const definitions = unpaused(database, query.definitions);
  const clean = firstClean(database, definitions, limit, now);
  const suspect = firstSuspect(database, definitions, now);
  const isSuspectsTurn = suspect !== undefined && suspect.wakeAt <= (clean[0]?.wakeAt ?? now);
  const taken = isSuspectsTurn ? [suspect] : clean;
  if (taken.length === 0) return [];
  rememberWorker(database, worker);
  const token = random();
  hold(database, taken, { token, worker, leaseUntil: now + leaseMs });
  return taken.map(({ instance, attempts }) => ({ instance, token, attempts: attempts + 1 }));
}

function firstClean(database: Database, definitions: readonly string[], limit: number, now: number): Due[] {
  const due = definitions.flatMap((definition) =>
    database.all(FIRST_CLEAN, definition, now, limit).map(
      ([instance, wakeAt]): Due => ({
        ...{ instance: instance as string, wakeAt: wakeAt as number },
        ...{ definition, attempts: 0 },
      }),
    ),
  );
  if (definitions.length > 1) due.sort(wakesBefore);
  return due.slice(0, limit);
}

/** The first with attempts behind it; parks those before it that have had theirs. */
function firstSuspect(database: Database, definitions: readonly string[], now: number): Suspect | undefined {
  const wanted = JSON.stringify(definitions);
  for (;;) {
    const row = database.first(FIRST_SUSPECT, wanted, now);
    if (row === undefined) return undefined;
    const [instance, definition, wakeAt, attempts] = row as [string, string, number, number];
    const problem = row[4] === null ? undefined : (JSON.parse(row[4] as string) as Problem);
    if (attempts < MAX_ATTEMPTS) return { instance, definition, wakeAt, attempts, problem };
    park(database, instance, problem ?? gaveUp(attempts), now);
  }
}

function wakesBefore(a: Due, b: Due): number {
  return a.wakeAt - b.wakeAt || (a.instance < b.instance ? -1 : 1);
}
