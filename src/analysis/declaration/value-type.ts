import { isJsonArray, isJsonObject, type Json, own } from '../../core/json.js';
import { isExpression } from '../../statechart/schema/template.js';
import { arrayType, objectType, unionType } from './type-text.js';

/**
 * The type of data as it is written, as the compiler widens a literal: what may come of an expression is unknown, and so is what
 * may take the place of null, or stand in an empty list.
 *
 * @example
 * valueType({ n: 1, total: '{% input.total %}' }); // => '{ readonly "n": number; readonly "total": unknown }'
 */
export function valueType(value: Json): string {
  if (value === null) return 'unknown';
  if (typeof value === 'string') return isExpression(value) ? 'unknown' : 'string';
  if (isJsonArray(value)) return arrayType(value.length === 0 ? 'unknown' : unionType(value.map(valueType)));
  if (!isJsonObject(value)) return typeof value;
  return objectType(Object.keys(value).map((key) => [key, valueType(own(value, key) ?? null)]));
}
