import type { Compiling } from './compiling.js';
import type { Descendants, Name, Wildcard } from './syntax-tree.js';
import { MAX_VALUE_DEPTH, tooDeep } from './truth.js';
import {
  addAll,
  type Code,
  collapse,
  isArray,
  isObject,
  isSeveral,
  plain,
  type Result,
  type Run,
  Sequence,
  type Value,
  type ValueObject,
} from './value.js';

/**
 * What a name finds in a value: the object's own property; in an array, what it finds in each item.
 */
export function lookup(value: Result, key: string, run: Run): Result {
  if (!isArray(value)) return isObject(value) ? read(value, key, isPlainName(key)) : undefined;
  const found: Value[] = [];
  lookupInto(found, value, key, run, 0);
  return new Sequence(found);
}

function lookupInto(found: Value[], array: readonly Value[], key: string, run: Run, depth: number): void {
  if (depth >= MAX_VALUE_DEPTH) throw tooDeep();
  run.budget.spend(array.length);
  const isPlain = isPlainName(key);
  for (const item of array) {
    if (typeof item !== 'object' || item === null) continue;
    if (isArray(item)) lookupInto(found, item, key, run, depth + 1);
    else {
      const value = read(item as ValueObject, key, isPlain);
      if (isArray(value)) addAll(found, value, run);
      else if (value !== undefined) found.push(value);
    }
  }
}

/** Whether prototypes of data have nothing of this name: then reading finds what is the object's own, or a function. */
export function isPlainName(name: string): boolean {
  return !(name in Object.prototype);
}

/** An object's own property. */
function read(object: ValueObject, key: string, isPlain: boolean): Value | undefined {
  const value = object[key];
  return (isPlain && typeof value !== 'function') || Object.hasOwn(object, key) ? value : undefined;
}

/** A name as a step. */
export function compileName({ value: key }: Name, _compiling: Compiling): Code {
  const isPlain = isPlainName(key);
  return (input, { run }) => {
    if (typeof input !== 'object' || input === null) return undefined;
    if (isArray(input) || isSeveral(input)) {
      return collapse(lookup(plain(input), key, run), false);
    }
    const value = read(input as ValueObject, key, isPlain);
    return typeof value === 'function' ? undefined : value;
  };
}

/** `*`: all values of an object; arrays among them are flattened, whatever their depth. */
export function compileWildcard(_node: Wildcard, _compiling: Compiling): Code {
  return (input, { run }) => {
    const value = plain(input);
    if (!isObject(value) && !isArray(value)) return undefined;
    const found: Value[] = [];
    let sawArray = false;
    eachMember(value, (member) => {
      if (!isArray(member)) found.push(member);
      else {
        sawArray = true;
        flattenDeep(found, member, run, 0);
      }
    });
    run.budget.spend(found.length);
    return sawArray ? found : new Sequence(found);
  };
}

function flattenDeep(found: Value[], array: readonly Value[], run: Run, depth: number): void {
  if (depth >= MAX_VALUE_DEPTH) throw tooDeep();
  run.budget.spend(array.length);
  for (const item of array) {
    if (isArray(item)) flattenDeep(found, item, run, depth + 1);
    else found.push(item);
  }
}

/** `**`: the value itself and everything in it, arrays taken apart. */
export function compileDescendants(_node: Descendants, _compiling: Compiling): Code {
  return (input, { run }) => {
    const value = plain(input);
    if (value === undefined) return undefined;
    const found: Value[] = [];
    collectDescendants(found, value, run, 0);
    return found.length === 1 ? found[0] : new Sequence(found);
  };
}

/** Taking a value apart takes longer than handling one. */
const STEPS_PER_DESCENDANT = 4;

function collectDescendants(found: Value[], value: Value, run: Run, depth: number): void {
  run.budget.spend(STEPS_PER_DESCENDANT);
  if (!isArray(value)) found.push(value);
  if (!isArray(value) && !isObject(value)) return;
  if (depth >= MAX_VALUE_DEPTH) throw tooDeep();
  eachMember(value, (member) => collectDescendants(found, member, run, depth + 1));
}

const isOwn = Object.prototype.hasOwnProperty;

/** The members of an array or object, in order. */
function eachMember(value: readonly Value[] | ValueObject, visit: (member: Value) => void): void {
  if (isArray(value)) {
    for (const item of value) visit(item);
    return;
  }
  // Quicker than to ask for all values; asking whose a key is costs nothing while going through keys.
  for (const key in value) if (isOwn.call(value, key)) visit(value[key] as Value);
}
