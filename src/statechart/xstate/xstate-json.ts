import { isJsonObject, type Json, type JsonObject, own, put } from '../../core/json.js';
import type { Problem } from '../../core/problem.js';
import { MAX_STATE_DEPTH } from '../limits.js';
import { join } from '../schema/findings.js';
import { builtIn, ELSEWHERE } from './built-in.js';
import { configOf, isDefinition } from './definition.js';
import { Moves } from './moves.js';

/** A source in the words of this language. */
export interface FromXState {
  /** The very same where it has nothing of XState's own. */
  readonly source: Json;
  /** What JSON has lost, and what has no place here. */
  readonly problems: readonly Problem[];
  /** The pointer, in what was given, to what a pointer into `source` leads to. */
  readonly locate: (pointer: string) => string;
}

/**
 * What XState v5 and Stately's tools write as JSON, in the words of this language: the config
 * (`JSON.stringify(machine.config)`), or the definition (`JSON.stringify(machine)`); in both, built-in actions by their types
 * (`{ type: 'xstate.raise', params: { event } }`). Where a function stood that JSON has lost, and that shows, it is a problem.
 *
 * @example
 * fromXState({ exit: [{ type: 'xstate.cancel', params: { sendId: 'reminder' } }] }).source; // => { exit: [{ cancel: 'reminder' }] }
 */
export function fromXState(source: Json): FromXState {
  const rewriting = new Rewriting(isDefinition(source));
  const rewritten = isJsonObject(source) ? rewriting.state(source, '', 0) : source;
  return {
    source: rewritten,
    problems: rewriting.problems,
    locate: (pointer) => rewriting.moves.before(pointer),
  };
}

const NAME_IT = 'give it a name and write that, or write { assign: { field: "{% … %}" } }';

type Rewrite = (value: Json, path: string) => Json;

class Rewriting {
  readonly problems: Problem[] = [];
  readonly moves = new Moves();
  readonly #isDefinition: boolean;

  constructor(isDefinition: boolean) {
    this.#isDefinition = isDefinition;
    if (!isDefinition) return;
    const message =
      'machine.toJSON() leaves out the context, "always", where history states lead by default, and all functions';
    const hint = 'JSON.stringify(machine.config) keeps all of it but functions';
    this.problems.push({ code: 'xstate-definition', message, path: '', hint, severity: 'warning' });
  }

  state(state: JsonObject, path: string, depth: number): JsonObject {
    const config = this.#isDefinition ? configOf(state, path, this.moves) : state;
    return changed(config, path, {
      ...this.#ofState,
      states: (states, at) => {
        if (!isJsonObject(states) || depth > MAX_STATE_DEPTH) return states;
        return eachMember(states, at, (child, inner) =>
          isJsonObject(child) ? this.state(child, inner, depth + 1) : child,
        );
      },
    });
  }

  readonly #actions: Rewrite = (value, path) => {
    if (!Array.isArray(value)) return value === null ? value : (this.#action(value, path) ?? []);
    const actions: Json[] = [];
    value.forEach((item: Json, n) => {
      const action = this.#action(item, join(path, n));
      if (action === undefined) return;
      this.moves.add(join(path, actions.length), join(path, n));
      actions.push(action);
    });
    return actions.every((action, n) => action === value[n]) && actions.length === value.length
      ? value
      : actions;
  };

  readonly #transitions: Rewrite = (value, path) =>
    each(value, path, (item, at) =>
      isJsonObject(item) ? changed(item, at, { actions: this.#actions }) : item,
    );

  readonly #events: Rewrite = (value, path) =>
    isJsonObject(value) ? eachMember(value, path, this.#transitions) : value;

  readonly #invokes: Rewrite = (value, path) => each(value, path, (item, at) => this.#invoke(item, at));

  readonly #ofState: Readonly<Record<string, Rewrite>> = {
    entry: this.#actions,
    exit: this.#actions,
    actions: this.#actions,
    initial: this.#transitions,
    on: this.#events,
    after: this.#events,
    always: this.#transitions,
    onDone: this.#transitions,
    onTimeout: this.#transitions,
    invoke: this.#invokes,
    history: (value) => (value === true ? 'shallow' : value),
  };

  #action(item: Json, path: string): Json | undefined {
    if (item === null) {
      const message =
        'an action must be a name or an object, not null: JSON has that in the place of a function';
      this.#problem({ code: 'wrong-type', message, path, hint: NAME_IT });
      return undefined;
    }
    const type = isJsonObject(item) ? own(item, 'type') : undefined;
    if (!isJsonObject(item) || typeof type !== 'string') return item;
    if (type === '') return this.#lost('an action', path);
    if (!type.startsWith('xstate.')) return item;
    if (Object.hasOwn(ELSEWHERE, type)) {
      const message = `there is no action "${type}"`;
      this.#problem({ code: 'not-supported', message, path, hint: ELSEWHERE[type] ?? '' });
      return undefined;
    }
    const known = builtIn(type, item);
    if (known === undefined) return this.#lost(`what "${type}" does`, path);
    this.moves.add(join(path, known.key), known.from === undefined ? path : join(path, known.from));
    return known.action;
  }

  #lost(what: string, path: string): undefined {
    const message = `${what} was a function, which JSON has lost`;
    this.#problem({ code: 'lost-function', message, path, hint: NAME_IT });
  }

  #invoke(item: Json, path: string): Json {
    if (!isJsonObject(item)) return item;
    const { type, systemId, ...invoke } = item;
    if (type !== undefined && type !== 'xstate.invoke') put(invoke as Record<string, Json>, 'type', type);
    if (systemId !== undefined) {
      const message = '"systemId" means nothing here: an instance is known by its id';
      this.#problem({ code: 'never', message, path: join(path, 'systemId'), severity: 'warning' });
    }
    const src = own(invoke, 'src');
    if (isJsonObject(src)) {
      this.#lostActor(src, join(path, 'src'));
      put(invoke as Record<string, Json>, 'src', 'lost');
    }
    const isSame = Object.keys(invoke).length === Object.keys(item).length && src === own(invoke, 'src');
    return changed(isSame ? item : invoke, path, { onDone: this.#transitions, onError: this.#transitions });
  }

  /** A machine that was invoked by itself, not by a name, is there as a whole; of anything else nothing is left. */
  #lostActor(src: JsonObject, path: string): void {
    const id = own(src, 'id');
    const isMachine = isJsonObject(own(src, 'states')) && typeof id === 'string';
    const message = isMachine
      ? 'a machine stands within this one'
      : 'what is invoked was code, which JSON has lost';
    const hint = isMachine
      ? `keep it in a file of its own, and write machine: ${id}`
      : 'give it a name, write that, and register a handler under it';
    this.#problem({ code: 'lost-function', message, path, hint });
  }

  #problem(problem: Problem): void {
    this.problems.push({ ...problem, path: this.moves.before(problem.path) });
  }
}

/** An object with some members rewritten; the same one where they all stay as they were. */
function changed(value: JsonObject, path: string, rewrites: Readonly<Record<string, Rewrite>>): JsonObject {
  return eachMember(value, path, (member, at, key) =>
    Object.hasOwn(rewrites, key) ? (rewrites[key]?.(member, at) ?? member) : member,
  );
}

function eachMember(
  value: JsonObject,
  path: string,
  rewrite: (member: Json, path: string, key: string) => Json,
): JsonObject {
  let copy: Record<string, Json> | undefined;
  for (const key of Object.keys(value)) {
    const member = own(value, key) ?? null;
    const rewritten = rewrite(member, join(path, key), key);
    if (rewritten === member) continue;
    copy ??= { ...value };
    put(copy, key, rewritten);
  }
  return copy ?? value;
}

/** What may be given once or as a list. */
function each(value: Json, path: string, rewrite: Rewrite): Json {
  if (!Array.isArray(value)) return rewrite(value, path);
  const list = value.map((item: Json, n) => rewrite(item, join(path, n)));
  return list.every((item, n) => item === value[n]) ? value : list;
}
