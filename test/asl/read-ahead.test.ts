import { describe, expect, it } from 'vitest';
import { KEPT_BYTES, MAX_BROUGHT_PORTIONS } from '../../src/asl/limits.js';
import { NOTHING_READ, ReadAhead, type StoredReadAhead } from '../../src/asl/map-run/read-ahead.js';

/** As it is in the next event. */
const again = (ahead: ReadAhead): ReadAhead =>
  new ReadAhead(JSON.parse(JSON.stringify(ahead.stored())) as StoredReadAhead);
const big = (bytes: number) => ['x'.repeat(bytes)];

describe('what was brought to a Map run', () => {
  it('is asked for from the first portion on, and found by the index of its items', () => {
    const ahead = new ReadAhead(NOTHING_READ);
    expect(ahead.ask(2, 9)).toEqual([0, 1]);
    const next = again(ahead);
    next.take([['a', 'b'], ['c']]);
    expect([0, 1, 2, 3].map((index) => next.item(index))).toEqual(['a', 'b', 'c', undefined]);
    next.passTo(2);
    expect(next.stored()).toEqual({ portion: 1, from: 2, held: [['c']], asked: 2 });
    expect(again(next).item(2)).toBe('c');
    expect(again(next).ask(2, 9)).toEqual([2]);
  });

  it('is dropped from where it takes too much to be kept, and asked for again', () => {
    const ahead = new ReadAhead(NOTHING_READ);
    ahead.ask(3, 9);
    ahead.take([big(9_000), big(9_000), big(9_000)]);
    expect(ahead.item(2)).toBeDefined();
    const next = again(ahead);
    expect(JSON.stringify(next.stored().held).length).toBeLessThan(KEPT_BYTES);
    expect([0, 1, 2].map((index) => next.item(index) !== undefined)).toEqual([true, true, false]);
    expect(next.ask(3, 9)).toEqual([2]);
  });

  it('is asked for again, one portion at least, though nothing of it can be kept', () => {
    const ahead = new ReadAhead(NOTHING_READ);
    ahead.ask(1, 3);
    ahead.take([big(100_000)]);
    const next = again(ahead);
    expect(next.ask(1, 3)).toEqual([0]);
    next.take([big(100_000)]);
    next.passTo(1);
    expect(again(next).ask(1, 3)).toEqual([1]);
  });

  it('is as many as there may be, where what came was not enough', () => {
    const ahead = new ReadAhead(NOTHING_READ);
    expect(ahead.ask(2, 99)).toEqual([0, 1]);
    ahead.take([[1], [2]]);
    expect(ahead.isEnough(99)).toBe(false);
    expect(ahead.ask(2, 99)).toEqual(Array.from({ length: MAX_BROUGHT_PORTIONS - 2 }, (_, at) => at + 2));
    const next = again(ahead);
    next.take(Array.from({ length: MAX_BROUGHT_PORTIONS - 2 }, () => [3]));
    expect(next.isEnough(99)).toBe(true);
  });

  it('must do where fewer came than were asked for, or there are no others', () => {
    const ahead = new ReadAhead(NOTHING_READ);
    ahead.ask(9, 99);
    ahead.take([[1]]);
    expect(ahead.isEnough(99)).toBe(true);
    expect(again(ahead).isEnough(99)).toBe(false);
    expect(again(ahead).isEnough(1)).toBe(true);
  });
});
