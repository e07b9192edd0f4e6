import { isJsonArray, isJsonObject, type Json, own } from '../core/json.js';
import { checkPath } from '../expression/jsonpath/jsonpath.js';

/**
 * Why a path finds nothing, in the words that AWS has from its JSONPath library: the last step of the path is
 * missing, or one before it.
 *
 * @example
 * explainMissing('$.a', {}); // => "No results for path: $['a']"
 * explainMissing('$.a.b.c', { a: {} }); // => "Missing property in path $['a']['b']"
 */
export function explainMissing(text: string, root: Json | undefined): string {
  const parsed = checkPath(text);
  if ('problem' in parsed) return `No results for path: ${text}`;
  let value = root;
  let place = '$';
  const { segments } = parsed.value;
  for (const [i, segment] of segments.entries()) {
    if (segment.type !== 'name' && segment.type !== 'index') break;
    const key = segment.type === 'name' ? segment.name : segment.index;
    const next = typeof key === 'string' ? `${place}['${key}']` : `${place}[${key}]`;
    const found = child(value, key);
    if (found === undefined) {
      return i === segments.length - 1 ? `No results for path: ${next}` : `Missing property in path ${next}`;
    }
    value = found;
    place = next;
  }
  return `No results for path: ${text}`;
}

function child(value: Json | undefined, key: string | number): Json | undefined {
  if (typeof key === 'number') return isJsonArray(value) ? value.at(key) : undefined;
  return isJsonObject(value) ? own(value, key) : undefined;
}
