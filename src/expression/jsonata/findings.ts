import { flattenInto, type Result, Row, type Run, Sequence, type Value } from './value.js';

/** What a step of a path finds, item by item, joined to one result. */
export class Findings {
  /** What was found, as long as it was found once. */
  #only: Result = undefined;
  #all: Value[] | undefined = undefined;

  add(result: Result, run: Run): void {
    if (result === undefined) return;
    if (this.#all !== undefined) flattenInto(this.#all, result, run);
    else if (this.#only === undefined) this.#only = result;
    else {
      this.#all = [];
      flattenInto(this.#all, this.#only, run);
      flattenInto(this.#all, result, run);
    }
  }

  result(isLast: boolean, run: Run): Result {
    if (this.#all === undefined) return onlyFinding(this.#only, isLast);
    run.budget.checkLength(this.#all.length);
    return new Sequence(this.#all);
  }
}

/**
 * What a step gives that found something from one item only: at a path's end, an array stays that array. Between
 * steps an array stands for its items, and what is no array for itself.
 */
export function onlyFinding(only: Result, isLast: boolean): Result {
  if (only instanceof Row) return isLast ? only : new Sequence([only.items]);
  return only instanceof Sequence && only.keep ? new Sequence(only.items) : only;
}
