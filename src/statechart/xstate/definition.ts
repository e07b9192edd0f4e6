import { isJsonObject, type Json, type JsonObject, own, put } from '../../core/json.js';
import { delayOver, stateDone, taskDone, taskError } from '../machine-event.js';
import { join } from '../schema/findings.js';
import type { Moves } from './moves.js';

/** Whether a source is what `machine.toJSON()` gives, the `machine.definition`: every state with an order and its transitions. */
export function isDefinition(source: Json): source is JsonObject {
  return (
    isJsonObject(source) &&
    typeof own(source, 'order') === 'number' &&
    Array.isArray(own(source, 'transitions'))
  );
}

/** Members that are taken over as they are, where there is something in them. */
const KEPT = ['id', 'type', 'tags', 'meta', 'description', 'output', 'states', 'context', 'history'];

/**
 * A state of a `machine.definition` as it is in a config: transitions by events of XState's own go back to `after`,
 * `onDone` and what is invoked, and what XState adds to `entry` and `exit` for delays is taken out again. States below
 * are left as they are.
 */
export function configOf(state: JsonObject, path: string, moves: Moves): JsonObject {
  const config: Record<string, Json> = {};
  for (const key of path === '' ? ['version', 'delays', ...KEPT] : KEPT) {
    const value = own(state, key);
    if (value !== undefined && value !== false && !isEmpty(value)) put(config, key, value);
  }
  const initial = own(state, 'initial');
  if (isJsonObject(initial) && !isEmpty(own(initial, 'target') ?? [])) put(config, 'initial', plain(initial));
  const events = new Events(state, path, moves);
  events.sort(config);
  for (const [key, type] of [
    ['entry', 'xstate.raise'],
    ['exit', 'xstate.cancel'],
  ] as const) {
    const actions = withoutLast(own(state, key), type, events.delays);
    if (actions.length > 0) put(config, key, actions);
  }
  return config;
}

/** The transitions of one state, by the events that they are for. */
class Events {
  /** How many delays the state has. */
  delays = 0;
  readonly #state: JsonObject;
  readonly #path: string;
  readonly #moves: Moves;
  readonly #id: string;

  constructor(state: JsonObject, path: string, moves: Moves) {
    this.#state = state;
    this.#path = path;
    this.#moves = moves;
    const id = own(state, 'id');
    this.#id = typeof id === 'string' ? id : '';
  }

  sort(config: Record<string, Json>): void {
    const invoked = listOf(own(this.#state, 'invoke')).map((item) => ({
      ...(isJsonObject(item) ? item : {}),
    }));
    const on: Record<string, Json> = {};
    const after: Record<string, Json> = {};
    for (const [event, value] of Object.entries((own(this.#state, 'on') ?? {}) as JsonObject)) {
      const from = join(join(this.#path, 'on'), event);
      const transitions = listOf(value).map((item) => (isJsonObject(item) ? plain(item) : item));
      const delay = this.#delayOf(event, listOf(value)[0]);
      const n = invoked.findIndex(({ id }) => typeof id === 'string' && isEndOf(event, id));
      if (event === stateDone(this.#id)) this.#put(config, 'onDone', transitions, this.#path, from);
      else if (delay !== undefined) this.#put(after, delay, transitions, join(this.#path, 'after'), from);
      else if (n !== -1) {
        const key = event === taskDone(String(invoked[n]?.['id'])) ? 'onDone' : 'onError';
        this.#put(invoked[n] ?? {}, key, transitions, join(join(this.#path, 'invoke'), n), from);
      } else if (!event.startsWith(SNAPSHOT)) put(on, event, transitions);
    }
    this.delays = Object.keys(after).length;
    for (const [key, value] of Object.entries({ on, after, invoke: invoked })) {
      if (!isEmpty(value)) put(config, key, value);
    }
  }

  #put(into: Record<string, Json>, key: string, value: Json, path: string, from: string): void {
    put(into, key, value);
    this.#moves.add(join(path, key), from);
  }

  /** The delay that an event tells the end of, as it stood under `after`. */
  #delayOf(event: string, first: Json | undefined): string | undefined {
    const delay = isJsonObject(first) ? own(first, 'delay') : undefined;
    const isDelay = typeof delay === 'string' || typeof delay === 'number';
    return isDelay && event === delayOver(String(delay), this.#id) ? String(delay) : undefined;
  }
}

/** `onSnapshot` stands where it was invoked as well. */
const SNAPSHOT = 'xstate.snapshot.';

function isEndOf(event: string, id: string): boolean {
  return event === taskDone(id) || event === taskError(id);
}

/** A transition without what only its definition says. */
function plain(transition: JsonObject): JsonObject {
  const { source: _, eventType: __, event: ___, delay: ____, ...config } = transition;
  return config;
}

/** The list without so many of its last actions of a type: one for each delay, which XState adds behind the others. */
function withoutLast(value: Json | undefined, type: string, count: number): readonly Json[] {
  const list = listOf(value);
  const isAdded = (item: Json | undefined) => isJsonObject(item) && own(item, 'type') === type;
  let left = list.length;
  while (list.length - left < count && isAdded(list[left - 1])) left--;
  return list.slice(0, left);
}

function listOf(value: Json | undefined): readonly Json[] {
  if (Array.isArray(value)) return value as readonly Json[];
  return value === undefined ? [] : [value];
}

function isEmpty(value: Json): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}
