import { describe, expect, it } from 'vitest';
import { csvItems } from '../../src/asl/item-reader/csv.js';
import { jsonLinesItems } from '../../src/asl/item-reader/json-text.js';
import { MAX_ITEM_BYTES, MAX_PARSED_BYTES, MAX_PORTION_ITEMS, PORTION_BYTES } from '../../src/asl/limits.js';
import { portionsOf } from '../../src/asl/map-run/portions.js';
import type { Json } from '../../src/core/json.js';

const tooLarge = (index: number) => new Error(`item ${index}`);
const sizes = (items: readonly Json[]) => portionsOf(items, tooLarge).map(({ length }) => length);
/** A text that takes so many bytes as JSON. */
const ofBytes = (bytes: number) => 'x'.repeat(bytes - 2);

describe('the portions of items', () => {
  it('take as many bytes as they may, each item with a comma or a bracket', () => {
    const half = ofBytes(PORTION_BYTES / 2 - 1);
    expect(sizes([half, half, half])).toEqual([2, 1]);
    expect(sizes([half, `${half}x`])).toEqual([1, 1]);
    expect(sizes([])).toEqual([]);
  });

  it('have as many items as they may', () => {
    expect(sizes(Array.from({ length: MAX_PORTION_ITEMS + 1 }, () => 1))).toEqual([MAX_PORTION_ITEMS, 1]);
  });

  it('have an item that is larger for themselves, up to what an execution can be given', () => {
    expect(sizes([1, ofBytes(MAX_ITEM_BYTES - 1), 2])).toEqual([1, 1, 1]);
    expect(() => sizes([1, ofBytes(MAX_ITEM_BYTES)])).toThrow('item 1');
  });
});

describe('a text of very many items', () => {
  const line = `"${'x'.repeat(1_000)}"\n`;
  const text = line.repeat(Math.ceil(MAX_PARSED_BYTES / line.length) + 10);

  it.each([
    ['JSONL', jsonLinesItems],
    [
      'CSV',
      (passage: Parameters<typeof jsonLinesItems>[0]) =>
        csvItems({ ...passage, headers: ['a'] }, { delimiter: ',' }),
    ],
  ] as const)('is made items of in pieces: %s', (_, parse) => {
    const first = parse({ text, isEnd: true, row: 0 });
    const second = parse(first.rest);
    expect(first.rest.text.length).toBeGreaterThan(0);
    expect(second.rest.text).toBe('');
    expect(first.items.length + second.items.length).toBe(text.length / line.length);
  });
});
