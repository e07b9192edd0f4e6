import { escapePointer, type Json, type JsonObject, put, toJson } from '../core/json.js';
import { MAX_JSON_DEPTH } from '../core/limits.js';
import type { Problem } from '../core/problem.js';
import { builtOf } from './builders.js';
import { DEFAULT_MACHINE_ID } from './schema/machine.js';
import { functionText } from './schema/template.js';

/** A machine taken apart: a source that is plain JSON, and the functions that stood in it, by generated names. */
export interface Extracted {
  readonly source: Json;
  readonly guards: Readonly<Record<string, unknown>>;
  readonly actions: Readonly<Record<string, unknown>>;
  readonly functions: Readonly<Record<string, unknown>>;
  readonly problems: readonly Problem[];
}

/** Kinds of places in a config, and what stands under their keys; `*` for any key. */
const PLACES = {
  state: {
    states: 'states',
    on: 'events',
    after: 'events',
    onTimeout: 'transitions',
    always: 'transitions',
    onDone: 'transitions',
    entry: 'actions',
    exit: 'actions',
    invoke: 'invokes',
    initial: 'transitions',
    output: 'data',
    context: 'data',
    types: 'left-out',
    migrate: 'migrations',
  },
  migrations: { context: 'assignment' },
  states: { '*': 'state' },
  events: { '*': 'transitions' },
  transitions: { guard: 'guard', actions: 'actions', assign: 'assignment' },
  actions: {
    assign: 'assignment',
    raise: 'event',
    send: 'event',
    emit: 'event',
    cancel: 'data',
    log: 'logged',
    choose: 'branches',
    params: 'data',
  },
  branches: { guard: 'guard', actions: 'actions', assign: 'assignment' },
  event: { data: 'data', event: 'data', to: 'data', delay: 'data' },
  logged: { value: 'data' },
  assignment: { '*': 'data' },
  invokes: { input: 'data', onDone: 'transitions', onError: 'transitions' },
  guard: { and: 'guard', or: 'guard', not: 'guard' },
  data: {},
} as const satisfies Record<string, Readonly<Record<string, string>>>;

type Place = keyof typeof PLACES;

/** Takes the functions out of a config. Each is named by its machine and its place: `order:#idle.entry.0`. */
export function extract(config: unknown): Extracted {
  const id = isPlain(config) ? config['id'] : undefined;
  return new Extraction(config, 'state', typeof id === 'string' ? id : DEFAULT_MACHINE_ID, '').result;
}

/** Takes the functions out of an action or a guard that was given as the implementation of a name. */
export function extractImplementation(
  built: unknown,
  place: 'actions' | 'guard',
  machine: string,
  name: string,
): Extracted {
  return new Extraction(built, place, machine, name).result;
}

class Extraction {
  readonly result: Extracted;
  readonly #id: string;
  readonly #guards: Record<string, unknown> = {};
  readonly #actions: Record<string, unknown> = {};
  readonly #functions: Record<string, unknown> = {};
  readonly #problems: Problem[] = [];
  /** The keys that lead to the value at hand, and the place as people read it: spelled out only where they are needed. */
  readonly #keys: (string | number)[] = [];
  readonly #places: (string | number)[] = [];

  constructor(config: unknown, place: Place, id: string, name: string) {
    this.#id = id;
    if (name !== '') this.#places.push(name);
    this.result = {
      source: this.#visit(config, place) ?? null,
      guards: this.#guards,
      actions: this.#actions,
      functions: this.#functions,
      problems: this.#problems,
    };
  }

  get #path(): string {
    return this.#keys.map((key) => `/${escapePointer(String(key))}`).join('');
  }

  #visit(value: unknown, place: Place): Json | undefined {
    if (typeof value === 'function') {
      const built = place === 'actions' || place === 'guard' ? builtOf(value) : undefined;
      return built === undefined ? this.#function(value, place) : this.#visit(built, place);
    }
    // Plain data may hold no functions; toJson says where one is.
    const isDeep = this.#keys.length > MAX_JSON_DEPTH;
    if (place === 'data' || isDeep || !(Array.isArray(value) || isPlain(value))) return this.#json(value);
    if (Array.isArray(value)) {
      return value.map((item: unknown, n) => this.#inside(n, n, item, place) ?? null);
    }
    // A copy that is changed where need be: one that grows member by member is copied again and again.
    const source: Record<string, unknown> = { ...value };
    for (const key of Object.keys(source)) {
      const json = this.#member(key, source[key], place);
      if (json === undefined) delete source[key];
      else source[key] = json;
    }
    return source as JsonObject;
  }

  #member(key: string, value: unknown, place: Place): Json | undefined {
    const places: Readonly<Record<string, string>> = PLACES[place];
    const inner = Object.hasOwn(places, key) ? places[key] : places['*'];
    if (inner === 'left-out') return undefined;
    // XState: an event with no transition at all is forbidden, not left to the states around.
    if (value === undefined) return place === 'events' ? {} : undefined;
    if (inner === 'states') return this.#inside(key, undefined, value, inner);
    const isSingle = inner === 'actions' && !Array.isArray(value);
    return this.#inside(key, isSingle ? `${key}.0` : key, value, inner as Place | undefined);
  }

  /** A value one key further in, which people know by `name` where that makes a difference; without a place, plain data. */
  #inside(
    key: string | number,
    name: string | number | undefined,
    value: unknown,
    place: Place | undefined,
  ): Json | undefined {
    this.#keys.push(key);
    if (name !== undefined) this.#places.push(name);
    const json = place === undefined ? this.#json(value) : this.#visit(value, place);
    if (name !== undefined) this.#places.pop();
    this.#keys.pop();
    return json;
  }

  #function(fn: unknown, place: Place): Json {
    const full = `${this.#id}:#${this.#places.join('.')}`;
    switch (place) {
      case 'guard':
        return keep(this.#guards, full, fn);
      case 'actions':
        return keep(this.#actions, full, fn);
      case 'data':
      case 'logged':
      case 'assignment':
        return functionText(keep(this.#functions, full, fn));
      default:
        this.#problems.push({
          code: 'wrong-type',
          message: 'a function has no place here',
          path: this.#path,
        });
        return null;
    }
  }

  #json(value: unknown): Json {
    if (typeof value === 'string' || typeof value === 'boolean') return value;
    const json = toJson(value);
    if ('value' in json) return json.value;
    this.#problems.push({ ...json.problem, path: this.#path + json.problem.path });
    return null;
  }
}

/** Two places may spell the same name (a state may be called `entry`). */
function keep(into: Record<string, unknown>, name: string, fn: unknown): string {
  let free = name;
  while (Object.hasOwn(into, free)) free += '~';
  put(into, free, fn);
  return free;
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
