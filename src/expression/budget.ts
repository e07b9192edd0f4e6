import { ExpressionError } from './expression-error.js';

/** Steps that one evaluation may take: every node visited, every item handled, every iteration is one. */
export const MAX_EXPRESSION_STEPS = 1_000_000;

/** Calls within calls that one evaluation may make. */
export const MAX_EXPRESSION_DEPTH = 200;

/** Items of any sequence that an evaluation makes. */
export const MAX_SEQUENCE_LENGTH = 1_000_000;

/** UTF-16 units of any text that an evaluation makes. */
export const MAX_STRING_LENGTH = 8 * 1_048_576;

/** What an evaluation may still use. One budget may be shared by several expressions of a step. */
export class Budget {
  #steps: number;
  #depth = 0;

  constructor(steps: number = MAX_EXPRESSION_STEPS) {
    this.#steps = steps;
  }

  /** Steps that are left. */
  get left(): number {
    return this.#steps;
  }

  /** Pays for `count` steps; throws when they are used up. */
  spend(count = 1): void {
    this.#steps -= count;
    if (this.#steps < 0) throw new ExpressionError('budget-steps', 'the expression takes too many steps');
  }

  /** Around every call: throws when calls nest too deep. A call that needs more of the stack weighs more. */
  enter(weight = 1): void {
    this.#depth += weight;
    if (this.#depth > MAX_EXPRESSION_DEPTH) {
      this.#depth -= weight;
      throw new ExpressionError('budget-depth', 'the expression calls too deep');
    }
  }

  leave(weight = 1): void {
    this.#depth -= weight;
  }

  /** Before a sequence of this length is made. */
  checkLength(length: number): void {
    if (length > MAX_SEQUENCE_LENGTH) {
      throw new ExpressionError('budget-length', `a sequence may not exceed ${MAX_SEQUENCE_LENGTH} items`);
    }
  }

  /** Before a text of this length is made. */
  checkText(length: number): void {
    if (length > MAX_STRING_LENGTH) {
      throw new ExpressionError('budget-text', `a text may not exceed ${MAX_STRING_LENGTH} characters`);
    }
  }
}
