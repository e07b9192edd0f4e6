import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cron } from '../../src/schedule/cron.js';
import { parseInstant } from '../../src/schedule/instant.js';
import { MAX_CRON_LENGTH } from '../../src/schedule/limits.js';
import { interval, type Timetable, within } from '../../src/schedule/timetable.js';

function times(table: Timetable, from: string, count: number): string[] {
  const found: string[] = [];
  let time = table.after(Date.parse(from) - 1);
  while (time !== undefined && found.length < count) {
    found.push(new Date(time).toISOString().slice(0, 16));
    time = table.after(time);
  }
  return found;
}

function cronTimes(pattern: string, zone: string, from: string, count: number): string[] {
  const checked = cron(pattern, zone);
  if ('problem' in checked) throw new Error(checked.problem.message);
  return times(checked.value, from, count);
}

describe('a cron pattern', () => {
  it.each([
    ['0 3 * * *', ['2026-01-31T03:00', '2026-02-01T03:00']],
    ['30 15 10 * * *', ['2026-01-31T10:15', '2026-02-01T10:15']],
    ['0 0 L * *', ['2026-01-31T00:00', '2026-02-28T00:00']],
    ['0 9 15W * *', ['2026-02-16T09:00', '2026-03-16T09:00']],
    ['0 9 * * FRI#L', ['2026-02-27T09:00', '2026-03-27T09:00']],
    ['0 9 * * MON#1', ['2026-02-02T09:00', '2026-03-02T09:00']],
    ['0 9 13 * +FRI', ['2026-02-13T09:00', '2026-03-13T09:00']],
    ['0 9 1 * MON', ['2026-02-01T09:00', '2026-02-02T09:00']],
    ['0 0 29 2 *', ['2028-02-29T00:00', '2032-02-29T00:00']],
    ['@hourly', ['2026-01-31T00:00', '2026-01-31T01:00']],
    ['@daily', ['2026-01-31T00:00', '2026-02-01T00:00']],
    ['@midnight', ['2026-01-31T00:00', '2026-02-01T00:00']],
    ['@weekly', ['2026-02-01T00:00', '2026-02-08T00:00']],
    ['@monthly', ['2026-02-01T00:00', '2026-03-01T00:00']],
    ['@Yearly', ['2027-01-01T00:00', '2028-01-01T00:00']],
  ])('%s is due at %s', (pattern, expected) => {
    expect(cronTimes(pattern, 'UTC', '2026-01-31T00:00:00Z', 2)).toEqual(expected);
  });

  it.each([
    '',
    '* * * *',
    '* * * * * * *',
    '60 * * * *',
    '*/0 * * * *',
    'a b c d e',
    '@reboot',
    '@every 5m',
    '2026-12-01T00:00:00',
    '12:00 * * * *',
  ])('%j is none', (pattern) => {
    expect(cron(pattern, 'UTC')).toHaveProperty('problem.code', 'schedule-invalid');
  });

  it.each([
    '0 0 30 2 *',
    '0 0 31 2,4,6,9,11 *',
    '0 0 0 31 2 +MON#2',
  ])('%s is refused, because no date ever matches', (pattern) => {
    expect(cron(pattern, 'Europe/Berlin')).toHaveProperty(
      'problem.message',
      expect.stringContaining('no date ever'),
    );
  });

  it(`may have ${MAX_CRON_LENGTH} characters, and no more`, () => {
    const longest = `${'0,'.repeat((MAX_CRON_LENGTH - 10) / 2)}0 * * * * `;
    expect(longest).toHaveLength(MAX_CRON_LENGTH);
    expect(cron(longest, 'UTC')).toHaveProperty('value');
    expect(cron(`${longest} `, 'UTC')).toHaveProperty('problem');
  });
});

const SPRING = '2026-03-29T00:30:00Z';
const AUTUMN = '2026-10-24T23:30:00Z';

describe('where clocks go forward', () => {
  it.each([
    ['30 2 * * *', 'Europe/Berlin', SPRING, ['2026-03-29T01:00', '2026-03-30T00:30']],
    ['30 2,14 * * *', 'Europe/Berlin', SPRING, ['2026-03-29T01:00', '2026-03-29T12:30', '2026-03-30T00:30']],
    ['30 2 * * *', 'America/New_York', '2026-03-08T00:00:00Z', ['2026-03-08T07:00', '2026-03-09T06:30']],
  ])('%s in %s, which does not exist, comes at the end of the gap', (pattern, zone, from, expected) => {
    expect(cronTimes(pattern, zone, from, expected.length)).toEqual(expected);
  });

  it.each([
    ['*/15 * * * *', 'Europe/Berlin', SPRING, ['2026-03-29T00:30', '2026-03-29T00:45', '2026-03-29T01:00']],
    ['*/30 2 * * *', 'Europe/Berlin', SPRING, ['2026-03-30T00:00', '2026-03-30T00:30']],
    [
      '*/15 * * * *',
      'America/New_York',
      '2026-03-08T06:45:00Z',
      ['2026-03-08T06:45', '2026-03-08T07:00', '2026-03-08T07:15'],
    ],
  ])('%s in %s goes on without what falls into the gap', (pattern, zone, from, expected) => {
    expect(cronTimes(pattern, zone, from, expected.length)).toEqual(expected);
  });
});

describe('where clocks go back', () => {
  it.each([
    ['30 2 * * *', 'Europe/Berlin', AUTUMN, ['2026-10-25T00:30', '2026-10-26T01:30']],
    ['30 1 * * *', 'America/New_York', '2026-11-01T00:00:00Z', ['2026-11-01T05:30', '2026-11-02T06:30']],
  ])('%s in %s, which exists twice, comes once, the first time', (pattern, zone, from, expected) => {
    expect(cronTimes(pattern, zone, from, expected.length)).toEqual(expected);
  });

  it('every 15 minutes goes on through both hours', () => {
    const expected = ['00:00', '00:15', '00:30', '00:45', '01:00', '01:15', '01:30', '01:45', '02:00'];
    expect(cronTimes('*/15 * * * *', 'Europe/Berlin', '2026-10-25T00:00:00Z', 9)).toEqual(
      expected.map((time) => `2026-10-25T${time}`),
    );
    const later = ['05:45', '06:00', '06:15', '06:30', '06:45', '07:00'];
    expect(cronTimes('*/15 * * * *', 'America/New_York', '2026-11-01T05:45:00Z', 6)).toEqual(
      later.map((time) => `2026-11-01T${time}`),
    );
  });

  it('a step within the hour that exists twice comes in both', () => {
    expect(cronTimes('*/30 2 * * *', 'Europe/Berlin', AUTUMN, 5)).toEqual([
      '2026-10-25T00:00',
      '2026-10-25T00:30',
      '2026-10-25T01:00',
      '2026-10-25T01:30',
      '2026-10-26T01:00',
    ]);
  });
});

describe('a timetable', () => {
  const patterns = ['* * * * *', '*/7 * * * * *', '30 2 * * *', '0,30 1-3 * * *', '15 */2 * * *', '@hourly'];
  const zones = ['UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu'];
  const cronTable = fc
    .tuple(fc.constantFrom(...patterns), fc.constantFrom(...zones))
    .map(([pattern, zone]) => {
      const checked = cron(pattern, zone);
      if ('problem' in checked) throw new Error(checked.problem.message);
      return checked.value;
    });
  const intervalTable = fc
    .tuple(fc.integer({ min: 1_000, max: 1e8 }), fc.integer({ min: 0, max: 1e12 }))
    .map(([every, anchor]) => interval(every, anchor));
  // Days on which some of the zones change their clocks, and others.
  const days = [
    '2026-03-08',
    '2026-03-29',
    '2026-04-05',
    '2026-10-04',
    '2026-10-25',
    '2026-11-01',
    '2026-07-01',
  ];
  const instant = fc
    .tuple(fc.constantFrom(...days), fc.integer({ min: -43_200_000, max: 129_600_000 }))
    .map(([day, offset]) => Date.parse(`${day}T00:00:00Z`) + offset);

  it('says the same looking forward and looking back', () => {
    fc.assert(
      fc.property(fc.oneof(cronTable, intervalTable), instant, (table, at) => {
        const last = table.upTo(at);
        const next = table.after(at);
        expect(last).toBeLessThanOrEqual(at);
        expect(next).toBeGreaterThan(at);
        expect(table.after(last ?? Number.NaN)).toBe(next);
        expect(table.upTo(next ?? Number.NaN)).toBe(next);
        expect(table.count((last ?? 0) + 1, next ?? 0, 10)).toBe(0);
        expect(table.count(last ?? 0, (next ?? 0) + 1, 10)).toBe(2);
      }),
      { numRuns: 300 },
    );
  });

  it('begins with "from" and ends before "until"', () => {
    const table = within(interval(60_000, 0), { from: 120_000, until: 240_000 });
    expect(times(table, '1970-01-01T00:00:00Z', 9)).toEqual(['1970-01-01T00:02', '1970-01-01T00:03']);
    expect([table.upTo(119_999), table.upTo(120_000), table.upTo(1e9)]).toEqual([
      undefined,
      120_000,
      180_000,
    ]);
    expect(table.count(0, 1e9, 100)).toBe(2);
  });

  it('counts no further than it is told', () => {
    expect(interval(1_000, 0).count(0, 1e12, 7)).toBe(7);
    expect(within(interval(1_000, 0), {}).count(1_000, 1_000, 7)).toBe(0);
    const checked = cron('* * * * * *', 'UTC');
    expect('value' in checked && checked.value.count(0, 1e12, 7)).toBe(7);
  });
});

describe('an instant', () => {
  it.each([
    ['2026-12-01T00:00:00Z', 1796083200000],
    ['2026-12-01T00:00:00.5Z', 1796083200500],
    ['2026-12-01T01:00+01:00', 1796083200000],
    ['2026-12-01T00:00:00.1239999Z', 1796083200123],
    ['2026-12-01', undefined],
    ['2026-12-01T01:00', undefined],
    ['2026-12-01T00:00:00', undefined],
    ['2026-02-29T00:00:00Z', undefined],
    ['2026-13-01T00:00:00Z', undefined],
    ['2026-12-01T25:00:00Z', undefined],
    ['2026-12-01T24:00Z', undefined],
    ['tomorrow', undefined],
  ])('%s is %s', (text, expected) => {
    expect(parseInstant(text)).toBe(expected);
  });
});
