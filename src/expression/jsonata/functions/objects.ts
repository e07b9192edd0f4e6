import { put } from '../../../core/json.js';
import { callGiven, type NativeDefinition } from '../native.js';
import { lookup } from '../selectors.js';
import { payForText } from '../text-cost.js';
import { deepCopy } from '../transform.js';
import { truthOf } from '../truth.js';
import {
  FunctionValue,
  flattenInto,
  isArray,
  isObject,
  plain,
  type Result,
  type Run,
  Sequence,
  type Value,
} from '../value.js';
import { argumentsFor } from './higher-order.js';

/** What an object of one key costs: those of different keys share no shape, which is slow to make. */
const SINGLE = 8;

/** What a key costs that is put into an object of others. */
const KEY = 4;

export const OBJECT_FUNCTIONS: Readonly<Record<string, NativeDefinition>> = {
  keys: { signature: '<x-:a<s>>', arity: 1, call: ([value], run) => keys(value, run) },
  lookup: {
    signature: '<x-s:x>',
    arity: 2,
    call: ([value, key], run) => {
      payForText(run, String(key).length);
      return lookup(value, String(key), run);
    },
  },
  spread: { signature: '<x-:a<o>>', arity: 1, call: ([value], run) => spread(value, run) },
  merge: { signature: '<a<o>:o>', arity: 1, call: ([objects], run) => merge(objects, run) },
  sift: { signature: '<o-f?:o>', arity: 2, call: ([object, fn], run) => sift(object, fn, run) },
  each: { signature: '<o-f:a>', arity: 2, call: ([object, fn], run) => each(object, fn, run) },
  clone: {
    signature: '<(oa)-:o>',
    arity: 1,
    call: ([value], run) => (value === undefined ? undefined : deepCopy(value, run)),
  },
};

function keys(value: Value | undefined, run: Run): Result {
  const found = new Set<string>();
  for (const item of isArray(value) ? value : [value]) {
    if (isArray(item)) for (const key of (keys(item, run) as Sequence).items) found.add(String(key));
    else if (isObject(item)) for (const key of Object.keys(item)) found.add(key);
    run.budget.spend(1 + (found.size >> 3));
  }
  return new Sequence([...found]);
}

/** An object as one object a key; an array of them, all of theirs. */
function spread(value: Value | undefined, run: Run): Result {
  if (isObject(value)) return new Sequence(singles(value, run));
  if (!isArray(value)) return value;
  const found: Value[] = [];
  for (const item of value) {
    run.budget.spend();
    const parts = spread(item, run);
    flattenInto(found, parts, run);
  }
  return value.length === 0 ? new Sequence([]) : found;
}

function singles(object: Value, run: Run): Value[] {
  if (!isObject(object)) return [];
  const names = Object.keys(object);
  run.budget.spend(names.length * SINGLE);
  return names.map((name) => {
    const single: Record<string, Value> = {};
    put(single, name, object[name] ?? null);
    return single;
  });
}

function merge(objects: Value | undefined, run: Run): Value | undefined {
  if (!isArray(objects)) return undefined;
  const merged: Record<string, Value> = {};
  for (const object of objects) {
    if (!isObject(object)) continue;
    const names = Object.keys(object);
    run.budget.spend(names.length * KEY + 1);
    for (const name of names) put(merged, name, object[name] ?? null);
  }
  return merged;
}

function sift(object: Value | undefined, fn: Value | undefined, run: Run): Value | undefined {
  if (!isObject(object) || !(fn instanceof FunctionValue)) return undefined;
  const kept: Record<string, Value> = {};
  for (const key of Object.keys(object)) {
    run.budget.spend(KEY);
    const value = object[key] ?? null;
    if (truthOf(callGiven(fn, argumentsFor(fn, value, key, object), run), run)) put(kept, key, value);
  }
  return Object.keys(kept).length === 0 ? undefined : kept;
}

function each(object: Value | undefined, fn: Value | undefined, run: Run): Result {
  const found: Value[] = [];
  if (!isObject(object) || !(fn instanceof FunctionValue)) return new Sequence(found);
  for (const key of Object.keys(object)) {
    const value = plain(callGiven(fn, argumentsFor(fn, object[key] ?? null, key, object), run));
    if (value !== undefined) found.push(value);
  }
  return new Sequence(found);
}
