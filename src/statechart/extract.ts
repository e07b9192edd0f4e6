import { escapePointer, type Json, put, toJson } from '../core/json.js';
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

  constructor(config: unknown, place: Place, id: string, name: string) {
    this.#id = id;
    this.result = {
      source: this.#visit(config, place, name, '', 0) ?? null,
      guards: this.#guards,
      actions: this.#actions,
      functions: this.#functions,
      problems: this.#problems,
    };
  }

  /** `name` is the place as people read it, `path` the pointer. */
  #visit(value: unknown, place: Place, name: string, path: string, depth: number): Json | undefined {
    if (typeof value === 'function') {
      const built = place === 'actions' || place === 'guard' ? builtOf(value) : undefined;
      if (built !== undefined) return this.#visit(built, place, name, path, depth);
      return this.#function(value, place, name, path);
    }
    // Plain data may hold no functions; toJson says where one is.
    const structured = Array.isArray(value) || (isPlain(value) && Object.keys(PLACES[place]).length > 0);
    if (place === 'data' || !structured || depth > MAX_JSON_DEPTH) return this.#json(value, path);
    if (Array.isArray(value)) {
      return value.map(
        (item: unknown, i) => this.#visit(item, place, `${name}.${i}`, `${path}/${i}`, depth + 1) ?? null,
      );
    }
    const source: Record<string, Json> = {};
    for (const [key, member] of Object.entries(value as object)) {
      const json = this.#member(key, member, place, name, `${path}/${escapePointer(key)}`, depth + 1);
      if (json !== undefined) put(source, key, json);
    }
    return source;
  }

  #member(
    key: string,
    value: unknown,
    place: Place,
    name: string,
    path: string,
    depth: number,
  ): Json | undefined {
    const places: Readonly<Record<string, string>> = PLACES[place];
    const inner = Object.hasOwn(places, key) ? places[key] : places['*'];
    if (inner === 'left-out') return undefined;
    // XState: an event with no transition at all is forbidden, not left to the states around.
    if (value === undefined) return place === 'events' ? {} : undefined;
    if (inner === undefined) return this.#json(value, path);
    const within = inner === 'states' ? name : dotted(name, key);
    const single = inner === 'actions' && !Array.isArray(value);
    return this.#visit(value, inner as Place, single ? `${within}.0` : within, path, depth);
  }

  #function(fn: unknown, place: Place, name: string, path: string): Json {
    const full = `${this.#id}:#${name}`;
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
        this.#problems.push({ code: 'wrong-type', message: 'a function has no place here', path });
        return null;
    }
  }

  #json(value: unknown, path: string): Json {
    const json = toJson(value);
    if ('value' in json) return json.value;
    this.#problems.push({ ...json.problem, path: path + json.problem.path });
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

function dotted(name: string, key: string): string {
  return name === '' ? key : `${name}.${key}`;
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
