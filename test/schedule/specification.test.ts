import { describe, expect, it } from 'vitest';
import type { Json } from '../../src/core/json.js';
import { MAX_DELAY_MS, MAX_ID_LENGTH } from '../../src/core/limits.js';
import {
  MAX_CATCH_UP_WINDOW_MS,
  MAX_JITTER_MS,
  MAX_SPECIFICATION_BYTES,
  MIN_CATCH_UP_WINDOW_MS,
  MIN_INTERVAL_MS,
} from '../../src/schedule/limits.js';
import { checkSchedule } from '../../src/schedule/plan.js';
import { REPORT, SEND } from './drive.js';

const every = (more: object): Json => ({ every: '1h', start: REPORT, ...more });
const paths = (specification: Json) => checkSchedule(specification).map(({ path }) => path);

describe('a specification', () => {
  it.each<Json>([
    { cron: '0 3 * * *', start: REPORT },
    { cron: '@daily', timeZone: 'Europe/Berlin', start: REPORT },
    { every: 60_000, offset: '5s', start: { machine: 'report', input: [1] } },
    { every: 'PT15M', send: { to: 'order-1/3.0/0', type: 'tick', data: { a: 1 }, stamp: 'firing' } },
    every({ overlap: 'replace', catchUp: 'last', catchUpWindow: '2h', jitter: '1m', paused: true }),
    every({ overlap: 'allow', catchUp: 'all', limit: 3 }),
    { every: '1h', send: SEND, catchUp: 'all' },
    every({ from: '2026-12-01T00:00:00Z', until: '2027-12-01T00:00:00+01:00', catchUp: 'none' }),
  ])('may be %j', (specification) => {
    expect(checkSchedule(specification)).toEqual([]);
  });

  it.each<[string, Json, string]>([
    ['no object', 'daily', ''],
    ['neither cron nor every', { start: REPORT }, ''],
    ['both of them', every({ cron: '@daily' }), ''],
    ['neither start nor send', { every: '1h' }, ''],
    ['both start and send', every({ send: SEND }), ''],
    ['a pattern that is none', { cron: '61 * * * *', start: REPORT }, '/cron'],
    ['a pattern that is no text', { cron: 5, start: REPORT }, '/cron'],
    ['a zone that there is none of', { cron: '@daily', timeZone: 'Mars/Phobos', start: REPORT }, '/timeZone'],
    ['an offset as a zone', { cron: '@daily', timeZone: '+01:00', start: REPORT }, '/timeZone'],
    ['a zone without a clock', every({ timeZone: 'UTC' }), '/timeZone'],
    ['an offset of a pattern', { cron: '@daily', offset: '1h', start: REPORT }, '/offset'],
    ['an offset as long as the interval', every({ offset: '1h' }), '/offset'],
    ['an interval that is none', { every: 'often', start: REPORT }, '/every'],
    ['a negative interval', { every: -1, start: REPORT }, '/every'],
    ['an overlap that there is none of', every({ overlap: 'skp' }), '/overlap'],
    ['an overlap of signals', { every: '1h', send: SEND, overlap: 'skip' }, '/overlap'],
    ['all caught up at once, without overlap', every({ catchUp: 'all' }), '/catchUp'],
    ['a window for nothing', every({ catchUp: 'none', catchUpWindow: '1h' }), '/catchUpWindow'],
    ['a day as an instant', every({ from: '2026-12-01' }), '/from'],
    [
      'an end before the beginning',
      every({ from: '2027-01-01T00:00:00Z', until: '2026-01-01T00:00:00Z' }),
      '/until',
    ],
    ['a limit of none', every({ limit: 0 }), '/limit'],
    ['a limit of a half', every({ limit: 1.5 }), '/limit'],
    ['a pause that is no flag', every({ paused: 'yes' }), '/paused'],
    ['a start that is no object', { every: '1h', start: 'report' }, '/start'],
    ['a start of nothing', { every: '1h', start: {} }, '/start/machine'],
    ['a machine that cannot be', { every: '1h', start: { machine: 'a/b' } }, '/start/machine'],
    ['a receiver that cannot be', { every: '1h', send: { to: 'a//b', type: 't' } }, '/send/to'],
    ['a signal without a name', { every: '1h', send: { to: 'a' } }, '/send/type'],
    ['a stamp on a list', { every: '1h', start: { machine: 'm', input: [], stamp: 's' } }, '/start/stamp'],
    ['a stamp on a member', { every: '1h', send: { ...SEND, data: { s: 1 }, stamp: 's' } }, '/send/stamp'],
    ['an unknown key with a slash', every({ 'a/b': 1 }), '/a~1b'],
    [
      'a key of every object',
      JSON.parse('{"every":"1h","start":{"machine":"m","__proto__":1}}'),
      '/start/__proto__',
    ],
  ])('may not have %s', (_, specification, path) => {
    expect(paths(specification)).toEqual([path]);
    expect(checkSchedule(specification)[0]?.code).toBe('schedule-invalid');
  });

  it('is told everything that is wrong with it, at once', () => {
    const wrong = { cron: '* *', timeZone: 'Nowhere', start: { machin: 'm' }, limit: -1 };
    expect(paths(wrong)).toEqual(['/timeZone', '/cron', '/start/machin', '/start/machine', '/limit']);
  });

  it('is told what was probably meant', () => {
    const hints = (specification: Json) => checkSchedule(specification).map(({ hint }) => hint);
    expect(hints(every({ overlap: 'alow' }))).toEqual(['did you mean "allow"?']);
    expect(hints(every({ jiter: '1s' }))).toEqual(['did you mean "jitter"?']);
    expect(hints({ cron: '@daily', timeZone: 'Europe/Berln', start: REPORT })).toEqual([
      'did you mean "Europe/Berlin"?',
    ]);
    expect(hints({ cron: '* * *', start: REPORT })[0]).toContain('five fields');
  });
});

describe('the limits of a specification', () => {
  it.each<[string, number, Json, Json]>([
    [
      'the shortest interval',
      MIN_INTERVAL_MS,
      { every: 1_000, start: REPORT },
      { every: 999, start: REPORT },
    ],
    [
      'the longest interval',
      MAX_DELAY_MS,
      every({ every: MAX_DELAY_MS }),
      every({ every: MAX_DELAY_MS + 1 }),
    ],
    ['the longest jitter', MAX_JITTER_MS, every({ jitter: '1d' }), every({ jitter: MAX_JITTER_MS + 1 })],
    [
      'the shortest window',
      MIN_CATCH_UP_WINDOW_MS,
      every({ catchUpWindow: MIN_CATCH_UP_WINDOW_MS }),
      every({ catchUpWindow: MIN_CATCH_UP_WINDOW_MS - 1 }),
    ],
    [
      'the longest window',
      MAX_CATCH_UP_WINDOW_MS,
      every({ catchUpWindow: '366d' }),
      every({ catchUpWindow: MAX_CATCH_UP_WINDOW_MS + 1 }),
    ],
    [
      'the longest name of a signal',
      MAX_ID_LENGTH,
      { every: '1h', send: { to: 'a', type: 'x'.repeat(MAX_ID_LENGTH) } },
      { every: '1h', send: { to: 'a', type: 'x'.repeat(MAX_ID_LENGTH + 1) } },
    ],
  ])('%s is %d', (_, _limit, within, beyond) => {
    expect(checkSchedule(within)).toEqual([]);
    expect(checkSchedule(beyond)).toHaveLength(1);
  });

  it(`it has ${MAX_SPECIFICATION_BYTES} bytes at most`, () => {
    const filled = (text: string) => every({ start: { machine: 'm', input: text } });
    const rest = MAX_SPECIFICATION_BYTES - JSON.stringify(filled('')).length;
    expect(checkSchedule(filled('x'.repeat(rest)))).toEqual([]);
    expect(checkSchedule(filled('x'.repeat(rest + 1)))[0]?.code).toBe('payload-too-large');
    expect(checkSchedule(filled(`ä${'x'.repeat(rest - 1)}`))[0]?.code).toBe('payload-too-large');
  });
});
