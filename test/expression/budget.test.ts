import { describe, expect, it } from 'vitest';
import { Allowance } from '../../src/expression/allowance.js';
import {
  Budget,
  MAX_EXPRESSION_DEPTH,
  MAX_EXPRESSION_STEPS,
  MAX_SEQUENCE_LENGTH,
  MAX_STRING_LENGTH,
} from '../../src/expression/budget.js';

describe('a budget', () => {
  it('pays for its steps to the last, and then no more', () => {
    const budget = new Budget();
    expect(() => budget.spend(MAX_EXPRESSION_STEPS)).not.toThrow();
    expect(() => budget.spend()).toThrow(expect.objectContaining({ code: 'budget-steps' }));
    expect(() => new Budget(3).spend(4)).toThrow(expect.objectContaining({ code: 'budget-steps' }));
  });

  it('lets calls nest to its depth, and what was refused leaves no trace', () => {
    const budget = new Budget();
    for (let i = 0; i < MAX_EXPRESSION_DEPTH; i++) budget.enter();
    expect(() => budget.enter()).toThrow(expect.objectContaining({ code: 'budget-depth' }));
    budget.leave();
    expect(() => budget.enter(2)).toThrow(expect.objectContaining({ code: 'budget-depth' }));
    expect(() => budget.enter()).not.toThrow();
  });

  it('knows how long a sequence and a text may be', () => {
    const budget = new Budget();
    expect(() => budget.checkLength(MAX_SEQUENCE_LENGTH)).not.toThrow();
    expect(() => budget.checkLength(MAX_SEQUENCE_LENGTH + 1)).toThrow(
      expect.objectContaining({ code: 'budget-length' }),
    );
    expect(() => budget.checkText(MAX_STRING_LENGTH)).not.toThrow();
    expect(() => budget.checkText(MAX_STRING_LENGTH + 1)).toThrow(
      expect.objectContaining({ code: 'budget-text' }),
    );
  });
});

describe('what expressions share', () => {
  it('gives each a budget as large as any, until it is used up', () => {
    const allowance = new Allowance(MAX_EXPRESSION_STEPS + 10);
    const first = allowance.budget();
    expect(first.left).toBe(MAX_EXPRESSION_STEPS);
    first.spend(100);
    expect(allowance.spent).toBe(100);
    const second = allowance.budget();
    expect(second.left).toBe(MAX_EXPRESSION_STEPS - 90);
    expect(() => second.spend(MAX_EXPRESSION_STEPS)).toThrow();
    expect(allowance.spent).toBe(MAX_EXPRESSION_STEPS + 10);
    expect(() => allowance.budget().spend()).toThrow(expect.objectContaining({ code: 'budget-steps' }));
  });

  it('is as much again from where it is renewed', () => {
    const allowance = new Allowance(10);
    allowance.budget().spend(4);
    expect(allowance.budget().left).toBe(6);
    allowance.renew();
    expect(allowance.budget().left).toBe(10);
    expect(allowance.spent).toBe(4);
  });
});
