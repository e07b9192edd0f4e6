import { escapePointer, isJsonObject, type Json, type JsonObject, put, toJson } from '../../core/json.js';
import type { Problem } from '../../core/problem.js';
import type { Template } from '../../expression/template.js';
import { MAX_PROBLEMS } from '../limits.js';
import type { ChartTarget, Template as ChartTemplate, DatamodelAction, DialectName } from './chart.js';

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

export type ReadAction = (findings: Findings, value: JsonObject, path: string) => DatamodelAction | undefined;

/** What was found, before it is a problem in words: its code, which one of those it is, and what there is to be said of it. */
export interface Finding {
  readonly code: string;
  readonly which: string;
  readonly path: string;
  readonly facts: readonly unknown[];
}

/** Puts what was found in words. */
export type Words = (finding: Finding) => Worded;

/** The member of a problem, seen by nobody, that holds what was found. */
export const FINDING = 'finding';

type Worded = Pick<Problem, 'message' | 'hint'>;

/** What reads a value that stands somewhere in a definition. `noun` is what it is a member of. */
export type Read<T> = (findings: Findings, value: unknown, path: string, noun: string) => T;

/** The members of something that is written as an object: what reads each. */
export type Keys = Readonly<Record<string, Read<unknown>>>;

/** What was read of those that are there. */
export type Members<K extends Keys> = { [Key in keyof K]?: ReturnType<K[Key]> };

/** Where functions go that stand in a machine, by what they are for. */
export type Functions = Readonly<Record<'guards' | 'actions' | 'functions', Record<string, unknown>>>;

/**
 * Gathers what is wrong with a definition while it is read, so that all of it is told at once; and, where it is one that a
 * program wrote, what in it is no JSON.
 */
export class Findings {
  /** Of the machine that is read. */
  dialect: DialectName = 'native';
  /** Of the machine that is read, where its expressions are not JSONata's. */
  datamodel: Datamodel | undefined = undefined;
  /** What the machine that is read has under `delays`. */
  delays: ReadonlyMap<string, ChartTemplate> = new Map();
  /** The states that guards ask for, which are looked for once all are known. */
  readonly asked: ChartTarget[] = [];
  /** The id of the machine that is read, before which its functions are named. */
  machine = '';
  /** The functions that stood in it, by generated names. */
  readonly functions: Functions = { guards: {}, actions: {}, functions: {} };
  /** What stands in its source for what is no JSON, by pointer; undefined where nothing does. */
  readonly replaced = new Map<string, Json | undefined>();
  /** Whether it is JSON for sure. */
  readonly #isJson: boolean;
  readonly #words: Words;
  readonly #problems: Problem[] = [];
  #left = 0;
  /** The objects that are being read. */
  readonly #open = new Set<object>();
  readonly #depths: Record<string, number> = {};

  constructor(isJson: boolean, words: Words = inShort) {
    this.#isJson = isJson;
    this.#words = words;
  }

  get problems(): readonly Problem[] {
    if (this.#left === 0) return this.#problems;
    const message = `and ${this.#left} more problems`;
    return [...this.#problems, { code: 'too-many-problems', message, path: '' }];
  }

  add(problem: Problem): void {
    if (this.#problems.length < MAX_PROBLEMS) this.#problems.push(problem);
    else this.#left++;
  }

  /** Adds a problem by its code, and which one of those it is where there are several: `wrong-type target`. */
  tell(what: string, path: string, ...facts: readonly unknown[]): undefined {
    const [code = '', which = ''] = what.split(' ');
    const severity = code === 'never' ? ({ severity: 'warning' } as const) : {};
    const problem = { code, path, ...this.#words({ code, which, path, facts }), ...severity };
    // Not to be seen or written out, but to be had by those who can put it in words.
    this.add(Object.defineProperty(problem, FINDING, { value: { code, which, path, facts } }));
  }

  /** Says that a value is not of the kind it has to be, or none that could be in any definition. */
  wrongType(what: string, path: string, value: unknown, ...facts: readonly unknown[]): undefined {
    if (this.json(value, path) !== undefined) this.tell(`wrong-type ${what}`, path, value, ...facts);
    return undefined;
  }

  /** The value as JSON; undefined, and a finding, where it has none. */
  json(value: unknown, path: string): Json | undefined {
    if (this.#isJson) return value as Json;
    const json = toJson(value);
    if ('value' in json) return json.value;
    this.add({ ...json.problem, path: path + json.problem.path });
    return undefined;
  }

  /** An object with its members read, each by its key; undefined where it is none. A key that it may not have is a finding. */
  members<K extends Keys>(noun: string, keys: K, value: unknown, path: string): Members<K> | undefined {
    if (!isPlain(value) || this.#open.has(value)) {
      return this.wrongType('', path, value, noun);
    }
    this.#open.add(value);
    const members: Record<string, unknown> = {};
    const names = Object.keys(value).filter((key) => value[key] !== undefined);
    for (const key of names)
      if (!Object.hasOwn(keys, key)) this.tell('unknown-key', join(path, key), noun, key, keys);
    for (const key of names) {
      if (Object.hasOwn(keys, key)) members[key] = keys[key]?.(this, value[key], join(path, key), noun);
    }
    this.#open.delete(value);
    return members as Members<K>;
  }

  /** Reads what stands within its like, which it may do so many times; undefined, and a finding, past that. */
  within<T>(like: 'state' | 'guard' | 'action', limit: number, path: string, read: () => T): T | undefined {
    const depth = this.#depths[like] ?? 0;
    if (depth >= limit) return this.tell(`too-deep ${like}`, path);
    this.#depths[like] = depth + 1;
    const made = read();
    this.#depths[like] = depth;
    return made;
  }

  /** Keeps a function under a name made of its place, and says the name. */
  keep(kind: keyof Functions, fn: unknown, path: string): string {
    const kept = this.functions[kind];
    let name = `${this.machine}:#${placeName(path, kind === 'actions')}`;
    // Two places may spell the same name (a state may be called `entry`).
    while (Object.hasOwn(kept, name)) name += '~';
    put(kept, name, fn);
    this.replaced.set(path, kind === 'functions' ? functionText(name) : name);
    return name;
  }
}

/** Codes and facts for programs that leave the wording to others. */
function inShort({ code, which, facts }: Finding): Worded {
  const told = facts.filter((fact) => typeof fact === 'string').map((fact) => JSON.stringify(fact));
  return { message: [code, which, ...told].filter((part) => part !== '').join(' ') };
}

/** How a function of a program is named in a source. */
function functionText(name: string): string {
  return `{@ ${name} @}`;
}

/** Where something stands, as people read it: `idle.entry.0`. A single action is the first of a list. */
function placeName(path: string, isAction: boolean): string {
  const [states = ''] = /^(\/states\/[^/]*)*/.exec(path) ?? [];
  const rest = path.slice(states.length).replace(/\/(entry|exit|actions)(?=\/\D)/g, '$&/0');
  const place = states.replace(/\/states(\/[^/]*)/g, '$1') + rest;
  const keys = (isAction ? place.replace(/\/\D*$/, '$&/0') : place).slice(1).split('/');
  return keys.join('.').replaceAll('~1', '/').replaceAll('~0', '~');
}

/** Whether a value is an object as JSON has them, and no instance of a class. */
export function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (!isJsonObject(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** A pointer one member deeper. */
export function join(path: string, key: string | number): string {
  return `${path}/${typeof key === 'number' ? key : escapePointer(key)}`;
}
