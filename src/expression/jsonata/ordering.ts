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
  const [term] = terms;
  if (term !== undefined && terms.length === 1) {
    const keyFor = (item: T) => keyOf(term, contextOf(item), scopeOf(item));
    const isGreater = (a: Result, b: Result) => compareKeys(a, b, term.descending, run, position) > 0;
    return orderBy(items, keyFor, isGreater, run);
  }
  const keysOf = (item: T) => terms.map((each) => keyOf(each, contextOf(item), scopeOf(item)));
  const isGreater = (a: readonly Result[], b: readonly Result[]) => {
    for (let i = 0; i < terms.length; i++) {
      const verdict = compareKeys(a[i], b[i], terms[i]?.descending === true, run, position);
      if (verdict !== 0) return verdict > 0;
    }
    return false;
  };
  return orderBy(items, keysOf, isGreater, run);
}

function keyOf({ code, cost }: Term, context: Input, scope: Scope): Result {
  scope.run.budget.spend(cost);
  return code(context, scope);
}

function orderBy<T, K>(
  items: readonly T[],
  keyOf: (item: T) => K,
  isGreater: (a: K, b: K) => boolean,
  run: Run,
): T[] {
  const keyed = items.map((item) => ({ item, key: keyOf(item) }));
  return mergeSort(keyed, (a, b) => isGreater(a.key, b.key), run).map(({ item }) => item);
}

/** Items without a key come last, whatever the direction. */
function compareKeys(first: Result, second: Result, descending: boolean, run: Run, position: number): number {
  if (typeof first === 'number' && typeof second === 'number') return verdictOn(first, second, descending);
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
  return verdictOn(a, b, descending);
}

function verdictOn(a: number | string, b: number | string, descending: boolean): number {
  if (a === b) return 0;
  return a < b === descending ? 1 : -1;
}

function isKey(value: Value): value is number | string {
  return typeof value === 'number' || typeof value === 'string';
}
