import { MAX_JSON_DEPTH } from './limits.js';
import type { Checked } from './problem.js';

/** A JSON value. What is stored, sent and journaled is always one of these, and is never changed in place. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

export interface JsonObject {
  readonly [key: string]: Json;
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isJsonArray(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** Reads an own property; what sits on a prototype (`constructor`, `__proto__`) is never found. */
export function own(object: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/** Writes an own property of an object under construction, `__proto__` included. */
export function put<T>(target: Record<string, T>, key: string, value: T): void {
  if (key === '__proto__') {
    Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
  } else {
    target[key] = value;
  }
}

/**
 * Turns what a program handed us into JSON, as `JSON.stringify` would, but refuses what that would silently
 * lose: functions, symbols, bigints, NaN and the infinities, cycles, Maps, Sets and class instances.
 * `undefined` becomes null at the top and in arrays, and is left out of objects; a Date becomes its ISO text.
 *
 * @example
 * toJson({ at: new Date(0), gone: undefined }); // => { value: { at: '1970-01-01T00:00:00.000Z' } }
 * toJson({ a: [Number.NaN] }); // => { problem: { code: 'not-json', path: '/a/0', message: 'NaN has no JSON form' } }
 */
export function toJson(value: unknown): Checked<Json> {
  const walk = new JsonWalk();
  const json = walk.visit(value);
  return walk.fault === undefined ? { value: json } : { problem: walk.fault };
}

class JsonWalk {
  fault: { code: string; path: string; message: string } | undefined;
  /** The objects that the value at hand is in, and under which keys. */
  readonly #open: object[] = [];
  readonly #keys: (string | number)[] = [];

  visit(value: unknown): Json {
    if (value === undefined || value === null) return null;
    switch (typeof value) {
      case 'string':
      case 'boolean':
        return value;
      case 'number':
        return Number.isFinite(value) ? value : this.#refuse(`${value} has no JSON form`);
      case 'object':
        return this.#object(value);
      default:
        return this.#refuse(`a ${typeof value} has no JSON form`);
    }
  }

  #object(value: object): Json {
    if (this.#open.length >= MAX_JSON_DEPTH)
      return this.#refuse(`nested deeper than ${MAX_JSON_DEPTH} levels`);
    if (value instanceof Date) {
      return Number.isNaN(value.getTime()) ? this.#refuse('an invalid Date') : value.toISOString();
    }
    if (this.#open.includes(value)) return this.#refuse('the value contains itself');
    this.#open.push(value);
    const json = Array.isArray(value)
      ? value.map((item: unknown, index) => this.#member(index, item))
      : this.#members(value);
    this.#open.pop();
    return json;
  }

  #members(value: object): Json {
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype !== Object.prototype && prototype !== null) {
      return this.#refuse(`an instance of ${value.constructor?.name ?? 'a class'} has no JSON form`);
    }
    const copy: Record<string, Json> = {};
    for (const key of Object.keys(value)) {
      const member = (value as Readonly<Record<string, unknown>>)[key];
      if (member !== undefined) put(copy, key, this.#member(key, member));
    }
    return copy;
  }

  #member(key: string | number, value: unknown): Json {
    this.#keys.push(key);
    const json = this.visit(value);
    this.#keys.pop();
    return json;
  }

  #refuse(message: string): null {
    const path = this.#keys.map((key) => `/${escapePointer(String(key))}`).join('');
    this.fault ??= { code: 'not-json', path, message };
    return null;
  }
}

/** A key as a segment of a JSON Pointer (RFC 6901). */
export function escapePointer(key: string): string {
  if (!key.includes('~') && !key.includes('/')) return key;
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}

/**
 * Equality of JSON values; the order of an object's keys does not matter.
 *
 * @example
 * jsonEqual({ a: 1, b: [2] }, { b: [2], a: 1 }); // => true
 */
export function jsonEqual(a: Json, b: Json): boolean {
  if (a === b) return true;
  if (isJsonArray(a)) {
    return isJsonArray(b) && a.length === b.length && a.every((item, i) => jsonEqual(item, b[i] ?? null));
  }
  if (!isJsonObject(a) || !isJsonObject(b) || isJsonArray(b)) return false;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every((key) => Object.hasOwn(b, key) && jsonEqual(a[key] ?? null, b[key] ?? null));
}

/**
 * A value of its own, which shares nothing with the other.
 *
 * @example
 * copyJson({ a: [1] }); // => { a: [1] }
 */
export function copyJson(value: Json): Json {
  if (isJsonArray(value)) return value.map(copyJson);
  if (!isJsonObject(value)) return value;
  const copy: Record<string, Json> = {};
  for (const [key, member] of Object.entries(value)) put(copy, key, copyJson(member));
  return copy;
}

/**
 * One text for equal values: keys sorted, so that it can be hashed.
 *
 * @example
 * canonicalText({ b: 1, a: [true] }); // => '{"a":[true],"b":1}'
 */
export function canonicalText(value: Json): string {
  if (isJsonArray(value)) return `[${value.map(canonicalText).join(',')}]`;
  if (!isJsonObject(value)) return JSON.stringify(value);
  const members = Object.keys(value).sort();
  return `{${members.map((key) => `${JSON.stringify(key)}:${canonicalText(own(value, key) ?? null)}`).join(',')}}`;
}

/**
 * The length of a text in UTF-8 bytes, without encoding it.
 *
 * @example
 * utf8Length('aé€😀'); // => 10
 */
export function utf8Length(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) continue;
    if (unit < 0x800) bytes += 1;
    else if (unit >= 0xd800 && unit <= 0xdbff && isLowSurrogate(text.charCodeAt(i + 1))) {
      bytes += 2;
      i += 1;
    } else bytes += 2;
  }
  return bytes;
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}
