import type { Json } from '../core/json.js';
import { compareTimestamps, parseTimestamp } from '../core/timestamp.js';

/** A comparison of a Choice rule's Variable with its operand (States Language: Data-test expression). */
export interface ChoiceOperator {
  /** What its operand must be. */
  readonly operand: 'string' | 'number' | 'boolean' | 'timestamp' | 'path';
  /** False where the two are not of the operator's type: comparing apples with pears is no error. */
  readonly test: (value: Json, operand: Json) => boolean;
}

/** The operator that is true of paths which lead somewhere (or, with false, nowhere). */
export const IS_PRESENT = 'IsPresent';

type Order = (comparison: number) => boolean;

const ORDERS: Readonly<Record<string, Order>> = {
  Equals: (c) => c === 0,
  LessThan: (c) => c < 0,
  GreaterThan: (c) => c > 0,
  LessThanEquals: (c) => c <= 0,
  GreaterThanEquals: (c) => c >= 0,
};

/** How two values of a type compare; undefined if one of them is of another type. */
type Compare = (a: Json, b: Json) => number | undefined;

const TYPES: readonly (readonly [string, 'string' | 'number' | 'timestamp', Compare])[] = [
  ['String', 'string', (a, b) => (typeof a === 'string' && typeof b === 'string' ? order(a, b) : undefined)],
  ['Numeric', 'number', (a, b) => (typeof a === 'number' && typeof b === 'number' ? a - b : undefined)],
  ['Timestamp', 'timestamp', orderTimestamps],
];

const IS: Readonly<Record<string, (value: Json) => boolean>> = {
  IsNull: (value) => value === null,
  IsNumeric: (value) => typeof value === 'number',
  IsString: (value) => typeof value === 'string',
  IsBoolean: (value) => typeof value === 'boolean',
  IsTimestamp: (value) => typeof value === 'string' && parseTimestamp(value) !== undefined,
};

/**
 * Every comparison operator by its field's name, but IsPresent, which asks about the path, not the value.
 *
 * @example
 * CHOICE_OPERATORS.get('NumericLessThan')?.test(1, 2); // => true
 * CHOICE_OPERATORS.get('StringMatches')?.test('log-1.txt', 'log-*.txt'); // => true
 */
export const CHOICE_OPERATORS: ReadonlyMap<string, ChoiceOperator> = new Map(operators());

function* operators(): Iterable<[string, ChoiceOperator]> {
  for (const [type, operand, compare] of TYPES) {
    for (const [suffix, holds] of Object.entries(ORDERS)) {
      const test = (a: Json, b: Json): boolean => {
        const comparison = compare(a, b);
        return comparison !== undefined && holds(comparison);
      };
      yield [`${type}${suffix}`, { operand, test }];
      yield [`${type}${suffix}Path`, { operand: 'path', test }];
    }
  }
  const sameBoolean = (a: Json, b: Json): boolean => typeof a === 'boolean' && a === b;
  yield ['BooleanEquals', { operand: 'boolean', test: sameBoolean }];
  yield ['BooleanEqualsPath', { operand: 'path', test: sameBoolean }];
  yield ['StringMatches', { operand: 'string', test: matches }];
  for (const [name, is] of Object.entries(IS)) {
    yield [name, { operand: 'boolean', test: (value, expected) => is(value) === expected }];
  }
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function orderTimestamps(a: Json, b: Json): number | undefined {
  const left = typeof a === 'string' ? parseTimestamp(a) : undefined;
  const right = typeof b === 'string' ? parseTimestamp(b) : undefined;
  return left === undefined || right === undefined ? undefined : compareTimestamps(left, right);
}

function matches(value: Json, pattern: Json): boolean {
  return typeof value === 'string' && typeof pattern === 'string' && wildcardMatch(pattern, value);
}

/**
 * Whether a text matches a pattern in which `*` stands for any characters, `\*` for an asterisk and `\\` for a
 * backslash. What stands before the first asterisk and behind the last is at the ends of the text; each of the others
 * is taken where it comes first. Takes as many steps as the two are long.
 */
function wildcardMatch(pattern: string, text: string): boolean {
  const parts = wildcardParts(pattern);
  const [first = ''] = parts;
  const last = parts.at(-1) ?? '';
  if (parts.length === 1) return text === first;
  const end = text.length - last.length;
  if (end < first.length || !text.startsWith(first) || !text.endsWith(last)) return false;
  let from = first.length;
  for (const part of parts.slice(1, -1)) {
    const at = indexOf(text, part, from);
    if (at < 0) return false;
    from = at + part.length;
  }
  return from <= end;
}

/** The texts between the asterisks of a pattern. */
function wildcardParts(pattern: string): string[] {
  const parts = [''];
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern.charAt(i);
    if (char === '*') parts.push('');
    else parts[parts.length - 1] += char === '\\' && i + 1 < pattern.length ? pattern.charAt(++i) : char;
  }
  return parts;
}

/** Characters from which on a text is searched for in linear time; the platform's search is faster, but may not be. */
const LONG = 32;

/** Where a text is in another; -1 if it is not (Knuth, Morris, Pratt). */
function indexOf(text: string, part: string, from: number): number {
  if (part.length < LONG) return text.indexOf(part, from);
  const borders = bordersOf(part);
  let matched = 0;
  for (let i = from; i < text.length; i++) {
    matched = extended(part, borders, matched, text.charCodeAt(i));
    if (matched === part.length) return i + 1 - matched;
  }
  return -1;
}

/** For each length of a text's start, the longest shorter start that it ends with. */
function bordersOf(part: string): Uint32Array {
  const borders = new Uint32Array(part.length + 1);
  let matched = 0;
  for (let i = 1; i < part.length; i++) {
    matched = extended(part, borders, matched, part.charCodeAt(i));
    borders[i + 1] = matched;
  }
  return borders;
}

/** How much of the part's start stands before a place once one character more is there. */
function extended(part: string, borders: Uint32Array, matched: number, unit: number): number {
  let length = matched;
  while (length > 0 && part.charCodeAt(length) !== unit) length = borders[length] ?? 0;
  return part.charCodeAt(length) === unit ? length + 1 : length;
}
