import { put } from '../../core/json.js';
import { ExpressionError } from '../expression-error.js';
import type { Compiling } from './compiling.js';
import { UNBOUND } from './frame.js';
import type { Group } from './syntax-tree.js';
import { payForText } from './text-cost.js';
import {
  type Body,
  type Code,
  flattenInto,
  type Input,
  itemsOf,
  plain,
  type Result,
  type Run,
  Scope,
  type Value,
} from './value.js';

/** What a key costs that is worked out: objects with keys of their own share no shape, which is slow to make. */
const COMPUTED_KEY = 8;

interface PairCode {
  readonly key: Body;
  readonly value: Body;
}

/** How a grouping sees its items: single values in one scope, or tuples. */
interface View<T> {
  readonly contextOf: (item: T) => Input;
  readonly scopeOf: (item: T) => Scope;
  /** All items of one key as one. */
  readonly merge: (items: readonly T[]) => T;
}

/**
 * `source{key: value}`: the items are sorted into groups by the key, and the value is evaluated once for each
 * group, with its items as the context.
 */
export function compileGroup(group: Group, source: Code, compiling: Compiling): Code {
  const pairs = compilePairs(group, compiling);
  const keys = distinctKeys(group);
  return (input, scope) => {
    const items = itemsOf(source(input, scope));
    if (keys !== undefined && items.length <= 1) return objectOf(keys, pairs, items[0], scope);
    const view: View<Value | undefined> = {
      contextOf: (item) => item,
      scopeOf: () => scope,
      merge: (values) => mergeValues(values, scope.run),
    };
    return groupItems(items.length === 0 ? [undefined] : items, pairs, view, scope.run, group.position);
  };
}

/** The keys of a grouping whose keys are all written out, each once: for one item it is just an object. */
function distinctKeys({ pairs }: Group): readonly string[] | undefined {
  const keys = pairs.map(([key]) => (key.type === 'literal' && !key.predicates ? key.value : undefined));
  const texts = keys.filter((key) => typeof key === 'string');
  return texts.length === keys.length && new Set(texts).size === keys.length ? texts : undefined;
}

function objectOf(keys: readonly string[], pairs: readonly PairCode[], item: Input, scope: Scope): Value {
  const object: Record<string, Value> = {};
  for (let i = 0; i < keys.length; i++) {
    const { code, cost } = (pairs[i] as PairCode).value;
    scope.run.budget.spend(cost);
    const value = plain(code(item, scope));
    if (value !== undefined) put(object, keys[i] as string, value);
  }
  return object;
}

/** The same on tuples: each variable has, in a group, what it had in the group's tuples. */
export function compileTupleGroup(
  group: Group,
  stream: (input: Input, scope: Scope) => readonly Scope[],
  compiling: Compiling,
): Code {
  const pairs = compilePairs(group, compiling);
  const view: View<Scope> = {
    contextOf: (tuple) => tuple.slots[0],
    scopeOf: (tuple) => tuple,
    merge: mergeTuples,
  };
  return (input, scope) => groupItems(stream(input, scope), pairs, view, scope.run, group.position);
}

function compilePairs(group: Group, compiling: Compiling): PairCode[] {
  return group.pairs.map(([key, value]) => ({
    key: compiling.scopedBody(key),
    value: compiling.scopedBody(value),
  }));
}

function groupItems<T>(
  items: readonly T[],
  pairs: readonly PairCode[],
  view: View<T>,
  run: Run,
  position: number,
): Value {
  const groups = new Map<string, { readonly pair: PairCode; readonly items: T[] }>();
  for (const item of items) {
    for (const pair of pairs) {
      run.budget.spend(pair.key.cost);
      const key = plain(pair.key.code(view.contextOf(item), view.scopeOf(item)));
      if (key === undefined) continue;
      if (typeof key !== 'string')
        throw new ExpressionError('T1003', 'the key of an object must be a text', position);
      payForText(run, key.length);
      const group = groups.get(key);
      if (group === undefined) groups.set(key, { pair, items: [item] });
      else if (group.pair === pair) group.items.push(item);
      else throw new ExpressionError('D1009', `two pairs give the same key ${JSON.stringify(key)}`, position);
    }
  }
  const object: Record<string, Value> = {};
  for (const [key, group] of groups) {
    const [first] = group.items;
    const item = group.items.length === 1 ? (first as T) : view.merge(group.items);
    run.budget.spend(group.pair.value.cost + COMPUTED_KEY);
    const value = plain(group.pair.value.code(view.contextOf(item), view.scopeOf(item)));
    if (value !== undefined) put(object, key, value);
  }
  return object;
}

function mergeValues(items: readonly (Value | undefined)[], run: Run): Value {
  const all: Value[] = [];
  for (const item of items) flattenInto(all, item, run);
  return all;
}

function mergeTuples(tuples: readonly Scope[]): Scope {
  const [first] = tuples;
  if (first === undefined) throw new Error('a group has at least one tuple');
  const slots = first.slots.map((_slot, i): Result => {
    const values = tuples.map((tuple) => tuple.slots[i]);
    return values.includes(UNBOUND)
      ? (values.find((value) => value !== UNBOUND) ?? UNBOUND)
      : mergeValues(values.map(plain), first.run);
  });
  return new Scope(first.run, slots, first.parent);
}
