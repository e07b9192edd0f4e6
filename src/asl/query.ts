import type { Json, JsonObject } from '../core/json.js';
import type { Problem } from '../core/problem.js';
import type { Surroundings } from '../expression/expression.js';
import { ExpressionError } from '../expression/expression-error.js';
import { compilePath, type JsonPath } from '../expression/jsonpath/jsonpath.js';
import { CONTEXT_BINDING } from '../expression/jsonpath/selection.js';
import {
  type CheckedTemplate,
  compileJsonataTemplate,
  compilePayloadTemplate,
  delimitedExpression,
  type Template,
  TemplateError,
} from '../expression/template.js';
import type { ActiveThread } from './active-thread.js';
import { queryFailure, runtimeFailure, type StateFailure } from './errors.js';
import type { Fields } from './fields.js';
import { explainMissing } from './missing-path.js';

/** How a state says what it takes from its data. States Language: QueryLanguage. */
export type QueryLanguage = 'JSONPath' | 'JSONata';

/** The parts of a state's source that queries are compiled from. */
export interface QuerySource {
  readonly fields: Fields;
  readonly queryLanguage: QueryLanguage;
}

/** A path in a field of its own. */
export interface PathQuery {
  readonly text: string;
  /** Undefined where it leads nowhere. */
  find(thread: ActiveThread, input: Json): Json | undefined;
  /** Throws States.Runtime, "Invalid path", where it leads nowhere. */
  get(thread: ActiveThread, input: Json): Json;
}

/** What a JSONata expression may read as `$states`, besides input and context. */
export interface StatesExtras {
  readonly result?: Json;
  readonly errorOutput?: Json;
}

/** A value made in a state: from a payload template, or from JSONata. Throws StateFailure. */
export type Maker = (thread: ActiveThread, input: Json, extras?: StatesExtras) => Json;

/** Complains of fields that belong to the other query language. */
export function refuseForeign(
  { fields, queryLanguage }: QuerySource,
  owner: QueryLanguage,
  names: readonly string[],
): void {
  if (queryLanguage === owner) return;
  for (const name of names) {
    if (!fields.has(name)) continue;
    fields.any(name);
    fields.report({
      message: `The QueryLanguage is set to '${queryLanguage}', but field '${name}' is only supported for the '${owner}' QueryLanguage`,
      path: fields.at(name),
    });
  }
}

/** The path in a field, if the field is there. */
export function compilePathText(fields: Fields, field: string): PathQuery | undefined {
  const text = fields.text(field);
  if (text === undefined) return undefined;
  const compiled = compilePath(text);
  if ('problem' in compiled) {
    fields.report({
      message: 'Value is not a valid JSONPath',
      path: fields.at(field),
      hint: compiled.problem.message,
    });
    return undefined;
  }
  return pathQuery(compiled.value);
}

function pathQuery(path: JsonPath): PathQuery {
  const { text } = path;
  const find = (thread: ActiveThread, input: Json): Json | undefined =>
    guarded(() => path.evaluate(input, pathSurroundings(thread)));
  return {
    text,
    find,
    get(thread, input) {
      const value = find(thread, input);
      if (value !== undefined) return value;
      const root = text.startsWith('$$') ? thread.context : input;
      throw runtimeFailure(`Invalid path '${text}' : ${explainMissing(text, root)}`);
    },
  };
}

/** Runs a JSONPath evaluation; what goes wrong in it is States.Runtime. */
function guarded<T>(evaluate: () => T): T {
  try {
    return evaluate();
  } catch (error) {
    if (error instanceof ExpressionError) throw runtimeFailure(error.message);
    throw error;
  }
}

/** What a JSONPath sees besides its input: the context object, made when it is asked for, and variables. */
function pathSurroundings(thread: ActiveThread): Surroundings {
  const given: Record<string, Json> = {};
  Object.defineProperty(given, CONTEXT_BINDING, { get: () => thread.context, enumerable: true });
  return thread.surroundings(given);
}

/** ErrorPath and CausePath: a path, or an intrinsic function. */
export function compileExpression(
  source: QuerySource,
  field: string,
): ((thread: ActiveThread, input: Json) => Json) | undefined {
  const { fields } = source;
  const text = fields.text(field);
  if (text === undefined) return undefined;
  const key = `${field}.$`;
  const template = compilePayload(fields, field, { [key]: text }, () => fields.at(field));
  return (thread, input) => {
    const made = makeFromPaths(template, thread, input, field);
    return (made as JsonObject)[field] ?? null;
  };
}

/** Parameters, ResultSelector and their like: JSON in which keys that end in `.$` hold paths. */
export function compilePayloadField(fields: Fields, field: string): Maker | undefined {
  const value = fields.any(field);
  if (value === undefined) return undefined;
  const template = compilePayload(fields, field, value, (at) => fields.at(field) + at);
  return (thread, input) => makeFromPaths(template, thread, input, undefined);
}

function compilePayload(
  fields: Fields,
  field: string,
  value: Json,
  locate: (path: string) => string,
): Template {
  const compiled = compilePayloadTemplate(value);
  if ('value' in compiled) return compiled.value;
  for (const problem of compiled.problems) {
    const key = lastKey(problem.path);
    const name = key === '' || key === `${field}.$` ? field : key;
    fields.report(
      unsupported(problem, locate(problem.path)) ?? {
        message: `The value for the field '${name}' must be a valid JSONPath or a valid intrinsic function call`,
        path: locate(problem.path),
        hint: problem.message,
      },
    );
  }
  return NOTHING;
}

/** `field` names the place where it is not the template's own. */
function makeFromPaths(
  template: Template,
  thread: ActiveThread,
  input: Json,
  field: string | undefined,
): Json {
  try {
    return template.evaluate(input, pathSurroundings(thread));
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    if (!(error instanceof TemplateError) || error.code !== 'undefined-result') {
      throw runtimeFailure(error.message);
    }
    const place = field ?? lastKey(error.path);
    throw runtimeFailure(
      `The JSONPath '${error.expression}' specified for the field '${place}' could not be found in the input '${JSON.stringify(input)}'`,
    );
  }
}

/** Whether a value is a text `{% … %}`. */
export function isExpressionText(value: Json | undefined): boolean {
  return typeof value === 'string' && delimitedExpression(value) !== undefined;
}

/**
 * Arguments, Output and their like: JSON in which texts `{% … %}` are JSONata. `label` is what AWS calls the
 * field where something goes wrong.
 */
export function compileJsonataField(fields: Fields, field: string, label = field): Maker | undefined {
  const value = fields.any(field);
  if (value === undefined) return undefined;
  const template = compileJsonata(fields, field, value);
  const wantsContext = READS_CONTEXT.test(JSON.stringify(value));
  return (thread, _, extras) => {
    const context = wantsContext ? { context: thread.context } : {};
    const states = { input: thread.input, ...extras, ...context };
    return makeFromJsonata(template, thread.surroundings({ states }), label);
  };
}

/** Whether JSONata may read `$states.context`, which is not made for nothing. */
const READS_CONTEXT = /context|\$states(?!\s*\.)/;

/** A JSONata field of which a type is expected, with the words that AWS has for another. */
export function compileTyped(
  fields: Fields,
  field: string,
  type: 'string' | 'number' | 'boolean',
  label = field,
): ((thread: ActiveThread) => Json) | undefined {
  const source = fields.any(field);
  const make = compileJsonataField(fields, field, label);
  if (make === undefined) return undefined;
  return (thread) => {
    const value = make(thread, null);
    if (typeof value === type) return value;
    const expression = typeof source === 'string' ? (delimitedExpression(source) ?? source) : '';
    throw queryFailure(
      `The JSONata expression '${expression}' specified for the field '${label}' returned an unexpected result type. Expected '${type}', but was '${typeName(value)}' for value: ${JSON.stringify(value)}`,
      label,
    );
  };
}

function typeName(value: Json): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

function compileJsonata(fields: Fields, field: string, value: Json): Template {
  const compiled: CheckedTemplate = compileJsonataTemplate(value);
  if ('value' in compiled) return compiled.value;
  for (const problem of compiled.problems) {
    const path = fields.at(field) + problem.path;
    const message =
      problem.code === 'expression-delimiter'
        ? 'JSONata string must start with {% and end with %}'
        : problem.message;
    fields.report(unsupported(problem, path) ?? { message, path });
  }
  return NOTHING;
}

function makeFromJsonata(template: Template, surroundings: Surroundings, label: string): Json {
  try {
    return template.evaluate(undefined, surroundings);
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    throw error instanceof TemplateError ? jsonataFailure(error, label) : queryFailure(error.message, label);
  }
}

function jsonataFailure(error: TemplateError, label: string): StateFailure {
  const field = label + fieldPath(error.path);
  const expression = delimitedExpression(error.expression) ?? error.expression;
  const where = `The JSONata expression '${expression}' specified for the field '${field}'`;
  if (error.code === 'undefined-result') return queryFailure(`${where} returned nothing (undefined).`, field);
  if (error.code === 'function-result') {
    return queryFailure(`${where} returned an unsupported result type.`, field);
  }
  const place = error.path === '' ? '' : ` at ${error.path}`;
  const reason = error.message.slice(0, -` (${error.expression}${place})`.length);
  return queryFailure(`${where} threw an error during evaluation. ${error.code}: ${reason}`, field);
}

/** A place of a template as AWS writes it: `/list[0]/name`. */
function fieldPath(pointer: string): string {
  return unescaped(pointer)
    .map((key) => (/^\d+$/.test(key) ? `[${key}]` : `/${key}`))
    .join('');
}

function lastKey(pointer: string): string {
  return unescaped(pointer).at(-1) ?? '';
}

function unescaped(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** JSONata's code for a call of what is no function. */
const UNKNOWN_FUNCTION = 'T1006';

/**
 * What the expressions cannot do yet is not the definition's fault. Functions that are unknown are: AWS takes
 * them, and fails when they are called.
 */
function unsupported(problem: Problem, path: string): Problem | undefined {
  if (!problem.code.endsWith('-unsupported') && problem.code !== UNKNOWN_FUNCTION) return undefined;
  return { ...problem, code: 'not-supported', path };
}

/** Stands for a template that has problems and never runs. */
const NOTHING: Template = {
  evaluate: () => null,
  find: () => undefined,
};
