/** An instant: whole milliseconds since 1970, and the nanoseconds beyond them. */
export interface Timestamp {
  readonly ms: number;
  readonly nanos: number;
}

const RFC3339 = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/;

/**
 * Reads an RFC 3339 timestamp with an upper-case T and Z, as the States Language asks too (States Language:
 * Timestamps); undefined if it is not one, or names a day or an hour that does not exist. Without an offset it
 * would mean another instant in every zone.
 *
 * @example
 * parseTimestamp('1970-01-01T00:00:01.5Z'); // => { ms: 1500, nanos: 0 }
 * parseTimestamp('2016-12-05T21:29:29'); // => undefined
 */
export function parseTimestamp(text: string): Timestamp | undefined {
  const match = RFC3339.exec(text);
  if (match === null) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as Sixfold;
  const offset = offsetMinutes(match[8] ?? 'Z');
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return undefined;
  if (hour > 23 || minute > 59 || second > 59 || offset === undefined) return undefined;
  const fraction = Number((match[7] ?? '').padEnd(9, '0'));
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute - offset, second, Math.floor(fraction / 1_000_000));
  return { ms: date.getTime(), nanos: fraction % 1_000_000 };
}

/** Negative if `a` is before `b`, 0 if they are the same instant. */
export function compareTimestamps(a: Timestamp, b: Timestamp): number {
  return a.ms - b.ms || a.nanos - b.nanos;
}

/** Milliseconds since 1970 as people read them, and AWS writes them: `2026-11-22T08:00:00.000Z`. */
export function formatTimestamp(ms: number): string {
  return new Date(ms).toISOString();
}

type Sixfold = [number, number, number, number, number, number];

function offsetMinutes(text: string): number | undefined {
  if (text === 'Z') return 0;
  const hours = Number(text.slice(1, 3));
  const minutes = Number(text.slice(4, 6));
  if (hours > 23 || minutes > 59) return undefined;
  return (text.startsWith('-') ? -1 : 1) * (hours * 60 + minutes);
}

function daysIn(year: number, month: number): number {
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return month === 2 ? (leap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;
}
