import type { Message, NewMessage } from '../../core/message.js';
import type { CreateResult, NewInstance, SendResult } from '../store.js';
import type { Database } from './database.js';
import type { Row } from './driver.js';
import { stow, stowed } from './payload.js';

const CREATE = `
  INSERT INTO instance (
    id, machine, definition, input_hash, status, revision, created_at, updated_at, parent, detached)
  VALUES (?1, ?2, ?3, ?4, 'running', 0, ?5, ?5, ?6, ?7)
  ON CONFLICT (id) DO NOTHING`;

const SAME_CREATION = 'SELECT 1 FROM instance WHERE id = ? AND machine = ? AND input_hash = ?';

/** What was given up on for the lack of its instance goes on. */
const ADOPT = `
  INSERT INTO mailbox (instance, definition) VALUES (?1, ?2)
  ON CONFLICT (instance) DO UPDATE SET
    definition = excluded.definition, parked = NULL, parked_at = NULL, wake_at = next_due_at`;

const EXISTS = 'SELECT 1 FROM instance WHERE id = ?';

const CLAIM_ID = `
  INSERT INTO receipt (instance, event_id, hash) VALUES (?, ?, ?)
  ON CONFLICT (instance, event_id) DO NOTHING`;

/** As above, but only for an instance that exists. */
const CLAIM_ID_OF_KNOWN = `
  INSERT INTO receipt (instance, event_id, hash) SELECT id, ?2, ?3 FROM instance WHERE id = ?1
  ON CONFLICT (instance, event_id) DO NOTHING`;

const CLAIMED_ID = 'SELECT hash FROM receipt WHERE instance = ? AND event_id = ?';

const APPEND = `
  INSERT INTO message (id, recipient, due_at, event, payload, seed, cause, hops, timer)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`;

/** Makes the mailbox due at ?2, or leaves it as it is if it is due before. */
const WAKE = `
  INSERT INTO mailbox (instance, next_due_at, wake_at) VALUES (?1, ?2, ?2)
  ON CONFLICT (instance) DO UPDATE SET
    next_due_at = excluded.next_due_at,
    wake_at = CASE WHEN parked IS NULL AND paused = 0 THEN excluded.next_due_at END
  WHERE next_due_at IS NULL OR next_due_at > excluded.next_due_at`;

export const MESSAGE_COLUMNS = `
  m.seq, m.recipient, m.id, m.due_at, ${stowed('m', 'event', 'm.recipient')}, m.seed, m.cause, m.hops`;

export function messageOf(row: Row): Message {
  const [seq, to, id, dueAt, event, seed, cause, hops] = row as [
    number,
    string,
    string,
    number,
    string,
    string,
    string,
    number,
  ];
  return { id, to, dueAt, seq, event, seed, cause, hops };
}

/** What messages are appended with: where, when, and where their seeds come from. Lives as long as a write. */
export interface Acceptance {
  readonly database: Database;
  readonly random: () => string;
  readonly now: number;
}

export function create(
  at: Acceptance,
  { id, machine, definition, inputHash, parent, detached, start }: NewInstance,
): CreateResult {
  const { database, now } = at;
  const kin = [parent ?? null, detached === true ? 1 : 0];
  if (database.run(CREATE, id, machine, definition, inputHash, now, ...kin) === 0) {
    return database.first(SAME_CREATION, id, machine, inputHash) === undefined ? 'conflict' : 'exists';
  }
  database.run(ADOPT, id, definition);
  // Due before everything that waited for it.
  append(at, { ...start, dueAt: 0 });
  return 'created';
}

/** Appends a message from outside, if its receiver exists and its id is new. */
export function send(at: Acceptance, message: NewMessage): SendResult {
  const { database } = at;
  const { to, id, hash } = message;
  if (hash !== undefined && database.run(CLAIM_ID_OF_KNOWN, to, id, hash) > 0) return put(at, message);
  if (database.first(EXISTS, to) === undefined) return 'unknown';
  return hash === undefined ? put(at, message) : repeated(database, to, id, hash);
}

/** Puts a message into its mailbox, which is made if need be, unless its id was claimed before. */
export function append(at: Acceptance, message: NewMessage): void {
  const { to, id, hash } = message;
  if (hash === undefined || at.database.run(CLAIM_ID, to, id, hash) > 0) put(at, message);
}

/** Appends a timer, or another message of an instance to itself, whose mailbox the caller makes due. */
export function appendToSelf(at: Acceptance, message: NewMessage): void {
  const { to, id, hash } = message;
  if (hash === undefined || at.database.run(CLAIM_ID, to, id, hash) > 0) insert(at, message, true);
}

function put(at: Acceptance, message: NewMessage): 'accepted' {
  const { to, dueAt = at.now } = message;
  insert(at, message, false);
  at.database.run(WAKE, to, Math.max(dueAt, at.now));
  return 'accepted';
}

function insert({ database, random, now }: Acceptance, message: NewMessage, isTimer: boolean): void {
  const { id, to, event, dueAt = now, cause = '', hops = 0 } = message;
  database.run(APPEND, id, to, dueAt, ...stow(database, to, event), random(), cause, hops, isTimer ? 1 : 0);
}

function repeated(database: Database, to: string, id: string, hash: string): 'duplicate' | 'conflict' {
  return database.first(CLAIMED_ID, to, id)?.[0] === hash ? 'duplicate' : 'conflict';
}
