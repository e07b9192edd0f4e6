import type { Json } from '../../core/json.js';
import { parse } from '../../expression/jsonata/parser.js';
import type { Binary, Node } from '../../expression/jsonata/syntax-tree.js';
import { childrenOf } from '../../expression/jsonata/syntax-tree.js';
import { SourceError } from '../../expression/source-error.js';
import type { Comparison } from './cuts.js';
import type { Formula, Outcomes } from './formula.js';
import {
  ANY_NUMBER,
  ANY_TEXT,
  ANYTHING,
  exactly,
  NOTHING_AT_ALL,
  ofKinds,
  ordered,
  type ValueSet,
} from './value-set.js';

/** A field that no expression can name, for what is not decided: it is true, false or fails as a whole. */
const UNDECIDED = '\u0000';

/** What may give another value each time. */
const FICKLE = new Set(['random', 'shuffle', 'uuid']);

/**
 * The condition that the text of a JSONata expression is, taken as a whole: comparisons of a field with a constant, and
 * and, or and not of them. Anything else in it stands for itself: it may be true or false, the same each time.
 */
export function jsonataCondition(text: string): Formula {
  try {
    return conditionOf(parse(text), text);
  } catch (error) {
    if (error instanceof SourceError) return undecided(text);
    throw error;
  }
}

/**
 * A condition that is true, false, or fails, one does not know when: all of the same name alike, but for those with an
 * empty name, which have nothing to do with each other.
 */
export function undecided(name: string): Formula {
  return { kind: 'test', field: UNDECIDED + name, outcomes: name === '' ? ANY : ONE };
}

const ONE: Outcomes = {
  true: ofKinds('true'),
  false: ofKinds('false'),
  nothing: ofKinds('missing'),
  error: ofKinds('other'),
};

const ANY: Outcomes = { true: ANYTHING, false: ANYTHING, nothing: ANYTHING, error: ANYTHING };

export function isUndecided(field: string): boolean {
  return field.startsWith(UNDECIDED);
}

function conditionOf(node: Node, text: string): Formula {
  const inner = unwrapped(node);
  if (inner.type === 'literal' && typeof inner.value === 'boolean') {
    return { kind: 'constant', outcome: inner.value ? 'true' : 'false' };
  }
  const field = fieldOf(inner);
  if (field !== undefined) return { kind: 'test', field, outcomes: BARE };
  if (isPlain(inner) && inner.type === 'binary') {
    if (inner.operator === 'and' || inner.operator === 'or') {
      const [left, right] = [operandOf(inner.left, text), operandOf(inner.right, text)];
      return { kind: inner.operator, left, right };
    }
    const test = comparison(inner);
    if (test !== undefined) return test;
  }
  const called = isPlain(inner) ? call(inner, text) : undefined;
  return called ?? unknown(inner, text);
}

/** A part of `and` and `or` counts as what JSONata's $boolean makes of it. */
function operandOf(node: Node, text: string): Formula {
  const field = fieldOf(unwrapped(node));
  return field === undefined ? conditionOf(node, text) : { kind: 'test', field, outcomes: TRUTH };
}

/** A field where a truth value is wanted: anything else is an error, nothing is nothing. */
const BARE: Outcomes = {
  true: ofKinds('true'),
  false: ofKinds('false'),
  nothing: ofKinds('missing'),
  error: ofKinds('true', 'false', 'missing').complement,
};

const TRUTHY = ofKinds('true')
  .or(ANY_NUMBER.and(ordered('=', 0).complement))
  .or(ANY_TEXT.and(ordered('=', '').complement));

/** Whether objects and arrays count as true depends on what is in them, which is not known. */
const TRUTH: Outcomes = {
  true: TRUTHY.or(ofKinds('other')),
  false: TRUTHY.complement,
  nothing: NOTHING_AT_ALL,
  error: NOTHING_AT_ALL,
};

/** The same words at two places are the same condition, but where something is drawn by lot. */
function unknown(node: Node, text: string): Formula {
  if (isFickle(node)) return undecided('');
  const words = JSON.stringify(node, (key, value: unknown) => (key === 'position' ? undefined : value));
  return undecided(words ?? text);
}

function isFickle(node: Node): boolean {
  if (node.type === 'variable' && FICKLE.has(node.name)) return true;
  return childrenOf(node).some(isFickle);
}

/** `$not(…)`, `$boolean(…)` and `$exists(…)` of what is known. */
function call(node: Node, text: string): Formula | undefined {
  if (node.type !== 'call' || node.callee.type !== 'variable' || node.args.length !== 1) return undefined;
  const [argument] = node.args;
  if (argument === undefined) return undefined;
  const { name } = node.callee;
  if (name === 'not' && fieldOf(unwrapped(argument)) === undefined) {
    return { kind: 'not', operand: conditionOf(argument, text), strictly: false };
  }
  const field = fieldOf(unwrapped(argument));
  if (name !== 'exists' || field === undefined) return undefined;
  const missing = ofKinds('missing');
  return { kind: 'test', field, outcomes: { ...NEVER, true: missing.complement, false: missing } };
}

const NEVER: Outcomes = {
  true: NOTHING_AT_ALL,
  false: NOTHING_AT_ALL,
  nothing: NOTHING_AT_ALL,
  error: NOTHING_AT_ALL,
};

const MIRRORED: Readonly<Record<string, Comparison>> = { '<': '>', '<=': '>=', '>': '<', '>=': '<=' };

function comparison({ operator, left, right }: Binary): Formula | undefined {
  const [a, b] = [unwrapped(left), unwrapped(right)];
  const onLeft = fieldOf(a);
  if (onLeft !== undefined && operator === 'in') return membership(onLeft, b);
  const value = onLeft === undefined ? literal(a) : literal(b);
  const field = onLeft ?? fieldOf(b);
  if (field === undefined || value === undefined) return undefined;
  if (operator === '=' || operator === '!=') return equality(field, value, operator === '=');
  const order = onLeft === undefined ? MIRRORED[operator] : operator;
  if (order !== '<' && order !== '<=' && order !== '>' && order !== '>=') return undefined;
  return ordering(field, value, order);
}

/** Equality with nothing is false. */
function equality(field: string, value: Json, wanted: boolean): Formula | undefined {
  const same = exactly(value);
  if (same === undefined) return undefined;
  const there = ofKinds('missing').complement;
  const holds = wanted ? same : there.and(same.complement);
  return { kind: 'test', field, outcomes: { ...NEVER, true: holds, false: holds.complement } };
}

function membership(field: string, list: Node): Formula | undefined {
  if (list.type !== 'array' || !isPlain(list)) return undefined;
  let values: ValueSet = NOTHING_AT_ALL;
  for (const item of list.items) {
    const value = literal(unwrapped(item));
    const one = value === undefined ? undefined : exactly(value);
    if (one === undefined) return undefined;
    values = values.or(one);
  }
  return { kind: 'test', field, outcomes: { ...NEVER, true: values, false: values.complement } };
}

/** Order is of numbers, or of texts; what is of another type is an error, what is missing gives nothing. */
function ordering(field: string, value: Json, order: '<' | '<=' | '>' | '>='): Formula | undefined {
  if (typeof value !== 'number' && typeof value !== 'string') return undefined;
  const alike = typeof value === 'number' ? ANY_NUMBER : ANY_TEXT;
  const missing = ofKinds('missing');
  const holds = ordered(order, value);
  const outcomes: Outcomes = {
    true: holds,
    false: alike.and(holds.complement),
    nothing: missing,
    error: alike.or(missing).complement,
  };
  return { kind: 'test', field, outcomes };
}

function literal(node: Node): Json | undefined {
  return node.type === 'literal' && isPlain(node) ? node.value : undefined;
}

/** A path of names, as people write it. */
function fieldOf(node: Node): string | undefined {
  const keys = fieldKeys(node);
  return keys?.map((key, n) => (n === 0 || /^\w+$/.test(key) ? key : `\`${key}\``)).join('.');
}

/** The keys of a path of names; a variable in the first place has its `$`. */
export function fieldKeys(node: Node): readonly string[] | undefined {
  if (!isPlain(node)) return undefined;
  if (node.type === 'name') return [node.value];
  if (node.type !== 'path' || node.keepSingleton) return undefined;
  const keys: string[] = [];
  for (const [n, step] of node.steps.entries()) {
    if (!isPlain(step)) return undefined;
    if (step.type === 'variable' && n === 0 && step.name !== '') keys.push(`$${step.name}`);
    else if (step.type === 'name') keys.push(step.value);
    else return undefined;
  }
  return keys;
}

/** A node without brackets around it. */
function unwrapped(node: Node): Node {
  const [only] = node.type === 'block' && node.expressions.length === 1 ? node.expressions : [];
  return only === undefined || !isPlain(node) ? node : unwrapped(only);
}

/** Whether nothing but the node itself decides what it gives: no filters, groups or bindings. */
function isPlain(node: Node): boolean {
  const { keepArray, predicates, stages, group, focus, index, ancestor, tuple } = node;
  const all = [keepArray, predicates, stages, group, focus, index, ancestor, tuple];
  return all.every((mark) => mark === undefined || mark === false);
}
