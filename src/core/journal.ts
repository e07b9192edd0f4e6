import type { Event, EventBody } from './event.js';
import type { JsonObject } from './json.js';
import type { Problem } from './problem.js';

/** What became of an event that reached a turn. */
export type Outcome =
  | { readonly kind: 'applied' }
  | { readonly kind: 'ignored'; readonly reason: string }
  | { readonly kind: 'rejected'; readonly problem: Problem };

export const APPLIED: Outcome = { kind: 'applied' };

/** One row of an instance's journal. It is what is folded, and half of the deduplication. */
export interface JournalEntry {
  readonly instance: string;
  readonly revision: number;
  readonly eventId: string;
  readonly at: number;
  /** All chance of the event derives from it (rule 5). */
  readonly seed: string;
  /** JSON text of the event's body, as the message brought it. */
  readonly event: string;
  readonly outcome: Outcome;
  /** JSON text: array of `{ type, data }`, what the step had to tell. */
  readonly history: string;
  /** The version of the implementations that stepped it; empty where there are none. */
  readonly code: string;
}

/** The event of an entry, stamped as the step saw it. */
export function eventOf({ instance, revision, eventId, at, seed, event }: JournalEntry): Event {
  return { id: eventId, instance, revision, at, seed, ...(JSON.parse(event) as EventBody) };
}

/** What a step tells people: the language owns `type` and `data`. */
export interface Happening {
  readonly type: string;
  readonly data: JsonObject;
}

/** What people read of an instance, one line at a time. */
export interface HistoryEntry extends Happening {
  readonly instance: string;
  readonly revision: number;
  /** Position among the entries of its revision, from 0. */
  readonly index: number;
  readonly at: number;
}

/** The history that a run of journal entries holds, in order. */
export function historyOf(entries: readonly JournalEntry[]): HistoryEntry[] {
  return entries.flatMap(({ instance, revision, at, history }) =>
    (JSON.parse(history) as Happening[]).map(({ type, data }, index) => ({
      instance,
      revision,
      index,
      at,
      type,
      data,
    })),
  );
}
