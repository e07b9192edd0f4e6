import { describe, expect, it } from 'vitest';
import { compileReferencePath, type ReferencePath } from '../../src/expression/jsonpath/reference-path.js';

function path(text: string): ReferencePath {
  const checked = compileReferencePath(text);
  if ('problem' in checked) throw new Error(checked.problem.message);
  return checked.value;
}

describe('a reference path', () => {
  it('reads the one place that it names', () => {
    expect(path('$').read(1)).toBe(1);
    expect(path('$.a[1].b').read({ a: [0, { b: 2 }] })).toBe(2);
    expect(path('$.a.b').read({ a: 1 })).toBeUndefined();
  });

  it('writes a copy and shares the rest', () => {
    const root = { a: { b: 1 }, c: { d: 2 } };
    const written = path('$.a.x.y').write(root, 5);
    expect(written).toEqual({ a: { b: 1, x: { y: 5 } }, c: { d: 2 } });
    expect(root).toEqual({ a: { b: 1 }, c: { d: 2 } });
    expect(path('$.c').read(written)).toBe(root.c);
    expect(path('$').write(root, 5)).toBe(5);
  });

  it('writes to items of arrays that are there', () => {
    expect(path('$.a[1]').write({ a: [1, 2] }, 5)).toEqual({ a: [1, 5] });
    expect(path('$[0].x').write([{}], 5)).toEqual([{ x: 5 }]);
    for (const root of [{ a: [1] }, { a: {} }, {}, { a: null }]) {
      expect(() => path('$.a[1]').write(root, 5)).toThrow(
        expect.objectContaining({ code: 'reference-path' }),
      );
    }
  });

  it('does not write into what is no object', () => {
    for (const root of [1, 'x', null, [1], { a: 1 }, { a: null }, { a: [] }]) {
      const text = root !== null && typeof root === 'object' && 'a' in root ? '$.a.b' : '$.a';
      expect(() => path(text).write(root, 5), JSON.stringify(root)).toThrow(
        expect.objectContaining({ code: 'reference-path' }),
      );
    }
  });

  it('takes __proto__ and constructor for plain names', () => {
    const written = path('$.__proto__.polluted').write({}, true);
    expect(JSON.stringify(written)).toBe('{"__proto__":{"polluted":true}}');
    expect(Object.getPrototypeOf(written)).toBe(Object.prototype);
    expect('polluted' in {}).toBe(false);
    expect(path('$.constructor.x').write({}, 1)).toEqual({ constructor: { x: 1 } });
    expect(path('$.constructor').read({})).toBeUndefined();
  });

  it('is nothing else: no search, no variables, no context', () => {
    for (const text of [
      '$.a[*]',
      '$..a',
      '$.a[0:1]',
      '$[0,1]',
      "$['a','b']",
      '$[?(@.a)]',
      '$$.a',
      '$v',
      '$[-1]',
    ]) {
      expect(compileReferencePath(text), text).toMatchObject({ problem: { code: 'reference-path' } });
    }
    expect(compileReferencePath('a')).toMatchObject({ problem: { code: 'jsonpath' } });
  });
});
