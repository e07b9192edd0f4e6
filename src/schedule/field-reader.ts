import { parseDuration } from '../core/duration.js';
import { escapePointer, isJsonObject, type Json, type JsonObject, own } from '../core/json.js';
import { MAX_DELAY_MS } from '../core/limits.js';
import { type Checked, didYouMean, type Problem } from '../core/problem.js';
import { parseInstant } from './instant.js';

/** Reads an object's members, and collects everything that is wrong with them. */
export class FieldReader {
  readonly problems: Problem[];
  readonly #object: JsonObject;
  readonly #path: string;

  constructor(object: JsonObject, path: string, keys: readonly string[], problems: Problem[] = []) {
    this.#object = object;
    this.#path = path;
    this.problems = problems;
    for (const key of Object.keys(object)) {
      if (!keys.includes(key)) this.complain(key, `there is no "${key}" here`, didYouMean(key, keys));
    }
  }

  has(key: string): boolean {
    return own(this.#object, key) !== undefined;
  }

  value(key: string): Json | undefined {
    return own(this.#object, key);
  }

  complain(key: string, message: string, hint: { hint?: string } = {}): undefined {
    this.add(key, { code: 'schedule-invalid', message, path: '', ...hint });
  }

  /** A problem of a member's value, put where the member is. */
  add(key: string, problem: Problem): undefined {
    const path = `${this.#path}/${escapePointer(key)}${problem.path}`;
    this.problems.push({ ...problem, code: 'schedule-invalid', path });
  }

  checked<T>(key: string, checked: Checked<T>): T | undefined {
    return 'value' in checked ? checked.value : this.add(key, checked.problem);
  }

  /** The one of two keys that is there; a problem if both or neither are. */
  oneOf<K extends string>(a: K, b: K): K | undefined {
    if (this.has(a) !== this.has(b)) return this.has(a) ? a : b;
    const message = this.has(a) ? `has both "${a}" and "${b}"` : `has neither "${a}" nor "${b}"`;
    const problem = { code: 'schedule-invalid', message: `the schedule ${message}`, path: this.#path };
    this.problems.push({ ...problem, hint: 'write exactly one of them' });
    return undefined;
  }

  text(key: string): string | undefined {
    const value = own(this.#object, key);
    if (typeof value === 'string' && value !== '') return value;
    return this.complain(key, `"${key}" must be a text that is not empty`);
  }

  flag(key: string): boolean | undefined {
    const value = own(this.#object, key);
    if (value === undefined || typeof value === 'boolean') return value;
    return this.complain(key, `"${key}" is true or false`);
  }

  /** A whole number from 1. */
  count(key: string): number | undefined {
    const value = own(this.#object, key);
    if (value === undefined || (typeof value === 'number' && Number.isSafeInteger(value) && value >= 1)) {
      return value;
    }
    return this.complain(key, `"${key}" is a whole number from 1`);
  }

  word<W extends string>(key: string, words: readonly W[]): W | undefined {
    const value = own(this.#object, key);
    const found = words.find((word) => word === value);
    if (value === undefined || found !== undefined) return found;
    const hint = typeof value === 'string' ? didYouMean(value, words) : {};
    return this.complain(key, `"${key}" is one of ${words.join(', ')}`, hint);
  }

  duration(key: string, min: number, max: number = MAX_DELAY_MS): number | undefined {
    if (!this.has(key)) return undefined;
    const ms = this.checked(key, parseDuration(own(this.#object, key)));
    if (ms === undefined || (ms >= min && ms <= max)) return ms;
    return this.complain(key, `"${key}" must be from ${min} to ${max} milliseconds`);
  }

  instant(key: string): number | undefined {
    const value = own(this.#object, key);
    if (value === undefined) return undefined;
    const instant = typeof value === 'string' ? parseInstant(value) : undefined;
    if (instant !== undefined) return instant;
    return this.complain(key, `"${key}" is a date and time with an offset`, {
      hint: 'write it as in 2026-12-01T00:00:00Z or 2026-12-01T00:00:00+01:00',
    });
  }

  /** A reader of a member that is an object; its problems are these. */
  member(key: string, keys: readonly string[]): FieldReader | undefined {
    const value = own(this.#object, key);
    if (!isJsonObject(value)) return this.complain(key, `"${key}" is an object`);
    return new FieldReader(value, `${this.#path}/${escapePointer(key)}`, keys, this.problems);
  }
}
