import { isJsonArray, isJsonObject, type Json } from '../../core/json.js';
import type { Problem } from '../../core/problem.js';
import type { Surroundings } from '../../expression/expression.js';
import { ExpressionError } from '../../expression/expression-error.js';
import { delimitedExpression, type Template } from '../../expression/template.js';
import type { Run } from '../../statechart/run.js';
import type { ReadTemplate } from '../../statechart/schema/findings.js';
import { Undone } from '../../statechart/undone.js';
import { EngineBroken, OutOfSteps, ScriptError } from './engine.js';
import { PRELUDE } from './prelude.js';
import { expressionOf, syntaxProblem } from './script.js';
import { type Established, type Foundation, literal, type Session, type Sessions } from './session.js';

/** The scripts of one machine: its expressions as templates, and its variables as a run leaves them. */
export class Scripting {
  readonly #sessions: Sessions;
  readonly #foundation: Foundation & { readonly declared: string[]; readonly established: Established[] };

  constructor(sessions: Sessions, machine: string) {
    this.#sessions = sessions;
    this.#foundation = { name: machine, declared: [], established: [] };
  }

  /** A variable that is there from the start. */
  declare(name: string): void {
    this.#foundation.declared.push(name);
  }

  /** A script that every macrostep begins with; `isPlain` where it declares nothing. */
  establish(script: string, isPlain: boolean): void {
    const isSound = isPlain && this.problem(script, 'script', '') === undefined;
    this.#foundation.established.push({ script, isPlain: isSound });
  }

  template(value: Json): ReadTemplate {
    const problems: Problem[] = [];
    const code = this.code(value, '', problems);
    return { value: this.#template(`${PRELUDE}.json(${code})`), problems };
  }

  condition(text: string): ReadTemplate {
    const problem = this.problem(text, 'expression', '');
    const value = this.#template(`String(Boolean(${expressionOf(text)}))`);
    return { value, problems: problem === undefined ? [] : [problem] };
  }

  /** A value with expressions in it as one expression of JavaScript. */
  code(value: Json, path: string, problems: Problem[]): string {
    if (isJsonArray(value)) {
      return `[${value.map((item, n) => this.code(item, `${path}/${n}`, problems)).join(', ')}]`;
    }
    if (isJsonObject(value)) {
      if (Object.hasOwn(value, '$xml')) return `${PRELUDE}.revive(${literal(literal(value))})`;
      const members = Object.entries(value).map(
        ([key, member]) => `[${literal(key)}]: ${this.code(member, `${path}/${key}`, problems)}`,
      );
      return `({ ${members.join(', ')} })`;
    }
    if (typeof value !== 'string') return literal(value);
    const expression = delimitedExpression(value);
    if (expression === undefined) {
      if (!value.trim().startsWith('{%')) return literal(value);
      const message = 'an expression that begins with "{%" must end with "%}"';
      problems.push({ code: 'expression-delimiter', message, path });
      return 'undefined';
    }
    const problem = this.problem(expression, 'expression', path);
    if (problem !== undefined) problems.push(problem);
    return expressionOf(expression);
  }

  /** What is wrong with the text of a script: bad syntax is heard of again when it is run (SCXML 5.9). */
  problem(text: string, kind: 'expression' | 'script', path: string): Problem | undefined {
    const found = syntaxProblem(this.#sessions.bare(this), text, kind);
    return found === undefined ? undefined : { ...found, path };
  }

  #template(script: string): Template {
    const find = (input: Json | undefined, surroundings: Surroundings = {}): Json | undefined => {
      const text = evaluated(this.#sessions.at(surroundings, input, this.#foundation), script);
      return text === '' ? undefined : (JSON.parse(text) as Json);
    };
    return {
      find,
      evaluate(input, surroundings) {
        const value = find(input, surroundings);
        if (value !== undefined) return value;
        throw new ExpressionError('undefined-result', 'the expression is undefined');
      },
    };
  }

  /** The realm as the run stands. */
  at(run: Run): Session {
    return this.#sessions.at(run.surroundings(), undefined, this.#foundation);
  }

  /** The value of a script that changes nothing. */
  value(run: Run, script: string): Json | undefined {
    const text = evaluated(this.at(run), script);
    return text === '' ? undefined : (JSON.parse(text) as Json);
  }

  /** Runs scripts that may change variables; where one fails, all is as it was. */
  change(run: Run, ...scripts: readonly string[]): void {
    const session = this.at(run);
    try {
      for (const script of scripts) session.evaluate(script);
    } catch (error) {
      session.undo();
      throw failure(error);
    }
    this.#keep(run, session);
  }

  /** Lets the context be what the variables are. */
  #keep(run: Run, session: Session): void {
    try {
      const context = session.save();
      if (context !== undefined) run.assign(context);
    } catch (error) {
      throw failure(error);
    }
  }
}

function evaluated(session: Session, script: string): string {
  try {
    return session.evaluate(script);
  } catch (error) {
    session.undo();
    throw failure(error);
  }
}

/** What a script threw, as an error of the step. */
function failure(error: unknown): unknown {
  if (error instanceof OutOfSteps) {
    return new Undone({ code: 'too-many-steps', message: error.message, path: '' }, error);
  }
  if (error instanceof EngineBroken) {
    return new Undone({ code: 'engine-broken', message: error.message, path: '' }, error);
  }
  if (!(error instanceof ScriptError)) return error;
  return new ScriptFailure(error);
}

/** What a script of a machine did wrong, and where in its text. */
export class ScriptFailure extends ExpressionError {
  readonly line: number;
  readonly column: number;

  constructor({ name, message, line, column }: ScriptError) {
    super('javascript', `${name}: ${message}`);
    this.line = line;
    this.column = column;
  }
}
