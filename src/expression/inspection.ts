import { MAX_JSON_DEPTH } from '../core/limits.js';
import { MAX_SEQUENCE_LENGTH, MAX_STRING_LENGTH } from './budget.js';
import { ExpressionError } from './expression-error.js';

const isOwn = Object.prototype.hasOwnProperty;

/**
 * Looks through what leaves an expression: JSON within limits. Small parts that are repeated count each time,
 * because they are written each time.
 */
export class Inspection {
  readonly #isFunction: (value: object) => boolean;
  #values = 0;
  #characters = 0;

  /** What counts as a function is said by the language that has some. */
  constructor(isFunction: (value: object) => boolean = () => false) {
    this.#isFunction = isFunction;
  }

  /** Throws for functions, for numbers that JSON does not have, and for values too deep or too large. */
  visit(value: unknown, depth = 0): void {
    if (++this.#values > MAX_SEQUENCE_LENGTH) {
      throw new ExpressionError('budget-length', `a result may not exceed ${MAX_SEQUENCE_LENGTH} values`);
    }
    switch (typeof value) {
      case 'string':
        this.#count(value.length);
        return;
      case 'number':
        if (!Number.isFinite(value))
          throw new ExpressionError('D1001', `${value} is not a number that JSON has`);
        return;
      case 'object':
        if (value !== null) this.#enter(value, depth);
        return;
      case 'boolean':
      case 'undefined':
        return;
      default:
        throw new ExpressionError('function-result', `the result is, or contains, a ${typeof value}`);
    }
  }

  #enter(value: object, depth: number): void {
    if (depth >= MAX_JSON_DEPTH) {
      throw new ExpressionError('budget-depth', `a result may not nest deeper than ${MAX_JSON_DEPTH} levels`);
    }
    if (Array.isArray(value)) {
      for (let i = 0; i < value.length; i++) this.visit(value[i], depth + 1);
      return;
    }
    if (this.#isFunction(value)) {
      throw new ExpressionError('function-result', 'the result is, or contains, a function');
    }
    // Of all ways to go through an object this is the quickest by far, and asking whose a key is costs nothing then.
    for (const key in value) {
      if (!isOwn.call(value, key)) continue;
      this.#count(key.length);
      this.visit((value as Record<string, unknown>)[key], depth + 1);
    }
  }

  #count(characters: number): void {
    this.#characters += characters;
    if (this.#characters > MAX_STRING_LENGTH) {
      throw new ExpressionError(
        'budget-text',
        `a result may not exceed ${MAX_STRING_LENGTH} characters of text`,
      );
    }
  }
}
