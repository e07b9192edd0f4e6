import { isJsonObject, type Json, type JsonObject, own } from '../../core/json.js';
import { itemReaderFailure } from '../errors.js';

/** How much of an object that comes in parts has come. */
export interface Progress {
  /** Its bytes so far, and all of them. */
  readonly from: number;
  readonly total: number;
}

/** A part of an object, or all of it. */
export interface ObjectPart {
  readonly text: string;
  /** Where what is missing begins; undefined where nothing is. */
  readonly progress?: Progress;
}

const RANGE = /^bytes (\d+)-(\d+)\/(\d+)$/;

/**
 * What GetObject gave. A ContentRange that ends before the last byte says that there is more of the object, unless it was
 * asked for with a Range from the beginning. Throws StateFailure where it does not follow what came before it.
 *
 * @example
 * objectPart({ Body: 'ab', ContentRange: 'bytes 0-1/3' }, {}); // => { text: 'ab', progress: { from: 2, total: 3 } }
 * objectPart({ Body: 'c', ContentRange: 'bytes 2-2/3' }, {}, { from: 2, total: 3 }); // => { text: 'c' }
 */
export function objectPart(given: Json, parameters: JsonObject, before?: Progress): ObjectPart {
  const body = isJsonObject(given) ? own(given, 'Body') : given;
  if (typeof body !== 'string') throw itemReaderFailure('What gets the object gave no Body that is a text.');
  const range = isJsonObject(given) ? (own(given, 'ContentRange') ?? null) : null;
  const text = before === undefined && body.startsWith('\uFEFF') ? body.slice(1) : body;
  if (range === null && before !== undefined)
    throw itemReaderFailure(`The part of the object from byte ${before.from} on has no ContentRange.`);
  if (range === null || (before === undefined && own(parameters, 'Range') !== undefined)) return { text };
  const [, first, last, size] = (typeof range === 'string' ? RANGE.exec(range) : null) ?? [];
  if (size === undefined) throw itemReaderFailure('The ContentRange of the object is no range of bytes.');
  const progress = { from: Number(last) + 1, total: Number(size) };
  const { from = 0, total = progress.total } = before ?? {};
  if (Number(first) !== from || progress.from <= from || progress.from > total || progress.total !== total)
    throw itemReaderFailure(
      `The object is not given from byte ${from} on: ContentRange is ${String(range)}.`,
    );
  return progress.from < total ? { text, progress } : { text };
}
