import type { Json } from '../../core/json.js';
import { type Checked, didYouMean, type Problem } from '../../core/problem.js';
import type { Budget } from '../budget.js';
import { budgeted } from '../budgeted.js';
import type { Expression, Surroundings } from '../expression.js';
import { ExpressionError } from '../expression-error.js';
import { Inspection } from '../inspection.js';
import { compilePath } from '../jsonpath/jsonpath.js';
import { problemAt, SourceError } from '../source-error.js';
import { type ArgumentTree, type CallTree, parseCall } from './call-parser.js';
import { type CallScope, INTRINSICS, type Intrinsic, intrinsicFailure } from './functions.js';

/** UTF-16 units of the text of one call. */
export const MAX_INTRINSIC_LENGTH = 65_536;

/** An argument's path that finds nothing. */
export class MissingArgument extends ExpressionError {
  readonly argument: string;

  constructor(argument: string, position: number) {
    super('undefined-argument', `the path ${argument} finds nothing`, position);
    this.argument = argument;
  }
}

/** A call, and what is wrong with it that only fails when it is made. */
export interface IntrinsicCall extends Expression {
  readonly warnings: readonly Problem[];
}

/**
 * Compiles a call of the States Language's intrinsic functions, whose arguments are paths, texts in single quotes,
 * numbers, true, false, null, and calls. A path that finds nothing throws MissingArgument, whatever a function refuses
 * ExpressionError('intrinsic-failure'). A wrong number of arguments is refused in that way too, as Step Functions does,
 * and warned of.
 *
 * @example
 * const call = compileIntrinsic("States.Format('{} of {}', $.done, States.ArrayLength($.all))");
 * 'value' in call && call.value.evaluate({ done: 1, all: [1, 2] }); // => '1 of 2'
 */
export function compileIntrinsic(text: string): Checked<IntrinsicCall> {
  if (text.length > MAX_INTRINSIC_LENGTH) {
    const message = `a call may not exceed ${MAX_INTRINSIC_LENGTH} characters`;
    return { problem: { code: 'intrinsic-length', message, path: '' } };
  }
  try {
    const compiler = new CallCompiler(text);
    const evaluation = compiler.call(parseCall(text));
    return { value: new IntrinsicExpression(text, evaluation, compiler.warnings) };
  } catch (error) {
    if (error instanceof SourceError) return { problem: problemAt(text, error) };
    throw error;
  }
}

type Evaluation = (input: Json | undefined, surroundings: Surroundings, budget: Budget) => Json;

class IntrinsicExpression implements IntrinsicCall {
  readonly text: string;
  readonly warnings: readonly Problem[];
  readonly #evaluation: Evaluation;

  constructor(text: string, evaluation: Evaluation, warnings: readonly Problem[]) {
    this.text = text;
    this.warnings = warnings;
    this.#evaluation = evaluation;
  }

  evaluate(input: Json | undefined, surroundings: Surroundings = {}): Json {
    const shared = budgeted(surroundings);
    const result = this.#evaluation(input, shared, shared.budget);
    new Inspection().visit(result);
    return result;
  }
}

class CallCompiler {
  readonly warnings: Problem[] = [];
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  call({ name, args, position }: CallTree): Evaluation {
    const intrinsic = INTRINSICS.get(name);
    if (intrinsic === undefined) {
      const known = [...INTRINSICS.keys()].map((each) => `States.${each}`);
      const { hint } = didYouMean(`States.${name}`, known);
      throw new SourceError('intrinsic', `there is no intrinsic function States.${name}`, position, hint);
    }
    const evaluations = args.map((arg) => this.#argument(arg));
    const miscount = countFault(intrinsic, args.length);
    if (miscount !== undefined) {
      const fault = new SourceError('intrinsic-arguments', `States.${name} ${miscount}`, position);
      this.warnings.push({ ...problemAt(this.#text, fault), severity: 'warning' });
    }
    const raw = args.map((arg) =>
      arg.type === 'literal' && typeof arg.value === 'string' ? arg.raw : undefined,
    );
    return (input, surroundings, budget) => {
      budget.spend(1 + evaluations.length);
      const values = evaluations.map((evaluation) => evaluation(input, surroundings, budget));
      if (miscount !== undefined) throw refused(name, miscount);
      return carryOut(name, intrinsic, values, { surroundings, budget, raw });
    };
  }

  #argument(argument: ArgumentTree): Evaluation {
    if (argument.type === 'call') return this.call(argument.call);
    if (argument.type === 'literal') return () => argument.value;
    const { text, position } = argument;
    const checked = compilePath(text);
    if ('problem' in checked) {
      const { code, message, column = 1 } = checked.problem;
      throw new SourceError(code, message, position + column - 1);
    }
    const path = checked.value;
    return (input, surroundings) => {
      const value = path.evaluate(input, surroundings);
      if (value !== undefined) return value;
      throw new MissingArgument(text, position);
    };
  }
}

function countFault({ least, most }: Intrinsic, count: number): string | undefined {
  if (count >= least && count <= most) return undefined;
  const upper = most === Number.POSITIVE_INFINITY ? '' : `, at most ${most}`;
  const wanted = least === most ? `${least}` : `at least ${least}${upper}`;
  return `takes ${wanted} argument${wanted === '1' ? '' : 's'}, not ${count}`;
}

/** What a function refuses says which one it was. */
function carryOut(name: string, intrinsic: Intrinsic, args: readonly Json[], scope: CallScope): Json {
  try {
    return intrinsic.call(args, scope);
  } catch (error) {
    const isRefusal = error instanceof ExpressionError && error.code === 'intrinsic-failure';
    throw isRefusal ? refused(name, error.message) : error;
  }
}

function refused(name: string, reason: string): ExpressionError {
  return intrinsicFailure(`Invalid arguments in States.${name}: ${reason}`);
}
