import { describe, expect, it } from 'vitest';
import { didYouMean, isError, nearest, Refused } from '../../src/core/problem.js';

describe('nearest', () => {
  it.each([
    ['gaurd', 'guard'],
    ['Guard', 'guard'],
    ['intial', 'initial'],
    ['state', 'states'],
  ])('takes %s for %s', (name, meant) => {
    expect(nearest(name, ['guard', 'initial', 'states', 'on'])).toBe(meant);
  });

  it('proposes nothing where nothing is near', () => {
    expect(nearest('banana', ['guard', 'initial'])).toBeUndefined();
    expect(didYouMean('banana', [])).toEqual({});
  });
});

describe('Refused', () => {
  it('speaks with all its problems and is named by the first', () => {
    const refused = new Refused([
      { code: 'a', message: 'one', path: '' },
      { code: 'b', message: 'two', path: '/x' },
    ]);
    expect(refused.code).toBe('a');
    expect(refused.message).toBe('one; two');
    expect(new Refused([]).code).toBe('refused');
  });
});

describe('isError', () => {
  it('is true unless the problem is a warning', () => {
    expect(isError({ code: 'a', message: '', path: '' })).toBe(true);
    expect(isError({ code: 'a', message: '', path: '', severity: 'warning' })).toBe(false);
  });
});
