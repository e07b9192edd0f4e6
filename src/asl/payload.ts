import type { Json } from '../core/json.js';
import { exceeds, mayExceed } from '../core/json-size.js';
import { MAX_JSON_DEPTH } from '../core/limits.js';
import { MAX_DATA_BYTES } from './limits.js';

/**
 * Whether a value is larger, as JSON text, than AWS lets data between states be. What is nested without
 * measure counts as too large too.
 */
export function exceedsDataLimit(value: Json): boolean {
  return mayExceed(value, MAX_DATA_BYTES) && (nestsTooDeep(value) || exceeds(value, MAX_DATA_BYTES));
}

/** Whether a value has more levels than any JSON may have here. */
export function nestsTooDeep(value: Json, depth = 0): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (depth >= MAX_JSON_DEPTH) return true;
  const members: readonly Json[] = Array.isArray(value) ? value : Object.values(value);
  return members.some((member) => nestsTooDeep(member, depth + 1));
}
