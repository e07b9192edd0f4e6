import { MAX_PAGE } from '../../../core/limits.js';
import { ENTRY_COLUMNS, ENTRY_PAYLOAD } from './entry-columns.js';
import { INSTANCE_COLUMNS } from './instance-columns.js';
import { MESSAGE_COLUMNS, MESSAGE_PAYLOAD } from './message-columns.js';

const READING = `
  SELECT ${INSTANCE_COLUMNS}, i.state,
    coalesce((SELECT l.attempts FROM detent.lease l WHERE l.instance = i.id), 0), b.next_due_at, b.parked,
    EXISTS (SELECT FROM detent.paused p WHERE p.kind = 'machine' AND p.name = i.machine), detent.now_ms($1), i.seq`;
const INSTANCES = 'FROM detent.instance i JOIN detent.mailbox b ON b.instance = i.id';

/** $1 is the clock that was given, if any, here and below. */
export const READ = `${READING} ${INSTANCES} WHERE i.id = ANY ($2)`;

export const READ_MANY = `SELECT ${INSTANCE_COLUMNS}, i.state FROM detent.instance i WHERE i.id = ANY ($1)`;

/** Each of machine, status and parked may be asked for or not, so that an index serves each. */
export function findStatement(conditions: string, before: number, limit: number): string {
  return `${READING} ${INSTANCES} WHERE ${conditions} AND i.seq < $${before} ORDER BY i.seq DESC LIMIT $${limit}`;
}

export function countStatement(conditions: string, parked: boolean): string {
  return `SELECT count(*) ${parked ? INSTANCES : 'FROM detent.instance i'} WHERE ${conditions}`;
}

export const JOURNAL = `
  SELECT ${ENTRY_COLUMNS} FROM detent.journal j ${ENTRY_PAYLOAD}
  WHERE j.instance = $1 AND j.revision > $2 ORDER BY j.revision LIMIT $3`;

export const FOLDED = `
  SELECT ${ENTRY_COLUMNS} FROM detent.journal j ${ENTRY_PAYLOAD} WHERE j.instance = $1 AND j.event_id = $2`;

export const SNAPSHOT = `
  SELECT instance, revision, status, state FROM detent.snapshot
  WHERE instance = $1 AND revision <= $2 ORDER BY revision DESC LIMIT 1`;

export const MESSAGES = `
  SELECT ${MESSAGE_COLUMNS} FROM detent.message m ${MESSAGE_PAYLOAD}
  WHERE m.recipient = $1 ORDER BY m.due_at, m.seq LIMIT ${MAX_PAGE}`;

/** $1 and $2: before and behind the names of a subject. */
export const AWAITING = `
  SELECT ${MESSAGE_COLUMNS} FROM detent.message m ${MESSAGE_PAYLOAD}
  WHERE m.timer AND m.id >= $1 AND m.id < $2 AND m.id > $3 ORDER BY m.id LIMIT $4`;

export const COUNTS = `
  SELECT
    (SELECT count(*) FROM detent.instance),
    (SELECT count(*) FROM detent.message m WHERE m.due_at <= detent.now_ms($1)),
    (SELECT count(*) FROM detent.job WHERE status = 'pending'),
    (SELECT count(*) FROM detent.mailbox WHERE parked IS NOT NULL)`;
