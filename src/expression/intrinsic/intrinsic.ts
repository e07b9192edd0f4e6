import type { Json } from '../../core/json.js';
import { type Checked, didYouMean } from '../../core/problem.js';
import type { Budget } from '../budget.js';
import { budgeted } from '../budgeted.js';
import type { Expression, Surroundings } from '../expression.js';
import { ExpressionError } from '../expression-error.js';
import { Inspection } from '../inspection.js';
import { compilePath } from '../jsonpath/jsonpath.js';
import { problemAt, SourceError } from '../source-error.js';
import { type ArgumentTree, type CallTree, parseCall } from './call-parser.js';
import { type CallScope, INTRINSICS } from './functions.js';

/** UTF-16 units of the text of one call. */
export const MAX_INTRINSIC_LENGTH = 65_536;

/**
 * Compiles a call of the States Language's intrinsic functions, whose arguments are paths, texts in single quotes,
 * numbers, true, false, null, and calls. A path that finds nothing and whatever a function refuses throws
 * ExpressionError('intrinsic-failure'), which is States.IntrinsicFailure.
 *
 * @example
 * const call = compileIntrinsic("States.Format('{} of {}', $.done, States.ArrayLength($.all))");
 * 'value' in call && call.value.evaluate({ done: 1, all: [1, 2] }); // => '1 of 2'
 */
export function compileIntrinsic(text: string): Checked<Expression> {
  if (text.length > MAX_INTRINSIC_LENGTH) {
    const message = `a call may not exceed ${MAX_INTRINSIC_LENGTH} characters`;
    return { problem: { code: 'intrinsic-length', message, path: '' } };
  }
  try {
    return { value: new IntrinsicExpression(text, compileCall(parseCall(text))) };
  } catch (error) {
    if (error instanceof SourceError) return { problem: problemAt(text, error) };
    throw error;
  }
}

type Evaluation = (input: Json | undefined, surroundings: Surroundings, budget: Budget) => Json;

class IntrinsicExpression implements Expression {
  readonly text: string;
  readonly #evaluation: Evaluation;

  constructor(text: string, evaluation: Evaluation) {
    this.text = text;
    this.#evaluation = evaluation;
  }

  evaluate(input: Json | undefined, surroundings: Surroundings = {}): Json {
    const shared = budgeted(surroundings);
    const result = this.#evaluation(input, shared, shared.budget);
    new Inspection().visit(result);
    return result;
  }
}

function compileCall({ name, args, position }: CallTree): Evaluation {
  const intrinsic = INTRINSICS.get(name);
  if (intrinsic === undefined) {
    const known = [...INTRINSICS.keys()].map((each) => `States.${each}`);
    const { hint } = didYouMean(`States.${name}`, known);
    throw new SourceError('intrinsic', `there is no intrinsic function States.${name}`, position, hint);
  }
  const { least, most } = intrinsic;
  if (args.length < least || args.length > most) {
    const wanted =
      least === most
        ? `${least}`
        : `at least ${least}${most === Number.POSITIVE_INFINITY ? '' : `, at most ${most}`}`;
    throw new SourceError(
      'intrinsic',
      `States.${name} takes ${wanted} arguments, not ${args.length}`,
      position,
    );
  }
  const evaluations = args.map(compileArgument);
  const raw = args.map((arg) =>
    arg.type === 'literal' && typeof arg.value === 'string' ? arg.raw : undefined,
  );
  return (input, surroundings, budget) => {
    budget.spend(1 + evaluations.length);
    const scope: CallScope = { surroundings, budget, raw };
    return intrinsic.call(
      evaluations.map((evaluation) => evaluation(input, surroundings, budget)),
      scope,
    );
  };
}

function compileArgument(argument: ArgumentTree): Evaluation {
  if (argument.type === 'call') return compileCall(argument.call);
  if (argument.type === 'literal') return () => argument.value;
  const { text, position } = argument;
  const checked = compilePath(text);
  if ('problem' in checked) {
    throw new SourceError(
      checked.problem.code,
      checked.problem.message,
      position + (checked.problem.column ?? 1) - 1,
    );
  }
  const path = checked.value;
  return (input, surroundings) => {
    const value = path.evaluate(input, surroundings);
    if (value !== undefined) return value;
    throw new ExpressionError('intrinsic-failure', `the path ${text} finds nothing`, position);
  };
}
