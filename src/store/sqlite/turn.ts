import type { Instance, Status } from '../../core/instance.js';
import type { Message } from '../../core/message.js';
import { messagesAt } from '../caution.js';
import type {
  Claim,
  ClaimJobsQuery,
  Commit,
  CommitResult,
  Committed,
  FoldedAnswer,
  FoldedMessage,
  Hint,
  Migration,
} from '../store.js';
import { type Acceptance, append, appendToSelf, create, MESSAGE_COLUMNS, messageOf } from './accept.js';
import type { Held } from './claiming.js';
import type { Database } from './database.js';
import { rememberWorker } from './dead-workers.js';
import type { Row } from './driver.js';
import { addJob } from './jobs/adding.js';
import { cancelJobOf, endAnswered, isHeld } from './jobs/ending.js';
import { hasLimits } from './jobs/queues.js';
import { Taking } from './jobs/taking.js';
import { dropLeases, UNLEASED } from './leases.js';
import { takeSnapshot } from './snapshot.js';

export const INSTANCE_COLUMNS =
  'i.id, i.machine, i.definition, i.status, i.revision, i.state, i.created_at, i.updated_at, i.parent';

const LOAD_INSTANCES = `
  SELECT ${INSTANCE_COLUMNS}
  FROM json_each(?1) l CROSS JOIN instance i ON i.id = l.value`;

const LOAD_MESSAGES = `
  SELECT ${MESSAGE_COLUMNS}
  FROM json_each(?1) l CROSS JOIN message m ON m.seq IN (
    SELECT seq FROM message WHERE recipient = l.value AND due_at <= ?2 ORDER BY due_at, seq LIMIT ?3)
  ORDER BY l.key, m.due_at, m.seq`;

/** The instance is ?1. Its lease has the token ?7. */
const HELD = '?7 = (SELECT token FROM lease WHERE instance = ?1)';

/** Nobody holds it, nothing keeps it from being claimed, and nothing is due in it by ?7. */
const IDLE = `
  EXISTS (
    SELECT 1 FROM mailbox
    WHERE instance = ?1 AND parked IS NULL AND paused = 0 AND coalesce(next_due_at > ?7, 1) AND ${UNLEASED})
  AND NOT EXISTS (SELECT 1 FROM pause WHERE kind = 'machine' AND name = instance.machine)`;

/** The status is left alone where it stays: its index is then not touched. */
function stepOn(condition: string): string {
  return `
    UPDATE instance SET revision = ?3, state = coalesce(?4, state), updated_at = ?5
    WHERE id = ?1 AND revision = ?2 AND status = ?6 AND ${condition}`;
}

function stepTo(condition: string): string {
  return `
    UPDATE instance SET revision = ?3, state = coalesce(?4, state), updated_at = ?5, status = ?6
    WHERE id = ?1 AND revision = ?2 AND ${condition}`;
}

const [STEP_ON, STEP_TO] = [stepOn(HELD), stepTo(HELD)];
const [STEP_ON_IDLE, STEP_TO_IDLE] = [stepOn(IDLE), stepTo(IDLE)];

/** The message moves: what its sender wrote is not written again by us. */
const JOURNAL = `
  INSERT INTO journal (instance, revision, event_id, at, seed, event, payload, outcome, history, code)
  SELECT recipient, ?3, id, ?4, seed, event, payload, ?5, ?6, ?7 FROM message WHERE seq = ?1 AND recipient = ?2`;

/** ?1: an array. */
const CONSUME = 'DELETE FROM message WHERE seq IN (SELECT value FROM json_each(?1))';
const CANCEL_TIMER = 'DELETE FROM message WHERE recipient = ? AND id = ? AND timer = 1';

/** An event that no message brought. */
const JOURNAL_ANSWER = `
  INSERT INTO journal (instance, revision, event_id, at, seed, event, outcome, history, code)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`;

/** Makes mailboxes due at what is left in them: ?1, an array. */
const SETTLE = `
  UPDATE mailbox SET (next_due_at, wake_at) = (
    SELECT max(due_at, ?2), max(due_at, ?2) FROM message
    WHERE recipient = mailbox.instance ORDER BY due_at LIMIT 1)
  WHERE instance IN (SELECT value FROM json_each(?1))`;

/** Whether anything is due in one of these mailboxes: ?1, an array. */
const LEFT_DUE = `
  SELECT 1 FROM json_each(?1) c CROSS JOIN mailbox m ON m.instance = c.value AND m.next_due_at <= ?2 LIMIT 1`;

/** What is held, with what is due in it: at most so many messages each. */
export function load(database: Database, held: readonly Held[], messages: number, now: number): Claim[] {
  const limit = messagesAt(Math.max(...held.map(({ attempts }) => attempts)), messages);
  const wanted = JSON.stringify(held.map(({ instance }) => instance));
  const mail = new Map<string, Message[]>(held.map(({ instance }) => [instance, []]));
  for (const row of database.all(LOAD_MESSAGES, wanted, now, limit)) {
    const message = messageOf(row);
    mail.get(message.to)?.push(message);
  }
  const instances = database.all(LOAD_INSTANCES, wanted).map(instanceOf);
  const byId = new Map(instances.map((instance) => [instance.id, instance]));
  return held.flatMap((one) => {
    const instance = byId.get(one.instance);
    if (instance === undefined) return [];
    return [{ ...one, load: { instance, messages: mail.get(one.instance) ?? [], now } }];
  });
}

/** Writes each commit, or nothing of it; hands jobs that they make to the caller where `take` asks for them. */
export function commit(
  at: Acceptance,
  commits: readonly Commit[],
  take: ClaimJobsQuery | undefined,
): Committed & { readonly hint: Hint } {
  const taking = take === undefined ? undefined : new Taking(at, take);
  let hasJobs = false;
  const ending = new Map<string, Commit>();
  const results = commits.map((one): CommitResult => {
    // The one before it of the same instance has released the lease.
    if (ending.has(one.lease.instance)) end(at, ending);
    if (!step(at, one)) return 'conflict';
    ending.set(one.lease.instance, one);
    const { jobs, cancelledJobs, answers } = one;
    const taken = write(at, one, taking);
    hasJobs ||=
      taken < jobs.length || cancelledJobs.length > 0 || (answers.length > 0 && hasLimits(at.database));
    return 'committed';
  });
  end(at, ending);
  if (taking !== undefined && taking.taken.length > 0) rememberWorker(at.database, taking.worker);
  const committed = commits.filter((_, index) => results[index] === 'committed');
  const mail = committed.some(hasMail) || isAnyDue(at, committed);
  return { results, jobs: taking?.taken ?? [], hint: { mail, jobs: hasJobs } };
}

function hasMail({ timers, messages, spawns }: Commit): boolean {
  return timers.length + messages.length + spawns.length > 0;
}

const MIGRATE = `
  UPDATE instance SET definition = ?5, revision = ?6, state = coalesce(?7, state), updated_at = ?8, status = ?9
  WHERE id = ?1 AND revision = ?2 AND status = ?3 AND definition = ?4`;

/** What is parked or paused stays so, whatever is due in it. */
const KEEP_STILL = `
  UPDATE mailbox SET wake_at = NULL
  WHERE instance = ? AND (parked IS NOT NULL OR paused = 1) AND wake_at IS NOT NULL`;

const MOVE = 'UPDATE mailbox SET definition = ?2 WHERE instance = ?1';

/** As Store.migrate has it: whoever holds the instance loses its lease. */
export function migrate(at: Acceptance, { from, definition, entry, commit }: Migration): CommitResult {
  const { lease, baseRevision, revision, state = null, updatedAt, status } = commit;
  const { instance } = lease;
  const before = [instance, baseRevision, from.status, from.definition];
  if (at.database.run(MIGRATE, ...before, definition, revision, state, updatedAt, status) === 0)
    return 'conflict';
  at.database.run(MOVE, instance, definition);
  dropLeases(at.database, [instance]);
  const { eventId, seed, event, outcome, history, code } = entry;
  const special = outcome.kind === 'applied' ? null : JSON.stringify(outcome);
  const values = [instance, revision, eventId, entry.at, seed, event, special, history, code];
  at.database.run(JOURNAL_ANSWER, ...values);
  write(at, commit, undefined);
  end(at, new Map([[instance, commit]]));
  at.database.run(KEEP_STILL, instance);
  return 'committed';
}

/** Takes the instance to its new revision; false, and nothing is written, where the commit is in conflict. */
function step({ database, now }: Acceptance, commit: Commit): boolean {
  const { lease, baseRevision, revision, status, state = null, updatedAt } = commit;
  if (commit.answers.some((answer) => !isHeld(database, answer))) return false;
  const { instance, token } = lease;
  const [on, to] = token === undefined ? [STEP_ON_IDLE, STEP_TO_IDLE] : [STEP_ON, STEP_TO];
  const values = [instance, baseRevision, revision, state, updatedAt, status, token ?? now];
  return database.run(on, ...values) > 0 || database.run(to, ...values) > 0;
}

/** What comes with the step; answers how many jobs were handed to the caller. */
function write(at: Acceptance, commit: Commit, taking: Taking | undefined): number {
  const { database, now } = at;
  const { instance } = commit.lease;
  const { folded, answers } = commit;
  journal(database, instance, answers.length === 0 ? folded : [...folded, ...answers].sort(byRevision));
  for (const answer of answers) endAnswered(at, answer);
  for (const timer of commit.timers) appendToSelf(at, timer);
  for (const message of commit.messages) append(at, message);
  let taken = 0;
  for (const job of commit.jobs) {
    const holder = taking?.holderOf(job);
    const claimed = addJob(database, job, now, holder);
    if (claimed === undefined) continue;
    taking?.taken.push(claimed);
    taken += 1;
  }
  for (const id of commit.cancelledJobs) cancelJobOf(database, instance, id, now);
  for (const spawn of commit.spawns) create(at, spawn);
  takeSnapshot(database, commit, now);
  return taken;
}

/**
 * Ends the turns of commits, all together: their messages are consumed, and nobody holds their mailboxes any more.
 * Nothing is taken out of a mailbox before, or the number of what is to be consumed might be given once more.
 */
function end({ database, now }: Acceptance, commits: Map<string, Commit>): void {
  const [consumed, held, changed]: [number[], string[], string[]] = [[], [], []];
  for (const [instance, { lease, folded, timers, cancelledTimers }] of commits) {
    for (const { seq } of folded) consumed.push(seq);
    const hasLease = lease.token !== undefined;
    if (hasLease) held.push(instance);
    if (hasLease || folded.length + timers.length + cancelledTimers.length > 0) changed.push(instance);
  }
  if (consumed.length > 0) database.run(CONSUME, JSON.stringify(consumed));
  for (const [instance, { cancelledTimers }] of commits) {
    for (const id of cancelledTimers) database.run(CANCEL_TIMER, instance, id);
  }
  commits.clear();
  if (held.length > 0) dropLeases(database, held);
  if (changed.length > 0) database.run(SETTLE, JSON.stringify(changed), now);
}

function isAnyDue({ database, now }: Acceptance, commits: readonly Commit[]): boolean {
  const instances = JSON.stringify(commits.map(({ lease }) => lease.instance));
  return database.first(LEFT_DUE, instances, now) !== undefined;
}

function journal(
  database: Database,
  instance: string,
  events: readonly (FoldedMessage | FoldedAnswer)[],
): void {
  for (const event of events) {
    const { revision, at, outcome, history, code } = event;
    const special = outcome.kind === 'applied' ? null : JSON.stringify(outcome);
    const rest = [special, history, code];
    if (!('seq' in event)) {
      database.run(JOURNAL_ANSWER, instance, revision, event.id, at, event.seed, event.event, ...rest);
    } else if (database.run(JOURNAL, event.seq, instance, revision, at, ...rest) === 0)
      throw new Error(`${instance}: message ${event.seq} is not in its mailbox`);
  }
}

function byRevision(a: FoldedMessage | FoldedAnswer, b: FoldedMessage | FoldedAnswer): number {
  return a.revision - b.revision;
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
