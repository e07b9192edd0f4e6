/** Limits of what documents may have their scripts do; each has a clear error and a test at its edge. */

/** Steps of the scripts of one macrostep, in tens of thousands of branches and calls, as the engine counts them. */
export const MAX_SCRIPT_STEPS = 100;

/** Memory of the scripts of one macrostep, the context included. */
export const MAX_SCRIPT_MEMORY_BYTES = 32 * 1_048_576;

/** The engine's stack. What it takes of the process's own is many times as much. */
export const MAX_SCRIPT_STACK_BYTES = 96 * 1_024;

/** Items that a built-in function goes through in one call: those calls cannot be interrupted. */
export const MAX_SCRIPT_ITEMS = 1_000_000;

/** Items, and characters, that all built-in functions of one macrostep go through or make. */
export const MAX_SCRIPT_WORK = 50_000_000;

/** The length of a text times that of what is looked for in it: such a search cannot be interrupted. */
export const MAX_SCRIPT_SEARCH = 100_000_000;
