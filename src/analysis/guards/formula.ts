import type { ValueSet } from './value-set.js';

/**
 * How the evaluation of a condition can end. `nothing` is JSONata's: what compares with nothing is nothing, which counts
 * as false but whose negation is nothing too.
 */
export type Outcome = 'true' | 'false' | 'nothing' | 'error';

/** For which values of a field a test may end how: all values are somewhere, some in several where it is not known. */
export type Outcomes = Readonly<Record<Outcome, ValueSet>>;

/** A condition over fields, as far as it can be decided. */
export type Formula =
  | { readonly kind: 'constant'; readonly outcome: Outcome }
  | { readonly kind: 'test'; readonly field: string; readonly outcomes: Outcomes }
  | { readonly kind: 'and' | 'or'; readonly left: Formula; readonly right: Formula }
  /** `strictly` takes nothing for false, as the `not` around a guard does. */
  | { readonly kind: 'not'; readonly operand: Formula; readonly strictly: boolean };

/** Values of fields, all of which hold together; a field that is not there may hold anything. */
export type Case = ReadonlyMap<string, ValueSet>;

/** Cases that one condition is taken apart into; with more it is not decided. */
export const MAX_CASES = 64;

const ALL: readonly Case[] = [new Map()];

export const TRUE: Formula = { kind: 'constant', outcome: 'true' };

/** Worked out once, since nested conditions ask for the same again and again. */
const known = new WeakMap<Formula, Map<Outcome, readonly Case[] | undefined>>();

/** Cases, together more than there are: so every case of the outcome is among them. Undefined where there are too many. */
export function casesOf(formula: Formula, outcome: Outcome): readonly Case[] | undefined {
  const before = known.get(formula) ?? new Map<Outcome, readonly Case[] | undefined>();
  if (before.has(outcome)) return before.get(outcome);
  known.set(formula, before);
  const cases = workOut(formula, outcome);
  before.set(outcome, cases);
  return cases;
}

function workOut(formula: Formula, outcome: Outcome): readonly Case[] | undefined {
  switch (formula.kind) {
    case 'constant':
      return formula.outcome === outcome ? ALL : [];
    case 'test': {
      const values = formula.outcomes[outcome];
      return values.isEmpty ? [] : [new Map([[formula.field, values]])];
    }
    case 'not':
      return negated(formula.operand, formula.strictly, outcome);
    default:
      return combined(formula, outcome);
  }
}

/** The cases in which a condition does not hold: it is false, nothing, or fails. */
export function casesAgainst(formula: Formula): readonly Case[] | undefined {
  return either(casesOf(formula, 'false'), casesOf(formula, 'nothing'), casesOf(formula, 'error'));
}

function negated(operand: Formula, strictly: boolean, outcome: Outcome): readonly Case[] | undefined {
  if (outcome === 'error') return casesOf(operand, 'error');
  if (outcome === 'false') return casesOf(operand, 'true');
  if (outcome === 'nothing') return strictly ? [] : casesOf(operand, 'nothing');
  return strictly ? falsy(operand) : casesOf(operand, 'false');
}

function falsy(operand: Formula): readonly Case[] | undefined {
  return either(casesOf(operand, 'false'), casesOf(operand, 'nothing'));
}

/** The right side is looked at only where the left has not decided; only truth and falsehood come of it. */
function combined(
  { kind, left, right }: Extract<Formula, { readonly left: Formula }>,
  outcome: Outcome,
): readonly Case[] | undefined {
  if (outcome === 'nothing') return [];
  const goesOn = kind === 'and' ? casesOf(left, 'true') : falsy(left);
  const cases = (side: Formula) =>
    outcome === 'true' ? casesOf(side, 'true') : outcome === 'false' ? falsy(side) : casesOf(side, 'error');
  const decides = outcome === 'error' || outcome === (kind === 'and' ? 'false' : 'true');
  const onRight = both(goesOn, cases(right));
  return decides ? either(cases(left), onRight) : onRight;
}

/** The cases of two lists that hold together. */
export function both(
  a: readonly Case[] | undefined,
  b: readonly Case[] | undefined,
): readonly Case[] | undefined {
  if (a === undefined || b === undefined) return a?.length === 0 || b?.length === 0 ? [] : undefined;
  const cases: Case[] = [];
  for (const one of a) {
    for (const other of b) {
      const joined = join(one, other);
      if (joined !== undefined) cases.push(joined);
      if (cases.length > MAX_CASES) return undefined;
    }
  }
  return cases;
}

function either(...lists: readonly (readonly Case[] | undefined)[]): readonly Case[] | undefined {
  const cases: Case[] = [];
  for (const list of lists) {
    if (list === undefined) return undefined;
    cases.push(...list);
  }
  return cases.length > MAX_CASES ? undefined : cases;
}

function join(a: Case, b: Case): Case | undefined {
  const joined = new Map(a);
  for (const [field, values] of b) {
    const known = joined.get(field);
    const left = known === undefined ? values : known.and(values);
    if (left.isEmpty) return undefined;
    joined.set(field, left);
  }
  return joined;
}

/** The fields that a condition asks about. */
export function fieldsOf(formula: Formula): ReadonlySet<string> {
  const fields = new Set<string>();
  const visit = (inner: Formula): void => {
    if (inner.kind === 'test') fields.add(inner.field);
    else if (inner.kind === 'not') visit(inner.operand);
    else if (inner.kind !== 'constant') {
      visit(inner.left);
      visit(inner.right);
    }
  };
  visit(formula);
  return fields;
}

/** The values of its only field for which a condition holds; undefined where it asks about others, or cannot be decided. */
export function valuesOf(formula: Formula, field: string, outcome: Outcome = 'true'): ValueSet | undefined {
  const fields = fieldsOf(formula);
  if (fields.size !== 1 || !fields.has(field)) return undefined;
  let values: ValueSet | undefined;
  for (const one of casesOf(formula, outcome) ?? []) {
    const own = one.get(field);
    if (own !== undefined) values = values?.or(own) ?? own;
  }
  return values;
}
