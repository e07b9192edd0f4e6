import { escapePointer, isJsonObject, type Json, own } from '../../core/json.js';
import { type Checked, didYouMean } from '../../core/problem.js';
import { MAX_MAP_RUN_CONCURRENCY } from '../limits.js';

/** The signal that changes the bounds of a Map run while it runs. Step Functions: UpdateMapRun. */
export const UPDATE_MAP_RUN = 'UpdateMapRun';

/** What of a Map run is to be otherwise from now on. */
export interface MapRunChange {
  readonly limit?: number;
  /** As in Tolerance. */
  readonly count?: number;
  readonly percentage?: number;
}

/** A change, and the run that it is of. */
export interface MapRunUpdate {
  /** The group that its executions began in. */
  readonly mapRun: string;
  readonly change: MapRunChange;
}

/** 0 of `maxConcurrency` is for as many as there may be. */
const BOUNDS = [
  { field: 'maxConcurrency', max: Number.MAX_SAFE_INTEGER, whole: true },
  { field: 'toleratedFailureCount', max: Number.MAX_SAFE_INTEGER, whole: true },
  { field: 'toleratedFailurePercentage', max: 100, whole: false },
] as const;

const KNOWN: readonly string[] = ['mapRun', ...BOUNDS.map(({ field }) => field)];

/**
 * Reads the data of that signal: `mapRun` and at least one of the bounds.
 *
 * @example
 * readMapRunUpdate({ mapRun: '1.0', maxConcurrency: 5 }); // => { value: { mapRun: '1.0', change: { limit: 5 } } }
 */
export function readMapRunUpdate(data: Json | undefined): Checked<MapRunUpdate> {
  if (data === undefined || !isJsonObject(data)) return refused('', 'it is no object');
  const mapRun = own(data, 'mapRun');
  if (typeof mapRun !== 'string') return refused('/mapRun', 'it is no text');
  const unknown = Object.keys(data).find((name) => !KNOWN.includes(name));
  if (unknown !== undefined) {
    const at = `/${escapePointer(unknown)}`;
    return refused(at, `there is no ${unknown} to change`, didYouMean(unknown, KNOWN));
  }
  const given: Record<string, number> = {};
  for (const { field, max, whole } of BOUNDS) {
    const value = own(data, field);
    if (value === undefined) continue;
    if (typeof value !== 'number' || value < 0 || value > max || (whole && !Number.isInteger(value)))
      return refused(`/${field}`, `it is no ${whole ? 'whole number from 0' : `number from 0 to ${max}`}`);
    given[field] = value;
  }
  const { maxConcurrency, toleratedFailureCount: count, toleratedFailurePercentage: percentage } = given;
  if (Object.keys(given).length === 0) return refused('', 'there is nothing to change');
  const change: MapRunChange = {
    ...(maxConcurrency === undefined ? {} : { limit: concurrencyOf(maxConcurrency) }),
    ...(count === undefined ? {} : { count }),
    ...(percentage === undefined ? {} : { percentage }),
  };
  return { value: { mapRun, change } };
}

/** Executions that may run at once, of what a MaxConcurrency says: 0 for as many as there may be. */
export function concurrencyOf(asked: number): number {
  return Math.min(asked || MAX_MAP_RUN_CONCURRENCY, MAX_MAP_RUN_CONCURRENCY);
}

function refused(path: string, why: string, hint: { readonly hint?: string } = {}): Checked<never> {
  const message = `the change of a Map run: ${why}`;
  return { problem: { code: 'invalid-map-run-update', message, path, ...hint } };
}
