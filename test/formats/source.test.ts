import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from '../../src/core/json.js';
import { MAX_DEFINITION_BYTES, MAX_JSON_DEPTH } from '../../src/core/limits.js';
import { locateProblems, parseSource } from '../../src/formats/source.js';
import { MAX_FAULTS } from '../../src/formats/tree.js';

const FORMATS = [
  { name: 'YAML', file: 'm.yaml' },
  { name: 'JSON', file: 'm.json' },
];

/** What is wrong with a text, as `line:column code`. */
function faults(text: string, file = 'm.yaml'): string[] {
  return parseSource(text, { file }).problems.map(({ line, column, code }) => `${line}:${column} ${code}`);
}

describe.each(FORMATS)('a definition in $name', ({ file }) => {
  it('reads any JSON text as JSON.parse does', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 5 }), fc.constantFrom(undefined, 1, '\t'), (text, indent) => {
        const value = JSON.parse(text) as Json;
        const parsed = parseSource(JSON.stringify(value, null, indent), { file });
        expect(parsed.problems).toEqual([]);
        expect(parsed.source).toEqual(value);
      }),
    );
  });

  it('keeps hostile keys as own keys', () => {
    const { source } = parseSource('{"__proto__": {"a": 1}, "constructor": 2}', { file });
    expect(Object.keys(source as object)).toEqual(['__proto__', 'constructor']);
    expect(JSON.stringify(source)).toBe('{"__proto__":{"a":1},"constructor":2}');
  });

  it('refuses a key that stands twice, and says where', () => {
    expect(faults('{"a": {"b": 1,\n "b": 2}, "a": 3}', file)).toEqual([
      '2:2 duplicate-key',
      '2:11 duplicate-key',
    ]);
  });

  it('reports so many faults and no more', () => {
    const twice = (count: number) => `{"a": 1${', "a": 1'.repeat(count)}}`;
    expect(faults(twice(MAX_FAULTS), file)).toHaveLength(MAX_FAULTS);
    expect(faults(twice(MAX_FAULTS + 1), file)).toHaveLength(MAX_FAULTS);
  });

  it('refuses numbers that JSON cannot hold', () => {
    expect(faults('{"a": 1e999}', file)).toEqual(['1:7 not-json']);
  });

  it('takes the deepest value allowed and refuses one level more', () => {
    const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
    expect(faults(nested(MAX_JSON_DEPTH), file)).toEqual([]);
    expect(faults(nested(MAX_JSON_DEPTH + 1), file)).toEqual([`1:${MAX_JSON_DEPTH + 1} too-deep`]);
  });

  it('takes the largest text allowed and refuses one byte more', () => {
    const text = `"${'é'.repeat(MAX_DEFINITION_BYTES / 2 - 1)}"`;
    expect(faults(text, file)).toEqual([]);
    expect(parseSource(`${text} `, { file }).problems.map(({ code }) => code)).toEqual(['too-large']);
  });

  it('finds every value that a pointer names', () => {
    const { locate } = parseSource('{"a/b": [1,\n {"~": null}]}', { file });
    expect(locate('')).toEqual({ line: 1, column: 1 });
    expect(locate('/a~1b/0')).toEqual({ line: 1, column: 10 });
    expect(locate('/a~1b/1/~0')).toEqual({ line: 2, column: 8 });
    expect(locate('/a~1b/1/~0', 'key')).toEqual({ line: 2, column: 3 });
    expect(locate('/a~1b/2')).toBeUndefined();
    expect(locate('/b')).toBeUndefined();
  });

  it('survives any text without throwing', () => {
    const piece = fc.constantFrom(
      ...'{}[]:,-?&*!|>%@`"\'#\n\t a0',
      '\n  ',
      'a: ',
      '- ',
      '&a ',
      '*a ',
      '"a":',
      '---\n',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const parsed = parseSource(pieces.join(''), { file });
        // A key that stands twice leaves enough to find more problems in.
        const grave = parsed.problems.filter(({ code }) => code !== 'duplicate-key');
        expect(parsed.source === undefined).toBe(grave.length > 0);
        for (const { line, column } of parsed.problems) expect([line, column]).not.toContain(undefined);
        if (parsed.source !== undefined) JSON.stringify(parsed.source);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('a definition in YAML', () => {
  it('is YAML 1.2: on and no are texts', () => {
    expect(parseSource('on: {GO: no}').source).toEqual({ on: { GO: 'no' } });
  });

  it('takes a plain number as a key, as written', () => {
    expect(parseSource('after:\n  1000: a\n  1e3: b').source).toEqual({ after: { '1000': 'a', '1e3': 'b' } });
  });

  it.each([
    ['a tab as indentation', 'a:\n\tb: 1', '2:1 yaml-syntax'],
    ['a bracket without its end', 'a: [1', '1:6 yaml-syntax'],
    ['a second document', 'a: 1\n---\nb: 2', '2:1 several-documents'],
    ['YAML 1.1', '%YAML 1.1\n---\non: 1', '1:1 yaml-version'],
    ['NaN', 'a: .nan', '1:4 not-json'],
    ['a tag of its own', 'a: !Sub x', '1:9 yaml-tag'],
    ['a tag without a JSON form', 'a: !!binary aGk=', '1:13 yaml-tag'],
    ['a collection as a key', '? [a]\n: b', '1:3 yaml-key'],
    ['no key', ': b', '1:1 yaml-key'],
    ['a number and a text that are one key in JSON', '1: a\n"1": b', '2:1 duplicate-key'],
    ['an alias of nothing', 'a: *b', '1:4 yaml-alias'],
    ['an alias within its own anchor', 'a: &b [*b]', '1:8 yaml-alias'],
  ])('refuses %s', (_, text, fault) => {
    expect(faults(text)).toContain(fault);
  });

  it('follows aliases, and finds what they stand for', () => {
    const { source, locate } = parseSource('a: &x {b: 1}\nc: *x\nd: [*x]');
    expect(source).toEqual({ a: { b: 1 }, c: { b: 1 }, d: [{ b: 1 }] });
    expect(locate('/c/b')).toEqual({ line: 1, column: 11 });
    expect(locate('/c')).toEqual({ line: 2, column: 4 });
  });

  it('refuses aliases that multiply into gigabytes, at once', () => {
    const rows = Array.from({ length: 30 }, (_, i) => `l${i + 1}: &l${i + 1} [*l${i}, *l${i}]`);
    const [fault] = parseSource(['l0: &l0 [x]', ...rows].join('\n')).problems;
    expect(fault?.code).toBe('too-large');
  });

  it('refuses aliases that pile up depth', () => {
    const rows = Array.from({ length: MAX_JSON_DEPTH }, (_, i) => `l${i + 1}: &l${i + 1} [*l${i}]`);
    expect(faults(['l0: &l0 []', ...rows].join('\n'))[0]).toMatch(/too-deep$/);
    expect(faults(['l0: &l0 []', ...rows.slice(0, MAX_JSON_DEPTH - 2)].join('\n'))).toEqual([]);
  });

  it('refuses a million open brackets before they are composed', () => {
    expect(faults('['.repeat(1_000_000))[0]).toMatch(/too-deep$/);
    expect(faults('- '.repeat(1_000_000))[0]).toMatch(/too-deep$/);
  });

  it('may begin with a byte order mark', () => {
    expect(parseSource('\ufeffa: 1').source).toEqual({ a: 1 });
  });
});

describe('a definition in JSON', () => {
  it.each([
    ['{a: 1}', '1:2 json-syntax'],
    ['{"a": 1,}', '1:9 json-syntax'],
    ["{'a': 1}", '1:2 json-syntax'],
    ['[1 2]', '1:4 json-syntax'],
    ['{"a" 1}', '1:6 json-syntax'],
    ['', '1:1 json-syntax'],
    ['tru', '1:1 json-syntax'],
    ['01', '1:2 json-syntax'],
    ['"a\nb"', '1:3 json-syntax'],
    ['"\\x"', '1:3 json-syntax'],
    ['"ab', '1:1 json-syntax'],
    ['[1,\n// no\n2]', '2:1 json-syntax'],
    ['1 1', '1:3 json-syntax'],
  ])('is strict: %j', (text, fault) => {
    expect(() => JSON.parse(text)).toThrow();
    expect(faults(text, 'm.json')).toEqual([fault]);
  });

  it('says what it found and what it expected', () => {
    const message = (text: string) => parseSource(text, { file: 'm.json' }).problems[0]?.message;
    expect(message('{"a": yes}')).toBe('expected a value, found "yes"');
    expect(message('{"a": 1')).toBe('expected "," or "}", found the end of the text');
  });
});

describe('the problems of a language', () => {
  const parsed = parseSource('initial: a\nstates:\n  a:\n    onn: {GO: b}\n', { file: 'shop/m.yaml' });
  const locate = (code: string, path: string) => {
    const [problem] = locateProblems([{ code, message: 'm', path }], parsed);
    return `${problem?.file}:${problem?.line}:${problem?.column}`;
  };

  it('stand at the value they are about', () => {
    expect(locate('unknown-target', '/initial')).toBe('shop/m.yaml:1:10');
    expect(locate('unknown-target', '/states/a/onn/GO')).toBe('shop/m.yaml:4:15');
  });

  it('stand at the key if they are about the key or a collection', () => {
    expect(locate('unknown-key', '/initial')).toBe('shop/m.yaml:1:1');
    expect(locate('missing', '/states/a')).toBe('shop/m.yaml:3:3');
  });

  it('stand at the nearest value around what does not exist', () => {
    expect(locate('missing', '/states/a/initial/0')).toBe('shop/m.yaml:3:3');
    expect(locate('missing', '/nowhere')).toBe('shop/m.yaml:1:1');
  });

  it('come in the order of the text', () => {
    const paths = ['/states/a', '/nowhere', '/states/a/onn', '/initial'];
    const found = paths.map((path) => ({ code: 'x', message: 'm', path }));
    expect(locateProblems(found, parsed).map(({ line }) => line)).toEqual([1, 1, 3, 4]);
  });
});
