/** Limits of schedules (rule 11). */

/** Bytes (UTF-8) of a specification as JSON. It is kept in the state, which every firing writes anew. */
export const MAX_SPECIFICATION_BYTES = 65_536;

/** Characters of a cron pattern. */
export const MAX_CRON_LENGTH = 256;

/** The shortest interval, in milliseconds; cron knows no shorter one either. */
export const MIN_INTERVAL_MS = 1_000;

/** The longest jitter, in milliseconds: one day. */
export const MAX_JITTER_MS = 86_400_000;

/** How late a firing may be where `catchUpWindow` says nothing, in milliseconds: one day. */
export const CATCH_UP_WINDOW_MS = 86_400_000;

/** The shortest window, in milliseconds: every timer is a little late, and a shorter one would lose firings. */
export const MIN_CATCH_UP_WINDOW_MS = 10_000;

/** The longest window, in milliseconds: a leap year. */
export const MAX_CATCH_UP_WINDOW_MS = 366 * 86_400_000;

/** How late a firing may be and still count as on time where nothing is caught up, in milliseconds. */
export const ON_TIME_MS = 60_000;

/** Firings that one step carries out; the next step, at once, goes on. */
export const MAX_FIRINGS_PER_STEP = 100;

/** Missed times that are counted at once; beyond it history says "at least". */
export const MAX_COUNTED_MISSES = 1_000;

/** Runs of one schedule at the same time; firings beyond it are skipped. */
export const MAX_RUNNING = 1_000;

/** Ended runs that the state remembers. */
export const MAX_RECENT_RUNS = 10;

/** Characters of the note of a pause. */
export const MAX_NOTE_LENGTH = 1_000;
