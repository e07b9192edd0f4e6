import type { DueQuery, Store } from '../store/store.js';
import type { Alarm } from './alarm.js';

/** How long a loop sleeps at most: the guarantee behind hints and due times that may fail. */
export const POLL_MS = 500;

/** How long a loop lies still before it asks when something is due: one that has much to do is woken before. */
const SETTLE_MS = 5;

/**
 * Sleeps until the alarm rings, or something is due that the query is for. It can be woken while it asks, too:
 * the way to a database may be longer than the pause.
 */
export async function sleepUntilDue(alarm: Alarm, store: Store, query: DueQuery): Promise<void> {
  if (await alarm.wait(SETTLE_MS)) return;
  await alarm.wait(POLL_MS, untilDue(store, query));
}

/** How long nothing is due for, in milliseconds: from 1 to POLL_MS. */
export async function untilDue(store: Store, query: DueQuery): Promise<number> {
  const due = await store.nextDue(query);
  return due === undefined ? POLL_MS : Math.min(POLL_MS, Math.max(1, due.at - due.now));
}
