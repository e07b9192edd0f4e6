import { type Json, utf8Length } from './json.js';

/**
 * The items of a list from a place on, at most `limit` and as many as fit `limitBytes` (UTF-8, as JSON text); the first
 * comes whatever it takes.
 *
 * @example
 * portion([1, 22, 333, 4], 1, 9, 8); // => [22, 333]
 */
export function portion(
  list: readonly Json[],
  from: number,
  limit: number,
  limitBytes: number,
): readonly Json[] {
  const most = Math.min(list.length, from + limit);
  let left = limitBytes;
  let end = from;
  for (; end < most; end++) {
    // The comma or bracket that stands beside it.
    left -= utf8Length(JSON.stringify(list[end])) + 1;
    if (left < 0 && end > from) break;
  }
  return list.slice(from, end);
}
