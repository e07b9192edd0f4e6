import type { Json, JsonObject } from '../core/json.js';
import type { Surroundings } from '../expression/expression.js';
import { ExpressionError } from '../expression/expression-error.js';
import { compilePath, type JsonPath } from '../expression/jsonpath/jsonpath.js';
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
  /** Undefined where it leads nowhere. */
  find(thread: ActiveThread, input: Json): Json | undefined;
  /** Throws States.Runtime, "Invalid path", where it leads nowhere. */
  get(thread: ActiveThread, input: Json): Json;
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
    fields.report({
      message: `The value for the field '${name}' must be a valid JSONPath or a valid intrinsic function call`,
      path: locate(problem.path),
      hint: problem.message,
    });
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

function lastKey(pointer: string): string {
  return pointerKeys(pointer).at(-1) ?? '';
}
