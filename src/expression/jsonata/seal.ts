import type { Json } from '../../core/json.js';
import { MAX_JSON_DEPTH } from '../../core/limits.js';
import { MAX_SEQUENCE_LENGTH, MAX_STRING_LENGTH } from '../budget.js';
import { ExpressionError } from '../expression-error.js';
import { FunctionValue, plain, type Result, type Value } from './value.js';

/**
 * What leaves an expression: JSON within limits. Throws for functions, for numbers that JSON does not have, and
 * for values too deep or too large, also where small parts are repeated.
 */
export function seal(result: Result): Json | undefined {
  const value = plain(result);
  if (value === undefined) return undefined;
  new Inspection().visit(value, 0);
  return value as Json;
}

class Inspection {
  #values = 0;
  #characters = 0;

  visit(value: Value, depth: number): void {
    if (typeof value === 'string') this.#count(value.length);
    else if (typeof value === 'number') {
      if (!Number.isFinite(value))
        throw new ExpressionError('D1001', `${value} is not a number that JSON has`);
    } else if (typeof value === 'object' && value !== null) this.#enter(value, depth);
    if (++this.#values > MAX_SEQUENCE_LENGTH) {
      throw new ExpressionError('budget-length', `a result may not exceed ${MAX_SEQUENCE_LENGTH} values`);
    }
  }

  #enter(value: Exclude<Value, string | number | boolean | null>, depth: number): void {
    if (value instanceof FunctionValue) {
      throw new ExpressionError('function-result', 'the result is, or contains, a function');
    }
    if (depth >= MAX_JSON_DEPTH) {
      throw new ExpressionError('budget-depth', `a result may not nest deeper than ${MAX_JSON_DEPTH} levels`);
    }
    if (Array.isArray(value)) {
      for (const item of value as readonly Value[]) this.visit(item, depth + 1);
      return;
    }
    for (const [key, member] of Object.entries(value)) {
      this.#count(key.length);
      this.visit(member as Value, depth + 1);
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
