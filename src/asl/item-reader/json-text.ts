import { isJsonArray, type Json } from '../../core/json.js';
import { MAX_JSON_DEPTH } from '../../core/limits.js';
import { valueAt } from '../../core/pointer.js';
import { itemReaderFailure } from '../errors.js';
import { MAX_PARSED_BYTES, MAX_WHOLE_TEXT } from '../limits.js';
import { nestsTooDeep } from '../payload.js';
import { awaiting, type Parsed, type Passage } from './passage.js';

/**
 * The list that a JSON text holds, at a JSON Pointer or as a whole (Step Functions: ItemReader, JSON, ItemsPointer); none
 * before its end has come. Throws StateFailure.
 *
 * @example
 * jsonItems({ text: '{"a":{"b":[1,2]}}', isEnd: true, row: 0 }, '/a/b').items; // => [1, 2]
 */
export function jsonItems(passage: Passage, pointer = ''): Parsed {
  if (!passage.isEnd && passage.text.length > MAX_WHOLE_TEXT)
    throw itemReaderFailure(`The JSON has more than ${MAX_WHOLE_TEXT} characters.`);
  if (!passage.isEnd) return { items: [], rest: passage };
  const items = valueAt(parsed(passage.text, 'The JSON'), pointer);
  if (isJsonArray(items)) return { items, rest: { ...passage, text: '' } };
  throw itemReaderFailure('Attempting to map over non-iterable node.');
}

/**
 * The values of a text that has one in each line (Step Functions: ItemReader, JSONL). Throws StateFailure.
 *
 * @example
 * jsonLinesItems({ text: '{"a":1}\n\n[2]\n[3', isEnd: false, row: 0 }); // => { items: [{ a: 1 }, [2]], rest: { text: '[3', isEnd: false, row: 3 } }
 */
export function jsonLinesItems(passage: Passage): Parsed {
  const { text, isEnd } = passage;
  const items: Json[] = [];
  let { row } = passage;
  let begin = 0;
  for (let left = MAX_PARSED_BYTES; left > 0 && begin < text.length; ) {
    const found = text.indexOf('\n', begin);
    if (found < 0 && !isEnd) {
      const rest = awaiting({ ...passage, text: text.slice(begin), row }, 'Line');
      return { items, rest };
    }
    const end = found < 0 ? text.length : found;
    const line = text.slice(begin, end);
    row++;
    if (line.trim() !== '') items.push(parsed(line, `Line ${row} of the JSONL`));
    left -= line.length;
    begin = end + 1;
  }
  return { items, rest: { ...passage, text: text.slice(begin), row } };
}

/** Throws StateFailure. */
export function parsed(text: string, what: string): Json {
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch {
    throw itemReaderFailure(`${what} cannot be parsed.`);
  }
  if (nestsTooDeep(value)) throw itemReaderFailure(`${what} nests deeper than ${MAX_JSON_DEPTH} levels.`);
  return value;
}
