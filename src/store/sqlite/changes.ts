import { pageLimit } from '../page.js';
import { isReset, positionOf, positionText, type Swept } from '../position.js';
import type { Changes, ChangesQuery } from '../store.js';
import type { Database } from './database.js';
import type { Row } from './driver.js';
import { entryOf, JOURNAL_COLUMNS } from './reading.js';

/** Entries that one call passes over at most, looking for those of a machine. */
export const PASSED_OVER = 10_000;

const SWEPT = 'SELECT position, times FROM swept';
const LAST = 'SELECT max(seq) FROM journal';

const ALL = `SELECT ${JOURNAL_COLUMNS}, journal.seq FROM journal WHERE seq > ?1 ORDER BY seq LIMIT ?2`;

const OF_INSTANCE = `
  SELECT ${JOURNAL_COLUMNS}, journal.seq FROM journal
  WHERE instance = ?1 AND revision > ?2 AND seq > ?3 AND seq <= ?4 ORDER BY revision LIMIT ?5`;
const IS_OF = 'SELECT 1 FROM instance WHERE id = ? AND machine = ?';

/** Two questions: asked as one, every revision would be looked at. */
const REVISIONS = `
  SELECT
    (SELECT min(revision) FROM journal WHERE instance = ?1),
    (SELECT max(revision) FROM journal WHERE instance = ?1)`;
const SEQ_OF = 'SELECT seq FROM journal WHERE instance = ? AND revision = ?';

/** The last of the entries that one call goes through. */
const HORIZON = 'SELECT max(seq) FROM (SELECT seq FROM journal WHERE seq > ?1 ORDER BY seq LIMIT ?2)';

const OF_MACHINE = `
  SELECT ${JOURNAL_COLUMNS}, journal.seq
  FROM journal CROSS JOIN instance i ON i.id = journal.instance AND i.machine = ?3
  WHERE journal.seq > ?1 AND journal.seq <= ?2 ORDER BY journal.seq LIMIT ?4`;

/** The entries behind a position. The order is that of the commits, which follow one another on a file. */
export function changes(database: Database, query: ChangesQuery): Changes {
  const before = swept(database);
  if (query.after === undefined) {
    return { entries: [], position: positionText({ ...before, seq: end(database, before) }), reset: false };
  }
  const position = positionOf(query.after);
  const after = position?.seq ?? 0;
  const limit = pageLimit(query.limit);
  const { rows, horizon } = behind(database, query, after, limit, before);
  const last = (rows.at(-1)?.at(-1) as number | undefined) ?? after;
  // Read again after the rows: what was swept meanwhile is told of rather once too often than not at all.
  const since = swept(database);
  const seq = rows.length === limit ? last : Math.max(last, horizon);
  return {
    entries: rows.map(entryOf),
    position: positionText({ seq, sweeps: since.sweeps }),
    reset: isReset(position, since),
  };
}

interface Found {
  readonly rows: readonly Row[];
  /** Up to where it was looked at least, if the rows are fewer than were asked for. */
  readonly horizon: number;
}

/** How far it is looked is read before the rows are, so that nothing is passed over that is committed meanwhile. */
function behind(
  database: Database,
  { instance, machine }: ChangesQuery,
  after: number,
  limit: number,
  before: Swept,
): Found {
  if (instance !== undefined) {
    const horizon = end(database, before);
    if (machine !== undefined && database.first(IS_OF, instance, machine) === undefined)
      return { rows: [], horizon };
    const revision = revisionAt(database, instance, after);
    return { rows: database.all(OF_INSTANCE, instance, revision, after, horizon, limit), horizon };
  }
  if (machine === undefined) return { rows: database.all(ALL, after, limit), horizon: before.seq };
  const horizon = (database.first(HORIZON, after, PASSED_OVER)?.[0] as number | null) ?? before.seq;
  return { rows: database.all(OF_MACHINE, after, horizon, machine, limit), horizon };
}

/**
 * The revision of the last entry of an instance at or before a place in the order, found by halves: revisions
 * have no gaps, and follow one another in the order as in the journal.
 */
function revisionAt(database: Database, instance: string, after: number): number {
  const [first, last] = database.first(REVISIONS, instance) as [number | null, number | null];
  if (first === null || last === null) return 0;
  let [low, high] = [first - 1, last];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    const seq = database.first(SEQ_OF, instance, middle)?.[0] as number | undefined;
    // One that is not there was trimmed meanwhile: it comes before all that are.
    if (seq === undefined || seq <= after) low = middle;
    else high = middle - 1;
  }
  return low;
}

function swept(database: Database): Swept {
  const [seq, sweeps] = database.first(SWEPT) as [number, number];
  return { seq, sweeps };
}

/** The last number that was given, whether its entry is there or swept. */
function end(database: Database, { seq }: Swept): number {
  return Math.max((database.first(LAST)?.[0] as number | null) ?? 0, seq);
}
