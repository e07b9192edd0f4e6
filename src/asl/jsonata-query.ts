import { escapePointer, isJsonArray, isJsonObject, type Json, own } from '../core/json.js';
import type { Problem } from '../core/problem.js';
import type { Surroundings } from '../expression/expression.js';
import { ExpressionError } from '../expression/expression-error.js';
import {
  type CheckedTemplate,
  compileJsonataTemplate,
  delimitedExpression,
  type Template,
  TemplateError,
} from '../expression/template.js';
import type { ActiveThread } from './active-thread.js';
import { queryFailure, type StateFailure } from './errors.js';
import type { Fields } from './fields.js';
import { type Offered, unsupportedReferences } from './jsonata-references.js';
import { parserWords } from './jsonata-words.js';
import { type Maker, NOTHING, pointerKeys } from './query.js';

/** Whether a value is a text `{% … %}`. */
export function isExpressionText(value: Json | undefined): boolean {
  return typeof value === 'string' && delimitedExpression(value, 'states') !== undefined;
}

/**
 * Arguments, Output and their like: JSON in which texts `{% … %}` are JSONata. `label` is what AWS calls the
 * field where something goes wrong, `offered` what `$states` has there besides input and context.
 */
export function compileJsonataField(
  fields: Fields,
  field: string,
  label = field,
  offered: readonly Offered[] = [],
): Maker | undefined {
  const value = fields.any(field);
  if (value === undefined) return undefined;
  const template = compileJsonata(fields, field, value);
  refuseReferences(fields, fields.at(field), value, offered);
  const wantsContext = READS_CONTEXT.test(JSON.stringify(value));
  return (thread, _, extras) => {
    const context = wantsContext ? { context: thread.context } : {};
    const states = { input: thread.input, ...extras, ...context };
    return makeFromJsonata(template, thread.surroundings({ states }), { label, value });
  };
}

/** Whether JSONata may read `$states.context`, which is not made for nothing. */
const READS_CONTEXT = /context|\$states(?!\s*\.)/;

/** A JSONata field of which a type is expected, with the words that AWS has for another. */
export function compileTyped(
  fields: Fields,
  field: string,
  type: 'string' | 'number' | 'boolean' | 'array',
  label = field,
): ((thread: ActiveThread) => Json) | undefined {
  const source = fields.any(field);
  const make = compileJsonataField(fields, field, label);
  if (make === undefined) return undefined;
  return (thread) => {
    const value = make(thread, null);
    if (typeName(value) === type) return value;
    const expression = typeof source === 'string' ? (delimitedExpression(source, 'states') ?? source) : '';
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
  const compiled: CheckedTemplate = compileJsonataTemplate(value, 'states');
  if ('value' in compiled) return compiled.value;
  for (const problem of compiled.problems) reportExpression(fields, fields.at(field), problem);
  return NOTHING;
}

/** AWS refuses the text of an expression with the words of JSONata's parser; where in the text is said beside them. */
function reportExpression(fields: Fields, at: string, { code, message, path, hint }: Problem): void {
  const place = at + path;
  if (code === 'expression-delimiter') {
    fields.report({ message: 'JSONata string must start with {% and end with %}', path: place });
    return;
  }
  const [, words = message, where] = POSITION.exec(message) ?? [];
  const hints = [where, hint].filter((each) => each !== undefined).join('; ');
  const more = hints === '' ? {} : { hint: hints };
  fields.report({
    code: 'INVALID_JSONATA_EXPRESSION',
    message: parserWords(code, words),
    path: place,
    ...more,
  });
}

/** Refuses expressions that read the context that they do not have. */
function refuseReferences(fields: Fields, path: string, value: Json, offered: readonly Offered[]): void {
  if (typeof value === 'string') {
    const text = delimitedExpression(value, 'states');
    for (const message of text === undefined ? [] : unsupportedReferences(text, offered))
      fields.report({ code: 'UNSUPPORTED_JSONATA_EXPRESSION', message, path });
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, member] of Object.entries(value))
      refuseReferences(fields, `${path}/${escapePointer(key)}`, member as Json, offered);
  }
}

/** Where in an expression something is wrong, as templates say it. */
const POSITION = /^([\s\S]*) \((at [^()]* of the expression)\)$/;

/** A field of JSONata: what AWS calls it, and what it holds. */
interface Place {
  readonly label: string;
  readonly value: Json;
}

function makeFromJsonata(template: Template, surroundings: Surroundings, place: Place): Json {
  try {
    return template.evaluate(undefined, surroundings);
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    throw error instanceof TemplateError
      ? jsonataFailure(error, place)
      : queryFailure(error.message, place.label);
  }
}

function jsonataFailure({ cause, code, expression, path }: TemplateError, place: Place): StateFailure {
  const field = place.label + fieldPath(path, place.value);
  const text = delimitedExpression(expression, 'states') ?? expression;
  const where = `The JSONata expression '${text}' specified for the field '${field}'`;
  if (code === 'undefined-result') return queryFailure(`${where} returned nothing (undefined).`, field);
  if (code === 'function-result') return queryFailure(`${where} returned an unsupported result type.`, field);
  const bound = BOUNDS[code];
  const reason = bound === undefined ? `. ${code}: ${cause.message}` : `: ${bound}`;
  return queryFailure(`${where} threw an error during evaluation${reason}`, field);
}

/** What AWS says of an expression that takes more than it may, of which ours are not quite its bounds. */
const BOUNDS: Readonly<Record<string, string>> = {
  'budget-steps': 'Expression evaluation timeout: Check for infinite loop',
  'budget-depth':
    'Stack overflow error: Check for non-terminating recursive function. Consider rewriting as tail-recursive',
  'budget-length': 'Expression evaluation memory limit exceeded: Check for excessive memory usage',
  'budget-text': 'Expression evaluation memory limit exceeded: Check for excessive memory usage',
};

/** A place of a template as AWS writes it: `/list[0]/name`. */
function fieldPath(pointer: string, value: Json): string {
  let at: Json | undefined = value;
  let text = '';
  for (const key of pointerKeys(pointer)) {
    text += isJsonArray(at) ? `[${key}]` : `/${key}`;
    if (isJsonArray(at)) at = at[Number(key)];
    else at = isJsonObject(at) ? own(at, key) : undefined;
  }
  return text;
}
