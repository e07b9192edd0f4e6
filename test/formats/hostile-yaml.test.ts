import { describe, expect, it } from 'vitest';
import { MAX_DEFINITION_BYTES, MAX_JSON_DEPTH } from '../../src/core/limits.js';
import { parseSource } from '../../src/formats/source.js';

const told = (text: string, file = 'a.yaml') =>
  parseSource(text, { file }).problems.map(({ code, path, line }) => `${code} ${path} ${line}`);

describe('YAML with aliases', () => {
  it.each([
    ['in itself', 'a: &x [1, *x]', 'yaml-alias /a/1 1'],
    ['in a member of itself', 'a: &x\n  b: { c: *x }', 'yaml-alias /a/b/c 2'],
    ['in the document', '&x\na: *x', 'yaml-alias /a 2'],
    ['as a key of itself', '&x { ? *x : 1 }', 'yaml-key  1'],
    ['in each other', 'a: &x [&y [*x]]\nb: *y', 'yaml-alias /a/0/0 1'],
  ])('that stand for what they stand in, %s, says so', (_, text, problem) => {
    expect(told(text)).toEqual([problem]);
  });

  it('of which each is ten of the one before is refused at once', () => {
    const lines = ['a0: &a0 laughs'];
    for (let n = 1; n <= 60; n++)
      lines.push(
        `a${n}: &a${n} [${Array(10)
          .fill(`*a${n - 1}`)
          .join(', ')}]`,
      );
    const { source, problems } = parseSource(lines.join('\n'));
    expect(source).toBeUndefined();
    expect(problems[0]?.code).toBe('too-large');
    expect(problems[0]?.message).toContain(String(MAX_DEFINITION_BYTES));
  });

  it('that pile up depth is taken at the limit and refused one level beyond', () => {
    // Half of the levels written out, and half of them by an alias.
    const half = MAX_JSON_DEPTH / 2 - 1;
    const nested = (inner: string) => `${'['.repeat(half)}${inner}${']'.repeat(half)}`;
    const text = (inner: string) => `a: &x ${nested('[1]')}\nb: ${nested(inner)}`;
    expect(told(text('*x'))).toEqual([]);
    expect(told(text('[*x]'))[0]).toMatch(/^too-deep /);
  });
});

describe('what YAML has and JSON has not', () => {
  it.each([
    ['not a number', 'a: .nan', 'not-json /a 1'],
    ['infinity', 'a: [.inf, -.Inf]', 'not-json /a/0 1'],
    ['binary', 'a: !!binary aGk=', 'yaml-tag /a 1'],
    ['a timestamp with its tag', 'a: !!timestamp 2001-12-14', 'yaml-tag /a 1'],
    ['a tag of its own', 'a: !js/function "x"', 'yaml-tag /a 1'],
    ['a set', 'a: !!set { x }', 'yaml-tag /a 1'],
    ['a merge key', 'base: &b { x: 1 }\na:\n  <<: *b\n  y: 2', 'yaml-merge /a/<< 3'],
    ['a key that is a list', '? [a]\n: 1', 'yaml-key  1'],
    ['a key that is nothing', '~: 1', 'yaml-key  1'],
    ['tabs for indentation', 'a:\n\tb: 1', 'yaml-syntax  2'],
    ['a key that stands twice', 'a: 1\nb: 2\na: 3', 'duplicate-key /a 3'],
    ['a document of YAML 1.1', '%YAML 1.1\n---\na: 1', 'yaml-version  1'],
    ['two documents', 'a: 1\n---\nb: 2', 'several-documents  2'],
  ])('is refused, with its place: %s', (_, text, problem) => {
    expect(told(text)[0]).toBe(problem);
  });

  it('is a text where it looks like a date, or like a merge key in quotes', () => {
    expect(parseSource('a: 2001-12-14\nb: 12:30:45\n"<<": x').source).toEqual({
      a: '2001-12-14',
      b: '12:30:45',
      '<<': 'x',
    });
  });

  it('may begin with a byte order mark, and end its lines as Windows does', () => {
    expect(parseSource('\ufeffa: 1\r\nb:\r\n  - x\r\n').source).toEqual({ a: 1, b: ['x'] });
    expect(told('\ufeffa: 1\r\nb: 2\r\na: 3\r\n')).toEqual(['duplicate-key /a 3']);
    expect(parseSource('\ufeff{"a":\r\n1}', { file: 'a.json' }).source).toEqual({ a: 1 });
  });

  it('keeps halves of characters that are written as escapes', () => {
    expect(parseSource('"\\uD800": "\\udfff"').source).toEqual({ '\ud800': '\udfff' });
    expect(parseSource('{"\\ud800": "\\udfff"}', { file: 'a.json' }).source).toEqual({ '\ud800': '\udfff' });
  });

  it('has keys as long as they come, of which YAML wants the very long ones marked', () => {
    const name = 'x'.repeat(100_000);
    const keyOf = (text: string, file = 'a.yaml') =>
      Object.keys(Object(parseSource(text, { file }).source))[0] === name;
    expect(keyOf(`? ${name}\n: 1`)).toBe(true);
    expect(keyOf(`{"${name}": 1}`, 'a.json')).toBe(true);
    expect(told(`${name}: 1`)[0]).toMatch(/^yaml-syntax /);
  });
});

describe('a number beyond 2^53', () => {
  it.each(['a.yaml', 'a.json'])('is warned of where it is not what it says it is: %s', (file) => {
    const text = '{"a": [9007199254740993, -12345678901234567890]}';
    const { source, problems } = parseSource(text, { file });
    expect(problems.map(({ code, path, severity }) => [code, path, severity])).toEqual([
      ['inexact-number', '/a/0', 'warning'],
      ['inexact-number', '/a/1', 'warning'],
    ]);
    expect(source).toEqual({ a: [Number('9007199254740993'), Number('-12345678901234567890')] });
  });

  it.each([
    '9007199254740992',
    '18014398509481984',
    '1000000000000000000000',
    '12345678901234567000',
    '0.1',
    '1e300',
  ])('is not warned of where it is: %s', (text) => {
    expect(parseSource(text, { file: 'a.json' }).problems).toEqual([]);
    expect(parseSource(text).problems).toEqual([]);
  });

  it('never hides an error behind warnings', () => {
    const text = `[${Array(100).fill('9007199254740993').join(', ')}, .nan]`;
    const codes = parseSource(text).problems.map(({ code }) => code);
    expect(codes.filter((code) => code === 'inexact-number')).toHaveLength(10);
    expect(codes.at(-1)).toBe('not-json');
  });
});
