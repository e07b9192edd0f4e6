import { type Json, put, utf8Length } from '../../core/json.js';
import { itemReaderFailure } from '../errors.js';
import { MAX_CSV_HEADER_BYTES, MAX_PARSED_BYTES } from '../limits.js';
import { awaiting, type Parsed, type Passage } from './passage.js';

/** What may stand between the fields of a row. Step Functions: ItemReader, CSVDelimiter. */
export const DELIMITERS = { COMMA: ',', PIPE: '|', SEMICOLON: ';', SPACE: ' ', TAB: '\t' } as const;

type Delimiter = (typeof DELIMITERS)[keyof typeof DELIMITERS];

/** What means nothing within quotes, and outside of them. */
const QUOTED = /[^"\\]*/y;
const UNQUOTED: Readonly<Record<Delimiter, RegExp>> = {
  ',': /[^,\\\n\r]*/y,
  '|': /[^|\\\n\r]*/y,
  ';': /[^;\\\n\r]*/y,
  ' ': /[^ \\\n\r]*/y,
  '\t': /[^\t\\\n\r]*/y,
};

export interface CsvForm {
  readonly delimiter: Delimiter;
  /** The columns' names; the first row is if absent. */
  readonly headers?: readonly string[];
}

/**
 * Rows as objects of texts (Step Functions: ItemReader, CSV). A row that is too short has empty texts for what it lacks,
 * one that is too long loses the rest. Throws StateFailure.
 *
 * @example
 * const passage = { text: 'a,b\n1,"x,""y"""\n2', isEnd: true, row: 0 };
 * csvItems(passage, { delimiter: ',' }).items; // => [{ a: '1', b: 'x,"y"' }, { a: '2', b: '' }]
 * csvItems({ ...passage, isEnd: false }, { delimiter: ',' }).rest.text; // => '2'
 */
export function csvItems(passage: Passage, { delimiter, headers: given }: CsvForm): Parsed {
  const rows = new RowReader(passage, delimiter);
  const headers = passage.headers ?? given ?? rows.next();
  const rest = () => ({ ...passage, text: rows.rest, row: rows.row, ...(headers && { headers }) });
  if (headers === undefined) return { items: [], rest: awaiting(rest(), 'Row') };
  checkHeaders(headers);
  const size = headers.join().length;
  const items: Json[] = [];
  for (let left = MAX_PARSED_BYTES; left > 0; ) {
    const row = rows.next();
    if (row === undefined) return { items, rest: awaiting(rest(), 'Row') };
    items.push(itemOf(headers, row));
    left -= size + row.join().length;
  }
  return { items, rest: rest() };
}

function checkHeaders(headers: readonly string[]): void {
  if (new Set(headers).size < headers.length)
    throw itemReaderFailure('CSV headers cannot contain duplicates.');
  if (utf8Length(headers.join(',')) > MAX_CSV_HEADER_BYTES)
    throw itemReaderFailure(`CSV headers cannot have more than ${MAX_CSV_HEADER_BYTES} bytes.`);
}

function itemOf(headers: readonly string[], row: readonly string[]): Json {
  const item: Record<string, Json> = {};
  for (const [column, header] of headers.entries()) put(item, header, row[column] ?? '');
  return item;
}

/**
 * Reads rows one by one. A field in quotes may hold delimiters and line ends, and quotes twice; a backslash takes what is
 * special from a quote, a delimiter or a backslash, and is passed over before anything else. Empty lines are no rows. Where
 * more is to come, the last row has a line end behind it.
 */
class RowReader {
  readonly #text: string;
  readonly #isEnd: boolean;
  readonly #delimiter: string;
  readonly #unquoted: RegExp;
  #at = 0;
  row: number;

  constructor({ text, isEnd, row }: Passage, delimiter: Delimiter) {
    this.#text = text;
    this.#isEnd = isEnd;
    this.row = row;
    this.#delimiter = delimiter;
    this.#unquoted = UNQUOTED[delimiter];
  }

  get rest(): string {
    return this.#text.slice(this.#at);
  }

  /** Undefined where there is no further row, as a whole. */
  next(): string[] | undefined {
    while (isLineEnd(this.#text[this.#at])) this.#at++;
    const begin = this.#at;
    if (begin >= this.#text.length) return undefined;
    const row = [this.#field()];
    while (this.#text[this.#at] === this.#delimiter) {
      this.#at++;
      row.push(this.#field());
    }
    if (this.#at >= this.#text.length && !this.#isEnd) {
      this.#at = begin;
      return undefined;
    }
    this.row++;
    return row;
  }

  #field(): string {
    const text = this.#text;
    let isOpen = text[this.#at] === '"';
    if (isOpen) this.#at++;
    let field = '';
    for (;;) {
      field += this.#plain(isOpen ? QUOTED : this.#unquoted);
      if (this.#at >= text.length) break;
      const char = text[this.#at];
      const following = text[this.#at + 1];
      if (char === '\\') {
        const isTaken = following === '"' || following === '\\' || following === this.#delimiter;
        if (isTaken) field += following;
        this.#at += isTaken ? 2 : 1;
      } else if (!isOpen) return field;
      else {
        isOpen = following === '"';
        if (isOpen) field += '"';
        this.#at += isOpen ? 2 : 1;
      }
    }
    if (isOpen && this.#isEnd)
      throw itemReaderFailure(`Row ${this.row + 1} of the CSV has a quote that is never closed.`);
    return field;
  }

  /** What stands before the next sign that means something. */
  #plain(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const [plain = ''] = pattern.exec(this.#text) ?? [];
    this.#at += plain.length;
    return plain;
  }
}

function isLineEnd(char: string | undefined): boolean {
  return char === '\n' || char === '\r';
}
