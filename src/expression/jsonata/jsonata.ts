import { isJsonArray, type Json } from '../../core/json.js';
import type { Checked } from '../../core/problem.js';
import { Budget } from '../budget.js';
import type { Expression, Surroundings } from '../expression.js';
import { ExpressionError } from '../expression-error.js';
import { problemAt, SourceError } from '../source-error.js';
import { compileText } from './compiler.js';
import { DIALECTS, type Dialect } from './library.js';
import type { Rules } from './rules.js';
import { seal } from './seal.js';
import { type Body, type Result, Row, Scope } from './value.js';

/** UTF-16 units of the text of one expression. */
export const MAX_EXPRESSION_LENGTH = 262_144;

const NO_SURROUNDINGS: Surroundings = {};

/** What an expression binds lies in scopes of its own. */
const NO_SLOTS: Result[] = [];

/**
 * Compiles a JSONata expression: synchronous, pure, and stopped by its budget. What a text does wrong comes back
 * as a Problem with JSONata's code, line and column; what an evaluation does wrong throws ExpressionError.
 *
 * The dialect `states` has the functions that Step Functions adds, only `whole` has `$eval`. Results are JSON (no
 * functions), and regular expressions are matched in linear time.
 *
 * @example
 * const checked = compileJsonata('orders[qty > 1].price ~> $sum()');
 * 'value' in checked && checked.value.evaluate({ orders: [{ qty: 2, price: 5 }, { qty: 1, price: 3 }] }); // => 5
 */
export function compileJsonata(text: string, dialect: Dialect = 'jsonata'): Checked<Expression> {
  if (text.length > MAX_EXPRESSION_LENGTH) {
    const message = `an expression may not exceed ${MAX_EXPRESSION_LENGTH} characters`;
    return { problem: { code: 'expression-length', message, path: '' } };
  }
  try {
    return { value: new JsonataExpression(text, DIALECTS[dialect]) };
  } catch (error) {
    if (error instanceof SourceError) return { problem: problemAt(text, error) };
    throw error;
  }
}

class JsonataExpression implements Expression {
  readonly text: string;
  readonly #body: Body;
  readonly #rules: Rules;

  constructor(text: string, rules: Rules) {
    this.text = text;
    this.#body = compileText(text, rules);
    this.#rules = rules;
  }

  evaluate(input: Json | undefined, surroundings: Surroundings = NO_SURROUNDINGS): Json | undefined {
    const budget = surroundings.budget ?? new Budget();
    const { code, cost } = this.#body;
    budget.spend(cost);
    const scope = new Scope({ budget, surroundings, root: input }, NO_SLOTS, undefined);
    let result: Result;
    try {
      result = code(isJsonArray(input) ? new Row(input) : input, scope);
    } catch (error) {
      throw asExpressionError(error);
    }
    return seal(result, this.#rules);
  }
}

/** Running out of stack is the expression's doing; everything else that is not an ExpressionError is a bug. */
function asExpressionError(error: unknown): unknown {
  if (error instanceof RangeError)
    return new ExpressionError('budget-depth', 'the expression nests too deep');
  return error;
}
