import { MAX_ATTEMPTS, MAX_SUSPECTS } from '../../core/limits.js';
import type { Problem } from '../../core/problem.js';
import { gaveUp } from '../parking.js';
import type { Claim, ClaimQuery } from '../store.js';
import type { Acceptance } from './accept.js';
import type { Database } from './database.js';
import { rememberWorker } from './dead-workers.js';
import type { Row } from './driver.js';
import { hold, park, UNLEASED } from './leases.js';
import { unpaused } from './pause.js';

/** Of one definition, from the index alone. Those that are leased stand among the first, and are passed over. */
export const FIRST_CLEAN = `
  SELECT instance, wake_at FROM mailbox
  WHERE definition = ?1 AND wake_at <= ?2 AND ${UNLEASED}
  ORDER BY wake_at, instance LIMIT ?3`;

const FIRST_SUSPECTS = `
  SELECT l.instance, l.definition, l.wake_at, l.attempts, l.problem
  FROM json_each(?1) d CROSS JOIN lease l ON l.instance IN (
    SELECT instance FROM lease WHERE definition = d.value AND wake_at <= ?2 ORDER BY wake_at, instance LIMIT ?3)
  ORDER BY l.wake_at, l.instance LIMIT ?3`;

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

/** What a claim holds; `load` brings the rest. */
export type Held = Omit<Claim, 'load'>;

/** Takes mailboxes, oldest first: clean ones, or the suspects that are due no later (rule 8). */
export function claim({ database, random, now }: Acceptance, query: ClaimQuery): Held[] {
  const { worker, limit, leaseMs, fresh } = query;
  if (limit < 1) return [];
  const definitions = unpaused(database, query.definitions);
  const clean = firstClean(database, definitions, limit, now);
  const suspects = firstSuspects(database, definitions, Math.min(limit, MAX_SUSPECTS), now);
  const oldest = clean[0]?.wakeAt ?? now;
  const first = suspects.filter(({ wakeAt, attempts }) => wakeAt <= oldest && !(fresh && attempts > 1));
  const taken = first.length > 0 ? first : clean;
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

/** Those of the first with attempts behind them that may be claimed at once; parks those before that have had theirs. */
function firstSuspects(
  database: Database,
  definitions: readonly string[],
  limit: number,
  now: number,
): Suspect[] {
  const wanted = JSON.stringify(definitions);
  for (;;) {
    const suspects = database.all(FIRST_SUSPECTS, wanted, now, limit).map(suspectOf);
    const parked = takeWhile(suspects, ({ attempts }) => attempts >= MAX_ATTEMPTS);
    for (const { instance, attempts, problem } of parked)
      park(database, instance, problem ?? gaveUp(attempts), now);
    // There may be more behind those.
    if (parked.length > 0) continue;
    const together = takeWhile(suspects, ({ attempts }) => attempts === 1);
    return together.length > 0 ? together : suspects.slice(0, 1);
  }
}

function takeWhile<T>(items: readonly T[], test: (item: T) => boolean): T[] {
  const end = items.findIndex((item) => !test(item));
  return items.slice(0, end < 0 ? items.length : end);
}

function suspectOf([instance, definition, wakeAt, attempts, problem]: Row): Suspect {
  return {
    instance: instance as string,
    definition: definition as string,
    wakeAt: wakeAt as number,
    attempts: attempts as number,
    problem: problem === null ? undefined : (JSON.parse(problem as string) as Problem),
  };
}

function wakesBefore(a: Due, b: Due): number {
  return a.wakeAt - b.wakeAt || (a.instance < b.instance ? -1 : 1);
}
