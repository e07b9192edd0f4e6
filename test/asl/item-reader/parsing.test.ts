import { describe, expect, it } from 'vitest';
import { csvItems } from '../../../src/asl/item-reader/csv.js';
import { jsonItems, jsonLinesItems } from '../../../src/asl/item-reader/json-text.js';
import { athenaFiles, inventoryOf } from '../../../src/asl/item-reader/manifest.js';
import { objectPage } from '../../../src/asl/item-reader/object-list.js';
import { MAX_CSV_HEADER_BYTES } from '../../../src/asl/limits.js';
import { MAX_JSON_DEPTH } from '../../../src/core/limits.js';

const COMMA = { delimiter: ',' };

describe('CSV', () => {
  it.each([
    ['a,b\n1,2\n', [{ a: '1', b: '2' }]],
    [
      '\uFEFFa,b\r\n1,2\r\n\r\n3,4',
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
  ])('%j holds %j', (text, items) => expect(csvItems(text, COMMA)).toEqual(items));

  it.each(['|', ';', ' ', '\t'])('is taken apart at %j', (delimiter) => {
    const text = `a${delimiter}b\n1,1${delimiter}2`;
    expect(csvItems(text, { delimiter })).toEqual([{ a: '1,1', b: '2' }]);
  });

  it('has the headers that it is given, and then none of its own', () => {
    expect(csvItems('1,2', { ...COMMA, headers: ['a', 'b'] })).toEqual([{ a: '1', b: '2' }]);
  });

  it('is refused with the same header twice, a quote that stays open, or a header that is too long', () => {
    expect(() => csvItems('a,a\n1,2', COMMA)).toThrow('CSV headers cannot contain duplicates.');
    expect(() => csvItems('a\n"x', COMMA)).toThrow('The quote at character 3 of the CSV is never closed.');
    const longest = 'h'.repeat(MAX_CSV_HEADER_BYTES);
    expect(csvItems(longest, COMMA)).toEqual([]);
    expect(() => csvItems(`${longest}h`, COMMA)).toThrow('more than 10240 bytes');
  });
});

describe('JSON', () => {
  it('is the list, or has it at a pointer', () => {
    expect(jsonItems('[1,{"a":2}]')).toEqual([1, { a: 2 }]);
    expect(jsonItems('{"a/b":[[3]]}', '/a~1b/0')).toEqual([3]);
  });

  it.each([
    ['{"a":1}', ''],
    ['{"a":1}', '/b'],
    ['{}', '/constructor'],
    ['1', ''],
  ])('%s has no list at "%s"', (text, pointer) => {
    expect(() => jsonItems(text, pointer)).toThrow('Attempting to map over non-iterable node.');
  });

  it('is refused where it is none, or nests too deep', () => {
    expect(() => jsonItems('[1,')).toThrow('The JSON cannot be parsed.');
    const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
    expect(jsonItems(nested(MAX_JSON_DEPTH))).toHaveLength(1);
    expect(() => jsonItems(nested(MAX_JSON_DEPTH + 1))).toThrow('nests deeper than 200 levels');
  });

  it('stands in lines of its own', () => {
    expect(jsonLinesItems('{"a":1}\r\n\n2')).toEqual([{ a: 1 }, 2]);
    expect(() => jsonLinesItems('1\n{')).toThrow('Line 2 of the JSONL cannot be parsed.');
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
});
