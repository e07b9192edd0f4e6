/**
 * What the functions that are called from outside run under. Their plans are made once a connection: with arrays
 * as parameters the planner would make them anew at every call, which takes longer than the work of a small one.
 * And they are those of large tables, by index and row by row, even where the tables were empty when the
 * connection was made.
 */
export const SETTINGS = `
  SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_bitmapscan = off
  SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off`;
