/** Limits of the statechart language; each has a clear Problem or error and a test at its edge. */

/** States within states; low enough that such a source stays within MAX_JSON_DEPTH. */
export const MAX_STATE_DEPTH = 80;

/** Guards within guards. */
export const MAX_GUARD_DEPTH = 32;

/** Branches within branches of `choose`. */
export const MAX_ACTION_DEPTH = 32;

/** Microsteps of one event: sets of transitions taken. A cycle of `always`, or of raised events, ends here. */
export const MAX_MICROSTEPS = 1_000;

/** Raised events, ends of states among them, that wait to be handled within one event. */
export const MAX_RAISED = 10_000;

/** Effects of one event. */
export const MAX_EFFECTS = 10_000;

/** Problems that one check lists. */
export const MAX_PROBLEMS = 1_000;

/** Names among which a "did you mean" is searched; with more there is no hint. */
export const MAX_HINT_NAMES = 1_000;

/** Configurations and plans that a program keeps; past it, all are forgotten and worked out again as needed. */
export const MAX_CACHED_PLANS = 200_000;

/** States by which a message says where a machine stands. */
export const MAX_TOLD_STATES = 10;

/** Characters of an event descriptor under `on`. */
export const MAX_EVENT_NAME_LENGTH = 1_000;

/** Characters from the beginning of a definition's hash that "migrate" may name it by. */
export const MIN_HASH_LENGTH = 8;

/** Attempts of a task that "retry" may ask for. */
export const MAX_RETRY_ATTEMPTS = 1_000;
