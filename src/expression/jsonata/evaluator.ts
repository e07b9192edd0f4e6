import { ExpressionError } from '../expression-error.js';
import { SourceError } from '../source-error.js';
import type { Compiling } from './compiling.js';
import type { Frame } from './frame.js';
import { parseSignature } from './signature.js';
import {
  type Body,
  FunctionValue,
  isArray,
  plainAll,
  type Result,
  Row,
  type Run,
  type Scope,
} from './value.js';

/** The name of the function that evaluates texts, without the `$`. */
export const EVAL = 'eval';

/** Steps for each UTF-16 unit of a text that is compiled on the way: compiling is dearer than reading. */
const STEPS_PER_UNIT = 10;

/** Calls that a text which calls itself counts as towards the depth limit: compiling it needs the stack too. */
const WEIGHT = 4;

const SIGNATURE = parseSignature('<sx?:x>');

/** `$eval` where it is named: it sees the variables that can be seen from there. */
export function compileEvaluator(compiling: Compiling): (scope: Scope) => FunctionValue {
  const { frame } = compiling;
  return (scope) => new Evaluator(compiling, frame, scope);
}

/** Evaluates a text for the context, or for what is given as its second argument. */
class Evaluator extends FunctionValue {
  readonly #compiling: Compiling;
  readonly #frame: Frame | undefined;
  readonly #scope: Scope;

  constructor(compiling: Compiling, frame: Frame | undefined, scope: Scope) {
    super();
    this.#compiling = compiling;
    this.#frame = frame;
    this.#scope = scope;
  }

  override arity(): number {
    return 2;
  }

  override call(args: readonly Result[], context: Result, run: Run): Result {
    const [text] = SIGNATURE.apply(plainAll(args), context, EVAL, run);
    if (typeof text !== 'string') return undefined;
    const focus = args[1] === undefined ? context : args[1];
    const input = isArray(focus) ? new Row(focus) : focus;
    run.budget.enter(WEIGHT);
    try {
      const { code, cost } = this.#compile(text, run);
      run.budget.spend(cost);
      return code(input, this.#scope);
    } catch (error) {
      throw inEval(error);
    } finally {
      run.budget.leave(WEIGHT);
    }
  }

  #compile(text: string, { budget }: Run): Body {
    budget.spend((text.length + 2) * STEPS_PER_UNIT);
    return this.#compiling.text(text, this.#frame);
  }
}

/** The end of the budget is no fault of the text, and is told as it is. */
function inEval(error: unknown): unknown {
  if (error instanceof SourceError) {
    return new ExpressionError('D3120', `$eval was given a text with an error: ${error.message}`);
  }
  if (!(error instanceof ExpressionError) || error.code.startsWith('budget-')) return error;
  if (error.code === 'D3120' || error.code === 'D3121') return error;
  return new ExpressionError('D3121', `$eval: ${error.message} (${error.code})`);
}
