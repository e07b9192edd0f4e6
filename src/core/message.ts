/**
 * What waits for an instance: an event on its way, or a timer. Inbox, outbox and timers are one table.
 * A mailbox is consumed by (dueAt, seq).
 */
export interface Message {
  /** The event's id, unique per receiver. */
  readonly id: string;
  readonly to: string;
  /** Milliseconds since 1970 by the store's clock; an immediate message has its arrival. */
  readonly dueAt: number;
  /** Order of arrival, given by the store. */
  readonly seq: number;
  /** JSON text of an EventBody. */
  readonly event: string;
  /** Given by the store at acceptance (rule 5). */
  readonly seed: string;
  /** The event that caused it (`<instance>/<revision>`), empty if it came from outside. */
  readonly cause: string;
  /** Sends in a row that nothing from outside interrupted (rule 10). */
  readonly hops: number;
}

/** A message before the store has it. Without `dueAt` it is due on arrival. */
export interface NewMessage {
  readonly id: string;
  readonly to: string;
  readonly event: string;
  readonly dueAt?: number;
  readonly cause?: string;
  readonly hops?: number;
  /** Hash of the body, to tell a repetition from a conflict; absent where an id cannot repeat. */
  readonly hash?: string;
}
