import type { Compiling } from './compiling.js';
import type { Filter } from './syntax-tree.js';
import { truthOf } from './truth.js';
import {
  type Code,
  isArray,
  isSingle,
  itemsOf,
  plain,
  type Result,
  type Run,
  type Scope,
  Sequence,
  type Value,
} from './value.js';

/** Keeps what a filter lets through. Sequences are not collapsed: the next filter counts their items. */
export type FilterCode = (result: Result, scope: Scope) => Result;

/** Code, and what its filters leave of what it gives. */
export function compileFilters(code: Code, filters: readonly Filter[], compiling: Compiling): Code {
  const codes = filters.map((filter) => compileFilter(filter, compiling));
  return (input, scope) => {
    let result = code(input, scope);
    for (const filter of codes) result = filter(result, scope);
    return isSingle(result) ? new Sequence([result]) : result;
  };
}

export function compileFilter({ expression }: Filter, compiling: Compiling): FilterCode {
  const index = constantIndex(expression);
  if (index !== undefined) return (result) => itemAt(result, index);
  const { code, cost } = compiling.body(expression);
  return (result, scope) => {
    if (isSingle(result)) {
      scope.run.budget.spend(cost);
      const verdict = code(result, scope);
      if (typeof verdict === 'boolean') return verdict ? result : undefined;
      const kept: Value[] = [];
      addIfMeant(kept, result, verdict, 0, 1, scope.run);
      return new Sequence(kept);
    }
    const items = itemsOf(result);
    scope.run.budget.spend(items.length * cost);
    const kept: Value[] = [];
    for (let i = 0; i < items.length; i++) {
      const item = items[i] as Value;
      addIfMeant(kept, item, code(item, scope), i, items.length, scope.run);
    }
    return new Sequence(kept);
  };
}

/** The index that a filter is, if it is a number as written. */
export function constantIndex(expression: Filter['expression']): number | undefined {
  const isNumber = expression.type === 'literal' && typeof expression.value === 'number';
  return isNumber && expression.predicates === undefined ? Math.floor(Number(expression.value)) : undefined;
}

function itemAt(result: Result, index: number): Result {
  if (isSingle(result)) return index === 0 || index === -1 ? result : undefined;
  const items = itemsOf(result);
  return items[index < 0 ? items.length + index : index];
}

/** Adds an item if the filter says so: by its truth, or by numbers, which are positions. */
export function addIfMeant<T>(
  kept: T[],
  item: T,
  verdict: Result,
  index: number,
  length: number,
  run: Run,
): void {
  if (typeof verdict === 'boolean') {
    if (verdict) kept.push(item);
    return;
  }
  if (typeof verdict === 'number') {
    if (isPosition(verdict, index, length)) kept.push(item);
    return;
  }
  const value = plain(verdict);
  if (isArray(value) && value.every((each) => typeof each === 'number')) {
    run.budget.spend(value.length >> 2);
    for (const each of value) if (isPosition(Number(each), index, length)) kept.push(item);
  } else if (truthOf(verdict, run)) kept.push(item);
}

function isPosition(number: number, index: number, length: number): boolean {
  const position = Math.floor(number);
  return (position < 0 ? length + position : position) === index;
}
