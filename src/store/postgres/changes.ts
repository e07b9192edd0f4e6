import { pageLimit } from '../page.js';
import type { Changes, ChangesQuery } from '../store.js';
import type { Database, Row } from './database.js';
import { isReset, later, type Position, positionOf, positionText, type Swept } from './position.js';
import { entryOf } from './rows.js';
import { changesStatement, HORIZON, REACH, SWEPT } from './sql/changes.js';

/** Entries that one call passes over at most, looking for those of a machine. */
const PASSED_OVER = 10_000;

/**
 * How long to wait for what is committed but may not be shown yet, because a transaction that began before it
 * is still under way, of whomever it is; in milliseconds. It will be in a later answer.
 */
const PATIENCE_MS = 200;

/** The entries behind a position, none of which is ever skipped. */
export async function changes(database: Database, query: ChangesQuery): Promise<Changes> {
  const asked = query.after === undefined ? undefined : positionOf(query.after);
  const before = await sweptOf(database);
  const horizon = await horizonOf(database);
  const end = { xid: horizon, seq: 0, sweeps: before.sweeps };
  if (query.after === undefined) return { entries: [], position: positionText(end), reset: false };

  // A position of the future was handed out by the database that this one was copied from.
  const isForeign = asked !== undefined && asked.xid > horizon;
  const position = isForeign ? undefined : asked;
  const from = position ?? { xid: 0n, seq: 0, sweeps: before.sweeps };
  const limit = pageLimit(query.limit);
  const to = query.machine === undefined ? end : await reachOf(database, from, end);
  const rows = await rowsBetween(database, query, from, to, limit);
  // Read again after the rows: what was swept meanwhile is told of rather once too often than not at all.
  const since = await sweptOf(database);
  const last = rows.length === limit ? placeOf(rows.at(-1)) : later(from, to);
  return {
    entries: rows.map(entryOf),
    position: positionText({ ...last, sweeps: since.sweeps }),
    reset: isForeign || isReset(position, since),
  };
}

/** Nothing is inserted below it any more; what was committed when this was called is below, patience allowing. */
async function horizonOf(database: Database): Promise<bigint> {
  const giveUpAt = performance.now() + PATIENCE_MS;
  let youngest: bigint | undefined;
  for (let pauseMs = 1; ; pauseMs *= 2) {
    const [row] = await database.rows(HORIZON);
    const horizon = BigInt(row?.[0] as string);
    youngest ??= BigInt((row?.[1] as string | null) ?? 0);
    if (youngest < horizon || performance.now() > giveUpAt) return horizon;
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}

/** As far as one call looks for entries of a machine. */
async function reachOf(database: Database, from: Position, end: Position): Promise<Position> {
  const [row] = await database.rows(REACH, String(from.xid), from.seq, String(end.xid), PASSED_OVER);
  return row?.[0] === PASSED_OVER ? { ...placeOf(row), sweeps: end.sweeps } : end;
}

function rowsBetween(
  database: Database,
  { instance, machine }: ChangesQuery,
  from: Position,
  to: Position,
  limit: number,
): Promise<readonly Row[]> {
  const sql = changesStatement(instance !== undefined, machine !== undefined);
  const wanted = [instance, machine].filter((value) => value !== undefined);
  return database.rows(sql, String(from.xid), from.seq, String(to.xid), to.seq, limit, ...wanted);
}

async function sweptOf(database: Database): Promise<Swept> {
  const [row] = await database.rows(SWEPT);
  const [xid, seq, sweeps] = row as [string, number, number];
  return { xid: BigInt(xid), seq, sweeps };
}

/** Its last two columns. */
function placeOf(row: Row | undefined): { xid: bigint; seq: number } {
  const [xid, seq] = (row?.slice(-2) ?? ['0', 0]) as [string, number];
  return { xid: BigInt(xid), seq };
}
