import type { Json } from '../../core/json.js';
import { itemReaderFailure } from '../errors.js';
import { MAX_ROW_LENGTH } from '../limits.js';

/** What has come of an object, and is not made items of yet. Objects come in parts, and so are read. */
export interface Passage {
  readonly text: string;
  /** Whether nothing comes after it. */
  readonly isEnd: boolean;
  /** The rows of the object before it. */
  readonly row: number;
  /** The columns, once they are known. */
  readonly headers?: readonly string[];
}

/** What is left of a passage where more is to come. Throws StateFailure where it is longer than any row can be. */
export function awaiting(rest: Passage, noun: string): Passage {
  if (!rest.isEnd && rest.text.length > MAX_ROW_LENGTH)
    throw itemReaderFailure(`${noun} ${rest.row + 1} has more than ${MAX_ROW_LENGTH} characters.`);
  return rest;
}

/** What a passage gave, and what is left of it: a row that may go on, or what would be too much at once. */
export interface Parsed {
  readonly items: readonly Json[];
  readonly rest: Passage;
}
