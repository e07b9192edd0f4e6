import type { Instance, Status } from '../../core/instance.js';
import { MAX_ATTEMPTS, SUSPECT_PATIENCE_MS } from '../../core/limits.js';
import type { Message } from '../../core/message.js';
import type { Problem } from '../../core/problem.js';
import { gaveUp } from '../parking.js';
import type {
  Claim,
  ClaimQuery,
  Commit,
  CommitResult,
  FoldedMessage,
  Lease,
  Load,
  Release,
} from '../store.js';
import { type Acceptance, append, create, MESSAGE_COLUMNS, messageOf } from './accept.js';
import type { Database } from './database.js';
import type { Row, SqlValue } from './driver.js';
import { addJob } from './jobs/adding.js';
import { cancelJobOf } from './jobs/ending.js';
import { unpaused } from './pause.js';
import { takeSnapshot } from './snapshot.js';

/** The first ones of each definition, and of those the first of all. ?4: 1 for suspects, 0 for clean ones. */
const FIRST_DUE = `
  SELECT m.instance, m.wake_at, m.attempts, m.problem
  FROM json_each(?1) d CROSS JOIN mailbox m ON m.instance IN (
    SELECT instance FROM mailbox
    WHERE definition = d.value AND (attempts > 0) = ?4 AND wake_at <= ?2
    ORDER BY wake_at, instance LIMIT ?3)
  ORDER BY m.wake_at, m.instance LIMIT ?3`;

const HOLD = `
  UPDATE mailbox SET
    token = ?2, worker = ?3, lease_until = ?4, attempts = attempts + 1, wake_at = max(next_due_at, ?4)
  WHERE instance IN (SELECT value FROM json_each(?1))`;

const PARK = `
  UPDATE mailbox SET parked = ?2, parked_at = ?3, token = NULL, worker = NULL, wake_at = NULL
  WHERE instance = ?1`;

export const INSTANCE_COLUMNS =
  'i.id, i.machine, i.definition, i.status, i.revision, i.state, i.created_at, i.updated_at, i.parent';

const LOAD_INSTANCES = `
  SELECT ${INSTANCE_COLUMNS}
  FROM json_each(?1) l
  CROSS JOIN mailbox m ON m.instance = l.value ->> 0 AND m.token = l.value ->> 1
  CROSS JOIN instance i ON i.id = m.instance
  ORDER BY l.key`;

const LOAD_MESSAGES = `
  SELECT ${MESSAGE_COLUMNS}
  FROM json_each(?1) l CROSS JOIN message m ON m.seq IN (
    SELECT seq FROM message WHERE recipient = l.value AND due_at <= ?2 ORDER BY due_at, seq LIMIT ?3)
  ORDER BY l.key, m.due_at, m.seq`;

const HELD = '?2 = (SELECT token FROM mailbox WHERE instance = ?1)';

/** The status is left alone where it stays: its index is then not touched. */
const STEP_ON = `
  UPDATE instance SET revision = ?4, state = coalesce(?5, state), updated_at = ?6
  WHERE id = ?1 AND revision = ?3 AND status = ?7 AND ${HELD}`;

const STEP_TO = `
  UPDATE instance SET revision = ?4, state = coalesce(?5, state), updated_at = ?6, status = ?7
  WHERE id = ?1 AND revision = ?3 AND ${HELD}`;

/** The message moves: what its sender wrote is not written again by us. */
const JOURNAL = `
  INSERT INTO journal (instance, revision, event_id, at, seed, event, payload, outcome, history, code)
  SELECT recipient, ?3, id, ?4, seed, event, payload, ?5, ?6, ?7 FROM message WHERE seq = ?1 AND recipient = ?2`;

const CONSUME = 'DELETE FROM message WHERE seq = ?1 AND recipient = ?2';
const CONSUME_MANY = 'DELETE FROM message WHERE seq IN (SELECT value FROM json_each(?1)) AND +recipient = ?2';
const CANCEL_TIMER = 'DELETE FROM message WHERE recipient = ? AND id = ? AND timer = 1';

/** Ends the lease after a commit and makes the mailbox due at what is left in it. */
const FREE = `
  UPDATE mailbox SET
    token = NULL, worker = NULL, lease_until = 0, attempts = 0, problem = NULL,
    (next_due_at, wake_at) = (
      SELECT max(due_at, ?2), max(due_at, ?2) FROM message WHERE recipient = ?1 ORDER BY due_at LIMIT 1)
  WHERE instance = ?1`;

/** ?4: attempts given back. ?5: the problem, or null to keep what is known. */
const RELEASE = `
  UPDATE mailbox SET
    token = NULL, worker = NULL, lease_until = 0, attempts = attempts - ?4, problem = coalesce(?5, problem),
    next_due_at = max(next_due_at, ?3), wake_at = max(next_due_at, ?3)
  WHERE instance = ?1 AND token = ?2`;

const EXTEND = `
  UPDATE mailbox SET lease_until = ?3, wake_at = max(next_due_at, ?3)
  WHERE instance = ?1 AND token = ?2`;

const UNPARK = `
  UPDATE mailbox SET
    parked = NULL, parked_at = NULL, lease_until = 0, attempts = 0, problem = NULL,
    next_due_at = max(next_due_at, ?2), wake_at = CASE WHEN paused = 0 THEN max(next_due_at, ?2) END
  WHERE instance = ?1 AND parked IS NOT NULL`;

/** Takes mailboxes, oldest first: clean ones, or the one suspect that is older (rule 8). */
export function claim({ database, random, now }: Acceptance, query: ClaimQuery): Claim[] {
  const { worker, limit, leaseMs } = query;
  const definitions = JSON.stringify(unpaused(database, query.definitions));
  const clean = database.all(FIRST_DUE, definitions, now, limit, 0);
  let taken = clean.map(([instance]) => ({ instance: instance as string, attempts: 1 }));
  const oldest = (clean[0]?.[1] as number | undefined) ?? Number.POSITIVE_INFINITY;
  while (limit > 0) {
    const [instance, wakeAt, attempts, problem] = (database.first(FIRST_DUE, definitions, now, 1, 1) ??
      []) as [string?, number?, number?, (string | null)?];
    if (instance === undefined || wakeAt === undefined || attempts === undefined) break;
    if (attempts < MAX_ATTEMPTS) {
      if (wakeAt + (attempts - 1) * SUSPECT_PATIENCE_MS <= oldest)
        taken = [{ instance, attempts: attempts + 1 }];
      break;
    }
    database.run(PARK, instance, problem ?? JSON.stringify(gaveUp(attempts)), now);
  }
  if (taken.length === 0) return [];
  const token = random();
  const instances = JSON.stringify(taken.map(({ instance }) => instance));
  database.run(HOLD, instances, token, worker, now + leaseMs);
  return taken.map(({ instance, attempts }) => ({ instance, token, attempts }));
}

export function load(database: Database, leases: readonly Lease[], limit: number, now: number): Load[] {
  const wanted = JSON.stringify(leases.map(({ instance, token }) => [instance, token]));
  const instances = database.all(LOAD_INSTANCES, wanted).map(instanceOf);
  const messages = new Map<string, Message[]>(instances.map(({ id }) => [id, []]));
  for (const row of database.all(LOAD_MESSAGES, JSON.stringify([...messages.keys()]), now, limit)) {
    const message = messageOf(row);
    messages.get(message.to)?.push(message);
  }
  return instances.map((instance) => ({ instance, messages: messages.get(instance.id) ?? [], now }));
}

/** Writes everything of a commit, or nothing. */
export function commit(at: Acceptance, commit: Commit): CommitResult {
  const { database, now } = at;
  const { lease, baseRevision, revision, status, state = null, updatedAt } = commit;
  const { instance } = lease;
  const step: SqlValue[] = [instance, lease.token, baseRevision, revision, state, updatedAt, status];
  if (database.run(STEP_ON, ...step) === 0 && database.run(STEP_TO, ...step) === 0) return 'conflict';
  moveToJournal(database, instance, commit.folded);
  for (const timer of commit.timers) append(at, timer, true);
  for (const id of commit.cancelledTimers) database.run(CANCEL_TIMER, instance, id);
  for (const message of commit.messages) append(at, message);
  for (const job of commit.jobs) addJob(database, job, now);
  for (const id of commit.cancelledJobs) cancelJobOf(database, instance, id, now);
  for (const spawn of commit.spawns) create(at, spawn);
  takeSnapshot(database, commit, now);
  database.run(FREE, instance, now);
  return 'committed';
}

function moveToJournal(database: Database, instance: string, folded: readonly FoldedMessage[]): void {
  for (const { seq, revision, at, outcome, history, code } of folded) {
    const special = outcome.kind === 'applied' ? null : JSON.stringify(outcome);
    if (database.run(JOURNAL, seq, instance, revision, at, special, history, code) === 0)
      throw new Error(`${instance}: message ${seq} is not in its mailbox`);
  }
  if (folded.length === 1) database.run(CONSUME, folded[0]?.seq ?? null, instance);
  else if (folded.length > 1) {
    const consumed = JSON.stringify(folded.map(({ seq }) => seq));
    database.run(CONSUME_MANY, consumed, instance);
  }
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
  database.run(RELEASE, instance, token, now, giveBack ? 1 : 0, told);
}

export function unpark(database: Database, instance: string, now: number): boolean {
  return database.run(UNPARK, instance, now) > 0;
}

export function park(database: Database, instance: string, problem: Problem, now: number): void {
  database.run(PARK, instance, JSON.stringify(problem), now);
}

export function instanceOf(row: Row): Instance {
  const [id, machine, definition, status, revision, state, createdAt, updatedAt, parent] = row as [
    string,
    string,
    string,
    Status,
    number,
    string | null,
    number,
    number,
    string | null,
  ];
  const instance = { id, machine, definition, status, revision, state, createdAt, updatedAt };
  return parent === null ? instance : { ...instance, parent };
}
