import { isJsonArray, isJsonObject, type Json, own, put } from '../../core/json.js';
import type { Checked } from '../../core/problem.js';
import { ExpressionError } from '../expression-error.js';
import { checkPath } from './jsonpath.js';

/** A path that names one place, for reading and for writing (States Language: Reference Paths). */
export interface ReferencePath {
  readonly text: string;
  /** Undefined where there is nothing. */
  read(root: Json): Json | undefined;
  /**
   * A copy of the root with the value at the path; what is not on the way is shared. Objects are made where they
   * are missing, arrays are not: an index must be there. Throws ExpressionError('reference-path').
   */
  write(root: Json, value: Json): Json;
}

/**
 * Compiles a reference path: names and indexes only, from `$`.
 *
 * @example
 * const path = compileReferencePath('$.order.total');
 * 'value' in path && path.value.write({ order: { id: 1 } }, 5); // => { order: { id: 1, total: 5 } }
 */
export function compileReferencePath(text: string): Checked<ReferencePath> {
  const parsed = checkPath(text);
  if ('problem' in parsed) return parsed;
  const { root, segments } = parsed.value;
  const keys: (string | number)[] = [];
  for (const segment of segments) {
    if (segment.type === 'name') keys.push(segment.name);
    else if (segment.type === 'index' && segment.index >= 0) keys.push(segment.index);
    else return refuse(text, 'a reference path names one place: names and indexes only');
  }
  if (root.type !== 'input') return refuse(text, 'a reference path must begin at the input, "$"');
  return { value: new Reference(text, keys) };
}

function refuse(text: string, message: string): Checked<never> {
  return { problem: { code: 'reference-path', message: `${JSON.stringify(text)}: ${message}`, path: '' } };
}

class Reference implements ReferencePath {
  readonly text: string;
  readonly #keys: readonly (string | number)[];

  constructor(text: string, keys: readonly (string | number)[]) {
    this.text = text;
    this.#keys = keys;
  }

  read(root: Json): Json | undefined {
    let value: Json | undefined = root;
    for (const key of this.#keys) {
      if (typeof key === 'number') value = isJsonArray(value) ? value[key] : undefined;
      else value = isJsonObject(value) ? own(value, key) : undefined;
    }
    return value;
  }

  write(root: Json, value: Json): Json {
    return this.#write(root, 0, value);
  }

  #write(at: Json | undefined, depth: number, value: Json): Json {
    const key = this.#keys[depth];
    if (key === undefined) return value;
    if (typeof key === 'number') {
      if (!isJsonArray(at) || key >= at.length) throw this.#misses(key);
      return at.with(key, this.#write(at[key], depth + 1, value));
    }
    if (at !== undefined && !isJsonObject(at)) throw this.#misses(key);
    const copy: Record<string, Json> = { ...at };
    put(copy, key, this.#write(at === undefined ? undefined : own(at, key), depth + 1, value));
    return copy;
  }

  #misses(key: string | number): ExpressionError {
    const step = JSON.stringify(key);
    return new ExpressionError(
      'reference-path',
      `${this.text} cannot be written: there is no place for ${step}`,
    );
  }
}
