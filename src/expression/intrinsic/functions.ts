import { decodeBase64, encodeBase64 } from '../../core/base64.js';
import { isJsonArray, isJsonObject, type Json, type JsonObject, jsonEqual, put } from '../../core/json.js';
import { MAX_JSON_DEPTH } from '../../core/limits.js';
import type { Budget } from '../budget.js';
import { digest, isDigestAlgorithm } from '../digest/digest.js';
import type { Surroundings } from '../expression.js';
import { ExpressionError } from '../expression-error.js';
import { fillTemplate } from './format.js';
import { hashOrder } from './java-hash.js';
import { JavaRandom } from './java-random.js';
import { javaText } from './java-text.js';
import { uuidOf } from './uuid.js';

/** UTF-16 units that may be encoded, decoded or hashed; Step Functions has the same limit. */
export const MAX_CODED_LENGTH = 10_000;

/** Steps of the budget for each UTF-16 unit that goes into a digest of the SHA-2 family. */
const SHA_2_STEPS = 2;

/** Items of an ArrayRange; Step Functions has the same limit. */
export const MAX_RANGE_LENGTH = 1_000;

/** What a call sees besides its arguments. */
export interface CallScope {
  readonly surroundings: Surroundings;
  readonly budget: Budget;
  /** The arguments as they are written, where they are texts: templates keep their escapes. */
  readonly raw: readonly (string | undefined)[];
}

export interface Intrinsic {
  readonly least: number;
  readonly most: number;
  call(args: readonly Json[], scope: CallScope): Json;
}

/** The intrinsic functions of the States Language, by the name behind `States.`. */
export const INTRINSICS: ReadonlyMap<string, Intrinsic> = new Map<string, Intrinsic>(
  Object.entries({
    Format: { least: 1, most: Number.POSITIVE_INFINITY, call: (args, scope) => fillTemplate(args, scope) },
    StringToJson: { least: 1, most: 1, call: ([text], { budget }) => jsonIn(textOf(text), budget) },
    JsonToString: { least: 1, most: 1, call: ([value = null], { budget }) => jsonText(value, budget) },
    Array: { least: 0, most: Number.POSITIVE_INFINITY, call: (args) => args },
    ArrayPartition: {
      least: 2,
      most: 2,
      call: ([array, size], { budget }) => partition(arrayOf(array), wholeOf(size), budget),
    },
    ArrayContains: {
      least: 2,
      most: 2,
      call: ([array, value = null], scope) => contains(arrayOf(array), value, scope.budget),
    },
    ArrayRange: {
      least: 3,
      most: 3,
      call: ([from, to, step], { budget }) => {
        budget.spend(MAX_RANGE_LENGTH);
        return range(wholeOf(from), wholeOf(to), wholeOf(step));
      },
    },
    ArrayGetItem: { least: 2, most: 2, call: ([array, index]) => itemAt(arrayOf(array), wholeOf(index)) },
    ArrayLength: { least: 1, most: 1, call: ([array]) => arrayOf(array).length },
    ArrayUnique: { least: 1, most: 1, call: ([array], { budget }) => unique(arrayOf(array), budget) },
    Base64Encode: { least: 1, most: 1, call: ([text], { budget }) => encodeBase64(codedText(text, budget)) },
    Base64Decode: { least: 1, most: 1, call: ([text], { budget }) => decodeBase64(codedText(text, budget)) },
    Hash: {
      least: 2,
      most: 2,
      call: ([value = null, algorithm], { budget }) => hash(value, algorithm, budget),
    },
    JsonMerge: {
      least: 3,
      most: 3,
      call: ([first, second, deep], { budget }) => {
        if (deep === true) throw intrinsicFailure('merging is shallow: the third argument must be false');
        return merge(objectOf(first), objectOf(second), budget);
      },
    },
    MathRandom: {
      least: 2,
      most: 3,
      call: ([from, to, seed], scope) => random(wholeOf(from), wholeOf(to), seed, scope),
    },
    MathAdd: { least: 2, most: 2, call: ([a, b]) => int32(rounded(a) + rounded(b)) },
    StringSplit: {
      least: 2,
      most: 2,
      call: ([text, signs], { budget }) => split(textOf(text), textOf(signs), budget),
    },
    UUID: { least: 0, most: 0, call: (_args, { surroundings }) => uuidOf(chanceOf(surroundings)) },
  } satisfies Record<string, Intrinsic>),
);

export function intrinsicFailure(message: string): ExpressionError {
  return new ExpressionError('intrinsic-failure', message);
}

function textOf(value: Json | undefined): string {
  if (typeof value === 'string') return value;
  throw intrinsicFailure('an argument must be a text');
}

function arrayOf(value: Json | undefined): readonly Json[] {
  if (isJsonArray(value)) return value;
  throw intrinsicFailure('an argument must be an array');
}

function numberOf(value: Json | undefined): number {
  if (typeof value === 'number') return value;
  throw intrinsicFailure('an argument must be a number');
}

/** Cut to a whole number, as Step Functions does everywhere but in MathAdd, whatever its documentation says. */
export function wholeOf(value: Json | undefined): number {
  return Math.trunc(numberOf(value)) + 0;
}

/** Rounded to a whole number, halves up, as Java does. */
function rounded(value: Json | undefined): number {
  return int32(Math.round(numberOf(value)) + 0);
}

function int32(value: number): number {
  if ((value | 0) === value) return value;
  throw intrinsicFailure('numbers and their sum must be whole numbers of 32 bits');
}

function objectOf(value: Json | undefined): JsonObject {
  if (isJsonObject(value)) return value;
  throw intrinsicFailure('an argument must be an object');
}

function codedText(value: Json | undefined, budget: Budget): string {
  const text = textOf(value);
  budget.spend(text.length);
  if (text.length <= MAX_CODED_LENGTH) return text;
  throw intrinsicFailure(`a text to be coded may not exceed ${MAX_CODED_LENGTH} characters`);
}

/** An empty text is null, as Step Functions has it. */
function jsonIn(text: string, budget: Budget): Json {
  budget.spend(text.length >> 2);
  return text.trim() === '' ? null : parseJson(text);
}

/** The value that a JSON text stands for. */
export function parseJson(text: string): Json {
  try {
    const value = JSON.parse(text) as Json;
    checkJson(value, 0);
    return value;
  } catch (error) {
    throw error instanceof ExpressionError ? error : intrinsicFailure('the text is not JSON');
  }
}

function checkJson(value: Json, depth: number): void {
  if (typeof value === 'number' && !Number.isFinite(value))
    throw intrinsicFailure('a number of the text is too large');
  if (typeof value !== 'object' || value === null) return;
  if (depth >= MAX_JSON_DEPTH)
    throw intrinsicFailure(`JSON may not nest deeper than ${MAX_JSON_DEPTH} levels`);
  for (const member of Object.values(value)) checkJson(member, depth + 1);
}

function jsonText(value: Json, budget: Budget): string {
  const text = JSON.stringify(value);
  budget.checkText(text.length);
  budget.spend(text.length >> 3);
  return text;
}

/** An array in parts of this size; the last may be smaller. */
export function partition(array: readonly Json[], size: number, budget: Budget): Json[] {
  if (!(size >= 1)) throw intrinsicFailure('the size of the parts must be at least 1');
  budget.spend(array.length + 2 * Math.ceil(array.length / size));
  const parts: Json[] = [];
  for (let i = 0; i < array.length; i += size) parts.push(array.slice(i, i + size));
  return parts;
}

/** Step Functions compares what Java writes: 1 and "1" are the same, objects with other orders of keys are not. */
function contains(array: readonly Json[], value: Json, budget: Budget): boolean {
  const wanted = javaText(value);
  return array.some((item) => {
    const text = javaText(item);
    budget.spend(1 + (text.length >> 1));
    return text === wanted;
  });
}

/** The numbers from one to another, that included, a step apart. */
export function range(from: number, to: number, step: number, most = MAX_RANGE_LENGTH): number[] {
  if (step === 0) throw intrinsicFailure('the step of a range may not be 0');
  const length = rangeLength(from, to, step);
  if (length > most) throw intrinsicFailure(`a range may not exceed ${most} items`);
  return Array.from({ length }, (_, i) => from + i * step);
}

/** How many numbers there are from one to another, in steps that are not 0. */
export function rangeLength(from: number, to: number, step: number): number {
  return Math.max(0, Math.floor((to - from) / step) + 1);
}

/** Step Functions refuses what is out of range, but has null for every item of an empty array. */
function itemAt(array: readonly Json[], index: number): Json {
  const item = array.length === 0 ? null : array[index];
  if (item === undefined) throw intrinsicFailure(`there is no item ${index} in an array of ${array.length}`);
  return item;
}

function unique(array: readonly Json[], budget: Budget): Json[] {
  const found: Json[] = [];
  for (const item of array) {
    budget.spend(found.length + 1);
    if (!found.some((other) => jsonEqual(item, other))) found.push(item);
  }
  return hashOrder(found);
}

/** The digest of a text, or of the JSON text of anything else. */
export function hash(value: Json, algorithm: Json | undefined, budget: Budget): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  if (text.length > MAX_CODED_LENGTH) {
    throw intrinsicFailure(`a text to be hashed may not exceed ${MAX_CODED_LENGTH} characters`);
  }
  if (!isDigestAlgorithm(algorithm))
    throw intrinsicFailure('the algorithm is MD5, SHA-1, SHA-256, SHA-384 or SHA-512');
  budget.spend(64 + (algorithm === 'MD5' || algorithm === 'SHA-1' ? 1 : SHA_2_STEPS) * text.length);
  return digest(text, algorithm);
}

function merge(first: JsonObject, second: JsonObject, budget: Budget): Json {
  const merged: Record<string, Json> = {};
  for (const object of [first, second]) {
    const members = Object.entries(object);
    // A new key of a large object takes far longer than an item of a list.
    budget.spend(8 * members.length);
    for (const [key, value] of members) put(merged, key, value);
  }
  return merged;
}

/** A whole number from the first to before the second. */
function random(from: number, to: number, seed: Json | undefined, { surroundings }: CallScope): number {
  if (to <= from) throw intrinsicFailure('the second number must be greater than the first');
  const part = seed === undefined ? chanceOf(surroundings).float() : new JavaRandom(wholeOf(seed)).double();
  return from + Math.floor(part * (to - from));
}

function chanceOf({ chance }: Surroundings) {
  if (chance === undefined) throw new ExpressionError('no-chance', 'there is no chance to draw on here');
  return chance;
}

/** Splits at every one of the signs; empty parts are left out, as Step Functions does. */
function split(text: string, signs: string, budget: Budget): Json[] {
  budget.spend(1 + text.length);
  const separators = new Set(signs);
  const parts: string[] = [];
  let part = '';
  for (const char of text) {
    if (!separators.has(char)) part += char;
    else {
      if (part !== '') parts.push(part);
      part = '';
    }
  }
  return part === '' ? parts : [...parts, part];
}
