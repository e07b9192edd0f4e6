import { ExpressionError } from '../../expression-error.js';
import { fromWords, toWords, WORDS_PATTERN } from './number-words.js';
import { fromLetters, fromRoman, toLetters, toRoman } from './numerals.js';
import { remembered } from './remembered.js';

/** Largest number that is written in Roman numerals, which grow with it. */
export const MAX_ROMAN = 1_000_000;

/** Digits that one picture may ask for. */
export const MAX_PICTURE_DIGITS = 1_000;

/** How whole numbers are written: XPath's `format-integer` pictures. */
export interface IntegerPicture {
  /** For a whole number. */
  format(number: number): string;
  /** The number that a text written so stands for; NaN if it is none. */
  parse(text: string): number;
  /** What a text written so looks like, as a regular expression; exactly this many digits if a width is given. */
  pattern(width?: number): string;
  /** Digits that are always written; 0 where numbers are not written in digits. */
  readonly mandatoryDigits: number;
  readonly optionalDigits: number;
  /** The same with at least so many digits. */
  withDigits(mandatoryDigits: number): IntegerPicture;
  /** The sign between groups, where they are all of one size. */
  readonly groupSeparator: string | undefined;
}

/** Reads a picture such as `#,##0`, `w`, `I` or `1;o`. Throws D3131 or, where it is none that is known, D3130. */
export const integerPicture = remembered(readPicture);

function readPicture(picture: string): IntegerPicture {
  const semicolon = picture.lastIndexOf(';');
  const primary = semicolon < 0 ? picture : picture.slice(0, semicolon);
  const ordinal = semicolon >= 0 && picture.charAt(semicolon + 1) === 'o';
  switch (primary) {
    case 'a':
    case 'A':
      return new Spelled(inCase(primary === 'A', toLetters), fromLetters, '[a-z]+');
    case 'i':
    case 'I':
      return new Spelled(inCase(primary === 'I', romanOf), fromRoman, '[mdclxvi]+');
    case 'w':
      return new Spelled((number) => toWords(number, ordinal).toLowerCase(), fromWords, WORDS_PATTERN);
    case 'W':
      return new Spelled((number) => toWords(number, ordinal).toUpperCase(), fromWords, WORDS_PATTERN);
    case 'Ww':
      return new Spelled((number) => toWords(number, ordinal), fromWords, WORDS_PATTERN);
    default:
      return new Digits(digitPattern(primary), ordinal);
  }
}

function inCase(upper: boolean, write: (number: number) => string): (number: number) => string {
  return upper ? (number) => write(number).toUpperCase() : write;
}

function romanOf(number: number): string {
  if (number <= MAX_ROMAN) return toRoman(number);
  throw new ExpressionError('D1001', `${number} is too large for Roman numerals`);
}

/** Numbers that are written without digits. */
class Spelled implements IntegerPicture {
  readonly mandatoryDigits = 0;
  readonly optionalDigits = 0;
  readonly groupSeparator = undefined;
  readonly parse: (text: string) => number;
  readonly #write: (number: number) => string;
  readonly #pattern: string;

  constructor(write: (number: number) => string, parse: (text: string) => number, pattern: string) {
    this.parse = parse;
    this.#write = write;
    this.#pattern = pattern;
  }

  format(number: number): string {
    return `${number < 0 ? '-' : ''}${this.#write(Math.abs(number))}`;
  }

  pattern(): string {
    return this.#pattern;
  }

  withDigits(): IntegerPicture {
    return this;
  }
}

const ASCII_ZERO = 0x30;

interface DigitPattern {
  /** The code point of the digit zero. */
  readonly zero: number;
  readonly mandatory: number;
  readonly optional: number;
  /** Signs between digits, and how many digits stand to the right of each; from right to left. */
  readonly separators: readonly { readonly sign: string; readonly position: number }[];
  /** The size of the groups, if all are of one size; 0 if not. */
  readonly groupSize: number;
}

class Digits implements IntegerPicture {
  readonly #pattern: DigitPattern;
  readonly #ordinal: boolean;

  constructor(pattern: DigitPattern, ordinal: boolean) {
    if (pattern.mandatory > MAX_PICTURE_DIGITS) {
      throw new ExpressionError(
        'budget-text',
        `a picture may not ask for more than ${MAX_PICTURE_DIGITS} digits`,
      );
    }
    this.#pattern = pattern;
    this.#ordinal = ordinal;
  }

  get mandatoryDigits(): number {
    return this.#pattern.mandatory;
  }

  get optionalDigits(): number {
    return this.#pattern.optional;
  }

  get groupSeparator(): string | undefined {
    return this.#pattern.groupSize > 0 ? this.#pattern.separators[0]?.sign : undefined;
  }

  format(number: number): string {
    const { zero, mandatory } = this.#pattern;
    const size = Math.abs(number);
    const digits = (Number.isSafeInteger(size) ? String(size) : BigInt(size).toString()).padStart(
      mandatory,
      '0',
    );
    const written =
      zero === ASCII_ZERO && this.#pattern.separators.length === 0 ? digits : this.#inGroups(digits);
    return `${number < 0 ? '-' : ''}${written}${this.#ordinal ? ordinalSuffix(digits) : ''}`;
  }

  parse(text: string): number {
    const { zero, separators } = this.#pattern;
    const signs = new Set(separators.map(({ sign }) => sign));
    const unsigned = text.startsWith('-') ? text.slice(1) : text;
    const written = this.#ordinal ? unsigned.replace(/(?:st|nd|rd|th)$/i, '') : unsigned;
    let digits = '';
    for (const char of written) {
      const digit = (char.codePointAt(0) ?? 0) - zero;
      if (digit >= 0 && digit <= 9) digits += digit;
      else if (!signs.has(char)) return Number.NaN;
    }
    if (digits === '') return Number.NaN;
    return unsigned === text ? Number(digits) : 0 - Number(digits);
  }

  pattern(width?: number): string {
    const digits = `[${String.fromCodePoint(this.#pattern.zero)}-${String.fromCodePoint(this.#pattern.zero + 9)}]`;
    return `${digits}${width === undefined ? '+' : `{${width}}`}${this.#ordinal ? '(?:th|st|nd|rd)' : ''}`;
  }

  withDigits(mandatory: number): IntegerPicture {
    return new Digits({ ...this.#pattern, mandatory }, this.#ordinal);
  }

  /** The digits in their family, with signs between groups. */
  #inGroups(digits: string): string {
    const { zero, separators, groupSize } = this.#pattern;
    const regular = groupSize > 0 ? separators[0]?.sign : undefined;
    let written = '';
    for (let i = 0; i < digits.length; i++) {
      const right = digits.length - i;
      if (i > 0 && regular !== undefined) written += right % groupSize === 0 ? regular : '';
      else if (i > 0) written += separators.find(({ position }) => position === right)?.sign ?? '';
      written += String.fromCharCode(zero + digits.charCodeAt(i) - ASCII_ZERO);
    }
    return written;
  }
}

function ordinalSuffix(digits: string): string {
  if (digits.at(-2) === '1') return 'th';
  return { '1': 'st', '2': 'nd', '3': 'rd' }[digits.at(-1) ?? ''] ?? 'th';
}

/** The digits zero of Unicode's decimal systems outside the supplementary planes. */
const ZEROS: readonly number[] = [
  0x30, 0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xde6, 0xe50,
  0xed0, 0xf20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50, 0x1bb0, 0x1c40,
  0x1c50, 0xa620, 0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0xff10,
];

function digitPattern(picture: string): DigitPattern {
  const separators: { sign: string; position: number }[] = [];
  let zero: number | undefined;
  let mandatory = 0;
  let optional = 0;
  for (const char of [...picture].reverse()) {
    const code = char.codePointAt(0) ?? 0;
    const family = ZEROS.find((first) => code >= first && code <= first + 9);
    if (family !== undefined) {
      if (zero !== undefined && zero !== family) {
        throw new ExpressionError('D3131', 'all digits of a picture must be of one kind');
      }
      zero = family;
      mandatory++;
    } else if (char === '#') optional++;
    else separators.push({ sign: char, position: mandatory + optional });
  }
  if (zero === undefined) {
    throw new ExpressionError(
      'D3130',
      `numbers cannot be written as a sequence that begins with "${picture}"`,
    );
  }
  return { zero, mandatory, optional, separators, groupSize: sizeOfGroups(separators) };
}

function sizeOfGroups(separators: readonly { readonly sign: string; readonly position: number }[]): number {
  const [first] = separators;
  if (first === undefined || separators.some(({ sign }) => sign !== first.sign)) return 0;
  return regularInterval(separators.map(({ position }) => position));
}

/** The interval between positions that are its multiples one after another, from the first on; 0 if they are not. */
export function regularInterval(positions: readonly number[]): number {
  if (positions.length === 0) return 0;
  const interval = positions.reduce(greatestCommonDivisor);
  return positions.every((_position, i) => positions.includes((i + 1) * interval)) ? interval : 0;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
