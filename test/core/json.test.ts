import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  canonicalText,
  isJsonObject,
  type Json,
  jsonEqual,
  own,
  put,
  toJson,
  utf8Length,
} from '../../src/core/json.js';
import { MAX_JSON_DEPTH } from '../../src/core/limits.js';

const json = fc.jsonValue() as fc.Arbitrary<Json>;

describe('toJson', () => {
  it('gives back any JSON value unchanged, and JSON.parse gives the same from its text', () => {
    fc.assert(
      fc.property(json, (value) => {
        const checked = toJson(value);
        const expected = JSON.parse(JSON.stringify(value)) as Json;
        return 'value' in checked && jsonEqual(checked.value, expected);
      }),
    );
  });

  it.each([
    ['NaN', { a: [1, Number.NaN] }, '/a/1'],
    ['an infinity', { a: Number.POSITIVE_INFINITY }, '/a'],
    ['a function', { 'x/y': { '~': () => 1 } }, '/x~1y/~0'],
    ['a bigint', 1n, ''],
    ['a symbol', [Symbol('s')], '/0'],
    ['a Map', { m: new Map() }, '/m'],
    ['an invalid Date', new Date(Number.NaN), ''],
  ])('refuses %s and says where it stands', (_what, value, path) => {
    expect(toJson(value)).toMatchObject({ problem: { code: 'not-json', path } });
  });

  it('refuses a value that contains itself', () => {
    const loop: Record<string, unknown> = {};
    loop['self'] = { loop };
    expect(toJson(loop)).toMatchObject({ problem: { path: '/self/loop' } });
  });

  it('takes the same object twice side by side', () => {
    const shared = { a: 1 };
    expect(toJson([shared, shared])).toEqual({ value: [{ a: 1 }, { a: 1 }] });
  });

  it('takes what is nested to the limit, and refuses one level more', () => {
    const nested = (levels: number): unknown => (levels === 0 ? 1 : [nested(levels - 1)]);
    expect(toJson(nested(MAX_JSON_DEPTH))).toHaveProperty('value');
    expect(toJson(nested(MAX_JSON_DEPTH + 1))).toMatchObject({ problem: { code: 'not-json' } });
  });

  it('keeps __proto__ as a plain key and pollutes nothing', () => {
    const checked = toJson(JSON.parse('{"__proto__": {"polluted": true}}'));
    expect(JSON.stringify('value' in checked && checked.value)).toBe('{"__proto__":{"polluted":true}}');
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});

describe('own and put', () => {
  it('do not see a prototype', () => {
    expect(own({}, 'constructor')).toBeUndefined();
    expect(own({}, '__proto__')).toBeUndefined();
    const target: Record<string, Json> = {};
    put(target, '__proto__', 'mine');
    expect(own(target, '__proto__')).toBe('mine');
    expect(Object.getPrototypeOf(target)).toBe(Object.prototype);
  });
});

describe('jsonEqual and canonicalText', () => {
  it('agree about every pair', () => {
    fc.assert(
      fc.property(json, json, (a, b) => {
        // Zero has two signs in JavaScript and one in JSON.
        const same = JSON.stringify(a) === JSON.stringify(b) || canonicalText(a) === canonicalText(b);
        return jsonEqual(a, b) === same;
      }),
    );
  });

  it('do not care about the order of keys', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), json), (object) => {
        const reversed: Record<string, Json> = {};
        for (const key of Object.keys(object).reverse()) put(reversed, key, object[key] ?? null);
        return jsonEqual(object, reversed) && canonicalText(object) === canonicalText(reversed);
      }),
    );
  });

  it('tell an array from an object with its indexes', () => {
    expect(jsonEqual(['a'], { 0: 'a' })).toBe(false);
    expect(isJsonObject([])).toBe(false);
  });
});

describe('utf8Length', () => {
  it('counts what an encoder writes', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        (text) => utf8Length(text) === new TextEncoder().encode(text).length,
      ),
    );
  });

  it('counts a lone surrogate as the three bytes of its replacement', () => {
    expect(utf8Length('\ud800')).toBe(3);
    expect(utf8Length('\udc00a')).toBe(4);
    expect(utf8Length('\ud800\ud800')).toBe(6);
  });
});
