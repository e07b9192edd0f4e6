import { parseTimestamp } from '../core/timestamp.js';

const MINUTE = /^(\d{4}-\d\d-\d\dT\d\d:\d\d)(Z|[+-]\d\d:\d\d)$/;

/**
 * Milliseconds since 1970 of an RFC 3339 timestamp, the seconds of which may be left out; undefined if the text
 * is none. What is finer than a millisecond is dropped.
 *
 * @example
 * parseInstant('2026-12-01T00:00:00+01:00'); // => 1796079600000
 * parseInstant('2026-12-01T00:00Z'); // => 1796083200000
 * parseInstant('2026-12-01T00:00:00'); // => undefined
 */
export function parseInstant(text: string): number | undefined {
  return parseTimestamp(text.replace(MINUTE, '$1:00$2'))?.ms;
}
