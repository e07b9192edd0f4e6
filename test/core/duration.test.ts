import { describe, expect, it } from 'vitest';
import { parseDuration } from '../../src/core/duration.js';
import { MAX_DELAY_MS } from '../../src/core/limits.js';

describe('parseDuration', () => {
  it.each([
    [1500, 1500],
    ['1500', 1500],
    ['250ms', 250],
    ['30s', 30_000],
    ['1.5s', 1_500],
    ['1h30m', 5_400_000],
    ['2d', 172_800_000],
    ['1w', 604_800_000],
    ['1y', 365 * 86_400_000],
    [' 5m ', 300_000],
    ['PT30S', 30_000],
    ['P1DT12H', 129_600_000],
    ['P2W', 1_209_600_000],
    [0, 0],
  ])('reads %s as %i milliseconds', (source, value) => {
    expect(parseDuration(source)).toEqual({ value });
  });

  it.each([
    '',
    'soon',
    '5 minutes',
    '-5s',
    'P',
    'PT',
    's',
    '5s!',
    null,
    undefined,
    {},
    [],
    Number.NaN,
    -1,
  ])('refuses %j', (source) => {
    expect(parseDuration(source)).toMatchObject({ problem: { code: 'duration' } });
  });

  it('takes a hundred years and not a millisecond more', () => {
    expect(parseDuration(MAX_DELAY_MS)).toEqual({ value: MAX_DELAY_MS });
    expect(parseDuration(MAX_DELAY_MS + 1)).toMatchObject({ problem: { code: 'duration' } });
  });
});
