import { MAX_SEQUENCE_LENGTH } from '../budget.js';
import { ExpressionError } from '../expression-error.js';
import type { BinaryOperator } from './syntax-tree.js';
import { joinText, textOf } from './text.js';
import { payForComparison } from './text-cost.js';
import { equal, finite } from './truth.js';
import { isArray, itemsOf, plain, type Result, type Run, Sequence } from './value.js';

/**
 * What a binary operator gives for two operands; nothing, mostly, if one of them is nothing. There is no -0 in
 * JSON: adding 0 makes it 0.
 */
export type Operation = (left: Result, right: Result, run: Run) => Result;

export type StrictOperator = Exclude<BinaryOperator, 'and' | 'or'>;

export const OPERATIONS: Readonly<Record<StrictOperator, Operation>> = {
  '+': arithmetic('+', (a, b) => a + b),
  '-': arithmetic('-', (a, b) => a - b),
  '*': arithmetic('*', (a, b) => a * b + 0),
  '/': arithmetic('/', (a, b) => a / b + 0),
  '%': arithmetic('%', (a, b) => (a % b) + 0),
  '<': comparison('<', (a, b) => a < b),
  '<=': comparison('<=', (a, b) => a <= b),
  '>': comparison('>', (a, b) => a > b),
  '>=': comparison('>=', (a, b) => a >= b),
  '=': (left, right, run) => bothThere(left, right) && equal(plain(left), plain(right), run),
  '!=': (left, right, run) => bothThere(left, right) && !equal(plain(left), plain(right), run),
  '&': (left, right, run) => joinText(textOf(left, run), textOf(right, run), run),
  in: isMember,
  '..': range,
};

function bothThere(left: Result, right: Result): boolean {
  return left !== undefined && right !== undefined;
}

function arithmetic(operator: string, compute: (a: number, b: number) => number): Operation {
  return (left, right) => {
    if (left !== undefined && typeof left !== 'number') throw notNumber('T2001', 'left', operator);
    if (right !== undefined && typeof right !== 'number') throw notNumber('T2002', 'right', operator);
    if (left !== undefined) finite(left);
    if (right !== undefined) finite(right);
    return left === undefined || right === undefined ? undefined : compute(left, right);
  };
}

function notNumber(code: string, side: string, operator: string): ExpressionError {
  return new ExpressionError(code, `the ${side} side of "${operator}" must be a number`);
}

function comparison(
  operator: string,
  compare: (a: number | string, b: number | string) => boolean,
): Operation {
  return (left, right, run) => {
    if (!isComparable(left) || !isComparable(right)) {
      throw new ExpressionError('T2010', `both sides of "${operator}" must be numbers or texts`);
    }
    if (left === undefined || right === undefined) return undefined;
    if (typeof left !== typeof right) {
      throw new ExpressionError('T2009', `both sides of "${operator}" must be of the same type`);
    }
    payForComparison(left, right, run);
    return compare(left, right);
  };
}

function isComparable(value: Result): value is number | string | undefined {
  return value === undefined || typeof value === 'number' || typeof value === 'string';
}

function isMember(left: Result, right: Result, run: Run): boolean {
  if (left === undefined || right === undefined) return false;
  const items = itemsOf(right);
  const value = plain(left);
  const length = typeof value === 'string' ? value.length : 0;
  run.budget.spend(items.length * (length >> 6) + (items.length >> 3));
  return value !== undefined && items.includes(value);
}

function range(left: Result, right: Result, run: Run): Result {
  if (left !== undefined && !Number.isInteger(left)) throw notInteger('T2003', 'left');
  if (right !== undefined && !Number.isInteger(right)) throw notInteger('T2004', 'right');
  if (typeof left !== 'number' || typeof right !== 'number' || left > right) return undefined;
  const length = right - left + 1;
  if (length > MAX_SEQUENCE_LENGTH) {
    throw new ExpressionError('D2014', `a range may not exceed ${MAX_SEQUENCE_LENGTH} items`);
  }
  run.budget.spend(length);
  const numbers: number[] = [];
  for (let number = left; number <= right; number++) numbers.push(number);
  return new Sequence(numbers);
}

function notInteger(code: string, side: string): ExpressionError {
  return new ExpressionError(code, `the ${side} side of ".." must be a whole number`);
}

export function negate(operand: Result): Result {
  if (operand === undefined) return undefined;
  if (typeof operand === 'number') return 0 - finite(operand);
  throw new ExpressionError(
    'D1002',
    `only a number can be negated, not ${isArray(operand) ? 'an array' : 'this'}`,
  );
}
