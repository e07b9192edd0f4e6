import { isJsonArray, type Json } from '../../core/json.js';
import { MAX_JSON_DEPTH } from '../../core/limits.js';
import { valueAt } from '../../core/pointer.js';
import { itemReaderFailure } from '../errors.js';
import { nestsTooDeep } from '../payload.js';

/**
 * The list that a JSON text holds, at a JSON Pointer or as a whole (Step Functions: ItemReader, JSON, ItemsPointer).
 * Throws StateFailure.
 *
 * @example
 * jsonItems('{"a":{"b":[1,2]}}', '/a/b'); // => [1, 2]
 */
export function jsonItems(text: string, pointer = ''): readonly Json[] {
  const items = valueAt(parsed(text, 'The JSON'), pointer);
  if (isJsonArray(items)) return items;
  throw itemReaderFailure('Attempting to map over non-iterable node.');
}

/**
 * The values of a text that has one in each line (Step Functions: ItemReader, JSONL). Throws StateFailure.
 *
 * @example
 * jsonLinesItems('{"a":1}\n\n[2]\n'); // => [{ a: 1 }, [2]]
 */
export function jsonLinesItems(text: string): Json[] {
  return text.split('\n').flatMap((line, index) => {
    return line.trim() === '' ? [] : [parsed(line, `Line ${index + 1} of the JSONL`)];
  });
}

/** Throws StateFailure. */
export function parsed(text: string, what: string): Json {
  let value: Json;
  try {
    value = JSON.parse(text.startsWith('\uFEFF') ? text.slice(1) : text) as Json;
  } catch {
    throw itemReaderFailure(`${what} cannot be parsed.`);
  }
  if (nestsTooDeep(value)) throw itemReaderFailure(`${what} nests deeper than ${MAX_JSON_DEPTH} levels.`);
  return value;
}
