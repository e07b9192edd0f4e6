import { Budget, MAX_EXPRESSION_STEPS } from './budget.js';

/**
 * What several expressions may use together, one after the other: each has a budget of its own, until what they
 * share is used up as well.
 */
export class Allowance {
  readonly #steps: number;
  #end: number;
  /** Steps taken on budgets before the last. */
  #before = 0;
  #last: Budget | undefined;
  /** Steps that the last budget had at first. */
  #given = 0;

  constructor(steps: number) {
    this.#steps = steps;
    this.#end = steps;
  }

  /** Steps that were taken so far. */
  get spent(): number {
    return this.#before + (this.#last === undefined ? 0 : this.#given - Math.max(0, this.#last.left));
  }

  /** From here on there is as much as at first. */
  renew(): void {
    this.#end = this.spent + this.#steps;
  }

  /** The budget of the next expression. Those that were given out before are done with. */
  budget(): Budget {
    this.#before = this.spent;
    this.#given = Math.min(MAX_EXPRESSION_STEPS, this.#end - this.#before);
    this.#last = new Budget(this.#given);
    return this.#last;
  }
}
