import { type Json, put, utf8Length } from '../../core/json.js';
import { itemReaderFailure } from '../errors.js';
import { MAX_CSV_HEADER_BYTES } from '../limits.js';

/** What may stand between the fields of a row. Step Functions: ItemReader, CSVDelimiter. */
export const DELIMITERS = { COMMA: ',', PIPE: '|', SEMICOLON: ';', SPACE: ' ', TAB: '\t' } as const;

export interface CsvForm {
  readonly delimiter: string;
  /** The columns' names; the first row is if absent. */
  readonly headers?: readonly string[];
}

/**
 * A text of rows as objects of texts (Step Functions: ItemReader, CSV). A row that is too short has empty texts for what it
 * lacks, one that is too long loses the rest. Throws StateFailure.
 *
 * @example
 * csvItems('a,b\n1,"x,""y"""\n2', { delimiter: ',' }); // => [{ a: '1', b: 'x,"y"' }, { a: '2', b: '' }]
 */
export function csvItems(text: string, { delimiter, headers: given }: CsvForm): Json[] {
  const rows = new RowReader(text, delimiter);
  const headers = given ?? rows.next() ?? [];
  checkHeaders(headers);
  const items: Json[] = [];
  for (let row = rows.next(); row !== undefined; row = rows.next()) items.push(itemOf(headers, row));
  return items;
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
 * special from a quote, a delimiter or a backslash, and is passed over before anything else. Empty lines are no rows.
 */
class RowReader {
  readonly #text: string;
  readonly #delimiter: string;
  #at: number;

  constructor(text: string, delimiter: string) {
    this.#text = text;
    this.#delimiter = delimiter;
    this.#at = text.startsWith('\uFEFF') ? 1 : 0;
  }

  next(): string[] | undefined {
    while (this.#skipLineEnd());
    if (this.#at >= this.#text.length) return undefined;
    const row = [this.#field()];
    while (this.#text[this.#at] === this.#delimiter) {
      this.#at++;
      row.push(this.#field());
    }
    return row;
  }

  #skipLineEnd(): boolean {
    if (!isLineEnd(this.#text[this.#at])) return false;
    this.#at++;
    return true;
  }

  #field(): string {
    const text = this.#text;
    const begin = this.#at;
    let isOpen = text[begin] === '"';
    if (isOpen) this.#at++;
    let field = '';
    for (; this.#at < text.length; this.#at++) {
      const char = text[this.#at] ?? '';
      const following = text[this.#at + 1] ?? '';
      if (isOpen && char === '"') {
        isOpen = following === '"';
        if (!isOpen) continue;
        field += '"';
        this.#at++;
      } else if (!isOpen && (char === this.#delimiter || isLineEnd(char))) return field;
      else if (char !== '\\') field += char;
      else if (following === '"' || following === '\\' || following === this.#delimiter) {
        field += following;
        this.#at++;
      }
    }
    if (isOpen) throw itemReaderFailure(`The quote at character ${begin + 1} of the CSV is never closed.`);
    return field;
  }
}

function isLineEnd(char: string | undefined): boolean {
  return char === '\n' || char === '\r';
}
