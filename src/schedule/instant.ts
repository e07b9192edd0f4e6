const INSTANT = /^(\d{4}-\d\d-\d\d)T\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/;

/**
 * Milliseconds since 1970 of an RFC 3339 date and time with its offset; undefined if the text is none, or
 * names a day that does not exist. Without an offset it would mean another instant in every zone.
 *
 * @example
 * parseInstant('2026-12-01T00:00:00+01:00'); // => 1796079600000
 * parseInstant('2026-02-30T00:00:00Z'); // => undefined
 * parseInstant('2026-12-01T00:00:00'); // => undefined
 */
export function parseInstant(text: string): number | undefined {
  const day = INSTANT.exec(text)?.[1];
  if (day === undefined || !isDay(day)) return undefined;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? undefined : ms;
}

/** `Date.parse` lets 30 February be 2 March. */
function isDay(day: string): boolean {
  const ms = Date.parse(`${day}T00:00:00Z`);
  return !Number.isNaN(ms) && formatInstant(ms).startsWith(day);
}

/**
 * An instant as people read it.
 *
 * @example
 * formatInstant(1796079600000); // => '2026-11-30T23:00:00.000Z'
 */
export function formatInstant(ms: number): string {
  return new Date(ms).toISOString();
}
