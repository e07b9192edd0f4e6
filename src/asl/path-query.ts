import { type Json, type JsonObject, own } from '../core/json.js';
import type { Surroundings } from '../expression/expression.js';
import { ExpressionError } from '../expression/expression-error.js';
import { MissingArgument } from '../expression/intrinsic/intrinsic.js';
import { compilePath, type JsonPath, NULL_INPUT } from '../expression/jsonpath/jsonpath.js';
import { CONTEXT_BINDING } from '../expression/jsonpath/selection.js';
import { compilePayloadTemplate, type Template, TemplateError } from '../expression/template.js';
import type { ActiveThread } from './active-thread.js';
import { runtimeFailure } from './errors.js';
import type { Fields } from './fields.js';
import { explainMissing } from './missing-path.js';
import { type Maker, NOTHING, pointerKeys, type QuerySource } from './query.js';

/** A path in a field of its own. */
export interface PathQuery {
  readonly text: string;
  /** Undefined where it leads nowhere. Throws States.Runtime for an input that is null. */
  find(thread: ActiveThread, input: Json): Json | undefined;
  /** Whether it leads anywhere; in an input that is null, nothing does. */
  exists(thread: ActiveThread, input: Json): boolean;
  /** Throws States.Runtime, "Invalid path", where it leads nowhere. */
  get(thread: ActiveThread, input: Json): Json;
}

/** AWS's words for what is no path: those of most fields, and those of fields of which it thinks as Reference Paths. */
const PATH = 'Value must be a valid JSONPath.';
export const REFERENCE = 'Value is not a Reference Path';

/** The path in a field, if the field is there. */
export function compilePathText(fields: Fields, field: string, words = PATH): PathQuery | undefined {
  const text = fields.text(field);
  if (text === undefined) return undefined;
  const compiled = compilePath(text);
  if ('problem' in compiled) {
    const rootless = words === REFERENCE && !text.startsWith('$');
    fields.report({
      message: rootless ? `${REFERENCE}: Reference path didn't start with '$'` : words,
      path: fields.at(field),
      hint: compiled.problem.message,
    });
    return undefined;
  }
  return pathQuery(compiled.value);
}

function pathQuery(path: JsonPath): PathQuery {
  const { text, variable } = path;
  const invalid = (reason: string) => runtimeFailure(`Invalid path '${text}' : ${reason}`);
  const find = (thread: ActiveThread, input: Json): Json | undefined => {
    try {
      return path.evaluate(input, pathSurroundings(thread));
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      throw error.code === NULL_INPUT ? runtimeFailure(error.message) : invalid(error.message);
    }
  };
  return {
    text,
    find,
    exists: (thread, input) => (input !== null || !path.readsInput) && find(thread, input) !== undefined,
    get(thread, input) {
      const value = find(thread, input);
      if (value !== undefined) return value;
      const { bindings = {} } = pathSurroundings(thread);
      const root = path.readsInput ? input : own(bindings, variable ?? CONTEXT_BINDING);
      throw invalid(explainMissing(text, root));
    },
  };
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
  if ('value' in compiled) {
    for (const warning of compiled.warnings) fields.report({ ...warning, path: locate(warning.path) });
    return compiled.value;
  }
  for (const problem of compiled.problems) {
    const key = lastKey(problem.path);
    const name = key === '' || key === `${field}.$` ? field : key;
    fields.report({
      message: `The value for the field '${name}' must be a valid JSONPath or a valid intrinsic function call`,
      path: locate(problem.path),
      place: parentOf(locate(problem.path), fields.at(field)),
      hint: problem.message,
    });
  }
  return NOTHING;
}

/** The object that the place is in, if that is no further out than the field. AWS names the object. */
function parentOf(place: string, field: string): string {
  return place.length > field.length ? place.slice(0, place.lastIndexOf('/')) : place;
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
    throw runtimeFailure(
      error instanceof TemplateError ? payloadFault(error, thread, input, field) : error.message,
    );
  }
}

/** What went wrong at a place of a payload template, in AWS's words. */
function payloadFault(
  { cause, code, expression, path }: TemplateError,
  thread: ActiveThread,
  input: Json,
  field: string | undefined,
): string {
  if (code === 'undefined-result') {
    const searched = expression.startsWith('$$') ? thread.context : input;
    return `The JSONPath '${expression}' specified for the field '${field ?? lastKey(path)}' could not be found in the input '${JSON.stringify(searched)}'`;
  }
  if (code === NULL_INPUT) return cause.message;
  const reason = cause instanceof MissingArgument ? missingArgument(cause.argument, input) : cause.message;
  if (expression.startsWith('States.')) {
    return `The function '${expression}' had the following error: ${reason}`;
  }
  return `Invalid path '${expression}' : ${reason}`;
}

/** A path into the context object is written as one into the input, and the input is what is shown. */
function missingArgument(argument: string, input: Json): string {
  const reason = argument.startsWith('$.') ? explainMissing(argument, input) : '';
  if (reason.startsWith('Filter: ')) return reason;
  const shown = argument.startsWith('$$') ? argument.slice(1) : argument;
  return `The JsonPath argument for the field '${shown}' could not be found in the input '${JSON.stringify(input)}'`;
}

function lastKey(pointer: string): string {
  return pointerKeys(pointer).at(-1) ?? '';
}
