import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Json, utf8Length } from '../../src/core/json.js';
import { exceeds, mayExceed } from '../../src/core/json-size.js';
import { MAX_JSON_DEPTH } from '../../src/core/limits.js';

const json = fc.jsonValue({ maxDepth: 4 }).map((value) => value as Json);

describe('the size of a value', () => {
  it('is that of its text, to the byte', () => {
    fc.assert(
      fc.property(json, (value) => {
        const bytes = utf8Length(JSON.stringify(value));
        expect([exceeds(value, bytes), exceeds(value, bytes - 1)]).toEqual([false, true]);
      }),
    );
  });

  it('is never more than it is guessed to be at most', () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(mayExceed(value, utf8Length(JSON.stringify(value)) - 1)).toBe(true);
      }),
    );
    const controls = '\u0000"\ud800'.repeat(9);
    expect(mayExceed([controls, { [controls]: -Number.MIN_VALUE }], 300)).toBe(true);
  });

  it('may be anything where a value nests deeper than JSON may', () => {
    const nested = (levels: number): Json => (levels === 0 ? 1 : [nested(levels - 1)]);
    expect(mayExceed(nested(MAX_JSON_DEPTH), 1_000_000)).toBe(false);
    expect(mayExceed(nested(MAX_JSON_DEPTH + 1), 1_000_000)).toBe(true);
    expect(exceeds(nested(MAX_JSON_DEPTH + 1), 1_000_000)).toBe(false);
  });
});
