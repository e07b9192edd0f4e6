import { SourceError } from '../source-error.js';

/** A piece of the text. `position` is its offset in UTF-16 units. */
export type Token =
  | { readonly kind: 'operator'; readonly text: string; readonly position: number }
  | { readonly kind: 'name'; readonly text: string; readonly position: number }
  | { readonly kind: 'variable'; readonly text: string; readonly position: number }
  | { readonly kind: 'string'; readonly text: string; readonly position: number }
  | { readonly kind: 'number'; readonly value: number; readonly text: string; readonly position: number }
  | {
      readonly kind: 'constant';
      readonly value: boolean | null;
      readonly text: string;
      readonly position: number;
    }
  | { readonly kind: 'regex'; readonly regex: RegexLiteral; readonly text: string; readonly position: number }
  | { readonly kind: 'end'; readonly text: ''; readonly position: number };

export interface RegexLiteral {
  readonly pattern: string;
  readonly ignoreCase: boolean;
  readonly multiline: boolean;
}

const DOUBLE_OPERATORS = new Set(['..', ':=', '!=', '>=', '<=', '**', '~>', '?:', '??']);
const SINGLE_OPERATORS = new Set('.[]{}(),@#;:?+-*/%|=<>^&!~');
const BLANKS = new Set(' \t\n\r\v');
const WORD_OPERATORS = new Set(['and', 'or', 'in']);
const NUMBER = /(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[Ee][-+]?[0-9]+)?/y;
const HEX4 = /[0-9a-fA-F]{4}/y;
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

/** Cuts a text into tokens, one at a time, because what `/` means depends on what the parser expects. */
export class Tokenizer {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** The next token; where an operand is expected, `/` begins a regular expression. */
  next(operandExpected: boolean): Token {
    this.#skipBlanks();
    const position = this.#at;
    const char = this.#text.charAt(position);
    if (char === '') return { kind: 'end', text: '', position };
    if (char === '/' && operandExpected) return this.#regex(position);
    const double = this.#text.slice(position, position + 2);
    if (DOUBLE_OPERATORS.has(double)) return this.#operator(double, position);
    if (SINGLE_OPERATORS.has(char)) return this.#operator(char, position);
    if (char === '"' || char === "'") return this.#string(char, position);
    NUMBER.lastIndex = position;
    const number = NUMBER.exec(this.#text);
    if (number !== null) return this.#number(number[0], position);
    if (char === '`') return this.#quotedName(position);
    return this.#word(position);
  }

  /** The text from `<` at this position to the `>` that closes it, and goes on behind it. */
  signature(position: number): string {
    let depth = 0;
    for (let at = position; at < this.#text.length; at++) {
      const char = this.#text.charAt(at);
      if (char === '{') break;
      if (char === '<') depth++;
      if (char === '>' && --depth === 0) {
        this.#at = at + 1;
        return this.#text.slice(position, at + 1);
      }
    }
    throw new SourceError('S0202', 'a function signature must end with ">"', position);
  }

  #operator(text: string, position: number): Token {
    this.#at += text.length;
    return { kind: 'operator', text, position };
  }

  #skipBlanks(): void {
    for (;;) {
      while (BLANKS.has(this.#text.charAt(this.#at))) this.#at++;
      if (!this.#text.startsWith('/*', this.#at)) return;
      const end = this.#text.indexOf('*/', this.#at + 2);
      if (end < 0) throw new SourceError('S0106', 'this comment is never closed', this.#at);
      this.#at = end + 2;
    }
  }

  #number(text: string, position: number): Token {
    const value = Number(text);
    if (!Number.isFinite(value))
      throw new SourceError('S0102', `the number ${text} is out of range`, position);
    this.#at += text.length;
    return { kind: 'number', value, text, position };
  }

  #string(quote: string, position: number): Token {
    let value = '';
    for (let at = position + 1; at < this.#text.length; at++) {
      const char = this.#text.charAt(at);
      if (char === quote) {
        this.#at = at + 1;
        return { kind: 'string', text: value, position };
      }
      if (char !== '\\') {
        value += char;
        continue;
      }
      const escaped = this.#text.charAt(++at);
      if (escaped === 'u') {
        HEX4.lastIndex = at + 1;
        const digits = HEX4.exec(this.#text);
        if (digits === null) throw new SourceError('S0104', '\\u must be followed by four hex digits', at);
        value += String.fromCharCode(Number.parseInt(digits[0], 16));
        at += 4;
      } else if (Object.hasOwn(ESCAPES, escaped)) value += ESCAPES[escaped];
      else throw new SourceError('S0103', `the escape \\${escaped} is not known`, at);
    }
    throw new SourceError('S0101', 'this text is never closed', position);
  }

  #quotedName(position: number): Token {
    const end = this.#text.indexOf('`', position + 1);
    if (end < 0) throw new SourceError('S0105', 'this quoted name is never closed', position);
    this.#at = end + 1;
    return { kind: 'name', text: this.#text.slice(position + 1, end), position };
  }

  #word(position: number): Token {
    let end = position;
    while (end < this.#text.length) {
      const char = this.#text.charAt(end);
      if (BLANKS.has(char) || SINGLE_OPERATORS.has(char)) break;
      end++;
    }
    this.#at = end;
    const text = this.#text.slice(position, end);
    if (text.startsWith('$')) return { kind: 'variable', text: text.slice(1), position };
    if (WORD_OPERATORS.has(text)) return { kind: 'operator', text, position };
    if (text === 'true' || text === 'false')
      return { kind: 'constant', value: text === 'true', text, position };
    if (text === 'null') return { kind: 'constant', value: null, text, position };
    return { kind: 'name', text, position };
  }

  /** The pattern ends at the first `/` that is neither escaped nor inside brackets. */
  #regex(position: number): Token {
    let depth = 0;
    for (let at = position + 1; at < this.#text.length; at++) {
      const char = this.#text.charAt(at);
      if (char === '\\') at++;
      else if (char === '/' && depth === 0) return this.#endOfRegex(position, at);
      else if ('([{'.includes(char)) depth++;
      else if (')]}'.includes(char)) depth--;
    }
    throw new SourceError('S0302', 'this regular expression is never closed', position);
  }

  #endOfRegex(position: number, slash: number): Token {
    const pattern = this.#text.slice(position + 1, slash);
    if (pattern === '') throw new SourceError('S0301', 'a regular expression may not be empty', position);
    let end = slash + 1;
    while ('im'.includes(this.#text.charAt(end)) && end < this.#text.length) end++;
    this.#at = end;
    const flags = this.#text.slice(slash + 1, end);
    const regex = { pattern, ignoreCase: flags.includes('i'), multiline: flags.includes('m') };
    return { kind: 'regex', regex, text: this.#text.slice(position, end), position };
  }
}
