import { describe, expect, it } from 'vitest';
import { compareTimestamps, formatTimestamp, parseTimestamp } from '../../src/core/timestamp.js';

describe('a timestamp', () => {
  it.each([
    ['2016-03-14T01:59:00Z', Date.UTC(2016, 2, 14, 1, 59), 0],
    ['2016-03-05T21:29:29.243167252Z', Date.UTC(2016, 2, 5, 21, 29, 29, 243), 167252],
    ['2012-10-09T19:00:55+01:00', Date.UTC(2012, 9, 9, 18, 0, 55), 0],
    ['2012-10-09T19:00:55-00:30', Date.UTC(2012, 9, 9, 19, 30, 55), 0],
    ['2024-02-29T00:00:00.5Z', Date.UTC(2024, 1, 29, 0, 0, 0, 500), 0],
    ['0099-01-01T00:00:00Z', Date.parse('0099-01-01T00:00:00Z'), 0],
  ])('is read from %s', (text, ms, nanos) => {
    expect(parseTimestamp(text)).toEqual({ ms, nanos });
  });

  it.each([
    '2016-12-05T21:29:29',
    '2016-12-05 21:29:29Z',
    '05-12-2016T21:29:29Z',
    '2016-13-05T21:29:29Z',
    '2016-12-05T25:29:29Z',
    '2023-02-29T00:00:00Z',
    '2023-02-24',
    '2016-12-05t21:29:29z',
    '2016-12-05T21:29:29.Z',
    '2016-12-05T21:29:29.1234567890Z',
    '2016-12-05T21:29:29+24:00',
    '2016-12-05T21:60:29Z',
    ' 2016-12-05T21:29:29Z',
    '',
  ])('is not read from %j', (text) => {
    expect(parseTimestamp(text)).toBeUndefined();
  });

  it('is compared as an instant, to the nanosecond', () => {
    const at = (text: string) => parseTimestamp(text) ?? { ms: Number.NaN, nanos: 0 };
    expect(compareTimestamps(at('2020-01-01T01:00:00+01:00'), at('2020-01-01T00:00:00Z'))).toBe(0);
    expect(
      compareTimestamps(at('2020-01-01T00:00:00.000000001Z'), at('2020-01-01T00:00:00.000000002Z')),
    ).toBeLessThan(0);
    expect(compareTimestamps(at('2020-01-01T00:00:00.001Z'), at('2020-01-01T00:00:00Z'))).toBeGreaterThan(0);
  });

  it('is written with milliseconds and a Z', () => {
    expect(formatTimestamp(0)).toBe('1970-01-01T00:00:00.000Z');
  });
});
