import { ExpressionError } from '../expression-error.js';
import type { Compiling } from './compiling.js';
import { mergeSort } from './merge-sort.js';
import type { Sort } from './syntax-tree.js';
import { payForComparison } from './text-cost.js';
import { type Body, type Input, plain, type Result, type Run, type Scope, type Value } from './value.js';

interface Term extends Body {
  readonly descending: boolean;
}

/** `^( … )` on items that share one scope. */
export function compileSort(
  node: Sort,
  compiling: Compiling,
): (items: readonly Value[], scope: Scope) => Value[] {
  const terms = compileTerms(node, compiling);
  return (items, scope) =>
    order(
      items,
      terms,
      (item) => item,
      () => scope,
      scope.run,
      node.position,
    );
}

/** `^( … )` on tuples, each with its own bindings. */
export function compileTupleSort(
  node: Sort,
  compiling: Compiling,
): (tuples: readonly Scope[], run: Run) => Scope[] {
  const terms = compileTerms(node, compiling);
  return (tuples, run) =>
    order(
      tuples,
      terms,
      (tuple) => tuple.slots[0],
      (tuple) => tuple,
      run,
      node.position,
    );
}

function compileTerms(node: Sort, compiling: Compiling): Term[] {
  return node.terms.map(({ expression, descending }) => ({
    ...compiling.scopedBody(expression),
    descending,
  }));
}

function order<T>(
  items: readonly T[],
  terms: readonly Term[],
  contextOf: (item: T) => Input,
  scopeOf: (item: T) => Scope,
  run: Run,
  position: number,
): T[] {
  if (items.length < 2) return [...items];
  const keyed = items.map((item) => ({
    item,
    keys: terms.map(({ code, cost }) => {
      run.budget.spend(cost);
      return code(contextOf(item), scopeOf(item));
    }),
  }));
  const isGreater = (a: { keys: readonly Result[] }, b: { keys: readonly Result[] }) => {
    for (let i = 0; i < terms.length; i++) {
      const verdict = compareKeys(a.keys[i], b.keys[i], terms[i]?.descending === true, run, position);
      if (verdict !== 0) return verdict > 0;
    }
    return false;
  };
  return mergeSort(keyed, isGreater, run).map(({ item }) => item);
}

/** Items without a key come last, whatever the direction. */
function compareKeys(first: Result, second: Result, descending: boolean, run: Run, position: number): number {
  const a = plain(first);
  const b = plain(second);
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? 1 : -1;
  if (!isKey(a) || !isKey(b)) {
    throw new ExpressionError('T2008', 'an order-by needs numbers or texts to compare', position);
  }
  if (typeof a !== typeof b) {
    throw new ExpressionError('T2007', 'an order-by cannot compare a number with a text', position);
  }
  payForComparison(a, b, run);
  if (a === b) return 0;
  return a < b === descending ? 1 : -1;
}

function isKey(value: Value): value is number | string {
  return typeof value === 'number' || typeof value === 'string';
}
