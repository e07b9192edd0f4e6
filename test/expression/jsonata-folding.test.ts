import { describe, expect, it } from 'vitest';
import { compile, ExpressionError } from '../../src/embed/jsonata.js';
import { Budget } from '../../src/expression/budget.js';
import { compileText } from '../../src/expression/jsonata/compiler.js';
import { MAX_FOLDED_MEMBERS, MAX_FOLDING_STEPS } from '../../src/expression/jsonata/folding.js';
import { libraryOf } from '../../src/expression/jsonata/native.js';
import { type Result, Scope } from '../../src/expression/jsonata/value.js';

/** Compiles a text in which `$work(n)` takes n steps and gives n, and counts how often it is called. */
function counted(text: string) {
  let calls = 0;
  const work = {
    signature: '<n-:n>',
    arity: 1,
    call: ([steps]: readonly unknown[], { budget }: { readonly budget: Budget }) => {
      calls++;
      budget.spend(Number(steps));
      return steps as number;
    },
  };
  const rules = { evaluates: true, failsLate: true, writesInfinity: false };
  const body = compileText(text, { functions: libraryOf({ work }), ...rules });
  const budget = new Budget();
  const evaluate = (input?: Result) =>
    body.code(input, new Scope({ budget, surroundings: {}, root: input as never }, [], undefined));
  return { evaluate, callsUntil: () => calls, budget };
}

describe('what an expression can be worked out of beforehand', () => {
  it.each([
    ['$work(2) + 1', 3],
    ['[$work(2), 5][1]', 5],
    ['$work(2) in [1, 2]', true],
    ['[7].$work()', 7],
    ['$work(3) > 2 ? "yes" : "no"', 'yes'],
    ['[1, 2, 3][$ > 1].($work($) * 2)', [4, 6]],
  ])('is worked out once: %s', (text, value) => {
    const { evaluate, callsUntil } = counted(text);
    const before = callsUntil();
    expect(before).toBeGreaterThan(0);
    for (let i = 0; i < 3; i++) {
      const result = evaluate();
      expect(result).toEqual(Array.isArray(value) ? { items: value, keep: false } : value);
    }
    expect(callsUntil()).toBe(before);
  });

  it.each([
    '$work()',
    '$work(x)',
    'x.$work(y)',
    '($n := 1; $work($n))',
    '$work($n)',
    '$eval("$work(1)")',
  ])('is not what needs an input, a variable or a context: %s', (text) => {
    expect(counted(text).callsUntil()).toBe(0);
  });

  it('is not a path from what is taken once for each item of the context', () => {
    expect(counted('(7).$work()').callsUntil()).toBe(0);
    expect(compile('{"l": (false).$string()}')([1, 2])).toEqual({ l: ['false', 'false'] });
    expect(compile('{"l": {"a": 1}.a}')([1, 2])).toEqual({ l: [1, 1] });
  });

  it('ends at a bound, behind which it is left to the evaluation', () => {
    const edge = MAX_FOLDING_STEPS - 1;
    const within = counted(`$work(${edge})`);
    within.evaluate();
    expect(within.callsUntil()).toBe(1);
    const behind = counted(`$work(${edge + 1})`);
    behind.evaluate();
    expect(behind.callsUntil()).toBe(2);
  });

  it('costs the steps that it took each time', () => {
    const { evaluate, budget } = counted('$work(500)');
    const before = budget.left;
    evaluate();
    expect(before - budget.left).toBe(501);
    evaluate();
    expect(before - budget.left).toBe(1_002);
  });

  it('fails when it is evaluated, not before', () => {
    for (const text of ['1 + "a"', '$error("no")', '$number("x")', '1 / 0', '$toMillis("x")']) {
      const evaluate = compile(text);
      expect(() => evaluate(), text).toThrow(ExpressionError);
    }
  });

  it('is never the time, nor chance', () => {
    let now = 0;
    const evaluate = compile('$millis() + $toMillis("01:00", "[H]:[m]")', { now: () => now });
    const first = evaluate();
    now = 3 * 86_400_000;
    expect(Number(evaluate()) - Number(first)).toBe(6 * 86_400_000);
    const random = compile('$random()');
    expect(random()).not.toBe(random());
  });

  it('is made anew for each who gets it', () => {
    for (const text of [
      '[1, 2, 3]',
      '{"a": 1}',
      '$split("a b", " ")',
      '[[1, 2], {"b": [3]}]',
      '[1..3].($ * 2)',
    ]) {
      const evaluate = compile(text);
      const first = evaluate() as unknown;
      const copy = structuredClone(first);
      if (Array.isArray(first)) first.push('changed');
      else (first as Record<string, unknown>)['changed'] = true;
      expect(evaluate(), text).toEqual(copy);
    }
  });

  it('is kept up to so many members', () => {
    const members = (count: number) => `[${Array.from({ length: count }, () => '$work(1)').join()}]`;
    const kept = counted(members(MAX_FOLDED_MEMBERS));
    const before = kept.callsUntil();
    expect(kept.evaluate()).toHaveLength(MAX_FOLDED_MEMBERS);
    expect(kept.callsUntil()).toBe(before);
    expect(compile(`$count([1..${MAX_FOLDED_MEMBERS + 1}])`)()).toBe(MAX_FOLDED_MEMBERS + 1);
  });
});
