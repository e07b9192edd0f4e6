import { type Json, utf8Length } from '../core/json.js';
import { MAX_JSON_DEPTH } from '../core/limits.js';
import { MAX_DATA_BYTES } from './limits.js';

/**
 * Whether a value is larger, as JSON text, than AWS lets data between states be. What is nested without
 * measure counts as too large too.
 */
export function exceedsDataLimit(value: Json): boolean {
  const left = bytesLeft(value, MAX_DATA_BYTES, 0);
  if (left >= 0) return false;
  return nestsTooDeep(value) || utf8Length(JSON.stringify(value)) > MAX_DATA_BYTES;
}

/**
 * What is left of `budget` after a value that may take up to so many bytes; negative as soon as it is used up.
 * An upper bound that needs no text made: nearly every value is far below the limit.
 */
function bytesLeft(value: Json, budget: number, depth: number): number {
  if (typeof value === 'string') return budget - 2 - 6 * value.length;
  if (typeof value !== 'object' || value === null) return budget - 25;
  if (depth >= MAX_JSON_DEPTH) return -1;
  let left = budget - 2;
  if (Array.isArray(value)) {
    for (const item of value as readonly Json[]) {
      left = bytesLeft(item, left, depth + 1) - 1;
      if (left < 0) return left;
    }
    return left;
  }
  for (const [key, member] of Object.entries(value)) {
    left = bytesLeft(member, left - 4 - 6 * key.length, depth + 1);
    if (left < 0) return left;
  }
  return left;
}

/** Whether a value has more levels than any JSON may have here. */
export function nestsTooDeep(value: Json, depth = 0): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (depth >= MAX_JSON_DEPTH) return true;
  const members: readonly Json[] = Array.isArray(value) ? value : Object.values(value);
  return members.some((member) => nestsTooDeep(member, depth + 1));
}
