import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from '../../src/core/json.js';
import { compile, ExpressionError } from '../../src/embed/jsonata.js';
import { compileIntrinsic } from '../../src/expression/intrinsic/intrinsic.js';
import { compilePath } from '../../src/expression/jsonpath/jsonpath.js';
import { documents, expressions } from './jsonata-expressions.js';
import { MOST_OF_A_LOOP, timesAsLong } from './processor-time.js';

/** Other seeds look elsewhere. */
const SEED = Number(process.env['DETENT_EXPRESSION_SEED'] ?? 11);

/** The value, or the code of the error; anything else that is thrown is a bug. */
function outcome(text: string, input?: unknown, steps?: number): Json | undefined {
  try {
    return compile(text, steps === undefined ? {} : { steps })(input);
  } catch (error) {
    if (error instanceof ExpressionError) return error.code;
    throw error;
  }
}

const nested = (levels: number, inner: unknown = 1): unknown => {
  let value = inner;
  for (let i = 0; i < levels; i++) value = { a: [value] };
  return value;
};

describe('an expression that means harm', () => {
  /** Uses up every step and does nothing else: what the others are measured by. */
  const LOOP = '($f := function($n) { $f($n + 1) }; $f(0))';

  const HOSTILE: readonly (readonly [text: string, code: string, input: unknown])[] = [
    [LOOP, 'D1012', null],
    ['($f := function($n) { 1 + $f($n + 1) }; $f(0))', 'D1011', null],
    ['($a := function() { $b() }; $b := function() { $a() }; $a())', 'D1012', null],
    ['$reduce([1..100], function($a, $i) { $a & $a }, "x")', 'budget-text', null],
    ['$reduce([1..100], function($a, $i) { [$a, $a] }, [1])', 'D2015', null],
    ['$reduce([1..100], function($a, $i) { $append($a, $a) }, [1])', 'D2015', null],
    ['$reduce([1..60], function($a, $i) { {"l": $a, "r": $a} }, 1)', 'D2015', null],
    ['$reduce([1..60], function($a, $i) { {"l": $a, "r": $a} }, 1) ~> $string()', 'D1012', null],
    ['[1..1000].([1..1000].([1..1000]))', 'D1012', null],
    ['[1..10000000]', 'D2014', null],
    ['$pad("", 1e300)', 'budget-text', null],
    ['$join([1..1000].$pad("", 100000))', 'D1012', null],
    ['$count($split($pad("", 8000000, "a"), "a"))', 'D1012', null],
    ['[1..30].$base64encode($pad("", 1000000, "x"))', 'D1012', null],
    ['[1..30].$base64decode($pad("", 1000000, "x"))', 'D1012', null],
    ['[1..30].$encodeUrl($pad("", 1000000, "ü"))', 'D1012', null],
    ['$uppercase($pad("", 8000000, "ß"))', 'budget-text', null],
    ['$reduce([1..1000], function($a, $i) { $merge([$a, {$string($i): $a}]) }, {})', 'D1012', null],
    ['$keys($sift($merge([1..50000].{$string($): $}), function($v) { true }))', 'D1012', null],
    ['$formatNumber(1, $pad("", 100000, "#"))', '1', null],
    ['$sort([1..200000].$random())', 'D1012', null],
    ['$string([1..900000])', 'D1012', null],
    ['[1..900000]^(>$)', 'D1012', null],
    ['$join([1..100].$pad("", 100000))', 'budget-text', null],
    ['$replace($pad("", 100000, "a"), "a", $pad("", 100000))', 'budget-text', null],
    ['$match($pad("", 50000, "a"), /(a+)+b/)', 'nothing', null],
    ['$match($pad("", 50000, "a"), /(a|aa)+$/)[0].index > 0 ? 1', 'nothing', null],
    ['$match($pad("", 50000, "a"), /((((((((((a*)*)*)*)*)*)*)*)*)*)*b/)', 'D1012', null],
    ['$count($match($pad("", 900000, "a"), /(a)(b)?(c)?/))', 'D1012', null],
    ['$replace($pad("", 300000, "a"), /a?a?a?a?a?a?a?a?a?a?b/, "")', 'D1012', null],
    ['$map([1..100000], function($i) { $eval("$i * " & $i) })', 'D1012', null],
    ['($e := "$eval($e)"; $eval($e))', 'D1011', null],
    ['$sort([1..200000], function($a, $b) { $a < $b })', 'D1012', null],
    ['$distinct([1..10000].{"a": $})', 'D1012', null],
    ['[1..300].$toMillis("one thousand nine hundred and eighty-four", "[Yw]")[$ > 1e300]', 'nothing', null],
    ['[1..100000].$fromMillis($, "[FNn], [D1o] [MNn] [Y] [H01]:[m01]")', 'D1012', null],
    ['[1..100000].$formatNumber($, "#,##0.00")', 'D1012', null],
    ['**.**.**.**', 'D1012', nested(60)],
    [
      '$ ~> |**|{"x": $$}|',
      'D2015',
      nested(
        6,
        Array.from({ length: 500 }, () => ({ a: {} })),
      ),
    ],
  ];

  const loop = () => outcome(LOOP);

  it.each([...HOSTILE])('ends: %s', (text, code, input) => {
    const run = () => expect(outcome(text, input) ?? 'nothing').toBe(code);
    expect(timesAsLong(run, loop, MOST_OF_A_LOOP)).toBeLessThanOrEqual(MOST_OF_A_LOOP);
  });

  it('takes no more steps than it may, whatever it does', () => {
    for (const [text, , input] of HOSTILE) {
      const code = outcome(text, input, 10_000);
      expect(['D1012', 'D1011', 'D2014', 'D2015', 'budget-text'], text).toContain(code);
    }
  });
});

describe('input that is odd', () => {
  it('may nest deep, and is refused where it nests too deep', () => {
    expect(outcome('$string($)', nested(1_000))).toBe('D1011');
    expect(outcome('$', nested(100_000))).toBe('D1011');
    expect(outcome('**', nested(100_000))).toBe('D1011');
    expect(outcome('$ = $', nested(100_000))).toBe(true);
    expect(outcome('$count(a.a.a)', nested(100_000))).toBe(1);
    const cycle: Record<string, unknown> = {};
    cycle['self'] = cycle;
    expect(outcome('$', cycle)).toBe('D1011');
    expect(outcome('$string($)', cycle)).toBe('D1011');
    expect(outcome('self.self.self.missing', cycle)).toBeUndefined();
  });

  it('may be large, up to its bound', () => {
    const numbers = Array.from({ length: 200_000 }, (_, i) => i);
    expect(outcome('$sum($)', numbers)).toBe(19_999_900_000);
    expect(outcome('$count($[$ > 5])', numbers)).toBe(199_994);
    expect(outcome('$', new Array(1_100_000).fill(0))).toBe('D2015');
    expect(
      outcome(
        '$.a',
        Array.from({ length: 1_100_000 }, () => ({ a: 1 })),
      ),
    ).toBe('D1012');
  });

  it('may hold numbers that JSON has not, which do not get out', () => {
    for (const odd of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      expect(outcome('n', { n: odd })).toBe('D1001');
      expect(outcome('n + 1', { n: odd })).toBe('D1001');
      expect(outcome('[n]', { n: odd })).toBe('D1001');
      expect(outcome('$string(n)', { n: odd })).toBe('D3001');
      expect(outcome('n ? 1 : 2', { n: odd })).toBe('D1001');
    }
    expect(outcome('1 / 0')).toBe('D1001');
    expect(Object.is(outcome('0 * -1'), 0)).toBe(true);
  });

  it('may hold lone surrogates, which stay what they are', () => {
    const lone = '\ud83d';
    expect(outcome('$', lone)).toBe(lone);
    expect(outcome('$length($)', `${lone}a`)).toBe(2);
    expect(outcome('$substring($, 1)', `${lone}a`)).toBe('a');
    expect(outcome('$substring("😀a", 0, 1)')).toBe('😀');
    expect(outcome('$encodeUrlComponent($)', lone)).toBe('D3140');
    expect(outcome('$string([$])', lone)).toBe('["\\ud83d"]');
    expect(outcome('$split($, "")', '😀')).toEqual(['\ud83d', '\ude00']);
    expect(outcome('$match($, /./).match', lone)).toBe(lone);
  });

  it('may have members called as prototypes are, which are members and nothing else', () => {
    const input: unknown = JSON.parse('{"__proto__": {"x": 1}, "constructor": {"y": 2}}');
    expect(outcome('`__proto__`.x', input)).toBe(1);
    expect(outcome('constructor.y', input)).toBe(2);
    expect(JSON.stringify(outcome('$', input))).toBe('{"__proto__":{"x":1},"constructor":{"y":2}}');
    for (const text of ['$merge([$, {}])', '$sift($, function($v) { true })', '$ ~> |$|{}|', '$clone($)']) {
      expect(JSON.stringify(outcome(text, input)), text).toBe('{"__proto__":{"x":1},"constructor":{"y":2}}');
    }
    expect(JSON.stringify(outcome('{"__proto__": 1, "a": 2}'))).toBe('{"__proto__":1,"a":2}');
    expect(JSON.stringify(outcome('$.{`__proto__`.x & "": $}', input))).toContain('"1"');
    expect(Object.getPrototypeOf(outcome('{"__proto__": {"evil": true}}') as object)).toBe(Object.prototype);
  });

  it('may hold what is no JSON, which is not reached', () => {
    expect(outcome('$count(m)', { m: new Map([[1, 2]]) })).toBe(1);
    expect(outcome('s', { s: Symbol('x') })).toBe('function-result');
    expect(outcome('b', { b: 10n })).toBe('function-result');
    expect(outcome('u', { u: undefined })).toBeUndefined();
    expect(outcome('d.getTime()', { d: new Date(0) })).toBe('T1006');
  });
});

describe('any text', () => {
  /** Pieces that grammars are made of. */
  const PIECES = [
    ...'. [ ] { } ( ) , @ # ; : ? + - * / % | = < > ^ & ! ~ .. := != >= <= ** ~> ?: ?? $ $$ %'.split(' '),
    ...'and or in true null function λ a b "x" \'y\' `c` 0 1 -1 1e3 /a+/ /(/ $a $sum $map $eval $f'.split(
      ' ',
    ),
    ...[
      '<s-:n>',
      '@$i',
      '#$i',
      '^(>a)',
      '{"k": a}',
      '|a|{}|',
      '/* c */',
      '\\',
      '\u0000',
      '\ud83d',
      '__proto__',
      ' ',
    ],
  ];
  const soup = fc.array(fc.constantFrom(...PIECES), { maxLength: 14 }).map((pieces) => pieces.join(''));

  /** A sound text with something taken out, put in or said twice. */
  const mutated = fc
    .tuple(expressions(), fc.nat(), fc.nat({ max: 6 }), fc.constantFrom('', ...PIECES))
    .map(([text, at, length, piece]) => {
      const from = at % (text.length + 1);
      return text.slice(0, from) + piece + text.slice(from + length);
    });

  it('gives a value or an error of ours', () => {
    let evaluated = 0;
    fc.assert(
      fc.property(fc.oneof(soup, mutated), documents(), (text, input) => {
        const result = outcome(text, input, 20_000);
        if (typeof result !== 'string') evaluated++;
      }),
      { numRuns: 3_000, seed: SEED },
    );
    expect(evaluated).toBeGreaterThan(200);
  });

  it('is a path, a call of an intrinsic function, or a problem', () => {
    const parts = [
      ...'$ $$ $a @ . .. [ ] ( ) * ? , : - 0 1 9007199254740993 a \'b\' "c" == != < =~ && || ! in nin'.split(
        ' ',
      ),
      ...['States.Format(', 'States.MathAdd(', "'{}'", '?(@.a)', 'empty', '\\', '__proto__', ' ', 'length()'],
    ];
    const text = fc.array(fc.constantFrom(...parts), { maxLength: 12 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(text, fc.boolean(), documents(), (pieces: string, call: boolean, input: Json) => {
        const source = call ? `States.Array(${pieces})` : `$${pieces}`;
        const checked = call ? compileIntrinsic(source) : compilePath(source);
        if ('problem' in checked) return;
        try {
          checked.value.evaluate(input);
        } catch (error) {
          expect(error).toBeInstanceOf(ExpressionError);
        }
      }),
      { numRuns: 3_000, seed: SEED },
    );
  });
});
