import { canonicalText, isJsonArray, isJsonObject, type Json, own } from '../../core/json.js';
import type { Comparison } from './cuts.js';
import type { Formula, Outcomes } from './formula.js';
import { undecided } from './jsonata-condition.js';
import {
  ANY_BOOLEAN,
  ANY_NUMBER,
  ANY_TEXT,
  exactly,
  NOTHING_AT_ALL,
  ofKinds,
  ordered,
  type ValueSet,
} from './value-set.js';

const ORDERS: Readonly<Record<string, Comparison>> = {
  Equals: '=',
  LessThan: '<',
  GreaterThan: '>',
  LessThanEquals: '<=',
  GreaterThanEquals: '>=',
};

const MISSING = ofKinds('missing');

/**
 * The condition that a Choice rule is (States Language: Choice Rule). Comparing with another type is false, a path that
 * leads nowhere fails. `isTyped` takes it that a variable is of the type that it is compared as.
 */
export function choiceCondition(rule: Json, isTyped: boolean): Formula {
  if (!isJsonObject(rule)) return undecided('');
  const [and, or, not] = [own(rule, 'And'), own(rule, 'Or'), own(rule, 'Not')];
  if (isJsonArray(and)) return combination('and', and, isTyped);
  if (isJsonArray(or)) return combination('or', or, isTyped);
  if (not !== undefined) return { kind: 'not', operand: choiceCondition(not, isTyped), strictly: true };
  const variable = own(rule, 'Variable');
  if (typeof variable !== 'string') return undecided('');
  const holds = testOf(rule, isTyped);
  if (holds === undefined) {
    const { Next: _, Assign: __, Comment: ___, ...test } = rule;
    return undecided(canonicalText(test));
  }
  return { kind: 'test', field: variable, outcomes: holds };
}

function combination(kind: 'and' | 'or', rules: readonly Json[], isTyped: boolean): Formula {
  const [first = undecided(''), ...rest] = rules.map((rule) => choiceCondition(rule, isTyped));
  return rest.reduce<Formula>((left, right) => ({ kind, left, right }), first);
}

function testOf(rule: Json, isTyped: boolean): Outcomes | undefined {
  for (const [key, operand] of Object.entries(rule as object) as [string, Json][]) {
    if (key === 'IsPresent') return split(operand === false ? MISSING : MISSING.complement, undefined);
    const kind = KINDS[key];
    if (kind !== undefined)
      return split(operand === false ? kind.complement.and(MISSING.complement) : kind, MISSING);
    const [, type, suffix] = /^(String|Numeric|Boolean)(\w+)$/.exec(key) ?? [];
    const order = suffix === undefined ? undefined : ORDERS[suffix];
    if (type === undefined || order === undefined) continue;
    const all = type === 'Numeric' ? ANY_NUMBER : type === 'String' ? ANY_TEXT : ANY_BOOLEAN;
    const holds =
      typeof operand === 'boolean' ? exactly(operand) : ordered(order, operand as number | string);
    if (holds === undefined) return undefined;
    return split(holds, isTyped ? all.complement : MISSING);
  }
  return undefined;
}

const KINDS: Readonly<Record<string, ValueSet>> = {
  IsNull: ofKinds('null'),
  IsNumeric: ANY_NUMBER,
  IsString: ANY_TEXT,
  IsBoolean: ANY_BOOLEAN,
};

function split(holds: ValueSet, fails: ValueSet | undefined): Outcomes {
  const error = fails ?? NOTHING_AT_ALL;
  return { true: holds, false: holds.complement.and(error.complement), nothing: NOTHING_AT_ALL, error };
}
