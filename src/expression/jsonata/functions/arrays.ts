import { ExpressionError } from '../../expression-error.js';
import { mergeSort } from '../merge-sort.js';
import { callGiven, type NativeDefinition } from '../native.js';
import { payForComparison } from '../text-cost.js';
import { equal, truthOf } from '../truth.js';
import { FunctionValue, isArray, type Result, type Run, Sequence, type Value } from '../value.js';

export const ARRAY_FUNCTIONS: Readonly<Record<string, NativeDefinition>> = {
  count: { signature: '<a:n>', arity: 1, call: ([array]) => (isArray(array) ? array.length : 0) },
  append: { signature: '<xx:a>', arity: 2, call: ([first, second], run) => append(first, second, run) },
  reverse: { signature: '<a:a>', arity: 1, call: onArray((array) => array.toReversed()) },
  shuffle: { signature: '<a:a>', arity: 1, call: onArray(shuffle) },
  sort: { signature: '<af?:a>', arity: 2, call: ([array, isGreater], run) => sort(array, isGreater, run) },
  distinct: { signature: '<x:x>', arity: 1, call: ([value], run, given) => distinct(value, given[0], run) },
  zip: { signature: '<a+>', arity: 0, call: (arrays, run) => zip(arrays, run) },
};

/** A function of one array; arrays of at most one item are left as they are. */
function onArray(change: (array: readonly Value[], run: Run) => Value[]): NativeDefinition['call'] {
  return ([array], run) => {
    if (!isArray(array)) return undefined;
    run.budget.spend(array.length);
    return array.length < 2 ? array : change(array, run);
  };
}

export function append(first: Value | undefined, second: Value | undefined, run: Run): Value | undefined {
  if (first === undefined) return second;
  if (second === undefined) return first;
  const head = isArray(first) ? first : [first];
  const tail = isArray(second) ? second : [second];
  const length = head.length + tail.length;
  run.budget.checkLength(length);
  run.budget.spend(length >> 4);
  return [...head, ...tail];
}

function shuffle(array: readonly Value[], { surroundings: { chance } }: Run): Value[] {
  if (chance === undefined) throw new ExpressionError('no-chance', '$shuffle is not available here');
  const shuffled = [...array];
  for (let i = shuffled.length - 1; i > 0; i--) {
    const j = chance.below(i + 1);
    [shuffled[i], shuffled[j]] = [shuffled[j] as Value, shuffled[i] as Value];
  }
  return shuffled;
}

function sort(array: Value | undefined, isGreater: Value | undefined, run: Run): Value | undefined {
  if (!isArray(array) || array.length < 2) return array;
  if (isGreater instanceof FunctionValue) {
    return mergeSort(array, (a, b) => truthOf(callGiven(isGreater, [a, b], run), run), run);
  }
  const type = typeof array[0];
  if ((type !== 'number' && type !== 'string') || !array.every((item) => typeof item === type)) {
    throw new ExpressionError(
      'D3070',
      '$sort needs a function to compare anything but texts or numbers alone',
    );
  }
  const isLater = (a: number | string, b: number | string) => {
    payForComparison(a, b, run);
    return a > b;
  };
  return mergeSort(array as readonly (number | string)[], isLater, run);
}

function distinct(value: Value | undefined, given: Result, run: Run): Result {
  if (!isArray(value) || value.length < 2) return given;
  const seen = new Set<Value>();
  const structures: Value[] = [];
  const found: Value[] = [];
  for (const item of value) {
    run.budget.spend();
    const isNew =
      typeof item === 'object' && item !== null
        ? structures.every((other) => {
            run.budget.spend();
            return !equal(item, other, run);
          })
        : !seen.has(item);
    if (!isNew) continue;
    found.push(item);
    if (typeof item === 'object' && item !== null) structures.push(item);
    else seen.add(item);
  }
  return given instanceof Sequence ? new Sequence(found, given.keep) : found;
}

function zip(arrays: readonly (Value | undefined)[], run: Run): Value[] {
  const length = Math.min(...arrays.map((array) => (isArray(array) ? array.length : 0)));
  run.budget.spend(length * arrays.length);
  return Array.from({ length }, (_, i) => arrays.map((array) => (array as readonly Value[])[i] as Value));
}
