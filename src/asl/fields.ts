import { escapePointer, isJsonArray, isJsonObject, type Json, type JsonObject, own } from '../core/json.js';
import { didYouMean } from '../core/problem.js';
import type { Finding } from './finding.js';

/** The code of everything that AWS finds wrong with the shape of a definition. */
export const SCHEMA = 'SCHEMA_VALIDATION_FAILED';

/**
 * What AWS calls the types that it expects. Measured are those of texts and whole numbers; the others follow them.
 */
export const TYPES = {
  text: '[STRING]',
  flag: '[BOOLEAN]',
  object: '[OBJECT]',
  list: '[ARRAY]',
  number: 'Number',
  integer: 'Integer',
} as const;

export function expected(type: (typeof TYPES)[keyof typeof TYPES]): string {
  return `Expected value of type ${type}`;
}

export interface Bounds {
  readonly min?: number;
  readonly max?: number;
}

/**
 * An object of a definition being read: every field is asked for once, by its type, and what nobody asked for
 * is unsupported. Problems are in AWS's words and gathered, never thrown; a field that is wrong reads as absent.
 */
export class Fields {
  readonly path: string;
  readonly #source: JsonObject;
  readonly #findings: Finding[];
  readonly #known = new Set<string>();

  constructor(source: JsonObject, path: string, findings: Finding[]) {
    this.#source = source;
    this.path = path;
    this.#findings = findings;
  }

  /** Where a field stands, as a JSON Pointer. */
  at(field: string): string {
    return `${this.path}/${escapePointer(field)}`;
  }

  report(finding: Omit<Finding, 'code'> & { readonly code?: string }): void {
    this.#findings.push({ code: SCHEMA, ...finding });
  }

  has(field: string): boolean {
    return Object.hasOwn(this.#source, field);
  }

  keys(): string[] {
    return Object.keys(this.#source);
  }

  any(field: string): Json | undefined {
    this.#known.add(field);
    return this.peek(field);
  }

  /** A field's value without having asked for the field. */
  peek(field: string): Json | undefined {
    return own(this.#source, field);
  }

  text(field: string): string | undefined {
    const value = this.any(field);
    if (value === undefined || typeof value === 'string') return value;
    return this.#refuse(field, TYPES.text);
  }

  flag(field: string): boolean | undefined {
    const value = this.any(field);
    if (value === undefined || typeof value === 'boolean') return value;
    return this.#refuse(field, TYPES.flag);
  }

  number(field: string, bounds: Bounds = {}): number | undefined {
    const value = this.any(field);
    if (value === undefined) return undefined;
    return typeof value === 'number' ? this.#within(field, value, bounds) : this.#refuse(field, TYPES.number);
  }

  integer(field: string, bounds: Bounds = {}): number | undefined {
    const value = this.any(field);
    if (value === undefined) return undefined;
    return Number.isInteger(value) && typeof value === 'number'
      ? this.#within(field, value, bounds)
      : this.#refuse(field, TYPES.integer);
  }

  oneOf<T extends string>(field: string, values: readonly T[]): T | undefined {
    const value = this.text(field);
    if (value === undefined) return undefined;
    const match = values.find((known) => known === value);
    if (match === undefined) {
      const message = `Value should be one of the following: [${values.join(', ')}]`;
      this.report({ message, path: this.at(field), ...didYouMean(value, values) });
    }
    return match;
  }

  object(field: string): Fields | undefined {
    const value = this.any(field);
    if (value === undefined) return undefined;
    if (isJsonObject(value)) return new Fields(value, this.at(field), this.#findings);
    return this.#refuse(field, TYPES.object);
  }

  /** The objects of a list; `undefined` if there is none. */
  list(field: string): Fields[] | undefined {
    const items = this.#array(field);
    return items?.flatMap((item, i) => {
      const path = `${this.at(field)}/${i}`;
      if (isJsonObject(item)) return [new Fields(item, path, this.#findings)];
      this.report({ message: expected(TYPES.object), path });
      return [];
    });
  }

  texts(field: string): string[] | undefined {
    const items = this.#array(field);
    return items?.flatMap((item, i) => {
      if (typeof item === 'string') return [item];
      this.report({ message: expected(TYPES.text), path: `${this.at(field)}/${i}` });
      return [];
    });
  }

  /** Complains if one of these is absent. */
  require(...fields: readonly string[]): void {
    this.#ask(fields);
    const missing = fields.filter((field) => !this.has(field));
    if (missing.length > 0) {
      this.report({ message: `These fields are required: [${missing.join(', ')}]`, path: this.path });
    }
  }

  /** Complains if more than one of these is there. */
  atMostOne(...fields: readonly string[]): void {
    this.#ask(fields);
    if (fields.filter((field) => this.has(field)).length > 1) {
      this.report({
        message: `There should only be one of the following fields: [${fields.join(', ')}]`,
        path: this.path,
      });
    }
  }

  /** Complains unless exactly one of these is there. */
  exactlyOne(...fields: readonly string[]): void {
    this.#ask(fields);
    if (fields.some((field) => this.has(field))) this.atMostOne(...fields);
    else {
      this.report({
        message: `This object should have only one of the following fields: [${fields.join(', ')}]`,
        path: this.path,
      });
    }
  }

  /** Complains about a field, which AWS places at the object that it is in. */
  unsupported(field: string, hint: { readonly hint?: string } = {}): void {
    this.report({
      message: `Field '${field}' is not supported`,
      path: this.at(field),
      place: this.path,
      ...hint,
    });
  }

  /** Complains about every field that was not asked for. Comment is a field of everything. */
  close(): void {
    this.#known.add('Comment');
    for (const field of this.keys()) {
      if (this.#known.has(field)) continue;
      const hint = didYouMean(
        field,
        [...this.#known].filter((known) => !this.has(known)),
      );
      this.unsupported(field, hint);
    }
  }

  #ask(fields: readonly string[]): void {
    for (const field of fields) this.#known.add(field);
  }

  #array(field: string): readonly Json[] | undefined {
    const value = this.any(field);
    if (value === undefined || isJsonArray(value)) return value;
    return this.#refuse(field, TYPES.list);
  }

  #within(field: string, value: number, { min, max }: Bounds): number | undefined {
    if (min !== undefined && value < min) {
      this.report({ message: `Minimum value is ${min}`, path: this.at(field) });
      return undefined;
    }
    if (max !== undefined && value > max) {
      this.report({ message: `Maximum value is ${max}`, path: this.at(field) });
      return undefined;
    }
    return value;
  }

  #refuse(field: string, type: (typeof TYPES)[keyof typeof TYPES]): undefined {
    this.report({ message: expected(type), path: this.at(field) });
    return undefined;
  }
}
