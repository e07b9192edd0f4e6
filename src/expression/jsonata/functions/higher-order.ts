import { ExpressionError } from '../../expression-error.js';
import { callGiven, type NativeDefinition } from '../native.js';
import { truthOf } from '../truth.js';
import { FunctionValue, isArray, plain, type Result, type Run, Sequence, type Value } from '../value.js';

/** Functions that call functions. */
export const HIGHER_ORDER_FUNCTIONS: Readonly<Record<string, NativeDefinition>> = {
  map: { signature: '<af>', arity: 2, call: ([array, fn], run) => map(array, fn, run) },
  filter: { signature: '<af>', arity: 2, call: ([array, fn], run) => filter(array, fn, run) },
  single: { signature: '<af?>', arity: 2, call: ([array, fn], run) => single(array, fn, run) },
  reduce: {
    signature: '<afj?:j>',
    arity: 3,
    call: ([array, fn, first], run) => reduce(array, fn, first, run),
  },
};

/** A function gets the value, then where it stands, then the whole: as many of them as it wants. */
export function argumentsFor(fn: FunctionValue, value: Value, place: Value, whole: Value): Value[] {
  const arity = fn.arity();
  if (arity >= 3) return [value, place, whole];
  return arity === 2 ? [value, place] : [value];
}

function map(array: Value | undefined, fn: Value | undefined, run: Run): Result {
  if (!isArray(array) || !(fn instanceof FunctionValue)) return undefined;
  const found: Value[] = [];
  array.forEach((item, i) => {
    const result = plain(callGiven(fn, argumentsFor(fn, item, i, array), run));
    if (result !== undefined) found.push(result);
  });
  return new Sequence(found);
}

function filter(array: Value | undefined, fn: Value | undefined, run: Run): Result {
  if (!isArray(array)) return undefined;
  return new Sequence(array.filter((item, i) => passes(fn, item, i, array, run)));
}

function single(array: Value | undefined, fn: Value | undefined, run: Run): Result {
  if (!isArray(array)) return undefined;
  const found = array.filter((item, i) => passes(fn, item, i, array, run));
  if (found.length > 1) throw new ExpressionError('D3138', '$single found more than one match');
  if (found.length === 0) throw new ExpressionError('D3139', '$single found no match');
  return found[0];
}

function passes(
  fn: Value | undefined,
  item: Value,
  place: number,
  array: readonly Value[],
  run: Run,
): boolean {
  if (!(fn instanceof FunctionValue)) return true;
  return truthOf(callGiven(fn, argumentsFor(fn, item, place, array), run), run);
}

function reduce(array: Value | undefined, fn: Value | undefined, first: Value | undefined, run: Run): Result {
  if (!isArray(array) || !(fn instanceof FunctionValue)) return undefined;
  const arity = fn.arity();
  if (arity < 2) throw new ExpressionError('D3050', '$reduce needs a function of at least two parameters');
  const skipsFirst = first === undefined && array.length > 0;
  let result: Result = skipsFirst ? array[0] : first;
  for (let i = skipsFirst ? 1 : 0; i < array.length; i++) {
    result = callGiven(fn, [result, array[i], i, array].slice(0, Math.min(arity, 4)), run);
  }
  return result;
}
