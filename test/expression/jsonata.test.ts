import { describe, expect, it } from 'vitest';
import type { Json } from '../../src/core/json.js';
import type { Surroundings } from '../../src/expression/expression.js';
import { compileJsonata } from '../../src/expression/jsonata/jsonata.js';

function evaluate(text: string, input?: Json, surroundings?: Surroundings): Json | undefined {
  const checked = compileJsonata(text);
  if ('problem' in checked) throw new Error(`${checked.problem.code}: ${checked.problem.message}`);
  return checked.value.evaluate(input, surroundings);
}

describe('a JSONata expression', () => {
  it('reads fields, computes and compares', () => {
    const input = { context: { coins: 3 }, event: { data: { qty: 2 } } };
    expect(evaluate('context.coins + event.data.qty >= 5', input)).toBe(true);
    expect(evaluate('event.data.missing', input)).toBeUndefined();
  });

  it('says in a Problem where its text is wrong', () => {
    expect(compileJsonata('a +\n  ) b')).toMatchObject({ problem: { code: 'S0211', line: 2, column: 3 } });
  });

  it('finds unknown functions when it is compiled', () => {
    expect(compileJsonata('$summ(a)')).toMatchObject({
      problem: { code: 'T1006', message: 'unknown function $summ', hint: 'did you mean "$sum"?' },
    });
  });
});
