import { isJsonArray, isJsonObject, type Json, type JsonObject, own } from '../../core/json.js';
import { arrayType, type Member, objectType, quoted, unionType } from './type-text.js';

/**
 * The TypeScript type of what a JSON Schema allows. Bounds are not told by types, so it may allow more.
 *
 * @example
 * schemaType({ type: ['string', 'null'] }); // => 'string | null'
 * schemaType({ properties: { n: { type: 'integer' } }, required: ['n'] }); // => '{ readonly "n": number }'
 */
export function schemaType(schema: Json | undefined): string {
  if (schema === false) return 'never';
  if (!isJsonObject(schema)) return 'unknown';
  const constant = own(schema, 'const');
  if (constant !== undefined) return literalType(constant);
  const choices = own(schema, 'enum');
  if (isJsonArray(choices)) return unionType(choices.map(literalType));
  const any = listAt(schema, 'anyOf');
  const parts = [
    ownType(schema),
    ...(any.length === 0 ? [] : [unionType(any.map(schemaType))]),
    ...listAt(schema, 'allOf').map(schemaType),
  ].filter((part) => part !== 'unknown');
  if (parts.length < 2) return parts[0] ?? 'unknown';
  return parts.map((part) => (part.includes('|') ? `(${part})` : part)).join(' & ');
}

/** The members that a schema of objects names, in its order; undefined where it is not of objects alone. */
export function schemaMembers(schema: Json | undefined): readonly Member[] | undefined {
  if (!isJsonObject(schema)) return undefined;
  const type = own(schema, 'type');
  const isPlain = ['const', 'enum', 'anyOf', 'allOf'].every((key) => own(schema, key) === undefined);
  const properties = own(schema, 'properties');
  if (!isPlain || (type !== undefined && type !== 'object')) return undefined;
  if (!isJsonObject(properties)) return type === 'object' ? [] : undefined;
  const required = listAt(schema, 'required');
  return Object.keys(properties).map((key) => [
    key,
    schemaType(own(properties, key)),
    !required.includes(key),
  ]);
}

function ownType(schema: JsonObject): string {
  const type = own(schema, 'type');
  if (isJsonArray(type)) return unionType(type.map((name) => ownTypeOf(String(name), schema)));
  if (typeof type === 'string') return ownTypeOf(type, schema);
  // Without a type the other keywords speak only of values that they fit; what else there is, nobody means.
  if (own(schema, 'properties') !== undefined) return objectOf(schema);
  return own(schema, 'items') === undefined ? 'unknown' : arrayOf(schema);
}

function ownTypeOf(name: string, schema: JsonObject): string {
  switch (name) {
    case 'integer':
    case 'number':
      return 'number';
    case 'array':
      return arrayOf(schema);
    case 'object':
      return objectOf(schema);
    default:
      return name;
  }
}

function arrayOf(schema: JsonObject): string {
  return arrayType(schemaType(own(schema, 'items')));
}

function objectOf(schema: JsonObject): string {
  const { anyOf: _, allOf: __, type: ___, ...plain } = schema;
  const members = schemaMembers({ ...plain, type: 'object' }) ?? [];
  const more = own(schema, 'additionalProperties');
  if (members.length === 0) return objectType([], more === false ? 'never' : schemaType(more));
  // A type has one word for all other members, which those that are named must fit, too.
  return more === undefined || more === false ? objectType(members) : objectType(members, 'unknown');
}

function literalType(value: Json): string {
  if (typeof value === 'string') return quoted(value);
  if (isJsonArray(value)) return `readonly [${value.map(literalType).join(', ')}]`;
  if (!isJsonObject(value)) return String(value);
  return objectType(Object.keys(value).map((key) => [key, literalType(own(value, key) ?? null)]));
}

function listAt(schema: JsonObject, key: string): readonly Json[] {
  const list = own(schema, key);
  return isJsonArray(list) ? list : [];
}
