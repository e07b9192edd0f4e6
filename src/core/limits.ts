/**
 * Everything has a limit (rule 11). Each is met by a clear error and has a test at its edge.
 * Limits that belong to one language stand in that language's room.
 */

/** Levels of nesting in any JSON value that enters the system. */
export const MAX_JSON_DEPTH = 200;

/** Bytes (UTF-8) of a start input, of an event's data and of a task's result. */
export const MAX_PAYLOAD_BYTES = 1_048_576;

/** Bytes of a text that a payload comes in: written in escapes it has thrice its own (`\u00fc` for ü). */
export const MAX_PAYLOAD_TEXT_BYTES = 4 * MAX_PAYLOAD_BYTES;

/** Bytes (UTF-8) of a definition's source. */
export const MAX_DEFINITION_BYTES = 4 * 1_048_576;

/** Bytes (UTF-8) of an instance's state: a step that makes a larger one is rejected. */
export const MAX_STATE_BYTES = 16 * 1_048_576;

/** Characters of an id that a user chooses: instances, events, machines. */
export const MAX_ID_LENGTH = 200;

/** Characters of a task's name, which may be an ARN or an address. */
export const MAX_TASK_NAME_LENGTH = 1_000;

/** Messages of one instance folded in one turn; the rest stay in the mailbox. */
export const MAX_TURN_MESSAGES = 100;

/** Instances that one worker holds, and commits, together. */
export const MAX_BATCH_INSTANCES = 100;

/** Sends in a row that no timer, task or outside event interrupts (rule 10). */
export const MAX_HOPS = 100;

/** Claims of a mailbox that end without a commit before it is parked (rule 8). */
export const MAX_ATTEMPTS = 5;

/** Claims without a commit after which a mailbox is stepped one message at a time (rule 8). */
export const CAUTIOUS_ATTEMPTS = 3;

/**
 * Mailboxes with one attempt behind them that are claimed at once (rule 8). A worker that dies may have held as many
 * as MAX_BATCH_INSTANCES; taking them over one by one, each in a transaction of its own, would keep them waiting. Most
 * of them are innocent: the one that is not costs these few a second attempt, and is alone from then on.
 */
export const MAX_SUSPECTS = 10;

/**
 * How much later a mailbox is due that was lost with its worker, in milliseconds, for each of its attempts but the
 * first: that one was most likely a worker's own end, and others wait to take over; of the next ones it is ever less
 * likely, and the process that it would bring down again has others to serve in the meantime (rule 8).
 */
export const SUSPECT_PATIENCE_MS = 1_000;

/** Times a job is handed out again because its worker died, before it fails (rule 7). */
export const MAX_DELIVERIES = 5;

/**
 * Times a job was handed out to workers that died after which a worker runs it with no other such beside it, so that
 * the one that kills its process does not fail those that only ran beside it (rule 7).
 */
export const ISOLATED_DELIVERIES = 3;

/** The queue of jobs that name none. */
export const DEFAULT_QUEUE = 'default';

/** Priorities of jobs run from 1, which comes first, to this. */
export const LAST_PRIORITY = 9;

/** The priority of jobs that name none. */
export const DEFAULT_PRIORITY = 5;

/** Times that a plain job may ask to be handed out. */
export const MAX_JOB_ATTEMPTS = 1_000;

/** Times that a plain job is handed out that does not ask for a number. */
export const DEFAULT_JOB_ATTEMPTS = 3;

/** The pauses between the attempts of a plain job that asks for none: a second, then twice as long, up to an hour. */
export const DEFAULT_BACKOFF = { delayMs: 1_000, rate: 2, maxDelayMs: 3_600_000 };

/** How much longer each pause between attempts may be than the one before. */
export const MAX_BACKOFF_RATE = 100;

/** How many jobs of a queue a limit may let be processed at once. */
export const MAX_QUEUE_CONCURRENCY = 1_000_000;

/** Jobs that a worker in another process may claim at once. */
export const MAX_REMOTE_CLAIM = 100;

/** Names, or queues, that such a worker may list. */
export const MAX_REMOTE_NAMES = 1_000;

/** How long the claim of a worker in another process holds without a heartbeat, if it asks for no time: 30 s. */
export const REMOTE_LEASE_MS = 30_000;

/** The shortest and the longest that it may ask for, in milliseconds: a second, an hour. */
export const MIN_REMOTE_LEASE_MS = 1_000;
export const MAX_REMOTE_LEASE_MS = 3_600_000;

/** The longest that such a worker may wait for a job in one call, in milliseconds. */
export const MAX_CLAIM_WAIT_MS = 60_000;

/** Texts longer than this many characters are kept out of their rows, once for each instance or job. */
export const OUT_OF_ROW_LENGTH = 16_384;

/** Revisions after which a snapshot is kept beside the journal, so that what is before it may be trimmed. */
export const SNAPSHOT_EVERY = 256;

/** How long a claim holds without being extended, in milliseconds. */
export const LEASE_MS = 2_000;

/** The deadline of a task that names none, in milliseconds: one day (rule 7). */
export const TASK_DEADLINE_MS = 86_400_000;

/** How long a message waits for a receiver that does not exist before it is a dead letter (rule 10). */
export const DEAD_LETTER_MS = 86_400_000;

/** The longest delay of a timer, in milliseconds: a hundred years. */
export const MAX_DELAY_MS = 100 * 365 * 86_400_000;

/** Characters of an error's cause that are kept; AWS has the same. */
export const MAX_CAUSE_LENGTH = 32_768;

/** Characters of the name of an error that a task is failed with from outside; AWS has the same. */
export const MAX_ERROR_LENGTH = 256;

/** Characters of the key and the value together that a message is correlated by, written as in an address. */
export const MAX_CORRELATION_LENGTH = 1_000;

/** Bytes (UTF-8, as JSON text) of a correlated message, its key and value included: what AWS lets between states. */
export const MAX_CORRELATED_BYTES = 262_144;

/** Rows in one answer of a listing. */
export const MAX_PAGE = 1_000;
