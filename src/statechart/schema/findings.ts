import { escapePointer, isJsonObject, type Json, type JsonObject, own } from '../../core/json.js';
import { didYouMean, type Problem } from '../../core/problem.js';
import type { Template } from '../../expression/template.js';
import { MAX_HINT_NAMES, MAX_PROBLEMS } from '../limits.js';
import type { DatamodelAction, DialectName } from './chart.js';

/** The keys of one noun of the language. */
export interface Keys {
  readonly known: readonly string[];
  /** Whether there may be others. */
  readonly open?: boolean;
  /** Keys of the whole language that are not taken yet: refused by name, so that nothing is silently ignored. */
  readonly later?: readonly string[];
  /** Keys of other dialects, and what they are called here. */
  readonly renamed?: Readonly<Record<string, string>>;
}

/** The datamodels that definitions may name, handed in by whoever has loaded what they need. */
export type Datamodels = Readonly<Record<string, (machine: string) => Datamodel>>;

/**
 * Another language of expressions than JSONata, with actions of its own. There is one for each machine that is compiled;
 * what it keeps of a run is nothing that the next one sees.
 */
export interface Datamodel {
  /** A value in which texts `{% … %}` are expressions. */
  template(value: Json): ReadTemplate;
  /** A condition, without its `{% … %}`; its template gives true or false. */
  condition(text: string): ReadTemplate;
  /** By the one key that they are known by; they go before the actions of the same key that every machine has. */
  readonly actions: Readonly<Record<string, ReadAction>>;
}

/** A template, if there can be one, and what is wrong with it. */
export interface ReadTemplate {
  readonly value?: Template;
  readonly problems: readonly Problem[];
}

export type ReadAction = (
  findings: Findings,
  value: JsonObject,
  path: string,
  depth: number,
) => DatamodelAction | undefined;

/** What a message is about: its text, or what gives it where there is a message. */
export type What = string | { toString(): string };

/** Gathers what is wrong with a source while it is read, so that all of it is told at once. */
export class Findings {
  /** Of the machine that is read. */
  dialect: DialectName = 'native';
  /** Of the machine that is read, where its expressions are not JSONata's. */
  datamodel: Datamodel | undefined = undefined;
  readonly #problems: Problem[] = [];
  #left = 0;

  get problems(): readonly Problem[] {
    if (this.#left === 0) return this.#problems;
    const message = `and ${this.#left} more problems`;
    return [...this.#problems, { code: 'too-many-problems', message, path: '' }];
  }

  add(problem: Problem): void {
    if (this.#problems.length < MAX_PROBLEMS) this.#problems.push(problem);
    else this.#left++;
  }

  /** Says that a value is not of the kind it has to be. */
  wrongType(path: string, what: What, expected: string, value: Json): void {
    this.add({ code: 'wrong-type', message: `${what} must be ${expected}, not ${kindOf(value)}`, path });
  }

  notSupported(path: string, what: What): void {
    this.add({ code: 'not-supported', message: `${what} is not supported yet`, path });
  }

  /** The value as an object whose keys are all known, or undefined where it is no object. */
  object(value: Json, path: string, what: What, keys: Keys): JsonObject | undefined {
    if (!isJsonObject(value)) {
      this.wrongType(path, what, 'an object', value);
      return undefined;
    }
    for (const key of Object.keys(value)) {
      if (keys.open !== true && !keys.known.includes(key)) this.#unknownKey(key, join(path, key), what, keys);
    }
    return value;
  }

  #unknownKey(key: string, path: string, what: What, keys: Keys): void {
    if (keys.later?.includes(key)) {
      this.notSupported(path, `"${key}" of ${what}`);
      return;
    }
    const renamed = Object.hasOwn(keys.renamed ?? {}, key) ? keys.renamed?.[key] : undefined;
    const hint =
      renamed === undefined ? didYouMean(key, keys.known) : { hint: `it is called "${renamed}" here` };
    this.add({ code: 'unknown-key', message: `${what} has no key "${key}"`, path, ...hint });
  }

  /** An optional text. */
  text(object: JsonObject, key: string, path: string, what: What): string | undefined {
    const value = own(object, key);
    if (value === undefined || typeof value === 'string') return value;
    this.wrongType(join(path, key), `"${key}" of ${what}`, 'a text', value);
    return undefined;
  }

  /** An optional true or false. */
  flag(object: JsonObject, key: string, path: string, what: What): boolean {
    const value = own(object, key);
    if (value === undefined || typeof value === 'boolean') return value ?? false;
    this.wrongType(join(path, key), `"${key}" of ${what}`, 'true or false', value);
    return false;
  }
}

/** A pointer one member deeper. */
export function join(path: string, key: string | number): string {
  return `${path}/${typeof key === 'number' ? key : escapePointer(key)}`;
}

const NONE: readonly never[] = Object.freeze([]);

/** What a reader makes of an optional member of an object that holds lists; an empty list where it is absent. */
export function readMember<T>(
  findings: Findings,
  object: JsonObject,
  key: string,
  path: string,
  read: (findings: Findings, value: Json, path: string) => readonly T[],
): readonly T[] {
  const value = own(object, key);
  return value === undefined ? NONE : read(findings, value, join(path, key));
}

/** A value that may be given once or as a list; each with its pointer. */
export function listOf(value: Json, path: string): readonly (readonly [Json, string])[] {
  if (!Array.isArray(value)) return [[value as Json, path]];
  return (value as readonly Json[]).map((item, index) => [item, join(path, index)] as const);
}

/** `did you mean`, where there are few enough names to look through. */
export function meant(
  name: string,
  known: readonly string[] | ReadonlyMap<string, unknown>,
): { hint?: string } {
  if (Array.isArray(known)) return known.length > MAX_HINT_NAMES ? {} : didYouMean(name, known);
  const names = known as ReadonlyMap<string, unknown>;
  return names.size > MAX_HINT_NAMES ? {} : didYouMean(name, names.keys());
}

function kindOf(value: Json): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  switch (typeof value) {
    case 'string':
      return 'a text';
    case 'number':
      return 'a number';
    case 'boolean':
      return String(value);
    default:
      return 'an object';
  }
}
