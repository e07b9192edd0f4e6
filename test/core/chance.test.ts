import { describe, expect, it } from 'vitest';
import { Chance } from '../../src/core/chance.js';

const draw = (chance: Chance, times: number) => Array.from({ length: times }, () => chance.float());

describe('Chance', () => {
  it('repeats itself for the same key and differs for another', () => {
    expect(draw(new Chance('a', 'b'), 20)).toEqual(draw(new Chance('a', 'b'), 20));
    expect(draw(new Chance('a', 'b'), 20)).not.toEqual(draw(new Chance('ab'), 20));
  });

  it('stays in [0, 1) and spreads evenly', () => {
    const tenths = new Array<number>(10).fill(0);
    for (const value of draw(new Chance('spread'), 10_000)) {
      expect(value).toBeGreaterThanOrEqual(0);
      expect(value).toBeLessThan(1);
      const tenth = Math.floor(value * 10);
      tenths[tenth] = (tenths[tenth] ?? 0) + 1;
    }
    for (const count of tenths) expect(Math.abs(count - 1_000)).toBeLessThan(150);
  });

  it('gives unrelated sequences for keys that differ in one letter', () => {
    const a = draw(new Chance('order-1', 'x'), 100);
    const b = draw(new Chance('order-2', 'x'), 100);
    const product = a.reduce((sum, value, i) => sum + (value - 0.5) * ((b[i] ?? 0) - 0.5), 0) / 100;
    expect(Math.abs(product)).toBeLessThan(0.05);
  });

  it('draws below a bound', () => {
    const chance = new Chance('bound');
    const seen = new Set(Array.from({ length: 200 }, () => chance.below(3)));
    expect([...seen].sort()).toEqual([0, 1, 2]);
  });
});
