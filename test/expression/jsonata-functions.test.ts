import { describe, expect, it } from 'vitest';
import { Chance } from '../../src/core/chance.js';
import type { Json } from '../../src/core/json.js';
import { compileJsonata } from '../../src/expression/jsonata/jsonata.js';
import { DIALECTS, type Dialect } from '../../src/expression/jsonata/library.js';

function evaluate(text: string, dialect?: Dialect): Json | undefined {
  const checked = compileJsonata(text, dialect);
  if ('problem' in checked) throw new Error(`${checked.problem.code}: ${checked.problem.message}`);
  return checked.value.evaluate({}, { chance: new Chance('test') });
}

const CASES: Readonly<Record<string, readonly [string, Json | undefined][]>> = {
  texts: [
    ['$string([1, {"a": null}, "b"])', '[1,{"a":null},"b"]'],
    ['$string(0.1 + 0.2)', '0.3'],
    ['$string({"a": [1]}, true)', '{\n  "a": [\n    1\n  ]\n}'],
    ['$length("a😀")', 2],
    ['$substring("hello", 1, 3)', 'ell'],
    ['$substring("hello", -3)', 'llo'],
    ['$substring("a😀b", 1, 1)', '😀'],
    ['$substringBefore("a-b-c", "-")', 'a'],
    ['$substringAfter("a-b-c", "-")', 'b-c'],
    ['$substringAfter("abc", "-")', 'abc'],
    ['$uppercase("ß") & $lowercase("ÄB")', 'SSäb'],
    ['$trim("  a \\n b ")', 'a b'],
    ['$pad("x", 3) & $pad("x", -3, "ab")', 'x  abx'],
    ['$join(["a", "b"], "-")', 'a-b'],
    ['$contains("abc", "b") and $contains("abc", /^A/i)', true],
    ['$split("a,b,,c", ",")', ['a', 'b', '', 'c']],
    ['$split("a1b22c", /\\d+/, 2)', ['a', 'b']],
    ['$replace("aXbX", "X", "-", 1)', 'a-bX'],
    ['$replace("John Smith", /(\\w+) (\\w+)/, "$2, $1")', 'Smith, John'],
    ['$replace("abc", /b/, function($m) { $uppercase($m.match) })', 'aBc'],
    ['$match("ab ac", /a(.)/).groups', ['b', 'c']],
    ['"abc" ~> /b/ ~> $exists', true],
    ['$base64encode("Ab~") & $base64decode("QWJ+")', 'QWJ+Ab~'],
    ['$encodeUrlComponent("a b/ü") & $decodeUrlComponent("a%20b")', 'a%20b%2F%C3%BCa b'],
    ['$encodeUrl("http://x/ä?q=1") & $decodeUrl("%C3%A4")', 'http://x/%C3%A4?q=1ä'],
  ],
  numbers: [
    ['$number("0x1F") + $number("1e2") + $number(true)', 132],
    ['[$abs(-2), $floor(-1.5), $ceil(1.2), $sqrt(9), $power(2, 8)]', [2, -2, 2, 3, 256]],
    ['[$round(2.5), $round(3.5), $round(1.005, 2), $round(1234, -2)]', [2, 4, 1, 1200]],
    ['$formatBase(255, 16) & $formatBase(5, 2)', 'ff101'],
    ['[$sum([1, 2]), $max([1, 3, 2]), $min([2, 1]), $average([1, 2])]', [3, 3, 1, 1.5]],
    ['$sum([])', 0],
    ['$max([])', undefined],
  ],
  booleans: [
    [
      '[$boolean([0, 0]), $boolean([0, 1]), $boolean({}), $boolean("0"), $not(null)]',
      [false, true, false, true, true],
    ],
    ['[$exists(nothing), $exists(null)]', [false, true]],
    [
      '[$type(null), $type([]), $type({}), $type(1), $type($sum)]',
      ['null', 'array', 'object', 'number', 'function'],
    ],
  ],
  arrays: [
    ['[$count([1, 2]), $count(nothing), $count("a")]', [2, 0, 1]],
    ['$append([1], 2) ~> $append(3)', [1, 2, 3]],
    ['$reverse([1, 2, 3])', [3, 2, 1]],
    ['$sort([3, 1, 2])', [1, 2, 3]],
    ['$sort(["b", "a"], function($a, $b) { $a < $b })', ['b', 'a']],
    ['$distinct([1, "1", 1, {"a": 1}, {"a": 1}])', [1, '1', { a: 1 }]],
    [
      '$zip([1, 2, 3], ["a", "b"])',
      [
        [1, 'a'],
        [2, 'b'],
      ],
    ],
  ],
  objects: [
    ['$keys([{"a": 1}, {"b": 1, "a": 2}])', ['a', 'b']],
    ['$lookup([{"a": 1}, {"a": 2}], "a")', [1, 2]],
    ['$spread({"a": 1, "b": 2})', [{ a: 1 }, { b: 2 }]],
    ['$merge([{"a": 1}, {"a": 2, "b": 3}])', { a: 2, b: 3 }],
    ['$sift({"a": 1, "b": 2}, function($v, $k) { $k = "b" })', { b: 2 }],
    ['$each({"a": 1, "b": 2}, function($v, $k) { $k & $v })', ['a1', 'b2']],
    ['$clone({"a": [1]})', { a: [1] }],
  ],
  'functions on functions': [
    ['$map([1, 2, 3], function($v, $i, $a) { $v + $i + $count($a) })', [4, 6, 8]],
    ['$map(["a", "b"], $uppercase)', ['A', 'B']],
    ['$filter([1, 2, 3], function($v) { $v > 1 })', [2, 3]],
    ['$single([1, 2], function($v) { $v = 2 })', 2],
    ['$reduce([1, 2, 3], function($a, $v) { $a * 10 + $v })', 123],
    ['$reduce([1, 2], function($a, $v) { $a + $v }, 10)', 13],
  ],
};

describe('the function library', () => {
  for (const [family, cases] of Object.entries(CASES)) {
    it.each(cases)(`has ${family}: %s`, (text, value) => {
      expect(evaluate(text)).toEqual(value);
    });
  }

  it('gives nothing for nothing', () => {
    const needsMore = new Set([
      'count',
      'exists',
      'now',
      'millis',
      'random',
      'error',
      'assert',
      'append',
      'zip',
      'sum',
    ]);
    const [handlers, pairs] = [['map', 'filter', 'single', 'reduce', 'sift', 'each'], ['match']];
    for (const name of DIALECTS.jsonata.functions.keys()) {
      if (needsMore.has(name)) continue;
      const rest = handlers.includes(name)
        ? ', function($a, $b) { $a }'
        : pairs.includes(name)
          ? ', /x/'
          : '';
      const second = ['substring', 'power', 'pad'].includes(name) ? ', 1' : '';
      const texts = [
        'substringBefore',
        'substringAfter',
        'contains',
        'split',
        'lookup',
        'formatNumber',
        'formatInteger',
      ];
      const third = [...texts, 'parseInteger'].includes(name)
        ? ', "0"'
        : name === 'replace'
          ? ', "a", "b"'
          : '';
      expect(evaluate(`$${name}(nothing${rest}${second}${third})`), name).toBeUndefined();
    }
  });

  it('takes the context for an argument that is left out', () => {
    expect(evaluate('["a", "b"].$uppercase()')).toEqual(['A', 'B']);
    expect(evaluate('["a-b"].$substringBefore("-")')).toBe('a');
    expect(evaluate('[4, 9].$sqrt()')).toEqual([2, 3]);
  });

  it('checks the arguments of functions that declare what they take', () => {
    expect(evaluate('function($a, $b)<n-s?:s>{ $string($a) & $b }(1)')).toBe('1');
    expect(evaluate('[1, 2].(function($a)<n-:n>{ $a + 1 })()')).toEqual([2, 3]);
    expect(evaluate('function($a)<a<n>:n>{ $count($a) }(5)')).toBe(1);
    expect(() => evaluate('function($a)<n:n>{ $a }("x")')).toThrow(
      expect.objectContaining({ code: 'T0410' }),
    );
  });

  it('has what Step Functions adds in its dialect only', () => {
    const states: readonly [string, Json][] = [
      ['$partition([1, 2, 3], 2)', [[1, 2], [3]]],
      [
        '$partition([1, 2, 3, 4], 2.9)',
        [
          [1, 2],
          [3, 4],
        ],
      ],
      ['$partition([1, 2, 3])', [[1, 2, 3]]],
      ['$partition([0], 5)', [[0]]],
      ['$range(0, 10, 5)', [0, 5, 10]],
      ['$range(-1.7, 2, 1)', [-1, 0, 1, 2]],
      ['$range(5, 1, -1.5)', [5, 4, 3, 2, 1]],
      ['$range(3, 3, 1)', 3],
      ['$count($range(1, 200000, 1))', 200_000],
      ['$random(0.9)', 0.730967787376657],
      ['$hash("ñ", "MD5")', '94e9342ecbb1458b6043ecd3bfcbc192'],
      ['$map(["1", "[2]"], $parse)', [1, [2]]],
      ['$hash("input data", "MD5")', '812f45842bc6d66ee14572ce20db8e86'],
      ['$random(42)', 0.7275636800328681],
      ['$parse("{\\"a\\":[1]}").a', [1]],
      ['$length($uuid())', 36],
    ];
    for (const [text, value] of states) {
      expect(evaluate(text, 'states'), text).toEqual(value);
      expect(() => evaluate(text), text).toThrow();
    }
    expect(evaluate('$random() < 1', 'states')).toBe(true);
  });

  it.each([
    '$partition([], 2)',
    '$partition([1], 0)',
    '$partition([1], -0.5)',
    '$partition(nothing, 2)',
    '$range(1, 5)',
    '$range(1, 5, 0)',
    '$range(5, 1, 1)',
    '$hash("a")',
    '$parse(nothing)',
  ])('gives nothing for %s', (text) => {
    expect(evaluate(text, 'states')).toBeUndefined();
  });

  it.each([
    ['$partition([1], -1)', 'D3137'],
    ['$range(1)', 'T0410'],
    ['$range(1, 1000000000, 1)', 'budget-length'],
    ['$hash(42, "MD5")', 'T0410'],
    ['$hash("a", 5)', 'T0410'],
    ['$hash("a", "md5")', 'D3137'],
    ['$hash("a", "SHA3-256")', 'D3137'],
    ['$random(1, 2)', 'T0410'],
    ['$uuid("seed")', 'T0410'],
    ['$parse("{")', 'D3137'],
    ['$parse("")', 'D3137'],
    ['$parse("[1] [2]")', 'D3137'],
    ['$parse("1e400")', 'D3137'],
    ['$parse(null)', 'T0410'],
    ['$eval("1")', 'T1006'],
  ])('refuses %s with %s', (text, code) => {
    expect(() => evaluate(text, 'states')).toThrow(expect.objectContaining({ code }));
  });
});
