import { describe, expect, it } from 'vitest';
import { MAX_DATA_BYTES } from '../../src/asl/limits.js';
import { exceedsDataLimit } from '../../src/asl/payload.js';
import type { Json } from '../../src/core/json.js';

function nested(levels: number, leaf: Json): Json {
  let value: Json = leaf;
  for (let i = 0; i < levels; i++) value = { a: value };
  return value;
}

describe('the limit on data between states', () => {
  it('counts the bytes of the JSON text, exactly at the edge', () => {
    expect(exceedsDataLimit('a'.repeat(MAX_DATA_BYTES - 2))).toBe(false);
    expect(exceedsDataLimit('a'.repeat(MAX_DATA_BYTES - 1))).toBe(true);
    expect(exceedsDataLimit('é'.repeat((MAX_DATA_BYTES - 2) / 2))).toBe(false);
    expect(exceedsDataLimit('é'.repeat((MAX_DATA_BYTES - 2) / 2 + 1))).toBe(true);
    expect(exceedsDataLimit(Array.from({ length: 131_070 }, () => 1))).toBe(false);
    expect(exceedsDataLimit(Array.from({ length: 131_072 }, () => 1))).toBe(true);
    expect(exceedsDataLimit({ ['k'.repeat(MAX_DATA_BYTES - 5)]: 1 })).toBe(true);
  });

  it('is passed by what nests without measure, however small', () => {
    expect(exceedsDataLimit(nested(200, 1))).toBe(false);
    expect(exceedsDataLimit(nested(201, 1))).toBe(true);
    expect(exceedsDataLimit(['x'.repeat(60_000), nested(30_000, 1)])).toBe(true);
  });
});
