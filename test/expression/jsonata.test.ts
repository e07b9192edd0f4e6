import { describe, expect, it } from 'vitest';
import { Chance } from '../../src/core/chance.js';
import type { Json } from '../../src/core/json.js';
import { Budget } from '../../src/expression/budget.js';
import type { Surroundings } from '../../src/expression/expression.js';
import { ExpressionError } from '../../src/expression/expression-error.js';
import { compileJsonata } from '../../src/expression/jsonata/jsonata.js';

const SHOP: Json = {
  name: 'corner',
  'opening hours': '9-5',
  orders: [
    { id: 'a', lines: [{ sku: 'x', qty: 2, price: 5 }] },
    {
      id: 'b',
      lines: [
        { sku: 'y', qty: 1, price: 3 },
        { sku: 'x', qty: 4, price: 5 },
      ],
    },
    { id: 'c', lines: [] },
  ],
  stock: { x: 10, y: 0 },
};

function evaluate(
  text: string,
  input: Json | undefined = SHOP,
  surroundings?: Surroundings,
): Json | undefined {
  const checked = compileJsonata(text);
  if ('problem' in checked) throw new Error(`${checked.problem.code}: ${checked.problem.message}`);
  return checked.value.evaluate(input, surroundings);
}

function errorOf(text: string): unknown {
  try {
    return { value: evaluate(text) };
  } catch (error) {
    return error instanceof ExpressionError ? error.code : String(error);
  }
}

describe('a JSONata expression', () => {
  it('keeps its text, and gives the same for the same input each time', () => {
    const checked = compileJsonata('a.b + 1');
    if ('problem' in checked) throw new Error(checked.problem.message);
    expect(checked.value.text).toBe('a.b + 1');
    expect([1, 2, 1].map((b) => checked.value.evaluate({ a: { b } }))).toEqual([2, 3, 2]);
  });

  it.each<[string, Json | undefined]>([
    ['name', 'corner'],
    ['`opening hours`', '9-5'],
    ['"name"', 'name'],
    ['$."opening hours"', '9-5'],
    ['orders.id', ['a', 'b', 'c']],
    ['orders.lines.qty', [2, 1, 4]],
    ['orders[0].id', 'a'],
    ['orders[-1].id', 'c'],
    ['orders.lines[0].sku', ['x', 'y']],
    ['(orders.lines)[0].sku', 'x'],
    ['orders[id = "b"].lines.sku', ['y', 'x']],
    ['orders.lines[qty > 1].sku', ['x', 'x']],
    ['orders.lines[qty > 9].sku', undefined],
    ['orders.lines[qty = 1].sku', 'y'],
    ['orders.lines[qty = 1][].sku', ['y']],
    ['orders[[0..1]].id', ['a', 'b']],
    ['stock.*', [10, 0]],
    ['**.sku', ['x', 'y', 'x']],
    ['orders[2].lines', []],
    ['nothing.at.all', undefined],
    [
      'orders.lines.[sku, qty]',
      [
        ['x', 2],
        ['y', 1],
        ['x', 4],
      ],
    ],
    ['orders.lines.{"k": sku}', [{ k: 'x' }, { k: 'y' }, { k: 'x' }]],
    ['orders.lines{sku: $sum(qty)}', { x: 6, y: 1 }],
    ['orders.lines^(>price, sku).qty', [2, 4, 1]],
    ['orders.lines^(qty).qty', [1, 2, 4]],
    ['orders#$i[$i > 0].id', ['b', 'c']],
    [
      'orders@$o.stock.{"o": $o.id, "x": x}',
      [
        { o: 'a', x: 10 },
        { o: 'b', x: 10 },
        { o: 'c', x: 10 },
      ],
    ],
    ['orders.lines.(%.id & sku)', ['ax', 'by', 'bx']],
    ['orders.lines[%.id = "b"].qty', [1, 4]],
    ['orders.lines.sku.%.%.id', ['a', 'b', 'b']],
    ['$$.name', 'corner'],
  ])('finds by the path %s', (text, value) => {
    expect(evaluate(text)).toEqual(value);
  });

  it.each<[string, Json | undefined]>([
    ['1 + 2 * 3 - 4 / 2 % 3', 5],
    ['-(1 + 1)', -2],
    ['1 + nothing', undefined],
    ['"a" & 1 & true & nothing & [1]', 'a1true[1]'],
    ['1 = 1 and "a" != "b" or false', true],
    ['{"a": [1]} = {"a": [1]}', true],
    ['nothing = nothing', false],
    ['"b" > "a"', true],
    ['2 in [1, 2]', true],
    ['[1..3, 7]', [1, 2, 3, 7]],
    ['[3..1]', []],
    ['[[1, 2], [3]]', [[1, 2], [3]]],
    ['stock.y ? "some" : "none"', 'none'],
    ['nothing ? 1', undefined],
    ['nothing ?? "else"', 'else'],
    ['null ?? "else"', null],
    ['stock.y ?: "none"', 'none'],
    ['($x := 2; $y := $x + 1; $x * $y)', 6],
    ['($x := 1; ($x := 2; $x) + $x)', 3],
    ['($x := 1; ($x := nothing; $exists($x)))', false],
    ['(function($x) { $x * 2 })(4)', 8],
    ['($f := function($n) { $n < 2 ? 1 : $n * $f($n - 1) }; $f(10))', 3_628_800],
    ['($add := function($a, $b) { $a + $b }; $inc := $add(?, 1); $inc(4))', 5],
    ['($shout := $trim ~> $uppercase; " hey " ~> $shout)', 'HEY'],
    ['($n := 1; $get := function() { $n }; ($n := 2; $get()))', 1],
    ['$map([1, 2], λ($v, $i) { $v * $i })', [0, 2]],
    ['[1, 2, 3] ~> $sum()', 6],
    ['stock ~> |$|{"x": x + 1}, "y"|', { x: 11 }],
    ['{"a": nothing, "b": 1}', { b: 1 }],
    ['/* nothing */ 1 /* here */', 1],
    ['"\\u0041\\n\\"\\\\"', 'A\n"\\'],
    ['and.or.in', undefined],
  ])('evaluates %s', (text, value) => {
    expect(evaluate(text)).toEqual(value);
  });

  it('takes a document that is an array for one item', () => {
    expect(evaluate('$', [1, 2])).toEqual([1, 2]);
    expect(evaluate('$[0]', [1, 2])).toBe(1);
    expect(evaluate('a', [{ a: 1 }, { a: 2 }])).toEqual([1, 2]);
    expect(evaluate('$count($)', [])).toBe(0);
    expect(evaluate('$', [])).toEqual([]);
    expect(evaluate('{"n": $count($)}', [1, 2])).toEqual({ n: 2 });
  });

  it('takes what names find in an array inside an array for one finding', () => {
    expect(evaluate('x.a', { x: [[{ a: [1] }], { b: 2 }] })).toBe(1);
    expect(evaluate('x.a', { x: [[{ b: 2 }], { a: [1] }] })).toEqual([1]);
    expect(evaluate('x.a.b', { x: [{ a: [[{ b: 1 }], { b: [2, 3] }] }, { a: { b: [[4]] } }] })).toEqual([
      1,
      2,
      3,
      [4],
    ]);
  });

  it('sees variables that are handed in, after its own', () => {
    const bindings = { states: { input: { n: 2 } }, list: [1, 2] };
    expect(evaluate('$states.input.n + $sum($list)', null, { bindings })).toBe(5);
    expect(evaluate('($list := 7; $list)', null, { bindings })).toBe(7);
    expect(evaluate('$unknown', null, { bindings })).toBeUndefined();
    expect(evaluate('$sum([1])', null, { bindings: { sum: 1 } })).toBe(1);
  });

  it.each<[string, Json]>([
    ['c', ['x']],
    ['c.$', 'x'],
    ['c^(b)', 'x'],
    ['d.c.$', ['y']],
    ['d.c^(b)', ['y']],
  ])('follows names from a document that is an array as from one item: %s', (text, value) => {
    expect(evaluate(text, [{ c: [['x']], d: { c: [['y']] } }])).toEqual(value);
  });

  it('takes time and chance from its surroundings only', () => {
    const surroundings = () => ({ now: 0, chance: new Chance('order-1', 'seed') });
    expect(evaluate('$now()', null, surroundings())).toBe('1970-01-01T00:00:00.000Z');
    const text = '[$random(), $random(), $shuffle([1..5])]';
    expect(evaluate(text, null, surroundings())).toEqual(evaluate(text, null, surroundings()));
    expect(evaluate('$sort($shuffle([1..9]))', null, surroundings())).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('draws on a budget that is shared', () => {
    const budget = new Budget(1000);
    const sum = () => evaluate('$sum([1..300])', null, { budget });
    expect(sum()).toBe(45_150);
    expect(sum).toThrow(expect.objectContaining({ code: 'budget-steps' }));
  });
});

describe('the text of an expression', () => {
  it.each<[string, string]>([
    ['"open', 'S0101'],
    ['1e999', 'S0102'],
    ['"\\y"', 'S0103'],
    ['"\\u12"', 'S0104'],
    ['`open', 'S0105'],
    ['/* open', 'S0106'],
    ['a b', 'S0201'],
    ['(a, b)', 'S0202'],
    ['(a', 'S0203'],
    ['a ! b', 'S0204'],
    ['a +', 'S0207'],
    ['', 'S0207'],
    ['function(a) { 1 }', 'S0208'],
    ['$a{b: c}[0]', 'S0209'],
    ['a{b: c}{d: e}', 'S0210'],
    ['+ 1', 'S0211'],
    ['a := 1', 'S0212'],
    ['a.1', 'S0213'],
    ['a@b', 'S0214'],
    ['a[0]@$b', 'S0215'],
    ['a^(b)@$c', 'S0216'],
    ['%', 'S0217'],
    ['a.$f().%', 'S0217'],
    ['//', 'S0301'],
    ['/open', 'S0302'],
    ['/(a/', 'S0302'],
    ['/(?=a)b/', 'regex'],
    ['function($x)<q:b>{1}', 'S0401'],
    ['function($x)<n<n>:b>{1}', 'S0401'],
    ['function($x)<(a<n>):b>{1}', 'S0402'],
    ['$nope(1)', 'T1006'],
    ['1 ~> $nope', 'T1006'],
    ['$nope(?)', 'T1006'],
  ])('is refused where it is wrong: %s', (text, code) => {
    expect(compileJsonata(text)).toMatchObject({ problem: { code, path: '' } });
  });

  it('is refused with line and column, counted from 1', () => {
    expect(compileJsonata('a +\n  ) b')).toMatchObject({ problem: { code: 'S0211', line: 2, column: 3 } });
    expect(compileJsonata('$summ(a)')).toMatchObject({
      problem: { line: 1, column: 1, message: 'unknown function $summ', hint: 'did you mean "$sum"?' },
    });
  });
});

describe('an evaluation', () => {
  it.each<[string, string]>([
    ['1 + "a"', 'T2002'],
    ['"a" * 1', 'T2001'],
    ['-"a"', 'D1002'],
    ['1 < "a"', 'T2009'],
    ['[] < 1', 'T2010'],
    ['[1.5..2]', 'T2003'],
    ['[1..2.5]', 'T2004'],
    ['1 ~> 2', 'T2006'],
    ['[{"a": 1}, {"a": "b"}]^(a)', 'T2007'],
    ['[{"a": []}, {"a": []}]^(a)', 'T2008'],
    ['{} ~> |$|1|', 'T2011'],
    ['{} ~> |$|{}, 1|', 'T2012'],
    ['{1: 2}', 'T1003'],
    ['{"a": 1, "a": 2}', 'D1009'],
    ['sum(1)', 'T1005'],
    ['name(1)', 'T1006'],
    ['sum(?)', 'T1007'],
    ['name(?)', 'T1008'],
    ['$length(1)', 'T0410'],
    ['$length("a", "b")', 'T0410'],
    ['stock.$length()', 'T0411'],
    ['$sum(["a"])', 'T0412'],
    ['$sqrt(-1)', 'D3060'],
    ['$power(10, 999)', 'D3061'],
    ['$number("x")', 'D3030'],
    ['$sort([{}, {}])', 'D3070'],
    ['$formatBase(1, 99)', 'D3100'],
    ['$error("no")', 'D3137'],
    ['$assert(false, "no")', 'D3141'],
    ['$single([1, 2])', 'D3138'],
    ['$single([])', 'D3139'],
    ['$reduce([1, 2], function($a) { 1 })', 'D3050'],
    ['$replace("a", "", "b")', 'D3010'],
    ['$replace("a", "a", "b", -1)', 'D3011'],
    ['$replace("a", /a/, function($m) { 1 })', 'D3012'],
    ['$split("a", "b", -1)', 'D3020'],
    ['$match("a", /a/, -1)', 'D3040'],
    ['$match("abc", /x*/)', 'D1004'],
    ['$match("a", $uppercase)', 'T1010'],
    ['$encodeUrl("\\uD800")', 'D3140'],
  ])('ends with an error for %s', (text, code) => {
    expect(errorOf(text)).toBe(code);
  });

  it('says where in the text the error lies', () => {
    expect(() => evaluate('1 +\n "a"')).toThrow(expect.objectContaining({ code: 'T2002', position: 2 }));
    expect(() => evaluate('1 + $sqrt(-1)')).toThrow(expect.objectContaining({ code: 'D3060', position: 9 }));
  });

  it('carries the words of $error and $assert', () => {
    expect(() => evaluate('$error("no stock")')).toThrow('no stock');
    expect(() => evaluate('$assert(stock.y > 0, "none of " & "y")')).toThrow('none of y');
  });
});
