import { describe, expect, it } from 'vitest';
import { MAX_DELIVERIES, MAX_PAGE } from '../../src/core/limits.js';
import { expiredEnd, expiresAt } from '../../src/store/job-term.js';
import { Listeners } from '../../src/store/listeners.js';
import { pageLimit, pageStart } from '../../src/store/page.js';
import { MAX_STEP_BACK_MS, steadyClock } from '../../src/store/steady-clock.js';

describe('a steady clock', () => {
  it(`stands still where the clock beneath steps back by up to ${MAX_STEP_BACK_MS} ms, and follows further back`, () => {
    const start = 1_000_000;
    let time = start;
    const now = steadyClock(() => time);
    expect(now()).toBe(start);
    time = start - MAX_STEP_BACK_MS;
    expect(now()).toBe(start);
    time = start + 3;
    expect(now()).toBe(start + 3);
    time = start + 2 - MAX_STEP_BACK_MS;
    expect(now()).toBe(time);
    time += 1;
    expect(now()).toBe(time);
  });
});

describe('listeners', () => {
  it('are called once for many changes, after the caller, until they are taken back', async () => {
    const listeners = new Listeners();
    const heard: string[] = [];
    const listener = () => heard.push('a');
    const stop = listeners.add(listener);
    listeners.add(listener);
    listeners.notify();
    listeners.notify();
    expect(heard).toEqual([]);
    await Promise.resolve();
    expect(heard).toEqual(['a', 'a']);
    stop();
    listeners.notify();
    await Promise.resolve();
    expect(heard).toEqual(['a', 'a', 'a']);
  });
});

describe('a page', () => {
  it('has from 1 to MAX_PAGE rows', () => {
    const asked = [undefined, 0, 1, 2.9, MAX_PAGE, MAX_PAGE + 1, Number.POSITIVE_INFINITY, Number.NaN, -3];
    expect(asked.map(pageLimit)).toEqual([MAX_PAGE, 1, 1, 2, MAX_PAGE, MAX_PAGE, MAX_PAGE, MAX_PAGE, 1]);
  });

  it('begins where another ended, and nowhere else', () => {
    expect([undefined, '0', '17'].map(pageStart)).toEqual([undefined, 0, 17]);
    for (const after of ['', '-1', '1.5', '1e3', 'x', ' 1', '9'.repeat(16)]) {
      expect(() => pageStart(after)).toThrow(/where a page ended/);
    }
  });
});

describe('the term of a job', () => {
  const processing = { deadlineAt: 900, attempts: 1, leaseUntil: 300, heartbeatMs: 50, beatAt: 200 };

  it('ends at the first of deadline, heartbeat and last lease', () => {
    expect(expiresAt(processing)).toBe(250);
    expect(expiresAt({ ...processing, heartbeatMs: undefined })).toBe(900);
    expect(expiresAt({ ...processing, heartbeatMs: 200, attempts: MAX_DELIVERIES })).toBe(300);
    expect(expiresAt({ ...processing, heartbeatMs: 200, attempts: MAX_DELIVERIES - 1 })).toBe(400);
    expect(expiresAt({ deadlineAt: 900, attempts: MAX_DELIVERIES, heartbeatMs: 1 })).toBe(900);
  });

  it('ends with the reason that comes first: the deadline before the heartbeat before the lost worker', () => {
    const errorAt = (term: Parameters<typeof expiredEnd>[0], now: number) => {
      const end = expiredEnd(term, now);
      return end.status === 'failed' ? end.error : end.status;
    };
    const lost = { ...processing, attempts: MAX_DELIVERIES };
    expect(errorAt(lost, 900)).toBe('Timeout');
    expect(errorAt(lost, 300)).toBe('HeartbeatTimeout');
    expect(errorAt({ ...lost, heartbeatMs: undefined }, 300)).toBe('WorkerLost');
  });
});
