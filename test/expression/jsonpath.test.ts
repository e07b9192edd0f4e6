import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../src/core/json.js';
import {
  compilePath,
  type JsonPath,
  MAX_PATH_LENGTH,
  NULL_INPUT,
} from '../../src/expression/jsonpath/jsonpath.js';
import { MAX_FILTER_DEPTH } from '../../src/expression/jsonpath/path-parser.js';

function path(text: string): JsonPath {
  const checked = compilePath(text);
  if ('problem' in checked) throw new Error(checked.problem.message);
  return checked.value;
}

function read(text: string, input: Json, bindings?: JsonObject): Json | undefined {
  return path(text).evaluate(input, bindings === undefined ? {} : { bindings });
}

const shop = {
  name: 'corner',
  'delivery-partner': 'x',
  orders: [
    { id: 'a', qty: 1, tags: ['new'], price: 5 },
    { id: 'b', qty: 3, tags: ['new', 'gift'], price: null },
    { id: 'c', qty: 8, tags: [] },
  ],
};

describe('a definite path', () => {
  it('gives the value it finds, or undefined', () => {
    expect(read('$', 5)).toBe(5);
    expect(read('$.orders[1].qty', shop)).toBe(3);
    expect(read("$['orders'][-1]['id']", shop)).toBe('c');
    expect(read('$.delivery-partner', shop)).toBe('x');
    expect(read('$.orders[1].price', shop)).toBeNull();
    expect(read('$.orders[9].qty', shop)).toBeUndefined();
    expect(read('$.orders.qty', shop)).toBeUndefined();
    expect(read('$.name.length', shop)).toBeUndefined();
  });

  it('reads nothing from an input that is null, not even "$"', () => {
    for (const text of ['$', '$.a', '$[*]', '$..a']) {
      expect(() => read(text, null), text).toThrow(expect.objectContaining({ code: NULL_INPUT }));
    }
    expect(read('$v', null, { v: 1 })).toBe(1);
    expect(read('$$', null, { $$: {} })).toEqual({});
  });

  it('is known to lead out of an array, or not', () => {
    expect(path('$.orders[9]').isOutOfRange(shop)).toBe(true);
    expect(path('$.orders[-4].qty').isOutOfRange(shop)).toBe(true);
    for (const text of ['$.orders[0]', '$.orders[0].none', '$.none[0]', '$.name[0]']) {
      expect(path(text).isOutOfRange(shop), text).toBe(false);
    }
  });

  it('takes names for what they are, signs and calls of functions included', () => {
    expect(read('$.@type', { '@type': 1 })).toBe(1);
    expect(read("$.a,b'c", { "a,b'c": 1 })).toBe(1);
    expect(read('$.a*', { 'a*': 1 })).toBe(1);
    expect(read('$.list.length()', { list: [1] })).toBeUndefined();
    expect(read('$.max()', { 'max()': 1 })).toBe(1);
    expect(read('$.[0].["a"]', [{ a: 1 }])).toBe(1);
  });

  it('is known to be definite, others are not', () => {
    for (const text of ['$', '$.a[0]', "$['a b']", '$$.State.Name', '$v.x', "$['a','b']"]) {
      expect(path(text).definite, text).toBe(true);
    }
    for (const text of ['$.*', '$[*]', '$..a', '$[0,1]', '$[0:1]', '$[?(@.a)]', "$['a','b'].c"]) {
      expect(path(text).definite, text).toBe(false);
    }
  });

  it('starts at the input, the context object or a variable', () => {
    const bindings = { $$: { State: { Name: 'S' } }, größe: [1, 2] };
    expect(read('$$.State.Name', {}, bindings)).toBe('S');
    expect(read('$$', {}, bindings)).toEqual({ State: { Name: 'S' } });
    expect(read('$größe[1]', {}, bindings)).toBe(2);
    expect(read('$none.x', {}, bindings)).toBeUndefined();
    expect(path('$größe[1]').variable).toBe('größe');
    expect(path('$.a').variable).toBeUndefined();
  });

  it('reads escapes in quoted names', () => {
    expect(read(`$['it\\'s']["\\u0061\\n"]`, { "it's": { 'a\n': 1 } })).toBe(1);
  });

  it('picks several members into one object', () => {
    expect(read("$.orders[0]['id','nope','qty']", shop)).toEqual({ id: 'a', qty: 1 });
  });

  it('finds own properties only', () => {
    const input = JSON.parse('{"a": {"__proto__": 1}}');
    expect(read('$.a.__proto__', input)).toBe(1);
    for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
      expect(read(`$.${name}`, {}), name).toBeUndefined();
      expect(read(`$['${name}'].name`, {}), name).toBeUndefined();
      expect(read(`$${name}`, {}, {}), name).toBeUndefined();
    }
    expect(read('$.length', [1, 2])).toBeUndefined();
    expect(read("$..['constructor']", { a: { b: 1 } })).toEqual([]);
  });
});

describe('an indefinite path', () => {
  it('gives an array of everything it finds', () => {
    expect(read('$.orders[*].id', shop)).toEqual(['a', 'b', 'c']);
    expect(read('$.orders[0,2].id', shop)).toEqual(['a', 'c']);
    expect(read('$.orders[1:].id', shop)).toEqual(['b', 'c']);
    expect(read('$.orders[:-1].id', shop)).toEqual(['a', 'b']);
    expect(read('$.orders[-2:].id', shop)).toEqual(['b', 'c']);
    expect(read('$.orders[0:3:2].id', shop)).toEqual(['a', 'b', 'c']);
    expect(read('$.orders[2:0:-1].id', shop)).toEqual([]);
    expect(read('$.*.length', { a: 1 })).toEqual([]);
    expect(read('$.*', { a: 1, b: [2] })).toEqual([1, [2]]);
    expect(read('$[*]', [])).toEqual([]);
    expect(read('$.name[*]', shop)).toEqual([]);
    expect(read('$.orders[9].tags[*]', shop)).toEqual([]);
    expect(read('$.[?(@.year < 1999)].name', [{ year: 1998, name: 'x' }, { year: 1997 }])).toEqual(['x']);
  });

  it.each([
    '$.none[*]',
    '$.none..a',
    '$.name.x[*]',
    '$.name[0:1]',
    '$.name[0,1]',
    '$.name[?(@.a)]',
    '$v[*]',
  ])('finds not even an empty list if what it begins with leads nowhere: %s', (text) => {
    expect(read(text, shop)).toBeUndefined();
  });

  it('picks several members of each, and only at its end', () => {
    expect(read("$.orders[0:2]['id','none']", shop)).toEqual([{ id: 'a' }, { id: 'b' }]);
    expect(read("$..['id','price']", shop)).toEqual([
      { id: 'a', price: 5 },
      { id: 'b', price: null },
    ]);
    expect(() => read("$['a', 'b'].v", { a: { v: 1 } })).toThrow(
      "Multi properties can only be used as path leafs: $['a', 'b']",
    );
  });

  it('looks at what it comes to behind ".." once', () => {
    expect(read('$..[?(@.a == 1)]', [{ a: 1, b: { a: 1 } }])).toEqual([{ a: 1, b: { a: 1 } }, { a: 1 }]);
  });

  it('searches the depths with ".."', () => {
    expect(read('$..id', shop)).toEqual(['a', 'b', 'c']);
    expect(read('$..tags[0]', shop)).toEqual(['new', 'new']);
    expect(read('$..*', { a: [1, { b: 2 }] })).toEqual([[1, { b: 2 }], 1, { b: 2 }, 2]);
    expect(read("$..['qty']", shop)).toEqual([1, 3, 8]);
  });

  it.each<[string, string[]]>([
    ['@.qty == 3', ['b']],
    ["@.id != 'a'", ['b', 'c']],
    ['@.qty > 1 && @.qty <= 8', ['b', 'c']],
    ['@.qty < 2 || @.qty >= 8', ['a', 'c']],
    ['@.qty<2||@.qty>=8&&@.id', ['a', 'c']],
    ['!(@.qty == 3)', ['a', 'c']],
    ['@.price', ['a', 'b']],
    ['!@.price', ['c']],
    ['@.price == null', ['b']],
    ['@.price > 1', ['a']],
    ["@.id > 'a'", ['b', 'c']],
    ["@.id in ['a', 'c']", ['a', 'c']],
    ["@.id nin ['a', 'c']", ['b']],
    ["@.tags contains 'gift'", ['b']],
    ["@.tags anyof ['gift', 'x']", ['b']],
    ["@.tags noneof ['gift']", ['a', 'c']],
    ["@.tags subsetof ['new']", ['a', 'c']],
    ['@.tags size 2', ['b']],
    ['@.tags empty true', ['c']],
    ['@.price nin [5]', ['b', 'c']],
    ['@.price != @.none', ['a', 'b', 'c']],
    ['@.length() == 2', []],
    ["@['id'] == $.wanted", ['c']],
    ["@.tags[*] == ['new']", ['a']],
    ["'3' == @.qty", []],
    ['@.id > 1', []],
  ])('filters by %s', (filter, ids) => {
    expect(read(`$.orders[?(${filter})].id`, { ...shop, wanted: 'c' })).toEqual(ids);
  });

  it('filters an object itself', () => {
    expect(read('$[?(@.a == 1)]', { a: 1 })).toEqual([{ a: 1 }]);
  });

  it('has no "@" for scalars', () => {
    expect(read("$[?(@ == 'a')]", ['a'])).toEqual([]);
    expect(read('$[?(!@.a)]', [1, null, {}])).toEqual([{}]);
  });

  it('keeps what it finds within limits', () => {
    const zeros = (count: number) => `$[${Array.from({ length: count }, () => '0').join(',')}]`;
    const input = ['x'.repeat(1_000_000)];
    expect(read(zeros(8), input)).toHaveLength(8);
    expect(() => read(zeros(9), input)).toThrow(expect.objectContaining({ code: 'budget-text' }));
  });

  it('stops at its budget', () => {
    const wide = Array.from({ length: 2000 }, (_, i) => i);
    const nested = Array.from({ length: 2000 }, () => wide);
    expect(() => read('$..*', nested)).toThrow(expect.objectContaining({ code: 'budget-steps' }));
    expect(() =>
      read(
        '$[?(@.x in $)]',
        Array.from({ length: 2000 }, (_, x) => ({ x })),
      ),
    ).toThrow(expect.objectContaining({ code: 'budget-steps' }));
  });
});

describe('the text of a path', () => {
  it.each([
    '',
    'a',
    '$.',
    '$.a.',
    '$[',
    '$[]',
    '$[a]',
    "$['a",
    '$.a b',
    '$[?(@.a ==)]',
    '$[?(@.a ~ 1)]',
    '@.a',
    '$[1.5]',
    '$[:]',
    '$[::2]',
    '$...a',
  ])('is refused if it is %j', (text) => {
    expect(compilePath(text)).toMatchObject({
      problem: { code: 'jsonpath', line: 1, column: expect.any(Number) },
    });
  });

  it('is refused with a clear word for regular expressions', () => {
    expect(compilePath('$[?(@.a =~ /x/)]')).toMatchObject({ problem: { code: 'jsonpath-operator' } });
  });

  it('may be so long and no longer', () => {
    const name = 'a'.repeat(MAX_PATH_LENGTH - 2);
    expect(compilePath(`$.${name}`)).toHaveProperty('value');
    expect(compilePath(`$.${name}a`)).toMatchObject({ problem: { code: 'jsonpath-length' } });
  });

  it('may nest filters so deep and no deeper', () => {
    const nested = (depth: number) => `$[?(${'('.repeat(depth)}@.a${')'.repeat(depth)})]`;
    // The filter and its condition are levels themselves, and each parenthesis is two.
    const most = MAX_FILTER_DEPTH / 2 - 1;
    expect(compilePath(nested(most))).toHaveProperty('value');
    expect(compilePath(nested(most + 1))).toMatchObject({ problem: { code: 'jsonpath' } });
  });
});
