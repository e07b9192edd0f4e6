import type { WatchedHistory, WatchOptions } from '../core/engine.js';
import { given } from '../core/given.js';
import { historyOf } from '../core/journal.js';
import type { ChangesQuery, Store } from '../store/store.js';
import { Alarm } from './alarm.js';
import { type Clock, pause } from './clock.js';

/** How often a watcher looks, at most, for what a hint did not tell, in milliseconds. */
export const WATCH_POLL_MS = 500;

/** Journal entries that a watcher holds at once. */
export const WATCH_PAGE = 100;

/** The shortest pause after a page that had nothing in it, so that what others write costs a watcher little. */
const SHORTEST_LOOK_MS = 10;

/**
 * Reads on and on what is committed, a page at a time, and no page before the one before it was taken. The first
 * comes at once, empty if there is nothing yet, so that its position is known; so is one of events that have no
 * history. Ends where either signal says so.
 */
export async function* watchHistory(
  store: Store,
  clock: Clock,
  { after, instance, machine, signal }: WatchOptions,
  closing: AbortSignal,
): AsyncGenerator<WatchedHistory, void, undefined> {
  const alarm = new Alarm(clock);
  const ring = () => alarm.ring();
  const isOver = () => signal?.aborted === true || closing.aborted;
  const unsubscribe = store.onChange(ring);
  for (const one of [signal, closing]) one?.addEventListener('abort', ring);
  try {
    let position = after;
    let quietMs = SHORTEST_LOOK_MS;
    for (let isFirst = true; !isOver(); isFirst = false) {
      const query: ChangesQuery = { after: position, limit: WATCH_PAGE, ...given({ instance, machine }) };
      const page = await store.changes(query).catch((error: unknown) => {
        // A store that is closed under a watcher who is told to stop is no failure.
        if (isOver()) return undefined;
        throw error;
      });
      if (page === undefined || isOver()) return;
      const hasMoved = position !== undefined && page.position !== position;
      position = page.position;
      const entries = historyOf(page.entries);
      if (isFirst || page.reset || page.entries.length > 0) {
        yield { entries, position, ...(page.reset ? { reset: true } : {}) };
      }
      const isEmpty = page.entries.length === 0;
      // Many of other machines may have been passed over, with what is wanted right behind them.
      quietMs = isEmpty ? Math.min(2 * quietMs, WATCH_POLL_MS) : SHORTEST_LOOK_MS;
      if (!isEmpty || isOver()) continue;
      await alarm.wait(machine !== undefined && hasMoved ? quietMs : WATCH_POLL_MS);
      if (!isOver()) await pause(clock, SHORTEST_LOOK_MS);
    }
  } finally {
    unsubscribe();
    for (const one of [signal, closing]) one?.removeEventListener('abort', ring);
  }
}
