import { describe, expect, it } from 'vitest';
import { Alarm } from '../../src/runtime/alarm.js';
import { HandClock, settled } from './hand-clock.js';

describe('an alarm', () => {
  function waiting(ms: number, sooner?: Promise<number>) {
    const clock = new HandClock();
    const alarm = new Alarm(clock);
    const ends: (boolean | Error)[] = [];
    alarm.wait(ms, sooner).then(
      (rang) => ends.push(rang),
      (error: Error) => ends.push(error),
    );
    return { clock, alarm, ends };
  }

  it('wakes when it rings, and says so', async () => {
    const { clock, alarm, ends } = waiting(100);
    await clock.move(99);
    expect(ends).toEqual([]);
    alarm.ring();
    await clock.move(0);
    expect(ends).toEqual([true]);
    expect(alarm.rang).toBe(false);
  });

  it('keeps a ring that nobody waited for', async () => {
    const alarm = new Alarm(new HandClock());
    alarm.ring();
    expect(alarm.rang).toBe(true);
    expect(await alarm.wait(100)).toBe(true);
    expect(alarm.rang).toBe(false);
  });

  it('wakes when the time is over that it waits at most', async () => {
    const { clock, ends } = waiting(100, Promise.resolve(500));
    await clock.move(100);
    expect(ends).toEqual([false]);
  });

  it('wakes sooner, where it learns so while it waits', async () => {
    let tell = (_ms: number) => {};
    const { clock, ends } = waiting(100, new Promise((resolve) => (tell = resolve)));
    await clock.move(50);
    tell(20);
    await clock.move(19);
    expect(ends).toEqual([]);
    await clock.move(1);
    expect(ends).toEqual([false]);
  });

  it('rings while it waits to learn, and what it learns later changes nothing', async () => {
    let tell = (_ms: number) => {};
    const { clock, alarm, ends } = waiting(100, new Promise((resolve) => (tell = resolve)));
    alarm.ring();
    await clock.move(0);
    expect(ends).toEqual([true]);
    const again = alarm.wait(100);
    tell(1);
    await clock.move(99);
    const first = await Promise.race([again.then(() => 'woken'), settled().then(() => 'asleep')]);
    expect(first).toBe('asleep');
    await clock.move(1);
    expect(await again).toBe(false);
  });

  it('cares for nothing else where it rang already', async () => {
    const alarm = new Alarm(new HandClock());
    alarm.ring();
    expect(await alarm.wait(100, Promise.reject(new Error('the store is away')))).toBe(true);
    await settled();
  });

  it('fails where it cannot learn, if it still waits', async () => {
    const { clock, alarm, ends } = waiting(100, Promise.reject(new Error('the store is away')));
    await clock.move(0);
    expect(ends).toEqual([new Error('the store is away')]);
    expect(await Promise.all([alarm.wait(10), clock.move(10)])).toEqual([false, undefined]);
  });
});
