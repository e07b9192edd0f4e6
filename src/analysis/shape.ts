import { isJsonArray, isJsonObject, type Json } from '../core/json.js';

/**
 * What is known of a value before anything runs: nothing, or what it may have in it. An `open` object may have more than its
 * fields.
 */
export type Shape =
  | { readonly kind: 'any' }
  | { readonly kind: 'plain' }
  | { readonly kind: 'list' }
  | { readonly kind: 'object'; readonly fields: ReadonlyMap<string, Shape>; readonly open: boolean };

export const ANY: Shape = { kind: 'any' };
export const PLAIN: Shape = { kind: 'plain' };
export const LIST: Shape = { kind: 'list' };

/** Levels, and fields of an object, that are kept apart; beyond them a value may be anything. */
const MAX_DEPTH = 10;
const MAX_FIELDS = 100;

/** An object of nothing but these fields. */
export function objectOf(fields: Iterable<readonly [string, Shape]>, open = false): Shape {
  const map = new Map(fields);
  return map.size > MAX_FIELDS ? ANY : { kind: 'object', fields: map, open };
}

export function shapeOf(value: Json, depth = 0): Shape {
  if (isJsonArray(value)) return LIST;
  if (!isJsonObject(value)) return PLAIN;
  if (depth >= MAX_DEPTH) return ANY;
  return objectOf(Object.entries(value).map(([key, member]) => [key, shapeOf(member, depth + 1)]));
}

/**
 * What may stand under these keys; undefined where nothing can. What a list is read as is not decided.
 *
 * @example
 * under(shapeOf({ a: { b: 1 } }), ['a', 'b']); // => { kind: 'plain' }
 * under(shapeOf({ a: { b: 1 } }), ['a', 'c']); // => undefined
 */
export function under(shape: Shape, keys: readonly string[]): Shape | undefined {
  let at = shape;
  for (const key of keys) {
    if (at.kind === 'any' || at.kind === 'list') return ANY;
    const next: Shape | undefined = at.kind === 'object' ? at.fields.get(key) : undefined;
    if (next === undefined) return at.kind === 'object' && at.open ? ANY : undefined;
    at = next;
  }
  return at;
}

/** The shape with something put under these keys; objects are made on the way. */
export function withUnder(shape: Shape, keys: readonly string[], value: Shape, depth = 0): Shape {
  const [key, ...rest] = keys;
  if (key === undefined) return value;
  if (depth >= MAX_DEPTH || shape.kind === 'list') return ANY;
  const fields = shape.kind === 'object' ? shape.fields : new Map<string, Shape>();
  const open = shape.kind === 'any' || (shape.kind === 'object' && shape.open);
  const before = fields.get(key) ?? (open ? ANY : objectOf([]));
  return objectOf([...fields, [key, withUnder(before, rest, value, depth + 1)]], open);
}

/** What a value is that has the one shape or the other. Gives the first itself where the second adds nothing. */
export function joined(one: Shape, other: Shape, depth = 0): Shape {
  if (one === other || one.kind === 'any') return one;
  if (depth >= MAX_DEPTH || one.kind !== other.kind) return ANY;
  if (one.kind !== 'object' || other.kind !== 'object') return one;
  let isSame = one.open || !other.open;
  const fields = new Map(one.fields);
  for (const [key, theirs] of other.fields) {
    const ours = fields.get(key);
    const both = ours === undefined ? theirs : joined(ours, theirs, depth + 1);
    if (both !== ours) isSame = false;
    fields.set(key, both);
  }
  return isSame ? one : objectOf(fields, one.open || other.open);
}
