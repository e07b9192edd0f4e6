import type { Budget } from '../budget.js';
import type { Surroundings } from '../expression.js';

/** What an expression works with: JSON, and functions, which never leave it. */
export type Value = null | boolean | number | string | readonly Value[] | ValueObject | FunctionValue;

export interface ValueObject {
  readonly [key: string]: Value;
}

/**
 * What a closure gives. Beside plain values there are two kinds of array that behave differently on the way:
 * a Sequence, which is what a path found, and a Row, which is an array that counts as one item.
 * Neither is ever stored in an array or an object: there they become plain arrays.
 */
export type Result = Value | Sequence | Row | undefined;

/** The context item. A document that is an array comes as a Row, so that paths see it as one item. */
export type Input = Result;

/**
 * What a path or a function found, in order. It stands for its only item if it has one, unless `keep` says that
 * it stays an array, and for nothing if it has none.
 */
export class Sequence {
  readonly items: readonly Value[];
  readonly keep: boolean;

  constructor(items: readonly Value[], keep = false) {
    this.items = items;
    this.keep = keep;
  }
}

/** An array that counts as one item where sequences are flattened: `orders.[id, price]` gives rows. */
export class Row {
  readonly items: readonly Value[];

  constructor(items: readonly Value[]) {
    this.items = items;
  }
}

/** Whether a result is one of the arrays that behave differently. */
export function isSeveral(value: Result): value is Sequence | Row {
  return value instanceof Sequence || value instanceof Row;
}

/** A function as a value. It has no properties that data could name. */
export abstract class FunctionValue {
  /** How many arguments it wants; functions that call it hand over no more. */
  abstract arity(): number;
  abstract call(args: readonly Result[], context: Result, run: Run): Result;
}

/** One evaluation: what it may see and what it may still use. */
export interface Run {
  readonly budget: Budget;
  readonly surroundings: Surroundings;
  /** The whole document, `$$`. */
  readonly root: Value | undefined;
}

/** The values of the variables of one block, function or tuple. */
export class Scope {
  readonly run: Run;
  readonly slots: Result[];
  readonly parent: Scope | undefined;

  constructor(run: Run, slots: Result[], parent: Scope | undefined) {
    this.run = run;
    this.slots = slots;
    this.parent = parent;
  }
}

/** A compiled expression: gives the result for a context item. */
export type Code = (input: Input, scope: Scope) => Result;

/** What runs as one straight line, and the steps of the budget that it costs. */
export interface Body {
  readonly code: Code;
  readonly cost: number;
}

export function isArray(value: Result): value is readonly Value[] {
  return Array.isArray(value);
}

/** Whether a value is an object of data: no array, no function. */
export function isObject(value: Result): value is ValueObject {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof FunctionValue) &&
    !isSeveral(value)
  );
}

/** The plain value that a result stands for where it is stored. */
export function plain(result: Result): Value | undefined {
  return isSeveral(result) ? result.items : result;
}

export function plainAll(results: readonly Result[]): readonly (Value | undefined)[] {
  for (let i = 0; i < results.length; i++) {
    const result = results[i];
    if (isSeveral(result)) return results.map(plain);
  }
  return results as readonly (Value | undefined)[];
}

/** Whether a result is one value that stands for itself: neither nothing nor what may hold any number of items. */
export function isSingle(result: Result): result is Exclude<Value, readonly Value[]> {
  if (typeof result !== 'object') return result !== undefined;
  return result === null || !(isArray(result) || isSeveral(result));
}

/** The items that a result consists of. */
export function itemsOf(result: Result): readonly Value[] {
  if (isArray(result)) return result;
  if (result === undefined) return [];
  return isSeveral(result) ? result.items : [result];
}

/** What a finished node gives: a sequence of one item becomes the item, unless it is to stay an array. */
export function collapse(result: Result, keep: boolean): Result {
  if (!(result instanceof Sequence)) return result;
  const { items } = result;
  if (items.length === 0) return undefined;
  if (items.length === 1 && !keep && !result.keep) return items[0];
  return keep && !result.keep ? new Sequence(items, true) : result;
}

/** Adds items to an array under construction. Copying long arrays costs steps, which bounds the memory as well. */
export function addAll(target: Value[], items: readonly Value[], { budget }: Run): void {
  budget.checkLength(target.length + items.length);
  budget.spend(items.length >> 4);
  for (const item of items) target.push(item);
}

/** Adds to a sequence under construction what a step gave: one level of arrays is flattened. */
export function flattenInto(target: Value[], result: Result, run: Run): void {
  if (result === undefined) return;
  if (typeof result !== 'object' || result === null) target.push(result);
  else if (isArray(result)) addAll(target, result, run);
  else if (result instanceof Sequence) addAll(target, result.items, run);
  else if (result instanceof Row) target.push(result.items);
  else target.push(result);
}
