import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Chance } from '../../src/core/chance.js';
import type { Json } from '../../src/core/json.js';
import { MAX_JSON_DEPTH } from '../../src/core/limits.js';
import { Budget } from '../../src/expression/budget.js';
import { DIGEST_ALGORITHMS, digest } from '../../src/expression/digest/digest.js';
import { ExpressionError } from '../../src/expression/expression-error.js';
import { MAX_INTRINSIC_DEPTH } from '../../src/expression/intrinsic/call-parser.js';
import { INTRINSICS, MAX_CODED_LENGTH, MAX_RANGE_LENGTH } from '../../src/expression/intrinsic/functions.js';
import { compileIntrinsic, MAX_INTRINSIC_LENGTH } from '../../src/expression/intrinsic/intrinsic.js';
import { JavaRandom } from '../../src/expression/intrinsic/java-random.js';

/** The value, or the code of what went wrong. */
function outcome(text: string, input: Json = {}, budget = new Budget()): unknown {
  const checked = compileIntrinsic(text);
  if ('problem' in checked) return checked.problem.code;
  try {
    return checked.value.evaluate(input, {
      chance: new Chance('test'),
      bindings: { n: 3, $$: { Id: 'e' } },
      budget,
    });
  } catch (error) {
    if (error instanceof ExpressionError) return error.code;
    throw error;
  }
}

describe('an intrinsic function', () => {
  it.each<[string, Json]>([
    ["States.Format('plain')", 'plain'],
    ["States.Format('{} and {}', $.text, 1.5)", 'x and 1.5'],
    ["States.Format('{}|{}|{}', null, true, $.object)", 'null|true|{a=1, b=[x, {c=null}]}'],
    ["States.Format('\\{{}\\} \\' \\\\', 1)", "{1} ' \\"],
    ['States.Format($.template, 1)', '<1> {}'],
    ['States.StringToJson(\'{"a":[1]}\')', { a: [1] }],
    ["States.StringToJson('')", null],
    ['States.JsonToString($.object)', '{"a":1,"b":["x",{"c":null}]}'],
    ["States.JsonToString('x')", '"x"'],
    ['States.Array()', []],
    ["States.Array(1, 'a', null, $.text, $n, $$.Id)", [1, 'a', null, 'x', 3, 'e']],
    ['States.ArrayPartition($.numbers, 2)', [[1, 2], [3, 3], [1]]],
    ['States.ArrayContains($.numbers, 3)', true],
    ['States.ArrayContains(States.Array($.object), $.object)', true],
    // What Java writes is compared: 3 and "3" are the same, objects whose keys have another order are not.
    ["States.ArrayContains($.numbers, '3')", true],
    ["States.ArrayContains(States.Array('true'), true)", true],
    ['States.ArrayContains($.numbers, false)', false],
    ['States.ArrayContains(States.Array(1, null), null)', true],
    ['States.ArrayContains($.swapped, States.StringToJson(\'{"b":2,"a":1}\'))', false],
    ['States.ArrayPartition($.numbers, 2.9)', [[1, 2], [3, 3], [1]]],
    ['States.ArrayPartition(States.Array(), 2)', []],
    ['States.ArrayRange(1.6, 1.4, 1)', [1]],
    ['States.ArrayRange(5.4, -0.6, -2.4)', [5, 3, 1]],
    ['States.ArrayRange(3, 3, -1)', [3]],
    ['States.ArrayGetItem($.numbers, 1.9)', 2],
    ['States.ArrayGetItem(States.Array(), 999)', null],
    ['States.ArrayRange(1, 9, 2)', [1, 3, 5, 7, 9]],
    ['States.ArrayRange(3, 0, -1)', [3, 2, 1, 0]],
    ['States.ArrayRange(1, 0, 1)', []],
    ['States.ArrayGetItem($.numbers, 3)', 3],
    ['States.ArrayLength($.numbers)', 5],
    ['States.ArrayUnique($.numbers)', [1, 2, 3]],
    // The order is that of a hash set.
    ['States.ArrayUnique(States.Array(true, false, true))', [false, true]],
    [
      'States.ArrayUnique(States.Array(States.Array(1, 2), States.Array(2, 1)))',
      [
        [2, 1],
        [1, 2],
      ],
    ],
    ["States.ArrayUnique(States.Array(null, 1, '1', '01', null))", [null, 1, '1', '01']],
    ["States.Base64Encode('Data to encode')", 'RGF0YSB0byBlbmNvZGU='],
    ["States.Base64Decode(States.Base64Encode('ä😀'))", 'ä😀'],
    ["States.Base64Decode('abc')", 'i\ufffd'],
    ["States.Base64Decode(' YWJjZA== ')", 'abcd'],
    ["States.Base64Decode('YWJj*ZA=*')", 'abcd'],
    ["States.Base64Decode('Y')", ''],
    ["States.Hash(123, 'MD5')", '202cb962ac59075b964b07152d234b70'],
    ["States.Hash('input data', 'MD5')", '812f45842bc6d66ee14572ce20db8e86'],
    ["States.Hash('input data', 'SHA-1')", 'aaff4a450a104cd177d28d18d74485e8cae074b7'],
    [
      'States.JsonMerge($.object, States.StringToJson(\'{"a":2,"d":3}\'), false)',
      { a: 2, b: ['x', { c: null }], d: 3 },
    ],
    ["States.JsonMerge($.object, $.object, 'false')", { a: 1, b: ['x', { c: null }] }],
    ["States.StringToJson(' ')", null],
    ["States.StringSplit('', ',')", []],
    ["States.StringSplit('a,b', '')", ['a,b']],
    [
      "States.Format('{} {} {} {}', 1e21, 12345678.5, 0.0001, 9007199254740991)",
      '1.0E21 1.23456785E7 1.0E-4 9007199254740991',
    ],
    ['States.MathAdd(2147483646, 1)', 2_147_483_647],
    ['States.MathAdd(-2147483647, -1)', -2_147_483_648],
    ['States.MathAdd($n, -1)', 2],
    ['States.MathAdd(1.5, 1.51)', 4],
    ['States.MathAdd(-1.5, -1.51)', -3],
    ['States.MathAdd(-0.5, 0.5)', 1],
    ["States.StringSplit('1,2,,3,', ',')", ['1', '2', '3']],
    ["States.StringSplit('This.is+a,test=string', '.+,=')", ['This', 'is', 'a', 'test', 'string']],
    ["States.ArrayLength(States.StringSplit('a b', ' '))", 2],
    ["States.ArrayGetItem($.list[?(@.id == 'b,)')].v, 0)", 2],
  ])('gives what it should: %s', (text, value) => {
    const input = {
      text: 'x',
      template: '<{}> \\{\\}',
      swapped: [{ a: 1, b: 2 }],
      object: { a: 1, b: ['x', { c: null }] },
      numbers: [1, 2, 3, 3, 1],
      list: [
        { id: 'a', v: 1 },
        { id: 'b,)', v: 2 },
      ],
    };
    expect(outcome(text, input)).toEqual(value);
  });

  it('draws on the chance that is handed in, or on a seed', () => {
    const values = Array.from(
      { length: 200 },
      (_, i) => outcome(`States.MathRandom(${i}, ${i + 2})`) as number,
    );
    expect(values.every((value, i) => value === i || value === i + 1)).toBe(true);
    expect(outcome('States.MathRandom(1, 1000, 7)')).toBe(outcome('States.MathRandom(1, 1000, 7)'));
    expect(outcome('States.UUID()')).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
    expect(new JavaRandom(42).double()).toBe(0.7275636800328681);
    const withoutChance = compileIntrinsic('States.UUID()');
    if ('problem' in withoutChance) throw new Error(withoutChance.problem.message);
    expect(() => withoutChance.value.evaluate({})).toThrow(expect.objectContaining({ code: 'no-chance' }));
  });

  it.each([
    "States.Format('{}')",
    "States.Format('{', 1)",
    "States.Format('x', 1)",
    'States.Format(1)',
    "States.StringToJson('{')",
    'States.StringToJson(1)',
    'States.ArrayPartition(States.Array(1), 0)',
    'States.ArrayLength(1)',
    'States.ArrayRange(1, 2, 0)',
    'States.ArrayGetItem(States.Array(1), 1)',
    'States.ArrayGetItem(States.Array(1), -1)',
    'States.Base64Decode(123)',
    'States.MathAdd(2147483647, 1)',
    'States.MathAdd(-2147483648, -1)',
    'States.MathAdd(3000000000, 1)',
    'States.MathAdd(1e309, 1)',
    'States.MathAdd(true, 1)',
    'States.MathRandom(1.4, 1.6)',
    'States.MathRandom(1, 10, null)',
    'States.ArrayRange(1, 10, 0.49)',
    'States.ArrayPartition(States.Array(1), 0.6)',
    "States.ArrayGetItem(States.Array(1), '0')",
    "States.Format('}')",
    "States.Format('{{}}', 1)",
    "States.StringSplit('a', null)",
    "States.StringToJson('1e400')",
    'States.UUID(1)',
    'States.MathAdd(1)',
    'States.Base64Encode()',
    "States.Hash('x', 'SHA-3')",
    'States.JsonMerge($, $, true)',
    'States.JsonMerge($, 1, false)',
    'States.MathRandom(2, 2)',
    "States.MathAdd('1', 2)",
  ])('fails for %s', (text) => {
    expect(outcome(text)).toBe('intrinsic-failure');
  });

  it('says which function refused its arguments, and why', () => {
    const call = compileIntrinsic("States.Array(States.MathAdd('1', 2))");
    if ('problem' in call) throw new Error(call.problem.message);
    expect(() => call.value.evaluate({})).toThrow(
      'Invalid arguments in States.MathAdd: an argument must be a number',
    );
  });

  it('fails for a path that finds nothing, and says which', () => {
    for (const [text, argument] of [
      ['States.ArrayLength($.nothing)', '$.nothing'],
      ['States.Array(1, $none)', '$none'],
      ["States.Format('{}', States.Array($.list[5]))", '$.list[5]'],
    ] as const) {
      const call = compileIntrinsic(text);
      if ('problem' in call) throw new Error(call.problem.message);
      expect(() => call.value.evaluate({ list: [] })).toThrow(expect.objectContaining({ argument }));
    }
  });

  it('warns of a wrong number of arguments, which only fails when the call is made', () => {
    expect(compileIntrinsic('States.Array(States.MathAdd(1))')).toMatchObject({
      value: {
        warnings: [{ message: 'States.MathAdd takes 2 arguments, not 1', severity: 'warning', column: 14 }],
      },
    });
    expect(compileIntrinsic('States.MathRandom(1, 2)')).toMatchObject({ value: { warnings: [] } });
  });

  it.each([
    'States.Format',
    "States.Format('a'",
    "States.Format('a)",
    "States.Format('a',)",
    "States.Format('a') x",
    "States.Format('\\n')",
    'States.Format(a)',
    'States.Nope()',
    "States.Base64Decode('YWJj\\nZA==')",
    'States.Array(1, )',
    'Format(1)',
  ])('is refused if it is written so: %s', (text) => {
    expect(compileIntrinsic(text)).toMatchObject({
      problem: { code: 'intrinsic', line: 1, column: expect.any(Number) },
    });
  });

  it('is refused with a word on what was meant, and where', () => {
    expect(compileIntrinsic('States.Array(States.Formatt(1))')).toMatchObject({
      problem: {
        message: 'there is no intrinsic function States.Formatt',
        hint: 'did you mean "States.Format"?',
        column: 14,
      },
    });
    expect(compileIntrinsic('States.Array($.a[x])')).toMatchObject({
      problem: { code: 'jsonpath', column: 18 },
    });
  });

  it('has limits', () => {
    const nested = (depth: number) => `${'States.Array('.repeat(depth + 1)}1${')'.repeat(depth + 1)}`;
    expect(outcome(nested(MAX_INTRINSIC_DEPTH))).toBeInstanceOf(Array);
    expect(outcome(nested(MAX_INTRINSIC_DEPTH + 1))).toBe('intrinsic');
    expect(outcome(`States.ArrayRange(1, ${MAX_RANGE_LENGTH}, 1)`)).toHaveLength(MAX_RANGE_LENGTH);
    expect(outcome(`States.ArrayRange(0, ${MAX_RANGE_LENGTH}, 1)`)).toBe('intrinsic-failure');
    expect(outcome('States.Base64Encode($)', 'x'.repeat(MAX_CODED_LENGTH))).toMatch(/^eHh4/);
    for (const call of ['States.Base64Encode($)', 'States.Base64Decode($)', "States.Hash($, 'MD5')"]) {
      expect(outcome(call, 'x'.repeat(MAX_CODED_LENGTH + 1)), call).toBe('intrinsic-failure');
    }
    const padding = ' '.repeat(MAX_INTRINSIC_LENGTH - 'States.UUID()'.length);
    expect(outcome(`States.UUID()${padding}`)).toHaveLength(36);
    expect(outcome(`States.UUID()${padding} `)).toBe('intrinsic-length');
    const hashes = (count: number) =>
      `States.Array(${Array.from({ length: count }, () => "States.Hash($, 'SHA-512')").join(', ')})`;
    expect(outcome(hashes(49), 'x'.repeat(MAX_CODED_LENGTH))).toHaveLength(49);
    expect(outcome(hashes(50), 'x'.repeat(MAX_CODED_LENGTH))).toBe('budget-steps');
    const copies = (count: number) => `States.Array(${Array.from({ length: count }, () => '$').join(', ')})`;
    expect(outcome(copies(8), 'x'.repeat(1_000_000))).toHaveLength(8);
    expect(outcome(copies(9), 'x'.repeat(1_000_000))).toBe('budget-text');
    const deep = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
    expect(outcome('States.StringToJson($)', deep(MAX_JSON_DEPTH))).toBeInstanceOf(Array);
    expect(outcome('States.StringToJson($)', deep(MAX_JSON_DEPTH + 1))).toBe('intrinsic-failure');
  });

  it('is one of the eighteen', () => {
    expect(INTRINSICS.size).toBe(18);
  });

  it('takes __proto__ for a plain key', () => {
    const merged = outcome('States.JsonMerge($, States.StringToJson(\'{"__proto__":{"x":1}}\'), false)');
    expect(JSON.stringify(merged)).toBe('{"__proto__":{"x":1}}');
    expect(outcome('States.constructor()')).toBe('intrinsic');
  });
});

describe('a digest', () => {
  it('is what the platform computes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        for (const algorithm of DIGEST_ALGORITHMS) {
          const expected = createHash(algorithm.replace('-', '').toLowerCase())
            .update(text, 'utf8')
            .digest('hex');
          expect(digest(text, algorithm), algorithm).toBe(expected);
        }
      }),
      { numRuns: 60, seed: 1 },
    );
  });
});
