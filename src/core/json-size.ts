import { type Json, type JsonObject, utf8Length } from './json.js';
import { MAX_JSON_DEPTH } from './limits.js';

/**
 * Whether a value is longer than so many bytes (UTF-8) as JSON text.
 *
 * @example
 * exceeds(['é'], 6); // => false
 * exceeds(['é'], 5); // => true
 */
export function exceeds(value: Json, limitBytes: number): boolean {
  return mayExceed(value, limitBytes) && utf8Length(JSON.stringify(value)) > limitBytes;
}

/**
 * Whether it could be, or is nested deeper than JSON may be here: told without making its text, from the most that
 * each part may take. Nearly every value is far below its limit.
 */
export function mayExceed(value: Json, limitBytes: number): boolean {
  return bytesLeft(value, limitBytes, 0) < 0;
}

/** Items of a list from which on what it may take is remembered: JSON never changes, and large lists are looked at often. */
const REMEMBERED_LENGTH = 32;

/** The most that large lists may take, found at a depth; good for any depth up to that. */
const sizes = new WeakMap<readonly Json[], Remembered>();

interface Remembered {
  readonly length: number;
  readonly depth: number;
  readonly bytes: number;
}

function listBytesLeft(list: readonly Json[], budget: number, depth: number): number {
  const { length } = list;
  const known = length < REMEMBERED_LENGTH ? undefined : sizes.get(list);
  if (known?.length === length && depth <= known.depth) return budget - known.bytes;
  let left = budget - 2;
  for (const item of list) {
    left = bytesLeft(item, left, depth + 1) - 1;
    if (left < 0) return left;
  }
  if (length >= REMEMBERED_LENGTH) sizes.set(list, { length, depth, bytes: budget - left });
  return left;
}

/** What is left of `budget` after a value that takes as many bytes as it may; negative as soon as it is used up. */
function bytesLeft(value: Json, budget: number, depth: number): number {
  if (typeof value === 'string') return budget - 2 - 6 * value.length;
  if (typeof value !== 'object' || value === null) return budget - 25;
  if (depth >= MAX_JSON_DEPTH) return -1;
  if (Array.isArray(value)) return listBytesLeft(value, budget, depth);
  let left = budget - 2;
  // Each step of an instance goes through here: this takes a third of the time of Object.entries. A key that is
  // inherited can only make the guess larger.
  for (const key in value) {
    left = bytesLeft((value as JsonObject)[key] as Json, left - 4 - 6 * key.length, depth + 1);
    if (left < 0) return left;
  }
  return left;
}
