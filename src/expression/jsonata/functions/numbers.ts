import { ExpressionError } from '../../expression-error.js';
import type { NativeDefinition } from '../native.js';
import { roundHalfEven } from '../pictures/rounding.js';
import { isArray, type Value } from '../value.js';

const DECIMAL = /^-?[0-9]+(\.[0-9]+)?([Ee][-+]?[0-9]+)?$/;
const OTHER_BASES = /^(0[xX][0-9A-Fa-f]+|0[oO][0-7]+|0[bB][01]+)$/;

export const NUMBER_FUNCTIONS: Readonly<Record<string, NativeDefinition>> = {
  number: {
    signature: '<(nsb)-:n>',
    arity: 1,
    call: ([value]) => (value === undefined ? undefined : toNumber(value)),
  },
  abs: { signature: '<n-:n>', arity: 1, call: onNumber(Math.abs) },
  floor: { signature: '<n-:n>', arity: 1, call: onNumber(Math.floor) },
  ceil: { signature: '<n-:n>', arity: 1, call: onNumber(Math.ceil) },
  round: {
    signature: '<n-n?:n>',
    arity: 2,
    call: ([number, digits]) =>
      typeof number === 'number' ? roundHalfEven(number, Number(digits ?? 0)) : undefined,
  },
  sqrt: {
    signature: '<n-:n>',
    arity: 1,
    call: onNumber((number) => {
      if (number < 0) throw new ExpressionError('D3060', `${number} has no square root`);
      return Math.sqrt(number);
    }),
  },
  power: {
    signature: '<n-n:n>',
    arity: 2,
    call: ([base, exponent]) => {
      if (typeof base !== 'number') return undefined;
      const power = base ** Number(exponent);
      if (Number.isFinite(power)) return power;
      throw new ExpressionError('D3061', `${base} to the power of ${exponent} is not a number that JSON has`);
    },
  },
  formatBase: {
    signature: '<n-n?:s>',
    arity: 2,
    call: ([number, radix]) => {
      if (typeof number !== 'number') return undefined;
      const base = roundHalfEven(Number(radix ?? 10), 0);
      if (base >= 2 && base <= 36) return roundHalfEven(number, 0).toString(base);
      throw new ExpressionError('D3100', `the base of a number must be from 2 to 36, not ${base}`);
    },
  },
  sum: {
    signature: '<a<n>:n>',
    arity: 1,
    call: ([numbers], run) => aggregate(numbers, run, 0, (a, b) => a + b),
  },
  max: {
    signature: '<a<n>:n>',
    arity: 1,
    call: ([numbers], run) => aggregate(numbers, run, undefined, Math.max),
  },
  min: {
    signature: '<a<n>:n>',
    arity: 1,
    call: ([numbers], run) => aggregate(numbers, run, undefined, Math.min),
  },
  average: {
    signature: '<a<n>:n>',
    arity: 1,
    call: ([numbers], run) => {
      const total = aggregate(numbers, run, undefined, (a, b) => a + b);
      return total === undefined ? undefined : total / (numbers as readonly Value[]).length;
    },
  },
  random: {
    signature: '<:n>',
    arity: 0,
    call: (_args, { surroundings: { chance } }) => {
      if (chance === undefined) throw new ExpressionError('no-chance', '$random is not available here');
      return chance.float();
    },
  },
};

function onNumber(compute: (number: number) => number): NativeDefinition['call'] {
  return ([number]) => (typeof number === 'number' ? compute(number) + 0 : undefined);
}

function aggregate(
  numbers: Value | undefined,
  { budget }: { readonly budget: { spend(count: number): void } },
  ofNone: number | undefined,
  combine: (a: number, b: number) => number,
): number | undefined {
  if (!isArray(numbers)) return undefined;
  budget.spend(numbers.length);
  if (numbers.length === 0) return ofNone;
  let result = numbers[0] as number;
  for (let i = 1; i < numbers.length; i++) result = combine(result, numbers[i] as number);
  return result;
}

/** A text or boolean as a number; hexadecimal, octal and binary texts too. */
function toNumber(value: Value): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'string' && (DECIMAL.test(value) || OTHER_BASES.test(value))) {
    const number = Number(value) + 0;
    if (Number.isFinite(number)) return number;
  }
  throw new ExpressionError('D3030', `${JSON.stringify(value)} is not a number`);
}
