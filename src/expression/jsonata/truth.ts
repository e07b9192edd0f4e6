import { ExpressionError } from '../expression-error.js';
import { payForComparison } from './text-cost.js';
import { FunctionValue, isArray, isObject, plain, type Result, type Run, type Value } from './value.js';

/** Levels of nesting that are compared, searched and written: deeper values are errors. */
export const MAX_VALUE_DEPTH = 250;

/**
 * What a value counts as where a boolean is wanted: nothing, null, false, 0, "", empty arrays and objects,
 * functions, and arrays of nothing but such, count as false.
 */
export function truthOf(result: Result, run: Run): boolean {
  switch (typeof result) {
    case 'boolean':
      return result;
    case 'number':
      return finite(result) !== 0;
    case 'string':
      return result !== '';
    case 'undefined':
      return false;
    default:
      return truthOfStructure(plain(result), run, 0);
  }
}

function truthOfStructure(value: Value | undefined, run: Run, depth: number): boolean {
  if (isArray(value)) {
    if (depth >= MAX_VALUE_DEPTH) throw tooDeep();
    run.budget.spend(value.length >> 2);
    return value.some((item) =>
      typeof item === 'object' ? truthOfStructure(item, run, depth + 1) : truthOf(item, run),
    );
  }
  if (!isObject(value)) return false;
  for (const _key in value) return true;
  return false;
}

/** Equality of values, the order of keys aside; a function equals only itself. */
export function equal(a: Value | undefined, b: Value | undefined, run: Run, depth = 0): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) {
    payForComparison(a, b, run);
    return false;
  }
  if (depth >= MAX_VALUE_DEPTH) throw tooDeep();
  if (a instanceof FunctionValue || b instanceof FunctionValue) return false;
  if (isArray(a)) {
    if (!isArray(b) || a.length !== b.length) return false;
    run.budget.spend(a.length);
    return a.every((item, i) => equal(item, b[i], run, depth + 1));
  }
  if (!isObject(a) || !isObject(b)) return false;
  const keys = Object.keys(a);
  run.budget.spend(keys.length);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every((key) => Object.hasOwn(b, key) && equal(a[key], b[key], run, depth + 1));
}

/** Refuses the numbers that JSON does not have. */
export function finite(number: number): number {
  if (Number.isFinite(number)) return number;
  throw new ExpressionError('D1001', `${number} is not a number that JSON has`);
}

export function tooDeep(): ExpressionError {
  return new ExpressionError('budget-depth', `a value may not nest deeper than ${MAX_VALUE_DEPTH} levels`);
}
