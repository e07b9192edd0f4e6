import { describe, expect, it } from 'vitest';
import type { Json } from '../../src/core/json.js';
import {
  MAX_REMEMBERED_LENGTH,
  MAX_REMEMBERED_STATES,
  MIN_REMEMBERED_LENGTH,
  readState,
  writeState,
} from '../../src/runtime/state-text.js';

const large = (note: string): Json => ({ note, rest: 'x'.repeat(40_000) });

/** Whether a state whose text is so long is remembered. */
function isRemembered(length: number): boolean {
  const state = ['x'.repeat(length - 4)];
  const text = writeState('long', state);
  expect(text).toHaveLength(length);
  expect(readState('long', text)).toEqual(state);
  return readState('long', text) === state;
}

describe('the text of a state', () => {
  it('is not parsed again where it was written last', () => {
    const state = large('a');
    expect(readState('one', writeState('one', state))).toBe(state);
  });

  it('is parsed where another was written last, here or elsewhere', () => {
    const first = writeState('one', large('a'));
    writeState('one', large('b'));
    expect(readState('one', first)).toEqual(large('a'));
    expect(readState('two', first)).toEqual(large('a'));
    writeState('one', 1);
    expect(readState('one', first)).toEqual(large('a'));
  });

  it('is remembered where it is long, and not too long', () => {
    expect(isRemembered(MIN_REMEMBERED_LENGTH - 1)).toBe(false);
    expect(isRemembered(MIN_REMEMBERED_LENGTH)).toBe(true);
    expect(isRemembered(MAX_REMEMBERED_LENGTH)).toBe(true);
    expect(isRemembered(MAX_REMEMBERED_LENGTH + 1)).toBe(false);
  });

  it('is remembered of a few only', () => {
    const state = large('a');
    const text = writeState('first', state);
    for (let other = 0; other < MAX_REMEMBERED_STATES - 1; other++) writeState(`other ${other}`, large('b'));
    expect(readState('first', text)).toBe(state);
    writeState('one more', large('b'));
    expect(readState('first', text)).not.toBe(state);
    expect(readState('first', text)).toEqual(state);
  });
});
