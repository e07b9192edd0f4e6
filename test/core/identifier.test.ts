import { describe, expect, it } from 'vitest';
import { effectName, idProblem } from '../../src/core/identifier.js';
import { MAX_ID_LENGTH } from '../../src/core/limits.js';

describe('idProblem', () => {
  it.each(['order-1', 'Bestellung Nr. 7', 'ключ', '日本', '__proto__', '...', '%2F'])('takes %s', (id) => {
    expect(idProblem('instance id', id)).toBeUndefined();
  });

  it.each([
    ['', 'may not be empty'],
    ['.', 'path'],
    ['..', 'path'],
    ['a/b', 'may not contain "/"'],
    ['a\u0000b', 'control characters'],
    ['a\nb', 'control characters'],
    ['\ud800', 'well-formed'],
  ])('refuses %j', (id, message) => {
    expect(idProblem('instance id', id)?.message).toContain(message);
  });

  it('takes an id of the greatest length and none longer', () => {
    expect(idProblem('event id', 'x'.repeat(MAX_ID_LENGTH))).toBeUndefined();
    expect(idProblem('event id', 'x'.repeat(MAX_ID_LENGTH + 1))?.code).toBe('invalid-id');
  });
});

describe('effectName', () => {
  it('cannot meet an id that a user chose', () => {
    expect(idProblem('event id', effectName('order-1', '3.0'))?.code).toBe('invalid-id');
  });
});
