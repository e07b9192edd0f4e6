import {
  escapePointer,
  isJsonArray,
  isJsonObject,
  type Json,
  type JsonObject,
  jsonEqual,
  own,
} from './json.js';
import { didYouMean, type Problem } from './problem.js';

/** Problems that one value is told of. */
export const MAX_SCHEMA_PROBLEMS = 20;

const TYPES: Readonly<Record<string, (value: Json) => boolean>> = {
  null: (value) => value === null,
  boolean: (value) => typeof value === 'boolean',
  number: (value) => typeof value === 'number',
  integer: (value) => Number.isInteger(value),
  string: (value) => typeof value === 'string',
  array: isJsonArray,
  object: (value) => isJsonObject(value) && !isJsonArray(value),
};

/** Keywords that check, and what stands under them. */
const KEYWORDS: Readonly<Record<string, (value: Json) => boolean>> = {
  type: (value) => list(value).every((name) => typeof name === 'string' && Object.hasOwn(TYPES, name)),
  enum: isJsonArray,
  const: () => true,
  properties: isJsonObject,
  required: (value) => isJsonArray(value) && value.every((name) => typeof name === 'string'),
  additionalProperties: isSchema,
  items: isSchema,
  anyOf: isJsonArray,
  allOf: isJsonArray,
  minimum: isNumber,
  maximum: isNumber,
  exclusiveMinimum: isNumber,
  exclusiveMaximum: isNumber,
  minLength: isNumber,
  maxLength: isNumber,
  minItems: isNumber,
  maxItems: isNumber,
};

/** Keywords for readers alone. */
const NOTES = ['$schema', '$id', '$comment', 'title', 'description', 'default', 'examples', 'format'];

/**
 * What is wrong with a schema: JSON Schema (2020-12), as far as it needs neither references nor regular expressions.
 *
 * @example
 * schemaProblems({ type: 'objekt' }, '')[0]?.path; // => '/type'
 * schemaProblems({ type: 'object', properties: { n: { minimum: 1 } } }, ''); // => []
 */
export function schemaProblems(schema: Json, path: string): readonly Problem[] {
  if (typeof schema === 'boolean') return [];
  if (!isJsonObject(schema) || isJsonArray(schema)) {
    return [{ code: 'wrong-type', message: 'a schema is an object, true or false', path }];
  }
  return Object.keys(schema).flatMap((key): readonly Problem[] => {
    const [value, at] = [own(schema, key) ?? null, `${path}/${escapePointer(key)}`];
    if (NOTES.includes(key)) return [];
    const fits = Object.hasOwn(KEYWORDS, key) ? KEYWORDS[key] : undefined;
    if (fits === undefined) {
      const near = didYouMean(key, Object.keys(KEYWORDS));
      return [{ code: 'not-supported', message: `schemas have no "${key}" here`, path: at, ...near }];
    }
    if (!fits(value))
      return [{ code: 'wrong-type', message: `"${key}" of a schema is not what it must be`, path: at }];
    return innerSchemas(key, value).flatMap(([name, inner]) => schemaProblems(inner, at + name));
  });
}

function innerSchemas(key: string, value: Json): readonly (readonly [string, Json])[] {
  if (key === 'items' || key === 'additionalProperties') return [['', value]];
  if (key === 'anyOf' || key === 'allOf') return list(value).map((inner, n) => [`/${n}`, inner] as const);
  if (key !== 'properties' || !isJsonObject(value)) return [];
  return Object.keys(value).map((name) => [`/${escapePointer(name)}`, own(value, name) ?? null] as const);
}

/**
 * Where a value is not as a schema wants it. It says what is wanted, never what is there.
 *
 * @example
 * valueProblems({ qty: 0 }, { properties: { qty: { minimum: 1 } } }, 'the data')[0]?.message; // => 'the data at /qty must be at least 1'
 */
export function valueProblems(value: Json, schema: Json, what: string): readonly Problem[] {
  const problems: Problem[] = [];
  visit(value, schema, '', (wanted, path) => {
    const message = `${what}${path === '' ? '' : ` at ${path}`} ${wanted}`;
    if (problems.length < MAX_SCHEMA_PROBLEMS) problems.push({ code: 'schema', message, path });
  });
  return problems;
}

type Complain = (wanted: string, path: string) => void;

function visit(value: Json, schema: Json, path: string, complain: Complain): void {
  if (schema === false) complain('may not be there', path);
  if (!isJsonObject(schema)) return;
  const type = own(schema, 'type');
  if (type !== undefined && !list(type).some((name) => TYPES[String(name)]?.(value))) {
    complain(`must be of type ${list(type).join(' or ')}`, path);
    return;
  }
  const choices = own(schema, 'enum');
  if (isJsonArray(choices) && !choices.some((choice) => jsonEqual(choice, value)))
    complain('must be one of those listed', path);
  const only = own(schema, 'const');
  if (only !== undefined && !jsonEqual(only, value)) complain('must be what is given', path);
  for (const inner of list(own(schema, 'allOf') ?? [])) visit(value, inner, path, complain);
  const any = own(schema, 'anyOf');
  if (isJsonArray(any) && !any.some((inner) => fits(value, inner)))
    complain('must be as one of the schemas wants it', path);
  if (typeof value === 'number') visitNumber(value, schema, path, complain);
  if (typeof value === 'string')
    visitLength([...value].length, schema, 'Length', 'characters', path, complain);
  if (isJsonArray(value)) {
    visitLength(value.length, schema, 'Items', 'items', path, complain);
    const items = own(schema, 'items');
    if (items !== undefined)
      for (const [n, item] of value.entries()) visit(item, items, `${path}/${n}`, complain);
  } else if (isJsonObject(value)) visitObject(value, schema, path, complain);
}

function visitObject(value: JsonObject, schema: JsonObject, path: string, complain: Complain): void {
  for (const name of list(own(schema, 'required') ?? [])) {
    if (!Object.hasOwn(value, String(name))) complain(`must have "${name}"`, path);
  }
  const properties = own(schema, 'properties') ?? {};
  const others = own(schema, 'additionalProperties');
  for (const key of Object.keys(value)) {
    const inner = isJsonObject(properties) ? (own(properties, key) ?? others) : others;
    if (inner !== undefined) visit(own(value, key) ?? null, inner, `${path}/${escapePointer(key)}`, complain);
  }
}

function visitNumber(value: number, schema: JsonObject, path: string, complain: Complain): void {
  const bound = (key: string) => own(schema, key) as number | undefined;
  const [least, most] = [bound('minimum'), bound('maximum')];
  const [above, below] = [bound('exclusiveMinimum'), bound('exclusiveMaximum')];
  if (least !== undefined && value < least) complain(`must be at least ${least}`, path);
  if (most !== undefined && value > most) complain(`must be at most ${most}`, path);
  if (above !== undefined && value <= above) complain(`must be more than ${above}`, path);
  if (below !== undefined && value >= below) complain(`must be less than ${below}`, path);
}

function visitLength(
  length: number,
  schema: JsonObject,
  key: 'Length' | 'Items',
  what: string,
  path: string,
  complain: Complain,
): void {
  const [least, most] = [own(schema, `min${key}`), own(schema, `max${key}`)];
  if (typeof least === 'number' && length < least) complain(`must have at least ${least} ${what}`, path);
  if (typeof most === 'number' && length > most) complain(`must have at most ${most} ${what}`, path);
}

function fits(value: Json, schema: Json): boolean {
  return valueProblems(value, schema, '').length === 0;
}

function list(value: Json): readonly Json[] {
  return isJsonArray(value) ? value : [value];
}

function isNumber(value: Json): boolean {
  return typeof value === 'number';
}

function isSchema(value: Json): boolean {
  return typeof value === 'boolean' || isJsonObject(value);
}
