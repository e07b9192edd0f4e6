import { escapePointer, isJsonArray, isJsonObject, type Json, put } from '../core/json.js';
import { MAX_JSON_DEPTH } from '../core/limits.js';
import { type Checked, isError, type Problem } from '../core/problem.js';
import { budgeted } from './budgeted.js';
import type { Expression, Surroundings } from './expression.js';
import { ExpressionError } from './expression-error.js';
import { Inspection } from './inspection.js';
import { compileIntrinsic } from './intrinsic/intrinsic.js';
import { compileJsonata } from './jsonata/jsonata.js';
import type { Dialect } from './jsonata/library.js';
import { compilePath, type JsonPath } from './jsonpath/jsonpath.js';

/** A JSON value in which some places are expressions. */
export interface Template {
  /**
   * The value with every expression evaluated. Throws TemplateError, also where an expression finds nothing: a
   * template has no way to leave a place out.
   */
  evaluate(input: Json | undefined, surroundings?: Surroundings): Json;
  /** The same, but undefined if the template is one expression and that finds nothing. */
  find(input: Json | undefined, surroundings?: Surroundings): Json | undefined;
}

export type CheckedTemplate =
  /** Warnings are of what only fails when it is evaluated. */
  | { readonly value: Template; readonly warnings: readonly Problem[] }
  | { readonly problems: readonly Problem[] };

/** What went wrong at one place of a template. */
export class TemplateError extends ExpressionError {
  /** JSON Pointer of the place in the template. */
  readonly path: string;
  /** The text of the expression that stands there. */
  readonly expression: string;
  override readonly cause: ExpressionError;

  constructor(error: ExpressionError, path: string, expression: string) {
    super(error.code, `${error.message} (${expression}${path === '' ? '' : ` at ${path}`})`, error.position);
    this.path = path;
    this.expression = expression;
    this.cause = error;
  }
}

/**
 * The expression inside `{% … %}`, if a text is one.
 *
 * @example
 * delimitedExpression('{% 1 + 1 %}'); // => '1 + 1'
 * delimitedExpression('plain'); // => undefined
 */
export function delimitedExpression(text: string, dialect: Dialect = 'jsonata'): string | undefined {
  const whole = delimited(text, dialect);
  if (!whole.startsWith('{%') || !whole.endsWith('%}') || whole.length < 4) return undefined;
  return whole.slice(2, -2).trim();
}

/** Where the delimiters have to stand: in Step Functions a blank before or after them makes a text a plain one. */
function delimited(text: string, dialect: Dialect): string {
  return dialect === 'states' ? text : text.trim();
}

/**
 * Compiles a value in which texts of the form `{% … %}` are JSONata; all else stands for itself.
 *
 * @example
 * const template = compileJsonataTemplate({ total: '{% price * qty %}', currency: 'EUR' });
 * 'value' in template && template.value.evaluate({ price: 5, qty: 2 }); // => { total: 10, currency: 'EUR' }
 */
export function compileJsonataTemplate(template: Json, dialect: Dialect = 'jsonata'): CheckedTemplate {
  return new TemplateCompiler((text, path) => {
    const expression = delimitedExpression(text, dialect);
    if (expression !== undefined) return compileJsonata(expression, dialect);
    const whole = delimited(text, dialect);
    const opens = whole.startsWith('{%');
    if (!opens && !whole.endsWith('%}')) return undefined;
    const message = opens
      ? 'an expression that begins with "{%" must end with "%}"'
      : 'this "%}" ends nothing';
    return { problem: { code: 'expression-delimiter', message, path } };
  }, undefined).compile(template);
}

/**
 * Compiles a payload template of the States Language: where a key ends in `.$`, its value is a path or a call of an
 * intrinsic function, and the key loses the ending. A definite path that finds nothing is an error.
 *
 * @example
 * const template = compilePayloadTemplate({ 'id.$': '$.order.id', kind: 'order' });
 * 'value' in template && template.value.evaluate({ order: { id: 7 } }); // => { id: 7, kind: 'order' }
 */
export function compilePayloadTemplate(template: Json): CheckedTemplate {
  return new TemplateCompiler(() => undefined, compilePayloadValue).compile(template);
}

/** Gives the expression that a text is, the problem with it, or undefined if the text stands for itself. */
type TextCompiler = (text: string, path: string) => Checked<TemplateExpression> | undefined;

interface TemplateExpression extends Expression {
  readonly warnings?: readonly Problem[];
}

const PATH_KEY = '.$';

function compilePayloadValue(text: string): Checked<TemplateExpression> {
  if (text.startsWith('States.')) return compileIntrinsic(text);
  const checked = compilePath(text);
  return 'problem' in checked ? checked : { value: payloadPath(checked.value) };
}

/** A path in a payload template: Step Functions gives null for items that an array does not have. */
function payloadPath(path: JsonPath): Expression {
  return {
    text: path.text,
    evaluate(input, surroundings) {
      const value = path.evaluate(input, surroundings);
      return value === undefined && path.isOutOfRange(input, surroundings) ? null : value;
    },
  };
}

/** A place of a template, ready to be evaluated. */
type Part = (input: Json | undefined, surroundings: Surroundings) => Json | undefined;

class TemplateCompiler {
  readonly #textValue: TextCompiler;
  /** What the values of keys ending in `.$` are; without it such keys are nothing special. */
  readonly #pathValue: TextCompiler | undefined;
  readonly #problems: Problem[] = [];

  constructor(textValue: TextCompiler, pathValue: TextCompiler | undefined) {
    this.#textValue = textValue;
    this.#pathValue = pathValue;
  }

  compile(template: Json): CheckedTemplate {
    const part = this.#part(template, '', 0) ?? (() => template);
    if (this.#problems.some(isError)) return { problems: this.#problems };
    const value = new CompiledTemplate(part, typeof template === 'string' ? template : '');
    return { value, warnings: this.#problems };
  }

  /** Undefined where nothing inside is an expression: then the value stands for itself. */
  #part(value: Json, path: string, depth: number): Part | undefined {
    if (typeof value === 'string') return this.#expression(value, path, this.#textValue);
    if (typeof value !== 'object' || value === null) return undefined;
    if (depth >= MAX_JSON_DEPTH) {
      this.#note({ code: 'template-depth', message: `nested deeper than ${MAX_JSON_DEPTH} levels`, path });
      return undefined;
    }
    return isJsonArray(value) ? this.#array(value, path, depth) : this.#object(value, path, depth);
  }

  #array(array: readonly Json[], path: string, depth: number): Part | undefined {
    const parts = array.map((item, i) => this.#part(item, `${path}/${i}`, depth + 1));
    if (parts.every((part) => part === undefined)) return undefined;
    return (input, surroundings) =>
      array.map((item, i) => {
        const part = parts[i];
        return part === undefined ? item : present(part(input, surroundings));
      });
  }

  #object(object: Json, path: string, depth: number): Part | undefined {
    if (!isJsonObject(object)) return undefined;
    const keys = new Set<string>();
    const members: { readonly key: string; readonly value: Json; readonly part: Part | undefined }[] = [];
    for (const [name, value] of Object.entries(object)) {
      const at = `${path}/${escapePointer(name)}`;
      const isPath = this.#pathValue !== undefined && name.endsWith(PATH_KEY);
      const key = isPath ? name.slice(0, -PATH_KEY.length) : name;
      if (keys.has(key))
        this.#note({ code: 'template-key', message: `the key "${key}" is given twice`, path: at });
      keys.add(key);
      const part = isPath ? this.#pathMember(value, at) : this.#part(value, at, depth + 1);
      members.push({ key, value, part });
    }
    if (members.every(({ part }) => part === undefined)) return undefined;
    return (input, surroundings) => {
      const result: Record<string, Json> = {};
      for (const { key, value, part } of members) {
        put(result, key, part === undefined ? value : present(part(input, surroundings)));
      }
      return result;
    };
  }

  #pathMember(value: Json, path: string): Part | undefined {
    if (typeof value === 'string' && this.#pathValue !== undefined) {
      return this.#expression(value, path, this.#pathValue);
    }
    this.#note({
      code: 'template-path',
      message: 'the value of a key that ends in ".$" must be a path',
      path,
    });
    return undefined;
  }

  #expression(text: string, path: string, compile: TextCompiler): Part | undefined {
    const checked = compile(text, path);
    if (checked === undefined) return undefined;
    if ('problem' in checked) {
      this.#note(inTemplate(checked.problem, path));
      return undefined;
    }
    const expression = checked.value;
    for (const warning of expression.warnings ?? []) this.#note(inTemplate(warning, path));
    return (input, surroundings) => {
      try {
        const result = expression.evaluate(input, surroundings);
        if (result !== undefined || path === '') return result;
      } catch (error) {
        throw error instanceof ExpressionError ? new TemplateError(error, path, text) : error;
      }
      throw nothingFound(path, text);
    };
  }

  #note(problem: Problem): void {
    this.#problems.push(problem);
  }
}

class CompiledTemplate implements Template {
  readonly #part: Part;
  /** The text of a template that is one text; empty if it is not. */
  readonly #text: string;

  constructor(part: Part, text: string) {
    this.#part = part;
    this.#text = text;
  }

  evaluate(input: Json | undefined, surroundings?: Surroundings): Json {
    const result = this.find(input, surroundings);
    if (result === undefined) throw nothingFound('', this.#text);
    return result;
  }

  find(input: Json | undefined, surroundings: Surroundings = {}): Json | undefined {
    const result = this.#part(input, budgeted(surroundings));
    // Each expression keeps its own result within limits; what many of them make together may still be too much.
    if (this.#text === '') new Inspection().visit(result);
    return result;
  }
}

/** Inside a template nothing is ever undefined: its expressions throw instead. */
function present(value: Json | undefined): Json {
  if (value === undefined) throw new Error('an expression inside a template gave undefined');
  return value;
}

function nothingFound(path: string, text: string): TemplateError {
  return new TemplateError(
    new ExpressionError('undefined-result', 'the expression finds nothing'),
    path,
    text,
  );
}

/** A problem of an expression's text as a problem of the template: where it is in that text is said in words. */
function inTemplate({ line, column, ...problem }: Problem, path: string): Problem {
  if (line === undefined || column === undefined) return { ...problem, path };
  const place = line === 1 ? `at column ${column}` : `at line ${line}, column ${column}`;
  return { ...problem, message: `${problem.message} (${place} of the expression)`, path };
}
