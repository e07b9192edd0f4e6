import { describe, expect, it } from 'vitest';
import type { Json } from '../../src/core/json.js';
import { compile, ExpressionError } from '../../src/embed/jsonata.js';

function outcome(text: string, input?: Json, bindings?: Record<string, Json>): Json | undefined {
  try {
    return compile(text)(input, bindings);
  } catch (error) {
    if (error instanceof ExpressionError) return error.code;
    throw error;
  }
}

describe('$eval', () => {
  it.each<readonly [why: string, text: string, input: Json, expected: Json | undefined]>([
    ['evaluates a text for the context', '$eval("a + b")', { a: 1, b: 2 }, 3],
    ['evaluates it for what is given', '$eval("a + b", other)', { other: { a: 3, b: 4 } }, 7],
    ['takes an array that is given as one item', '$eval("$count($)", [1, 2, 3])', null, 3],
    ['gives nothing for no text', '$eval(missing)', {}, undefined],
    ['sees the variables around it', '($x := 2; $eval("$x * 21"))', null, 42],
    ['sees the parameters of the function around it', 'function($n) { $eval("$n + 1") }(4)', null, 5],
    ['sees the library', '$eval("$sum([1..4])")', null, 10],
    ['binds variables for its own text', '$eval("($y := 5; $y * 2)")', null, 10],
    ['gives functions', '$eval("function($n) { $n * $n }")(9)', null, 81],
    ['is a function like others', '["1 + 1", "2 + 2"].$eval($)', null, [2, 4]],
    ['may be handed over', '$map(["1 + 1", "2 + 2"], $eval)', null, [2, 4]],
    ['may be applied', '"a" ~> $eval', { a: 'x' }, undefined],
    ['may be called by its own text', '$eval("$eval(\\"1 + 1\\")")', null, 2],
    ['says of a text with an error that it has one', '$eval("1 +")', null, 'D3120'],
    ['says of an evaluation that it failed', '$eval("1 + \\"a\\"")', null, 'D3121'],
    ['refuses what is no text', '$eval(5)', null, 'T0410'],
    [
      'may be named by a variable of the expression',
      '($eval := function($x) { $x }; $eval("1 + 1"))',
      null,
      '1 + 1',
    ],
  ])('%s', (_why, text, input, expected) => {
    expect(outcome(text, input)).toEqual(expected);
  });

  it('ends at the same bounds', () => {
    expect(outcome('($f := function() { $eval("1 + $f()") }; $f())')).toBe('D1011');
    expect(outcome('($f := function() { $eval("$f()") }; $f())')).toBe('D1011');
    expect(outcome('$map([1..100000], function($i) { $eval("$i * 2") })')).toBe('D1012');
    expect(outcome('$eval("[1..2000000]")')).toBe('D3121');
  });
});

describe('a compiled expression', () => {
  it('is refused at once for what is wrong with its text, with the place', () => {
    expect(() => compile('a.b\n  + + c')).toThrow(
      expect.objectContaining({ name: 'ExpressionError', code: 'S0211', position: 8 }),
    );
  });

  it('says where an evaluation went wrong', () => {
    expect(() => compile('1 + "x"')()).toThrow(expect.objectContaining({ code: 'T2002', position: 2 }));
  });

  it('lets a call of an unknown function fail when it is made', () => {
    expect(outcome('$nothing()')).toBe('T1006');
    expect(outcome('false and $nothing()')).toBe(false);
  });

  it('sees one time throughout an evaluation, and another in the next', () => {
    let time = 0;
    const both = compile('[$millis(), $millis()]', { now: () => ++time });
    expect(both()).toEqual([1, 1]);
    expect(both()).toEqual([2, 2]);
  });

  it('gives the same chance for the same seed', () => {
    const draw = (seed: string) => {
      const random = compile('$random()', { seed });
      return [random(), random()];
    };
    expect(draw('a')).toEqual(draw('a'));
    expect(draw('a')).not.toEqual(draw('b'));
    expect(draw('a')[0]).not.toBe(draw('a')[1]);
  });

  it('has the clock of the machine if it is given none', () => {
    const before = Date.now();
    const now = compile('$millis()')();
    expect(now).toBeGreaterThanOrEqual(before);
    expect(now).toBeLessThanOrEqual(Date.now());
  });

  it('takes no functions, and hands none out', () => {
    const host = () => 'host';
    expect(() => compile('$f()')({}, { f: host })).toThrow(/\$f is a function/);
    expect(outcome('f()', { f: host } as never)).toBe('T1006');
    expect(outcome('f', { f: host } as never)).toBeUndefined();
    expect(outcome('$', { f: host } as never)).toBe('function-result');
    expect(outcome('$lookup($, "f")', { f: host } as never)).toBe('function-result');
    expect(outcome('function($x) { $x }')).toBe('function-result');
  });

  it('sees own properties only', () => {
    for (const name of ['constructor', '__proto__', 'toString', 'hasOwnProperty']) {
      expect(outcome(name, {}), name).toBeUndefined();
      expect(outcome(`a.${name}`, { a: [{}] }), name).toBeUndefined();
      expect(outcome(`$lookup($, "${name}")`, {}), name).toBeUndefined();
      expect(outcome(`$${name}`, {}, {}), name).toBeUndefined();
    }
    expect(outcome('{"__proto__": {"polluted": true}}.polluted')).toBeUndefined();
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('takes as many steps as it is allowed', () => {
    const sum = compile('$sum($map([1..1000], function($i) { $i }))', { steps: 1_000 });
    expect(() => sum()).toThrow(expect.objectContaining({ code: 'D1012' }));
  });

  it('takes null that is handed in for a value', () => {
    expect(outcome('$x', 1, { x: null })).toBeNull();
    expect(outcome('[$x, $x = null, $exists($x), $type($x)]', 1, { x: null })).toEqual([
      null,
      true,
      true,
      'null',
    ]);
    expect(outcome('$sum', 1, { sum: null })).toBeNull();
  });

  it('says what it was given wrongly', () => {
    const options: object[] = [
      { now: 0 },
      { seed: 7 },
      { steps: Number.NaN },
      { steps: -1 },
      { steps: '9' },
      { clock: () => 0 },
    ];
    for (const wrong of options) {
      const problem = expect.objectContaining({ code: 'invalid-option' });
      expect(() => compile('1', wrong as never), JSON.stringify(wrong)).toThrow(problem);
    }
    for (const text of [undefined, null, 5, {}])
      expect(() => compile(text as never)).toThrow('an expression is a text');
    expect(compile('1', { now: undefined } as never)()).toBe(1);
  });
});
