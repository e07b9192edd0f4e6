import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CHOICE_OPERATORS } from '../../src/asl/choice-operators.js';
import type { Json } from '../../src/core/json.js';

function holds(name: string, value: Json, operand: Json): boolean {
  const operator = CHOICE_OPERATORS.get(name);
  if (operator === undefined) throw new Error(`no operator ${name}`);
  return operator.test(value, operand);
}

describe('the comparison operators', () => {
  it('are the thirty-nine of the language, IsPresent aside', () => {
    const types = ['String', 'Numeric', 'Timestamp'];
    const orders = ['Equals', 'LessThan', 'GreaterThan', 'LessThanEquals', 'GreaterThanEquals'];
    const names = types.flatMap((type) =>
      orders.flatMap((order) => [`${type}${order}`, `${type}${order}Path`]),
    );
    names.push('BooleanEquals', 'BooleanEqualsPath', 'StringMatches');
    names.push('IsNull', 'IsNumeric', 'IsString', 'IsBoolean', 'IsTimestamp');
    expect([...CHOICE_OPERATORS.keys()].sort()).toEqual(names.sort());
    expect(CHOICE_OPERATORS.size + 1).toBe(39);
  });

  it.each<[string, Json, Json, boolean]>([
    ['StringEquals', 'a', 'a', true],
    ['StringEquals', 'a', 'A', false],
    ['StringEquals', 1, '1', false],
    ['StringLessThan', 'a', 'b', true],
    ['StringGreaterThan', 'b', 'a', true],
    ['StringLessThanEquals', 'b', 'b', true],
    ['StringGreaterThanEqualsPath', 'a', 'b', false],
    ['NumericEquals', 1, 1.0, true],
    ['NumericEquals', true, 1, false],
    ['NumericEqualsPath', null, 0, false],
    ['NumericLessThan', -1, 0, true],
    ['NumericGreaterThanEquals', 2, 2, true],
    ['BooleanEquals', true, true, true],
    ['BooleanEquals', false, true, false],
    ['BooleanEquals', 'true', true, false],
    ['BooleanEqualsPath', null, null, false],
    ['TimestampEquals', '2020-01-01T01:00:00+01:00', '2020-01-01T00:00:00Z', true],
    ['TimestampLessThan', '2020-01-01T00:00:00Z', 'yesterday', false],
    ['TimestampGreaterThanEquals', '2020-01-02T00:00:00Z', '2020-01-01T00:00:00Z', true],
    ['IsNull', null, true, true],
    ['IsNull', 0, false, true],
    ['IsString', 1, false, true],
    ['IsNumeric', '1', true, false],
    ['IsBoolean', false, true, true],
    ['IsTimestamp', '2012-10-09T19:00:55', true, false],
    ['IsTimestamp', '2012-10-09T19:00:55Z', true, true],
  ])('%s of %j and %j is %s', (name, value, operand, expected) => {
    expect(holds(name, value, operand)).toBe(expected);
  });

  it.each<[string, string, boolean]>([
    ['log-*.txt', 'log-2026-11.txt', true],
    ['log-*.txt', 'log-.txt', true],
    ['log-*.txt', 'log-2026.txt.gz', false],
    ['*', '', true],
    ['a*b*c', 'a--b--b-c', true],
    ['a*b*c', 'acb', false],
    ['\\*', '*', true],
    ['\\*', 'x', false],
    ['a\\\\*', 'a\\bc', true],
    ['', '', true],
    ['', 'x', false],
    ['*', 'x', true],
    ['**', '', true],
    ['ab*ba', 'aba', false],
    ['ab*ba', 'abba', true],
    ['a*a', 'a', false],
    ['\\', '\\', true],
    ['a\\*b*', 'a*bc', true],
    ['a\\*b*', 'axbc', false],
    ['*.tar.gz', 'x.tar.gz.tar.gz', true],
  ])('StringMatches %j takes %j: %s', (pattern, text, expected) => {
    expect(holds('StringMatches', text, pattern)).toBe(expected);
  });

  it('never match values of two types', () => {
    const value = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null), fc.constant([]));
    fc.assert(
      fc.property(fc.constantFrom(...CHOICE_OPERATORS.keys()), value, value, (name, a, b) => {
        if (name.startsWith('Is')) return;
        if (typeof a !== typeof b) expect(holds(name, a, b)).toBe(false);
      }),
    );
  });

  it('match as a pattern does that tries every way', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 12 });
    const text = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 80 });
    fc.assert(
      fc.property(letters, text, text, fc.boolean(), (pattern, long, value, stretched) => {
        const whole = stretched ? `${pattern}*${long}*` : pattern;
        const regex = new RegExp(`^${whole.replaceAll('*', '.*')}$`);
        const subject = stretched ? value + long : value;
        expect(holds('StringMatches', subject, whole)).toBe(regex.test(subject));
      }),
      { seed: 5, numRuns: 500 },
    );
  });

  it('take long patterns in time that is linear', () => {
    expect(holds('StringMatches', 'a'.repeat(5_000), `${'a*'.repeat(500)}b`)).toBe(false);
    expect(holds('StringMatches', 'a'.repeat(260_000), `*${'a'.repeat(100_000)}b*`)).toBe(false);
    expect(holds('StringMatches', 'a'.repeat(260_000), `*b${'a'.repeat(100_000)}*`)).toBe(false);
    expect(holds('StringMatches', `${'a'.repeat(260_000)}b`, `*${'a'.repeat(100_000)}b*`)).toBe(true);
  });
});
