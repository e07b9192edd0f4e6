import { awaitedNames } from '../../core/correlation.js';
import type { InstanceQuery, Page, PageQuery } from '../../core/engine.js';
import type { Instance } from '../../core/instance.js';
import { APPLIED, type JournalEntry, type Outcome } from '../../core/journal.js';
import { MAX_PAGE } from '../../core/limits.js';
import type { Message } from '../../core/message.js';
import type { Problem } from '../../core/problem.js';
import { behind, pageLimit, pageStart } from '../page.js';
import type { AwaitingQuery, Counts, Reading } from '../store.js';
import { MESSAGE_COLUMNS, messageOf } from './accept.js';
import type { Database } from './database.js';
import type { Row, SqlValue } from './driver.js';
import { IS_AWAITED } from './migrations/0004-awaited.js';
import { stowed } from './payload.js';
import { INSTANCE_COLUMNS, instanceOf } from './turn.js';

const READING = `
  SELECT ${INSTANCE_COLUMNS},
    coalesce((SELECT attempts FROM lease WHERE instance = i.id), 0), m.next_due_at, m.parked,
    EXISTS (SELECT 1 FROM pause WHERE kind = 'machine' AND name = i.machine), i.seq`;
const INSTANCES = 'FROM instance i CROSS JOIN mailbox m ON m.instance = i.id';
/** Few are parked, and have an index of their own. */
const PARKED = 'FROM mailbox m CROSS JOIN instance i ON i.id = m.instance';

const READ = `${READING} ${INSTANCES} WHERE i.id = ?`;
const READ_MANY = `SELECT ${INSTANCE_COLUMNS} FROM json_each(?1) l CROSS JOIN instance i ON i.id = l.value`;

export const JOURNAL_COLUMNS = `
  journal.instance, journal.revision, event_id, at, seed, ${stowed('journal', 'event', 'journal.instance')},
  outcome, history, code`;
const JOURNAL = `
  SELECT ${JOURNAL_COLUMNS} FROM journal WHERE instance = ? AND revision > ? ORDER BY revision LIMIT ?`;
const FOLDED = `SELECT ${JOURNAL_COLUMNS} FROM journal WHERE instance = ? AND event_id = ?`;

const MESSAGES = `
  SELECT ${MESSAGE_COLUMNS} FROM message m WHERE recipient = ? ORDER BY due_at, seq LIMIT ${MAX_PAGE}`;

/** As its index has it. */
const AWAITING = `
  SELECT ${MESSAGE_COLUMNS} FROM message m
  WHERE ${IS_AWAITED} AND id >= ?1 AND id < ?2 AND id > ?3 ORDER BY id LIMIT ?4`;

const COUNTS = `
  SELECT
    (SELECT count(*) FROM instance),
    (SELECT count(*) FROM message WHERE due_at <= ?),
    (SELECT count(*) FROM job WHERE status = 'pending'),
    (SELECT count(*) FROM mailbox WHERE parked IS NOT NULL)`;

/** Before every row of ours. */
const END = Number.MAX_SAFE_INTEGER;

export function read(database: Database, instance: string, now: number): Reading | undefined {
  const [row] = database.all(READ, instance);
  return row && readingOf(row, now);
}

export function instances(database: Database, ids: readonly string[]): readonly Instance[] {
  return database.all(READ_MANY, JSON.stringify(ids)).map(instanceOf);
}

export function find(database: Database, query: InstanceQuery, now: number): Page<Reading> {
  const { from, where, values } = conditions(query);
  const sql = `${READING} ${from} WHERE ${where} AND i.seq < ? ORDER BY i.seq DESC LIMIT ?`;
  const rowsBefore = (before: number, limit: number) => database.all(sql, ...values, before, limit);
  return page(query, (row) => readingOf(row, now), rowsBefore);
}

export function count(database: Database, query: Omit<InstanceQuery, keyof PageQuery>): number {
  const { where, values } = conditions(query);
  const from = query.parked === true ? PARKED : 'FROM instance i';
  return Number(database.first(`SELECT count(*) ${from} WHERE ${where}`, ...values)?.[0]);
}

export function journal(database: Database, instance: string, query: PageQuery): Page<JournalEntry> {
  const limit = pageLimit(query.limit);
  const rows = database.all(JOURNAL, instance, pageStart(query.after) ?? 0, limit + 1);
  const items = rows.slice(0, limit).map(entryOf);
  return { items, ...(rows.length > limit ? { next: String(items.at(-1)?.revision) } : {}) };
}

export function folded(database: Database, instance: string, eventId: string): JournalEntry | undefined {
  return database.all(FOLDED, instance, eventId).map(entryOf)[0];
}

export function messages(database: Database, instance: string): readonly Message[] {
  return database.all(MESSAGES, instance).map(messageOf);
}

export function awaiting(
  database: Database,
  { subject, limit, after = '' }: AwaitingQuery,
): readonly Message[] {
  const names = awaitedNames(subject);
  return database.all(AWAITING, names, behind(names), after, limit).map(messageOf);
}

export function counts(database: Database, now: number): Counts {
  const row = database.first(COUNTS, now) as [number, number, number, number];
  const [instances, dueMessages, pendingJobs, parked] = row;
  return { instances, dueMessages, pendingJobs, parked };
}

/** A page of rows, newest first, whose last column is their seq. */
export function page<T>(
  query: PageQuery,
  of: (row: Row) => T,
  rowsBefore: (before: number, limit: number) => readonly Row[],
): Page<T> {
  const limit = pageLimit(query.limit);
  const rows = rowsBefore(pageStart(query.after) ?? END, limit + 1);
  const shown = rows.slice(0, limit);
  return { items: shown.map(of), ...(rows.length > limit ? { next: String(shown.at(-1)?.at(-1)) } : {}) };
}

/** Which rows a query is after, in SQL made of our own words: what it holds is bound. */
function conditions({ machine, status, parked }: Omit<InstanceQuery, keyof PageQuery>) {
  const where = parked === true ? ['m.parked IS NOT NULL'] : ['true'];
  const values: SqlValue[] = [];
  for (const [column, value] of [
    ['machine', machine],
    ['status', status],
  ] as const) {
    if (value === undefined) continue;
    where.push(`i.${column} = ?`);
    values.push(value);
  }
  return { from: parked === true ? PARKED : INSTANCES, where: where.join(' AND '), values };
}

function readingOf(row: Row, now: number): Reading {
  const [attempts, nextDueAt, parked] = row.slice(9) as [number, number | null, string | null];
  return {
    instance: instanceOf(row),
    attempts,
    machinePaused: row[12] === 1,
    now,
    ...(parked === null ? {} : { parked: JSON.parse(parked) as Problem }),
    ...(nextDueAt === null ? {} : { nextDueAt }),
  };
}

export function entryOf(row: Row): JournalEntry {
  const [instance, revision, eventId, at, seed] = row as [string, number, string, number, string];
  const [event, outcome, history, code] = row.slice(5) as [string, string | null, string, string];
  return {
    ...{ instance, revision, eventId, at, seed, event },
    outcome: outcome === null ? APPLIED : (JSON.parse(outcome) as Outcome),
    ...{ history, code },
  };
}
