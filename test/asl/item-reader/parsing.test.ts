import { describe, expect, it } from 'vitest';
import { type CsvForm, csvItems } from '../../../src/asl/item-reader/csv.js';
import { jsonItems, jsonLinesItems } from '../../../src/asl/item-reader/json-text.js';
import { athenaFiles, inventoryOf } from '../../../src/asl/item-reader/manifest.js';
import { objectPart } from '../../../src/asl/item-reader/object.js';
import { objectPage } from '../../../src/asl/item-reader/object-list.js';
import type { Parsed, Passage } from '../../../src/asl/item-reader/passage.js';
import { MAX_CSV_HEADER_BYTES, MAX_ROW_LENGTH, MAX_WHOLE_TEXT } from '../../../src/asl/limits.js';
import type { Json } from '../../../src/core/json.js';
import { MAX_JSON_DEPTH } from '../../../src/core/limits.js';

const COMMA = { delimiter: ',' } as const;

/** An object that has come as a whole. */
const whole = (text: string): Passage => ({ text, isEnd: true, row: 0 });
const csv = (text: string, form: CsvForm = COMMA) => csvItems(whole(text), form).items;
const json = (text: string, pointer = '') => jsonItems(whole(text), pointer).items;
const lines = (text: string) => jsonLinesItems(whole(text)).items;

/** The items of an object that comes in parts, as they come. */
function inParts(parts: readonly string[], parse: (passage: Passage) => Parsed): Json[][] {
  let rest: Passage = { text: '', isEnd: false, row: 0 };
  return parts.map((part, index) => {
    const parsed = parse({ ...rest, text: rest.text + part, isEnd: index === parts.length - 1 });
    rest = parsed.rest;
    return [...parsed.items];
  });
}

describe('CSV', () => {
  it.each([
    ['a,b\n1,2\n', [{ a: '1', b: '2' }]],
    [
      'a,b\r\n1,2\r\n\r\n3,4',
      [
        { a: '1', b: '2' },
        { a: '3', b: '4' },
      ],
    ],
    [
      'a,b\n1\n1,2,3',
      [
        { a: '1', b: '' },
        { a: '1', b: '2' },
      ],
    ],
    ['a,b\n"x,\ny","q""q"', [{ a: 'x,\ny', b: 'q"q' }]],
    ['a,b\nx\\,y,\\"z\\\\\\n', [{ a: 'x,y', b: '"z\\n' }]],
    ['a,b\n x , "y"', [{ a: ' x ', b: ' "y"' }]],
    ['a,b\n,\n', [{ a: '', b: '' }]],
    ['__proto__\nx', [JSON.parse('{"__proto__":"x"}')]],
    ['a', []],
    ['', []],
  ])('%j holds %j', (text, items) => expect(csv(text)).toEqual(items));

  it.each(['|', ';', ' ', '\t'] as const)('is taken apart at %j', (delimiter) => {
    const text = `a${delimiter}b\n1,1${delimiter}2`;
    expect(csv(text, { delimiter })).toEqual([{ a: '1,1', b: '2' }]);
  });

  it('has the headers that it is given, and then none of its own', () => {
    expect(csv('1,2', { ...COMMA, headers: ['a', 'b'] })).toEqual([{ a: '1', b: '2' }]);
  });

  it('is refused with the same header twice, a quote that stays open, or a header that is too long', () => {
    expect(() => csv('a,a\n1,2')).toThrow('CSV headers cannot contain duplicates.');
    expect(() => csv('a\n"x')).toThrow('Row 2 of the CSV has a quote that is never closed.');
    const longest = 'h'.repeat(MAX_CSV_HEADER_BYTES);
    expect(csv(longest)).toEqual([]);
    expect(() => csv(`${longest}h`)).toThrow('more than 10240 bytes');
  });
});

describe('JSON', () => {
  it('is the list, or has it at a pointer', () => {
    expect(json('[1,{"a":2}]')).toEqual([1, { a: 2 }]);
    expect(json('{"a/b":[[3]]}', '/a~1b/0')).toEqual([3]);
  });

  it.each([
    ['{"a":1}', ''],
    ['{"a":1}', '/b'],
    ['{}', '/constructor'],
    ['1', ''],
  ])('%s has no list at "%s"', (text, pointer) => {
    expect(() => json(text, pointer)).toThrow('Attempting to map over non-iterable node.');
  });

  it('is refused where it is none, or nests too deep', () => {
    expect(() => json('[1,')).toThrow('The JSON cannot be parsed.');
    const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
    expect(json(nested(MAX_JSON_DEPTH))).toHaveLength(1);
    expect(() => json(nested(MAX_JSON_DEPTH + 1))).toThrow('nests deeper than 200 levels');
  });

  it('stands in lines of its own', () => {
    expect(lines('{"a":1}\r\n\n2')).toEqual([{ a: 1 }, 2]);
    expect(() => lines('1\n{')).toThrow('Line 2 of the JSONL cannot be parsed.');
  });
});

describe('an object that comes in parts', () => {
  const comma = (passage: Passage) => csvItems(passage, COMMA);

  it('gives the rows that are there, as CSV, wherever it is cut', () => {
    expect(inParts(['a,', 'b\n1,2\n3', ',4\n"x\n', 'y",5'], comma)).toEqual([
      [],
      [{ a: '1', b: '2' }],
      [{ a: '3', b: '4' }],
      [{ a: 'x\ny', b: '5' }],
    ]);
    const text = 'a,b\r\n1,"q""q"\r\n\r\nx\\,y,"z"\r\nlast,';
    for (let at = 0; at <= text.length; at++)
      expect(inParts([text.slice(0, at), text.slice(at)], comma).flat()).toEqual(csv(text));
  });

  it('gives the lines that are there, as JSONL, and says which is wrong', () => {
    expect(inParts(['{"a"', ':1}\n2', '\n\n3'], jsonLinesItems)).toEqual([[], [{ a: 1 }], [2, 3]]);
    expect(() => inParts(['1\n2', '\n{\n'], jsonLinesItems)).toThrow('Line 3 of the JSONL cannot be parsed.');
  });

  it('is read at its end, as JSON', () => {
    expect(inParts(['[1', ',2]'], (passage) => jsonItems(passage))).toEqual([[], [1, 2]]);
  });

  it.each([
    ['Row 2', `a\n"${'x'.repeat(MAX_ROW_LENGTH - 1)}`, comma],
    ['Line 2', `1\n${'x'.repeat(MAX_ROW_LENGTH)}`, jsonLinesItems],
  ])('fails at a row without end: %s', (where, text, parse) => {
    const begun = (text: string) => parse({ text, isEnd: false, row: 0 });
    expect(begun(text).rest.text).toHaveLength(MAX_ROW_LENGTH);
    const again = () => parse({ ...begun(text).rest, text: `${begun(text).rest.text}x` });
    expect(again).toThrow(`${where} has more than ${MAX_ROW_LENGTH} characters.`);
  });

  it('fails as JSON that is too long to be held', () => {
    const begun = (length: number) => jsonItems({ text: '['.padEnd(length), isEnd: false, row: 0 });
    expect(begun(MAX_WHOLE_TEXT).items).toEqual([]);
    expect(() => begun(MAX_WHOLE_TEXT + 1)).toThrow(`The JSON has more than ${MAX_WHOLE_TEXT} characters.`);
  });

  it('is the text that a handler gives, without a byte order mark', () => {
    expect(objectPart('\uFEFFa', {})).toEqual({ text: 'a' });
    expect(objectPart({ Body: 'a', ContentRange: null }, {})).toEqual({ text: 'a' });
    expect(() => objectPart({ Body: { a: 1 } }, {})).toThrow(
      'What gets the object gave no Body that is a text.',
    );
  });

  it('goes on behind its ContentRange, unless a Range was asked for', () => {
    const given = { Body: 'ab', ContentRange: 'bytes 0-1/4' };
    const progress = { from: 2, total: 4 };
    expect(objectPart(given, {})).toEqual({ text: 'ab', progress });
    expect(objectPart({ Body: 'cd', ContentRange: 'bytes 2-3/4' }, {}, progress)).toEqual({ text: 'cd' });
    expect(objectPart(given, { Range: 'bytes=0-1' })).toEqual({ text: 'ab' });
  });

  it.each([
    ['bytes 0-1/4', 'is not given from byte 2 on'],
    ['bytes 3-3/4', 'is not given from byte 2 on'],
    ['bytes 2-1/4', 'is not given from byte 2 on'],
    ['bytes 2-4/4', 'is not given from byte 2 on'],
    ['bytes 2-3/5', 'is not given from byte 2 on'],
    ['bytes */4', 'is no range of bytes'],
    [7, 'is no range of bytes'],
    [null, 'has no ContentRange'],
  ])('fails where its ContentRange %j leads nowhere', (ContentRange, words) => {
    expect(() => objectPart({ Body: 'x', ContentRange }, {}, { from: 2, total: 4 })).toThrow(words);
  });
});

describe('a manifest', () => {
  const inventory = { fileFormat: 'CSV', fileSchema: 'Bucket, Key', files: [{ key: 'data/a.csv' }] };

  it('of an inventory names its files and their columns', () => {
    const destinationBucket = 'arn:aws:s3:::there';
    expect(inventoryOf(JSON.stringify({ ...inventory, destinationBucket }), 'here')).toEqual({
      files: [{ Bucket: 'there', Key: 'data/a.csv' }],
      headers: ['Bucket', 'Key'],
    });
    expect(inventoryOf(JSON.stringify(inventory), 'here').files).toEqual([
      { Bucket: 'here', Key: 'data/a.csv' },
    ]);
  });

  it.each([
    [{ ...inventory, fileFormat: 'ORC' }, 'The files of the manifest are not CSV.'],
    [{ fileFormat: 'CSV' }, 'The manifest has no fileSchema, or no files.'],
    [{ ...inventory, files: [{}] }, 'File 0 of the manifest has no key.'],
    [[], 'The files of the manifest are not CSV.'],
  ])('%j is refused', (manifest, cause) => {
    expect(() => inventoryOf(JSON.stringify(manifest), 'here')).toThrow(cause);
  });

  it('of Athena names objects by their addresses', () => {
    expect(athenaFiles('s3://b/x/1.csv\n"s3://b/2.csv"\r\n')).toEqual([
      { Bucket: 'b', Key: 'x/1.csv' },
      { Bucket: 'b', Key: '2.csv' },
    ]);
    expect(() => athenaFiles('https://b/1')).toThrow(
      'The manifest names what is no object of S3: https://b/1',
    );
  });
});

describe('a page of objects', () => {
  it('tells of each what AWS tells, and where the next page begins', () => {
    const object = { Key: 'a', ETag: '"1"', Size: 3, LastModified: 1_668_699_881, StorageClass: 'STANDARD' };
    const page = objectPage({ Contents: [object], IsTruncated: true, NextContinuationToken: 't' });
    const { ETag: Etag, ...rest } = object;
    expect(page).toEqual({ items: [{ Etag, ...rest }], next: 't' });
  });

  it('may be empty, but no other thing', () => {
    expect(objectPage({ KeyCount: 0 })).toEqual({ items: [], next: undefined });
    expect(() => objectPage('x')).toThrow('What lists the objects gave no Contents.');
    expect(() => objectPage({ Contents: [{}] })).toThrow('An object that was listed has no Key.');
  });

  it('must lead somewhere else where it is cut off', () => {
    expect(() => objectPage({ IsTruncated: true })).toThrow('has no NextContinuationToken');
  });
});
