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
 * backslash. Takes at most pattern times text steps.
 */
function wildcardMatch(pattern: string, text: string): boolean {
  const parts = wildcardParts(pattern);
  let p = 0;
  let t = 0;
  let star = -1;
  let resume = 0;
  while (t < text.length) {
    if (parts[p] === null) {
      star = p++;
      resume = t;
    } else if (p < parts.length && parts[p] === text[t]) {
      p++;
      t++;
    } else if (star >= 0) {
      p = star + 1;
      t = ++resume;
    } else return false;
  }
  while (parts[p] === null) p++;
  return p === parts.length;
}

/** The pattern's characters, null where any may stand. */
function wildcardParts(pattern: string): (string | null)[] {
  const parts: (string | null)[] = [];
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern[i] ?? '';
    if (char === '\\' && i + 1 < pattern.length) parts.push(pattern[++i] ?? '');
    else parts.push(char === '*' ? null : char);
  }
  return parts;
}
