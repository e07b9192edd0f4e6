import type { SweepQuery } from '../store.js';
import type { Database } from './database.js';
import { SWEEP_INSTANCES, SWEEP_JOBS, SWEEP_JOURNALS, SWEEP_LETTERS } from './sql/calls.js';

/** Deletes, or trims, what a query names, at most `limit` of it; answers how many. */
export async function sweep(database: Database, query: SweepQuery): Promise<number> {
  const { what, before, limit, machines = null, exceptMachines = [] } = query;
  if (limit < 1) return 0;
  if (what === 'letters') return database.value(SWEEP_LETTERS, before, limit);
  const statement = { instances: SWEEP_INSTANCES, journals: SWEEP_JOURNALS, jobs: SWEEP_JOBS }[what];
  return database.value(statement, before, limit, machines, exceptMachines);
}
