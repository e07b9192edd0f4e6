import { isJsonArray, isJsonObject, type Json, own, put } from '../core/json.js';

/** Items and letters that are made up at most. */
const MAX_LENGTH = 100;

/**
 * A simple value that a JSON Schema most likely allows: only what it requires, and the least of that.
 *
 * @example
 * schemaSample({ type: 'object', required: ['qty'], properties: { qty: { type: 'number', minimum: 1 } } }); // => { qty: 1 }
 */
export function schemaSample(schema: Json | undefined): Json {
  if (!isJsonObject(schema)) return null;
  const constant = own(schema, 'const');
  if (constant !== undefined) return constant;
  const choices = own(schema, 'enum') ?? [];
  if (isJsonArray(choices) && choices[0] !== undefined) return choices[0];
  const options = own(schema, 'anyOf') ?? own(schema, 'allOf') ?? [];
  const type = own(schema, 'type');
  if (type === undefined && isJsonArray(options) && options[0] !== undefined) return schemaSample(options[0]);
  const number = (key: string) => {
    const value = own(schema, key);
    return typeof value === 'number' ? value : undefined;
  };
  switch (isJsonArray(type ?? null) ? (type as readonly Json[])[0] : type) {
    case 'boolean':
      return true;
    case 'integer':
    case 'number': {
      const above = number('exclusiveMinimum');
      return number('minimum') ?? (above === undefined ? Math.min(0, number('maximum') ?? 0) : above + 1);
    }
    case 'string':
      return 'x'.repeat(Math.min(number('minLength') ?? 1, MAX_LENGTH));
    case 'array': {
      const length = Math.min(number('minItems') ?? 0, MAX_LENGTH);
      return Array.from({ length }, () => schemaSample(own(schema, 'items')));
    }
    case 'null':
      return null;
    default:
      return type === 'object' || own(schema, 'required') !== undefined ? objectSample(schema) : null;
  }
}

function objectSample(schema: Json): Json {
  const made: Record<string, Json> = {};
  if (!isJsonObject(schema)) return made;
  const [required, properties] = [own(schema, 'required') ?? [], own(schema, 'properties') ?? {}];
  for (const key of isJsonArray(required) ? required : []) {
    if (typeof key !== 'string') continue;
    put(made, key, schemaSample(isJsonObject(properties) ? own(properties, key) : undefined));
  }
  return made;
}
