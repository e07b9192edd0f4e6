import { ExpressionError } from '../../expression-error.js';
import { finite } from '../truth.js';
import { regularInterval } from './integer-picture.js';
import { remembered } from './remembered.js';
import { roundHalfEven } from './rounding.js';

/** The signs of a number picture, by the names that XPath's decimal formats give them. */
const DEFAULT_SIGNS = {
  'decimal-separator': '.',
  'grouping-separator': ',',
  'exponent-separator': 'e',
  'minus-sign': '-',
  percent: '%',
  'per-mille': '\u2030',
  'zero-digit': '0',
  digit: '#',
  'pattern-separator': ';',
};

export type Signs = Readonly<Record<keyof typeof DEFAULT_SIGNS, string>>;

/** Digits behind the decimal separator that a number is rounded to; further ones are zeros. */
const MAX_FRACTION_DIGITS = 100;

/**
 * Writes a number by a picture (XPath: format-number).
 *
 * @example
 * formatNumber(1234.5, '#,##0.00', {}); // => '1,234.50'
 */
export function formatNumber(number: number, picture: string, signs: Partial<Signs>): string {
  const isUsual = Object.keys(signs).length === 0;
  const { positive, negative, minus } = isUsual ? usualPicture(picture) : readPicture(picture, signs);
  if (number >= 0) return positive.format(number, '');
  return negative === undefined ? positive.format(number, minus) : negative.format(number, '');
}

const usualPicture = remembered((picture) => readPicture(picture, {}));

function readPicture(picture: string, signs: Partial<Signs>) {
  const all: Signs = { ...DEFAULT_SIGNS, ...signs };
  const parts = picture.split(all['pattern-separator']);
  if (parts.length > 2) throw new ExpressionError('D3080', 'a number picture has at most two parts');
  const [positive, negative] = parts.map((part) => new SubPicture(part, all));
  if (positive === undefined) throw new Error('a text that is split has a part');
  return { positive, negative, minus: all['minus-sign'] };
}

/** How many digits are written. */
interface Sizes {
  readonly scale: number;
  readonly minInteger: number;
  readonly minFraction: number;
  readonly maxFraction: number;
}

/** One of the parts of a picture, for positive numbers or for negative ones. */
class SubPicture {
  readonly #signs: Signs;
  readonly #text: string;
  readonly #prefix: string;
  readonly #suffix: string;
  readonly #active: string;
  readonly #integer: string;
  readonly #fraction: string;
  readonly #exponent: string | undefined;
  readonly #factor: number;
  readonly #sizes: Sizes;
  readonly #zero: number;
  /** Digits to the right of each separator of the whole part, and how far apart those are if all are as far. */
  readonly #integerGroups: readonly number[];
  readonly #integerInterval: number;
  /** Digits to the left of each separator behind the point. */
  readonly #fractionGroups: readonly number[];

  constructor(text: string, signs: Signs) {
    this.#signs = signs;
    this.#text = text;
    const characters = [...text];
    const first = characters.findIndex((char) => this.#isCore(char));
    const last = characters.findLastIndex((char) => this.#isCore(char));
    this.#prefix = first < 0 ? '' : characters.slice(0, first).join('');
    this.#suffix = last < 0 ? '' : characters.slice(last + 1).join('');
    this.#active = text.slice(this.#prefix.length, text.length - this.#suffix.length);
    const [mantissa = '', exponent] = splitOnce(this.#active, signs['exponent-separator']);
    this.#exponent = exponent;
    const [integer = '', fraction] = splitOnce(mantissa, signs['decimal-separator']);
    this.#integer = integer;
    this.#fraction = fraction ?? '';
    const fault = this.#fault();
    if (fault !== undefined) throw new ExpressionError(fault[0], fault[1]);
    this.#factor = text.includes(signs.percent) ? 100 : text.includes(signs['per-mille']) ? 1000 : 1;
    this.#sizes = this.#measure();
    this.#zero = signs['zero-digit'].charCodeAt(0);
    this.#integerGroups = this.#positions(this.#integer, (_before, after) => after);
    this.#integerInterval = regularInterval(this.#integerGroups);
    this.#fractionGroups = this.#positions(this.#fraction, (before) => before);
  }

  format(number: number, minus: string): string {
    const scaled = finite(Math.abs(number) * this.#factor);
    const isPlain = this.#exponent === undefined;
    const [mantissa, exponent] = isPlain ? [scaled, 0] : normalised(scaled, this.#sizes.scale);
    const digits = this.#digits(mantissa, this.#sizes);
    return `${minus}${this.#prefix}${digits}${this.#exponentText(exponent)}${this.#suffix}`;
  }

  /** XPath: analysing the picture string. */
  #measure(): Sizes {
    const hasExponent = this.#exponent !== undefined;
    const scale = this.#count(this.#integer, (char) => this.#isDigit(char));
    let minInteger = scale;
    let minFraction = this.#count(this.#fraction, (char) => this.#isDigit(char));
    let maxFraction = this.#count(this.#fraction, (char) => this.#isPlace(char));
    if (minInteger === 0 && maxFraction === 0) {
      if (hasExponent) {
        minFraction = 1;
        maxFraction = 1;
      } else minInteger = 1;
    }
    if (hasExponent && minInteger === 0 && this.#integer.includes(this.#signs.digit)) minInteger = 1;
    if (minInteger === 0 && minFraction === 0) minFraction = 1;
    return { scale, minInteger, minFraction, maxFraction };
  }

  #digits(mantissa: number, { minInteger, minFraction, maxFraction }: Sizes): string {
    const places = Math.min(maxFraction, MAX_FRACTION_DIGITS);
    const [whole = '', part = ''] = decimalText(roundHalfEven(mantissa, places), places).split('.');
    const integer = whole.replace(/^0+/, '').padStart(minInteger, '0');
    const fraction = part.replace(/0+$/, '').padEnd(minFraction, '0');
    const interval = this.#integerInterval;
    const written = this.#grouped(integer, (i) => {
      const right = integer.length - i;
      return interval > 0 ? right % interval === 0 : this.#integerGroups.includes(right);
    });
    if (fraction === '') return written;
    const behind = this.#grouped(fraction, (i) => this.#fractionGroups.includes(i));
    return written + this.#signs['decimal-separator'] + behind;
  }

  /** Digits in their family, with a sign before each at which a group begins. */
  #grouped(digits: string, begins: (index: number) => boolean): string {
    const sign = this.#signs['grouping-separator'];
    let written = '';
    for (let i = 0; i < digits.length; i++) {
      if (i > 0 && begins(i)) written += sign;
      written += String.fromCharCode(this.#zero + Number(digits.charAt(i)));
    }
    return written;
  }

  /** For each grouping separator, what is counted of the digits before and after it. */
  #positions(part: string, measure: (before: number, after: number) => number): number[] {
    const groups = part.split(this.#signs['grouping-separator']);
    return groups.slice(1).map((_group, i) => {
      const before = groups.slice(0, i + 1).join('');
      const after = groups.slice(i + 1).join('');
      return measure(
        this.#count(before, (char) => this.#isPlace(char)),
        this.#count(after, (char) => this.#isPlace(char)),
      );
    });
  }

  #exponentText(exponent: number): string {
    if (this.#exponent === undefined) return '';
    const digits = String(Math.abs(exponent)).padStart(this.#exponent.length, '0');
    const minus = exponent < 0 ? this.#signs['minus-sign'] : '';
    return this.#signs['exponent-separator'] + minus + this.#grouped(digits, () => false);
  }

  #count(text: string, test: (char: string) => boolean): number {
    return [...text].filter(test).length;
  }

  #isDigit(char: string): boolean {
    const value = char.charCodeAt(0) - this.#signs['zero-digit'].charCodeAt(0);
    return value >= 0 && value <= 9;
  }

  #isPlace(char: string): boolean {
    return this.#isDigit(char) || char === this.#signs.digit;
  }

  /** Characters that begin and end the part between prefix and suffix. */
  #isCore(char: string): boolean {
    return (
      this.#isPlace(char) ||
      char === this.#signs['decimal-separator'] ||
      char === this.#signs['grouping-separator'] ||
      char === this.#signs['pattern-separator']
    );
  }

  /** What is wrong with the picture (XPath: the rules for picture strings); the last rule broken is said. */
  #fault(): readonly [code: string, message: string] | undefined {
    const rules = this.#rules();
    return rules.findLast(([broken]) => broken)?.slice(1) as [string, string] | undefined;
  }

  #rules(): readonly (readonly [broken: boolean, code: string, message: string])[] {
    const {
      percent,
      'per-mille': perMille,
      'decimal-separator': point,
      'grouping-separator': comma,
    } = this.#signs;
    const text = this.#text;
    const has = (sign: string) => text.includes(sign);
    const twice = (sign: string) => text.indexOf(sign) !== text.lastIndexOf(sign);
    const isScaled = has(percent) || has(perMille);
    const exponent = this.#exponent;
    return [
      [twice(point), 'D3081', `a part of a number picture may have one "${point}" only`],
      [twice(percent), 'D3082', `a part of a number picture may have one "${percent}" only`],
      [twice(perMille), 'D3083', `a part of a number picture may have one "${perMille}" only`],
      [has(percent) && has(perMille), 'D3084', 'a number is in per cent or in per mille, not in both'],
      [!this.#hasPlaces(), 'D3085', 'a part of a number picture must have a digit before any exponent'],
      [this.#hasPassive(), 'D3086', 'only signs of a number picture may stand between its digits'],
      [has(comma + point) || has(point + comma), 'D3087', `"${comma}" may not stand next to "${point}"`],
      [!has(point) && this.#integer.endsWith(comma), 'D3088', `the whole part may not end with "${comma}"`],
      [has(comma + comma), 'D3089', `"${comma}" may not be doubled`],
      [this.#isMixed(this.#integer), 'D3090', 'in the whole part optional digits come before mandatory ones'],
      [
        this.#isMixed(reversed(this.#fraction)),
        'D3091',
        'behind the point mandatory digits come before optional ones',
      ],
      [
        exponent !== undefined && exponent !== '' && isScaled,
        'D3092',
        'a number with an exponent is not in per cent',
      ],
      [
        exponent !== undefined && !this.#isExponent(exponent),
        'D3093',
        'an exponent consists of mandatory digits',
      ],
    ];
  }

  #hasPlaces(): boolean {
    return [...this.#integer, ...this.#fraction].some((char) => this.#isPlace(char));
  }

  #hasPassive(): boolean {
    return [...this.#active].some(
      (char) => !this.#isCore(char) && char !== this.#signs['exponent-separator'],
    );
  }

  /** Whether a mandatory digit stands before an optional one. */
  #isMixed(part: string): boolean {
    const optional = part.lastIndexOf(this.#signs.digit);
    return optional >= 0 && [...part.slice(0, optional)].some((char) => this.#isDigit(char));
  }

  #isExponent(text: string): boolean {
    return text !== '' && [...text].every((char) => this.#isDigit(char));
  }
}

/** A number as mantissa and exponent, the mantissa with so many digits before the point. */
function normalised(number: number, scale: number): readonly [mantissa: number, exponent: number] {
  let mantissa = number;
  let exponent = 0;
  if (mantissa === 0) return [0, 0];
  while (mantissa < 10 ** (scale - 1)) {
    mantissa *= 10;
    exponent--;
  }
  while (mantissa >= 10 ** scale) {
    mantissa /= 10;
    exponent++;
  }
  return [mantissa, exponent];
}

function decimalText(number: number, places: number): string {
  return number >= 1e21 ? BigInt(number).toString() : number.toFixed(places);
}

function splitOnce(text: string, separator: string): readonly string[] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + separator.length)];
}

function reversed(text: string): string {
  return [...text].reverse().join('');
}
