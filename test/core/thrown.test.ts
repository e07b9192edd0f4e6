import { describe, expect, it } from 'vitest';
import { thrown } from '../../src/core/thrown.js';

describe('thrown', () => {
  it.each([
    ['an error', new RangeError('too far'), { name: 'RangeError', message: 'too far' }],
    ['a text', 'plain', { name: 'Error', message: 'plain' }],
    ['nothing', undefined, { name: 'Error', message: 'undefined' }],
    ['a symbol', Symbol('s'), { name: 'Error', message: 'Symbol(s)' }],
    ['an object without a prototype', Object.create(null), { name: 'Error', message: '{}' }],
    [
      'an object whose toString is no function',
      { toString: 1 },
      { name: 'Error', message: '{"toString":1}' },
    ],
  ])('puts %s into words', (_what, error, words) => {
    expect(thrown(error)).toEqual(words);
  });

  it('survives what throws when it is looked at', () => {
    const trap = Object.defineProperty(new Error('x'), 'message', {
      get() {
        throw new Error('trap');
      },
    });
    for (const error of [trap, 1n, { toJSON: () => thrown(trap) && trap.message }]) {
      expect(thrown(error).message).not.toBe('');
    }
  });
});
