import { describe, expect, it } from 'vitest';
import type { Json } from '../../src/core/json.js';
import { MAX_JSON_DEPTH } from '../../src/core/limits.js';
import {
  Budget,
  MAX_EXPRESSION_DEPTH,
  MAX_SEQUENCE_LENGTH,
  MAX_STRING_LENGTH,
} from '../../src/expression/budget.js';
import { ExpressionError } from '../../src/expression/expression-error.js';
import { compileJsonata, MAX_EXPRESSION_LENGTH } from '../../src/expression/jsonata/jsonata.js';
import { MAX_SYNTAX_DEPTH, MAX_TREE_DEPTH } from '../../src/expression/jsonata/parser.js';
import { MAX_SIGNATURE_PARAMETERS } from '../../src/expression/jsonata/signature.js';
import { MAX_VALUE_DEPTH } from '../../src/expression/jsonata/truth.js';

/** The value, or the code of what went wrong. Anything thrown that is no ExpressionError fails the test. */
function outcome(text: string, input?: Json, budget?: Budget): unknown {
  const checked = compileJsonata(text);
  if ('problem' in checked) return checked.problem.code;
  try {
    return checked.value.evaluate(input, budget === undefined ? {} : { budget });
  } catch (error) {
    if (error instanceof ExpressionError) return error.code;
    throw error;
  }
}

describe('the steps of an evaluation', () => {
  it('may be used up to the last, and no further', () => {
    // The program is one body of two nodes, its body counted as one; the path costs its names nothing extra.
    const cost = (steps: number) => outcome('a', { a: 1 }, new Budget(steps));
    let least = 0;
    while (cost(least) === 'budget-steps') least++;
    expect(cost(least)).toBe(1);
    expect(cost(least - 1)).toBe('budget-steps');
    expect(least).toBeLessThan(5);
  });

  it.each([
    ['a loop by recursion in the last place', '($f := function($n) { $f($n + 1) }; $f(1))'],
    ['ranges of ranges', '[1..1000].[1..1000].[1..1000]'],
    ['maps in maps', '$map([1..2000], function($x) { $map([1..2000], function($y) { $x * $y }) })'],
    ['filters of filters', '[1..3000][$count([1..3000][$ > 5]) > 1]'],
    ['a sort that compares too much', '$sort([1..100000], function($a, $b) { $a < $b })'],
    ['distinct values of too many kinds', '$distinct([1..5000].{"a": $})'],
    ['descendants of descendants', '**.**.**.**'],
    ['work on long texts', '$map([1..100000], function($i) { $contains($pad("", 100000), "x") })'],
    ['matches that begin everywhere', '$match($pad("", 100000, "a"), /a.*b|a/)'],
    ['many pieces of a text', '$split($pad("", 2000000, "a"), "")'],
    ['groups of groups', '[1..2000]{$string($): [1..2000]{$string($): 1}}'],
  ])('end %s', (_name, text) => {
    const nested = JSON.parse(`${'{"a":'.repeat(100)}1${'}'.repeat(100)}`);
    expect(outcome(text, nested, new Budget(200_000))).toBe('budget-steps');
  });
});

describe('calls within calls', () => {
  const count = '($f := function($n) { $n = 0 ? 0 : 1 + $f($n - 1) }; $f(LEVELS))';

  it('may nest so deep and no deeper', () => {
    // The outermost call is one of them.
    const most = MAX_EXPRESSION_DEPTH - 1;
    expect(outcome(count.replace('LEVELS', String(most)))).toBe(most);
    expect(outcome(count.replace('LEVELS', String(most + 1)))).toBe('budget-depth');
  });

  it('need no depth in the last place of a function', () => {
    const text = '($f := function($n, $sum) { $n = 0 ? $sum : $f($n - 1, $sum + $n) }; $f(10000, 0))';
    expect(outcome(text)).toBe(50_005_000);
  });

  it('leave a shared budget as deep as they found it', () => {
    const budget = new Budget();
    expect(outcome(count.replace('LEVELS', '5000'), undefined, budget)).toBe('budget-depth');
    expect(outcome(count.replace('LEVELS', '150'), undefined, budget)).toBe(150);
  });

  it.each([
    ['through $map', '($f := function($n) { $map([1], function($x) { $f($x) + 1 }) }; $f(1))'],
    ['through a filter', '($f := function($n) { [1][$f(1)] }; $f(1))'],
    ['through an order-by', '($f := function($n) { [1, 2]^($f(1)) }; $f(1))'],
    ['through $sort', '($f := function($a, $b) { $sort([1, 2], $f) }; $f(1, 2))'],
    ['through $replace', '($f := function($m) { $replace("abc", /b/, $f) }; $f(1))'],
    [
      'through deep expressions',
      `($f := function($n) { ${'[1].('.repeat(60)}1 + $f($n)${')'.repeat(60)} }; $f(1))`,
    ],
    ['through long ones', `($f := function($n) { ${'1 + '.repeat(400)}$f($n) }; $f(1))`],
    ['through composed functions', '($c := function($f) { $c($f ~> $uppercase) }; $c($trim))'],
  ])('end before the stack does: %s', (_name, text) => {
    const result = outcome(text);
    expect(['budget-depth', 'budget-steps']).toContain(result);
    const checked = compileJsonata(text);
    if ('problem' in checked) throw new Error(checked.problem.message);
    // The message tells the counted limit from the stack of this machine, which must never decide.
    expect(() => checked.value.evaluate(null)).toThrow(/calls too deep|too many steps/);
  });

  it('end where composed functions are called', () => {
    const text =
      '($c := function($f, $n) { $n = 0 ? $f : $c($f ~> $uppercase, $n - 1) }; $c($trim, 1000)("x"))';
    expect(outcome(text)).toBe('budget-depth');
  });
});

describe('what an evaluation makes', () => {
  it('has no text longer than the limit', () => {
    expect(outcome(`$length($pad("", ${MAX_STRING_LENGTH}))`)).toBe(MAX_STRING_LENGTH);
    expect(outcome(`$length($pad("", ${MAX_STRING_LENGTH + 1}))`)).toBe('budget-text');
    expect(outcome('$reduce([1..100], function($a, $i) { $a & $a }, "x")')).toBe('budget-text');
    expect(outcome('$pad("x", 100000000)')).toBe('budget-text');
    expect(outcome('$join([1..100].$$, $$)', 'x'.repeat(200_000))).toBe('budget-text');
  });

  it('joins texts up to the limit', () => {
    const half = 'x'.repeat(MAX_STRING_LENGTH / 2);
    expect(outcome('$length(a & a)', { a: half })).toBe(MAX_STRING_LENGTH);
    expect(outcome('$length(a & a & "y")', { a: half })).toBe('budget-text');
  });

  it('has no range longer than the limit', () => {
    const budget = () => new Budget(10 * MAX_SEQUENCE_LENGTH);
    expect(outcome(`$count([1..${MAX_SEQUENCE_LENGTH}])`, null, budget())).toBe(MAX_SEQUENCE_LENGTH);
    expect(outcome(`$count([0..${MAX_SEQUENCE_LENGTH}])`, null, budget())).toBe('D2014');
  });

  it('has no array longer than the limit', () => {
    const budget = new Budget(100 * MAX_SEQUENCE_LENGTH);
    expect(outcome('$reduce([1..100], function($a, $i) { $append($a, $a) }, [1])', null, budget)).toBe(
      'budget-length',
    );
    expect(outcome('$reduce([1..100], function($a, $i) { [$a, $a] }, [1])', null, budget)).toBe(
      'budget-length',
    );
  });

  it.each([
    ['written', '$exists($string($n))'],
    ['compared', '$n = $n2'],
    ['searched', '$count($n.**) > 0'],
    ['copied', '$exists($clone($n))'],
    ['transformed', '$exists($n ~> |$|{}|)'],
  ])('is %s to a depth and no deeper', (_name, text) => {
    const nested = (depth: number) => `$reduce([1..${depth}], function($a, $i) { {"a": $a} }, 1)`;
    const whole = (depth: number) => `($n := ${nested(depth)}; $n2 := ${nested(depth)}; ${text})`;
    expect(outcome(whole(MAX_VALUE_DEPTH))).toBe(true);
    expect(outcome(whole(MAX_VALUE_DEPTH + 1))).toBe('budget-depth');
  });

  it.each([
    ['judged', '$not($boolean($n))'],
    ['searched', '$not($exists($lookup($n, "x")))'],
    ['flattened', '$count([{"x": $n}].*) = 1'],
  ])('is %s to a depth of arrays and no deeper', (_name, text) => {
    const arrays = (depth: number) =>
      `($n := $reduce([1..${depth - 1}], function($a, $i) { [[$a]] }, [0]); ${text})`;
    expect(outcome(arrays(MAX_VALUE_DEPTH))).toBe(true);
    expect(outcome(arrays(MAX_VALUE_DEPTH + 1))).toBe('budget-depth');
  });

  it('leaves as JSON of limited depth', () => {
    const nested = (depth: number) => `$reduce([1..${depth}], function($a, $i) { {"a": $a} }, 1)`;
    expect(outcome(nested(MAX_JSON_DEPTH))).toHaveProperty('a.a.a');
    expect(outcome(nested(MAX_JSON_DEPTH + 1))).toBe('budget-depth');
  });

  it('leaves as JSON of limited size, also where the input is repeated', () => {
    expect(outcome('[1..100].$$.big', { big: 'x'.repeat(1_000_000) })).toBe('budget-text');
    expect(
      outcome(
        '[1..5000].{"all": $$}',
        Array.from({ length: 1000 }, () => 0),
      ),
    ).toBe('budget-length');
  });

  it('leaves without functions and numbers that JSON has not', () => {
    for (const text of [
      '$sum',
      'function($x) { $x }',
      '[$sum]',
      '{"f": $sum}',
      '$uppercase ~> $trim',
      '/x/',
      '$sum(?)',
    ]) {
      expect(outcome(text), text).toBe('function-result');
    }
    for (const text of ['1 / 0', '[1 / 0]', '{"a": -1 / 0}', '0 / 0', '10e300 * 10e300']) {
      expect(outcome(text), text).toBe('D1001');
    }
  });
});

describe('the text of an expression', () => {
  it('may nest so deep and no deeper', () => {
    const nested = (depth: number) => '('.repeat(depth - 1) + '1'.padEnd(depth, ')');
    expect(outcome(nested(MAX_SYNTAX_DEPTH))).toBe(1);
    expect(outcome(nested(MAX_SYNTAX_DEPTH + 1))).toBe('expression-depth');
    for (const open of ['(', '[', '{"a":', '$f(', 'function($x){', '-', '1+(', 'a[']) {
      expect(outcome(open.repeat(10_000)), open).toBe('expression-depth');
    }
  });

  it('may have so many operators in a row and no more', () => {
    const sum = (terms: number) => Array.from({ length: terms }, () => '1').join('+');
    expect(outcome(sum(MAX_TREE_DEPTH))).toBe(MAX_TREE_DEPTH);
    expect(outcome(sum(MAX_TREE_DEPTH + 1))).toBe('expression-depth');
    expect(outcome(`${'('.repeat(200)}1${`${'+1'.repeat(100)})`.repeat(200)}`)).toBe('expression-depth');
  });

  it('may declare so many parameters in a signature and no more', () => {
    const call = (count: number) => `function($x)<${'n?'.repeat(count)}:n>{ $x }(1)`;
    expect(outcome(call(MAX_SIGNATURE_PARAMETERS))).toBe(1);
    expect(outcome(call(MAX_SIGNATURE_PARAMETERS + 1))).toBe('S0401');
    const ones = Array.from({ length: 60 }, () => '1').join(', ');
    expect(outcome(`function($x)<${'n+'.repeat(30)}s:n>{ $x }(${ones})`)).toBe('T0410');
  });

  it('is compiled in time, however it is made', () => {
    const long = 50_000;
    expect(outcome(`a${'.a'.repeat(long)}`, {})).toBeUndefined();
    expect(outcome(`a${'[0]'.repeat(long)}`, { a: 1 })).toBe(1);
    expect(outcome(`a${Array.from({ length: 5_000 }, (_, i) => `@$v${i}.a`).join('')}`, {})).toBeUndefined();
    expect(outcome(`(${Array.from({ length: 5_000 }, (_, i) => `$v${i} := 1;`).join(' ')} $v9)`)).toBe(1);
    expect(
      outcome(`$count(a.b.[${Array.from({ length: 5_000 }, () => '%').join(',')}])`, { a: { b: 1 } }),
    ).toBe(5_000);
  });

  it('may be so long and no longer', () => {
    const text = `"${'x'.repeat(MAX_EXPRESSION_LENGTH - 2)}"`;
    expect(outcome(text)).toHaveLength(MAX_EXPRESSION_LENGTH - 2);
    expect(outcome(` ${text}`)).toBe('expression-length');
  });
});

describe('an expression', () => {
  it('never reaches what an object inherits', () => {
    const names = [
      'constructor',
      '__proto__',
      'toString',
      'hasOwnProperty',
      'valueOf',
      'prototype',
      'call',
      'arity',
    ];
    for (const name of names) {
      const texts = [
        name,
        `a.${name}`,
        `a.${name}.${name}`,
        `$v.${name}`,
        `$.${name}`,
        `$$.${name}`,
        `list.${name}`,
        `text.${name}`,
        `$lookup(a, "${name}")`,
        `$sum.${name}`,
        `function($x) { $x }.${name}`,
        `$lookup($sum, "${name}")`,
        `(/x/).${name}`,
        `$${name}`,
        `a.b.${name}`,
        `*.${name}`,
        `**.${name}`,
        `{"x": 1}.${name}`,
        `[1, 2].${name}`,
        `a@$w.$w.${name}`,
      ];
      const input = { a: { b: { c: 1 } }, list: [{}, []], text: 'x' };
      for (const text of texts) {
        const checked = compileJsonata(text);
        if ('problem' in checked) throw new Error(`${text}: ${checked.problem.message}`);
        expect(checked.value.evaluate(input, { bindings: { v: { b: 1 } } }), text).toBeUndefined();
      }
    }
  });

  it('takes such names for plain keys where data has them', () => {
    const input = JSON.parse('{"__proto__": {"a": 1}, "constructor": 2, "toString": [3]}');
    expect(outcome('__proto__.a + constructor + toString[0]', input)).toBe(6);
    const made = outcome('{"__proto__": {"polluted": true}}');
    expect(JSON.stringify(made)).toBe('{"__proto__":{"polluted":true}}');
    expect(Object.getPrototypeOf(made)).toBe(Object.prototype);
    expect(JSON.stringify(outcome('$merge([{"__proto__": 1}, {"b": 2}])'))).toBe('{"__proto__":1,"b":2}');
    expect(JSON.stringify(outcome('$ ~> |$|{"__proto__": {"x": 1}}|', {}))).toBe('{"__proto__":{"x":1}}');
    expect(JSON.stringify(outcome('[{"k": "__proto__", "v": 1}]{k: v}'))).toBe('{"__proto__":1}');
    expect('polluted' in {}).toBe(false);
  });

  it('never changes its input', () => {
    const input = JSON.parse('{"a": [], "b": [3, 1, 2], "c": {"d": 1}}');
    const before = JSON.stringify(input);
    for (const text of [
      'a.{"x": 1}',
      '$sort(b)',
      'b^($)',
      '$ ~> |c|{"d": 2}, "d"|',
      '$ ~> |$$.c|{"d": 2}|',
      '$append(a, 1)',
      '$reverse(b)',
      '$clone($) ~> |c|{"e": 1}|',
    ]) {
      outcome(text, input);
      expect(JSON.stringify(input), text).toBe(before);
    }
  });

  it('has no clock and no chance of its own', () => {
    for (const text of ['$now()', '$millis()']) expect(outcome(text), text).toBe('no-clock');
    for (const text of ['$random()', '$shuffle([1, 2])']) expect(outcome(text), text).toBe('no-chance');
  });

  it('cannot evaluate texts', () => {
    expect(outcome('$eval("1")')).toBe('T1006');
  });
});
