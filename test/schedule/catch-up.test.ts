import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from '../../src/core/json.js';
import {
  CATCH_UP_WINDOW_MS,
  MAX_COUNTED_MISSES,
  MAX_FIRINGS_PER_STEP,
  ON_TIME_MS,
} from '../../src/schedule/limits.js';
import { Drive, ms, REPORT, SEND } from './drive.js';

const at = (time: string) => `2026-11-22T${time}Z`;
const hourly = (more: object = {}): Json => ({ every: '1h', send: SEND, ...more });
const missed = (drive: Drive) => drive.told('ScheduleMissed').map(({ count }) => count);

describe('after a time in which nothing could fire, a schedule', () => {
  it('fires for the last of the times that passed, if nothing else is said', () => {
    const drive = new Drive(hourly(), at('03:30'));
    drive.sleep(at('07:30'));
    expect(drive.fired).toEqual([at('07:00')]);
    expect(drive.told('ScheduleMissed')).toEqual([
      { count: 3, from: '2026-11-22T04:00:00.000Z', before: '2026-11-22T07:00:00.000Z' },
    ]);
    expect(drive.told('ScheduleFired')).toMatchObject([{ lateMs: 1_800_000 }]);
    expect(drive.next).toBe(at('08:00'));
  });

  it('fires for each of them, oldest first, where all are to be caught up', () => {
    const drive = new Drive({ every: '1h', start: REPORT, overlap: 'allow', catchUp: 'all' }, at('03:30'));
    drive.sleep(at('07:30'));
    expect(drive.fired).toEqual([at('04:00'), at('05:00'), at('06:00'), at('07:00')]);
    expect(drive.context.running).toHaveLength(4);
  });

  it('fires for none of them where nothing is to be caught up', () => {
    const drive = new Drive(hourly({ catchUp: 'none' }), at('03:30'));
    drive.sleep(at('07:30'));
    expect(drive.fired).toEqual([]);
    expect(missed(drive)).toEqual([4]);
    expect(drive.next).toBe(at('08:00'));
  });

  it.each([
    ['catchUp: last', hourly(), CATCH_UP_WINDOW_MS],
    ['catchUp: all', hourly({ catchUp: 'all', every: '2d' }), CATCH_UP_WINDOW_MS],
    ['catchUp: none', hourly({ catchUp: 'none' }), ON_TIME_MS],
    ['a window of its own', hourly({ catchUpWindow: '10m' }), 600_000],
  ])('with %s fires what is no later than its window, to the millisecond', (_, specification, windowMs) => {
    const inTime = new Drive({ ...(specification as object), every: '2d' }, 1);
    inTime.fire(windowMs);
    expect([inTime.fired, missed(inTime)]).toEqual([['1970-01-03T00:00Z'], []]);
    const tooLate = new Drive({ ...(specification as object), every: '2d' }, 1);
    tooLate.fire(windowMs + 1);
    expect([tooLate.fired, missed(tooLate)]).toEqual([[], [1]]);
  });

  it('counts a time at the very edge of the window in, after others that were too late', () => {
    const drive = new Drive(hourly({ catchUp: 'all', catchUpWindow: '2h' }), at('03:30'));
    drive.sleep(at('07:00'));
    expect([drive.fired, missed(drive)]).toEqual([[at('05:00'), at('06:00'), at('07:00')], [1]]);
  });

  it('does not take jitter for lateness', () => {
    const seeds = Array.from({ length: 20 }, (_, i) => `seed ${i}`);
    for (const seed of seeds) {
      const specification = hourly({ every: '1d', jitter: '12h', catchUpWindow: '10s' });
      const drive = new Drive(specification, at('03:30'), seed);
      drive.fire(10_000);
      expect(drive.fired).toEqual(['2026-11-23T00:00Z']);
    }
  });

  it(`carries out ${MAX_FIRINGS_PER_STEP} firings in a step, and goes on at once`, () => {
    const drive = new Drive({ every: '1m', send: SEND, catchUp: 'all' }, 1);
    const effects = drive.fire((2 * MAX_FIRINGS_PER_STEP - 1) * 60_000);
    expect(effects).toHaveLength(MAX_FIRINGS_PER_STEP + 1);
    expect(drive.timer?.dueAt).toBe(drive.now);
    drive.fire();
    expect(drive.made('send')).toHaveLength(2 * MAX_FIRINGS_PER_STEP);
    expect(drive.timer?.dueAt).toBeGreaterThan(drive.now);
    expect(new Set(drive.fired).size).toBe(2 * MAX_FIRINGS_PER_STEP);
  });

  it('can be paused or updated between two such steps; what is left over is missed', () => {
    const specification = { every: '1m', send: SEND, catchUp: 'all' };
    const paused = new Drive(specification, 1);
    paused.fire(499 * 60_000);
    paused.signal('pause');
    expect(missed(paused)).toEqual([400]);
    const updated = new Drive(specification, 1);
    updated.fire(499 * 60_000);
    updated.signal('update', hourly());
    expect([updated.fired.length, missed(updated)]).toEqual([200, [300]]);
    expect(updated.timer?.dueAt).toBeGreaterThan(updated.now);
  });

  it('counts the times that were missed, to a limit', () => {
    const late = (specification: object, count: number) => {
      const drive = new Drive({ send: SEND, catchUp: 'none', ...specification }, 1);
      drive.fire(count * 1_000);
      return drive.told('ScheduleMissed')[0];
    };
    // The last is on time.
    expect(late({ cron: '* * * * * *' }, MAX_COUNTED_MISSES - 1)).not.toHaveProperty('atLeast');
    expect(late({ cron: '* * * * * *' }, MAX_COUNTED_MISSES - 1)).toMatchObject({
      count: MAX_COUNTED_MISSES - 1,
    });
    expect(late({ cron: '* * * * * *' }, 10 * MAX_COUNTED_MISSES)).toMatchObject({
      count: MAX_COUNTED_MISSES,
      atLeast: true,
    });
  });

  it('ends at its limit in the middle of what it catches up', () => {
    const drive = new Drive(hourly({ catchUp: 'all', limit: 3 }), at('03:30'));
    drive.sleep(at('12:00'));
    expect(drive.fired).toEqual([at('04:00'), at('05:00'), at('06:00')]);
    expect(drive.standing.status).toBe('succeeded');
  });

  it('misses what lay between its end and the end of the outage', () => {
    const drive = new Drive(hourly({ until: at('06:00:00'), catchUpWindow: '10m' }), at('03:30'));
    drive.sleep(at('12:00'));
    expect([missed(drive), drive.standing.status]).toEqual([[2], 'succeeded']);
  });
});

type Move = { readonly lateMs: number } | { readonly signal: string; readonly afterMs: number };

const lateness = fc.oneof(
  fc.integer({ min: 0, max: 2_000 }),
  fc.integer({ min: 0, max: 600_000 }),
  fc.integer({ min: 0, max: 8_000_000 }),
);
const wake = fc.record({ lateMs: lateness });
const signal = fc.record({
  signal: fc.constantFrom('pause', 'resume', 'trigger', 'skip', 'update'),
  afterMs: fc.integer({ min: 0, max: 400_000 }),
});
const timing = fc.oneof(
  fc.integer({ min: 30, max: 7_200 }).map((seconds) => ({ every: `${seconds}s` })),
  fc.constantFrom({ cron: '*/5 * * * *' }, { cron: '15,45 */2 * * *' }, { cron: '*/40 * * * * *' }),
);
const jitter = fc.constantFrom({}, { jitter: '20s' }, { jitter: '1h' });
const start = fc.integer({ min: 1_700_000_000_000, max: 1_700_003_600_000 });

/** The times of firings that were not triggered, with the moment of each. */
function firings(drive: Drive): { time: number; at: number }[] {
  return drive
    .told('ScheduleFired')
    .filter(({ triggered }) => triggered === false)
    .map(({ scheduledAt, lateMs }) => ({
      time: ms(String(scheduledAt)),
      at: ms(String(scheduledAt)) + Number(lateMs),
    }));
}

describe('however late its timers are', () => {
  it('a schedule fires each of its times at most once, in order, and never early', () => {
    const policy = fc.constantFrom('none', 'last', 'all');
    const moves = fc.array(fc.oneof<fc.Arbitrary<Move>[]>(wake, signal), { maxLength: 25 });
    fc.assert(
      fc.property(timing, jitter, policy, start, moves, (times, delay, catchUp, from, list) => {
        const specification = { ...times, ...delay, catchUp, send: SEND };
        const drive = new Drive(specification, from);
        for (const move of list) play(drive, move, specification);
        const fired = firings(drive);
        const inOrder = [...new Set(fired.map(({ time }) => time))].sort((a, b) => a - b);
        expect(fired.map(({ time }) => time)).toEqual(inOrder);
        for (const { time, at: moment } of fired) {
          expect(moment).toBeGreaterThanOrEqual(time);
          expect(moment).toBeLessThanOrEqual(drive.now);
        }
        const counts = drive.context.counts as { readonly fired: number };
        expect(counts.fired).toBe(fired.length);
      }),
      { numRuns: 100 },
    );
  });

  it('a schedule that catches up all fires each time within the window exactly once, and misses the others', () => {
    const late = fc.array(lateness, { minLength: 1, maxLength: 12 });
    const window = fc.integer({ min: 10, max: 7_200 });
    const seconds = fc.integer({ min: 30, max: 7_200 });
    fc.assert(
      fc.property(seconds, window, start, late, (everySeconds, windowSeconds, from, list) => {
        const [everyMs, windowMs] = [everySeconds * 1_000, windowSeconds * 1_000];
        const specification = { every: everyMs, catchUp: 'all', catchUpWindow: windowMs, send: SEND };
        const drive = new Drive(specification, from);
        const expected: number[] = [];
        let next = Math.ceil(from / everyMs) * everyMs;
        let lost = 0;
        for (const lateMs of list) {
          drive.fire(lateMs);
          while (drive.timer?.dueAt === drive.now) drive.fire();
          for (; next <= drive.now; next += everyMs) {
            if (drive.now - next <= windowMs) expected.push(next);
            else lost++;
          }
        }
        expect(firings(drive).map(({ time }) => time)).toEqual(expected);
        expect(drive.context.counts).toEqual({
          fired: expected.length,
          triggered: 0,
          skipped: 0,
          missed: lost,
        });
      }),
      { numRuns: 200 },
    );
  });
});

function play(drive: Drive, move: Move, specification: Json): void {
  if ('lateMs' in move) {
    if (drive.timer !== undefined) drive.fire(move.lateMs);
    return;
  }
  // What is due comes before what arrives later.
  drive.until(drive.now + move.afterMs);
  drive.signal(move.signal, move.signal === 'update' ? specification : undefined);
}
