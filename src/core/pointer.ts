import { isJsonArray, isJsonObject, type Json, own } from './json.js';

/**
 * The value at a JSON Pointer, if there is one.
 *
 * @example
 * valueAt({ a: [{ 'b/c': 1 }] }, '/a/0/b~1c'); // => 1
 */
export function valueAt(source: Json, pointer: string): Json | undefined {
  let value: Json | undefined = source;
  for (const part of pointer.split('/').slice(1)) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
    if (isJsonArray(value)) value = value[Number(key)];
    else value = isJsonObject(value) ? own(value, key) : undefined;
  }
  return value;
}
