import type { SweepQuery } from '../store.js';
import type { Acceptance } from './accept.js';
import type { Database } from './database.js';
import type { SqlValue } from './driver.js';
import { dropLeases } from './leases.js';
import { forget, plainJobOwner } from './payload.js';

/** Rows of what belongs to instances and letters that one call deletes at most, so that others get their turn. */
export const SWEPT_ROWS = 2_000;

/** A text that is kept out of its row, or a state, counts like so many rows. */
const HEAVY = 50;

const ENDED = `
  status IN ('succeeded', 'failed', 'timed_out', 'stopped') AND (parent IS NULL OR detached = 1)`;

/**
 * Something keeps the instances that stand and fall with one: one of them goes on, or a job that nobody waits for, or
 * has a child that goes by itself, whose id would be made again under its name.
 */
const UNDER_WAY = `
  EXISTS (
    WITH RECURSIVE tree (id, status) AS (
      SELECT root.id, root.status
      UNION ALL
      SELECT child.id, child.status FROM tree CROSS JOIN instance child
      ON child.parent = tree.id AND child.detached = 0)
    SELECT 1 FROM tree
    WHERE status IN ('running', 'paused')
      OR EXISTS (SELECT 1 FROM instance child WHERE child.parent = tree.id AND child.detached = 1)
      OR EXISTS (
        SELECT 1 FROM job WHERE instance = tree.id AND ask = 0 AND instance IS NOT NULL AND ended_at IS NULL))`;

/** ?1: machines as a JSON array. */
const FIRST_ENDED = `
  SELECT i.id FROM json_each(?1) m CROSS JOIN instance i ON i.seq IN (
    SELECT seq FROM instance root
    WHERE machine = m.value AND updated_at < ?2 AND ${ENDED} AND NOT ${UNDER_WAY}
    ORDER BY updated_at, seq LIMIT ?3)
  ORDER BY i.updated_at, i.seq LIMIT ?3`;

const FIRST_CHILD = 'SELECT id FROM instance WHERE parent = ? AND detached = 0 ORDER BY seq LIMIT 1';

const CONDEMNED = 'SELECT condemned FROM swept';
const CONDEMN = 'UPDATE swept SET condemned = ?';

/** The machines that an index begins with, one seek for each. The index is named: no other would do. */
function machinesIn(table: string, index: string, where: string): string {
  return `
    WITH RECURSIVE named (name) AS (
      SELECT min(machine) FROM ${table} INDEXED BY ${index} WHERE machine > '' AND ${where}
      UNION ALL
      SELECT (SELECT min(machine) FROM ${table} INDEXED BY ${index}
        WHERE machine > named.name AND ${where}) FROM named
      WHERE named.name IS NOT NULL)
    SELECT name FROM named WHERE name IS NOT NULL`;
}

const MACHINES_ENDED = machinesIn('instance', 'instance_ended', ENDED);
const MACHINES_UNTRIMMED = machinesIn('snapshot', 'snapshot_untrimmed', 'trimmed = 0');
const MACHINES_OF_JOBS = machinesIn('job', 'job_ended', 'ended_at IS NOT NULL');

/** By revision, so that what is left follows a snapshot as soon as all is gone that comes before it. */
const TRIM = `
  DELETE FROM journal WHERE seq IN (
    SELECT seq FROM journal WHERE instance = ?1 AND revision <= ?2 ORDER BY revision LIMIT ?3)
  RETURNING seq, payload`;

const SWEPT = 'UPDATE swept SET position = max(position, ?), times = times + 1';

const FIRST_UNTRIMMED = `
  SELECT s.instance, s.revision FROM json_each(?1) m CROSS JOIN snapshot s ON s.rowid = (
    SELECT rowid FROM snapshot WHERE machine = m.value AND at < ?2 AND trimmed = 0
    ORDER BY at, rowid LIMIT 1)
  ORDER BY s.at, s.rowid LIMIT 1`;
const DROP_OLDER = 'DELETE FROM snapshot WHERE instance = ? AND revision < ?';
const TRIMMED = 'UPDATE snapshot SET trimmed = 1 WHERE instance = ? AND revision = ?';

const DROP_JOBS = `
  DELETE FROM job WHERE seq IN (
    SELECT j.seq FROM json_each(?1) m CROSS JOIN job j ON j.seq IN (
      SELECT seq FROM job WHERE machine = m.value AND ended_at IS NOT NULL AND ended_at < ?2
      ORDER BY ended_at, seq LIMIT ?3)
    ORDER BY j.ended_at, j.seq LIMIT ?3)
  RETURNING id, instance, payload`;

const FIRST_LETTERS = `
  SELECT instance FROM mailbox WHERE parked IS NOT NULL AND definition = '' AND parked_at < ?1
  ORDER BY parked_at, instance LIMIT ?2`;

/** What belongs to an owner, in the order in which it goes, and what a row of it weighs. */
const BELONGINGS: readonly (readonly [sql: string, weight: number])[] = [
  [
    `DELETE FROM job WHERE seq IN (
      SELECT seq FROM job WHERE id > ?1 || '/' AND id < ?1 || '0' AND instance = ?1 LIMIT ?2)`,
    1,
  ],
  ['DELETE FROM message WHERE seq IN (SELECT seq FROM message WHERE recipient = ?1 LIMIT ?2)', 1],
  [`DELETE FROM snapshot WHERE rowid IN (SELECT rowid FROM snapshot WHERE instance = ?1 LIMIT ?2)`, HEAVY],
  ['DELETE FROM payload WHERE seq IN (SELECT seq FROM payload WHERE owner = ?1 LIMIT ?2)', HEAVY],
  [
    `DELETE FROM receipt WHERE instance = ?1 AND event_id IN (
      SELECT event_id FROM receipt WHERE instance = ?1 LIMIT ?2)`,
    1,
  ],
];

const DROP_MAILBOX = 'DELETE FROM mailbox WHERE instance = ?';
const DROP_INSTANCE = 'DELETE FROM instance WHERE id = ?';

/** Deletes, or trims, what a query names, at most `limit` of it; answers how many. */
export function sweep({ database }: Acceptance, query: SweepQuery): number {
  if (query.limit < 1) return 0;
  switch (query.what) {
    case 'instances':
      return sweepInstances(database, query);
    case 'journals':
      return sweepJournals(database, query);
    case 'jobs':
      return sweepJobs(database, query);
    case 'letters':
      return sweepLetters(database, query);
  }
}

/** What one call may still do. */
interface Quota {
  instances: number;
  rows: number;
}

/**
 * Leaves first, so that no child is without its parent. A tree that is too large for one call is condemned: the
 * next calls go on with it before any other. An instance of which some is left counts as well.
 */
function sweepInstances(database: Database, query: SweepQuery): number {
  const quota = { instances: query.limit, rows: SWEPT_ROWS };
  const condemned = database.first(CONDEMNED)?.[0] as string | null;
  if (condemned !== null) {
    if (!fell(database, condemned, quota)) return query.limit - quota.instances;
    database.run(CONDEMN, null);
  }
  const machines = machinesOf(database, MACHINES_ENDED, query);
  for (const [id] of database.all(FIRST_ENDED, machines, query.before, quota.instances)) {
    if (quota.instances === 0 || quota.rows === 0) break;
    if (fell(database, id as string, quota)) continue;
    database.run(CONDEMN, id as string);
    break;
  }
  return query.limit - quota.instances;
}

/** Deletes an instance with its children; false if the quota was not enough. */
function fell(database: Database, root: string, quota: Quota): boolean {
  const path = [root];
  for (let node = path.at(-1); node !== undefined; node = path.at(-1)) {
    if (quota.instances === 0) return false;
    const child = database.first(FIRST_CHILD, node)?.[0] as string | undefined;
    if (child !== undefined) {
      path.push(child);
      continue;
    }
    quota.instances -= 1;
    if (!cleared(database, node, quota)) return false;
    database.run(DROP_MAILBOX, node);
    dropLeases(database, [node]);
    database.run(DROP_INSTANCE, node);
    path.pop();
  }
  return true;
}

/** Deletes all that belongs to an instance, or to one that never came; false if the quota was not enough. */
function cleared(database: Database, owner: string, quota: Quota): boolean {
  const journal = (most: number) => trim(database, owner, Number.MAX_SAFE_INTEGER, most).length;
  if (!drained(quota, 1, journal)) return false;
  return BELONGINGS.every(([sql, weight]) =>
    drained(quota, weight, (most) => database.run(sql, owner, most)),
  );
}

function drained(quota: Quota, weight: number, drop: (most: number) => number): boolean {
  if (quota.rows === 0) return false;
  const most = Math.ceil(quota.rows / weight);
  const dropped = drop(most);
  quota.rows = Math.max(quota.rows - dropped * weight, 0);
  return dropped < most;
}

function sweepJournals(database: Database, query: SweepQuery): number {
  const machines = machinesOf(database, MACHINES_UNTRIMMED, query);
  let left = query.limit;
  while (left > 0) {
    const [instance, revision] = (database.first(FIRST_UNTRIMMED, machines, query.before) ?? []) as [
      string?,
      number?,
    ];
    if (instance === undefined || revision === undefined) break;
    // At once: what comes before it is not there to be folded from any more.
    database.run(DROP_OLDER, instance, revision);
    const trimmed = trim(database, instance, revision, left);
    for (const payload of new Set(trimmed)) if (payload !== null) forget(database, instance, payload);
    if (trimmed.length < left) database.run(TRIMMED, instance, revision);
    left -= trimmed.length;
  }
  return query.limit - left;
}

/** Deletes journal entries, the oldest first; answers what each referred to. */
function trim(database: Database, instance: string, revision: number, most: number): (string | null)[] {
  const trimmed = database.all(TRIM, instance, revision, most) as readonly [number, string | null][];
  if (trimmed.length > 0)
    database.run(
      SWEPT,
      trimmed.reduce((last, [seq]) => Math.max(last, seq), 0),
    );
  return trimmed.map(([, payload]) => payload);
}

function sweepJobs(database: Database, query: SweepQuery): number {
  const dropped = database.all(
    DROP_JOBS,
    machinesOf(database, MACHINES_OF_JOBS, query, ['']),
    query.before,
    query.limit,
  );
  for (const [id, instance, payload] of dropped as readonly [string, string | null, string | null][]) {
    if (payload !== null) forget(database, instance ?? plainJobOwner(id), payload);
  }
  return dropped.length;
}

function sweepLetters(database: Database, { before, limit }: SweepQuery): number {
  const quota = { instances: limit, rows: SWEPT_ROWS };
  for (const [receiver] of database.all(FIRST_LETTERS, before, limit)) {
    if (quota.rows === 0) break;
    quota.instances -= 1;
    if (!cleared(database, receiver as string, quota)) break;
    database.run(DROP_MAILBOX, receiver as SqlValue);
  }
  return limit - quota.instances;
}

/** The machines that a query is after, as a JSON array; of nobody's jobs it is `''`. */
function machinesOf(
  database: Database,
  all: string,
  { machines, exceptMachines = [] }: SweepQuery,
  nobody: readonly string[] = [],
): string {
  const named = machines ?? [...nobody, ...database.all(all).map(([machine]) => machine as string)];
  const except = new Set(exceptMachines);
  return JSON.stringify([...new Set(named)].filter((machine) => !except.has(machine)));
}
