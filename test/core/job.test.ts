import { describe, expect, it } from 'vitest';
import { backoffMs } from '../../src/core/job.js';

describe('backoffMs', () => {
  it('stays nothing where there is nothing to grow, however often it is tried', () => {
    expect(backoffMs({ attempts: 1_000, delayMs: 0, rate: 10, maxDelayMs: 5_000 }, 999)).toBe(0);
  });

  it('ends at the longest pause, also where the growth leaves all numbers behind', () => {
    expect(backoffMs({ attempts: 1_000, delayMs: 1, rate: 10, maxDelayMs: 5_000 }, 999)).toBe(5_000);
  });

  it('gives whole milliseconds', () => {
    expect(backoffMs({ attempts: 9, delayMs: 15, rate: 1.5, maxDelayMs: 5_000 }, 2)).toBe(23);
  });
});
