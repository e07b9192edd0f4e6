import { describe, expect, it } from 'vitest';
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
