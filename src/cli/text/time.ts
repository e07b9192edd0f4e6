/**
 * A point in time, given in milliseconds since 1970.
 *
 * @example
 * timeText(0); // => '1970-01-01T00:00:00.000Z'
 */
export function timeText(at: number): string {
  return new Date(at).toISOString();
}
