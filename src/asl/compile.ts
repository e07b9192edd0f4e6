import { isJsonObject, type Json } from '../core/json.js';
import { MAX_JSON_DEPTH } from '../core/limits.js';
import type { Problem } from '../core/problem.js';
import { Fields, SCHEMA } from './fields.js';
import { MAX_STATE_NAME_LENGTH } from './limits.js';
import { nestsTooDeep } from './payload.js';
import type { AslProgram, CompiledState } from './program.js';
import type { QueryLanguage } from './query.js';
import { checkScope } from './scope.js';
import { STATE_TYPES } from './state-types.js';
import { checkTransitions } from './transitions.js';

/** A definition read: everything that is wrong with it, and what runs if nothing is. */
export interface Reading {
  readonly problems: readonly Problem[];
  readonly program: AslProgram;
}

/** Reads a whole definition once; checking and compiling are the same reading. Never throws. */
export function readDefinition(source: Json): Reading {
  const problems: Problem[] = [];
  if (!isJsonObject(source)) {
    return unreadable({ code: SCHEMA, message: 'Definition must be a valid JSON object', path: '' });
  }
  if (nestsTooDeep(source)) {
    const message = `Definition nests deeper than ${MAX_JSON_DEPTH} levels`;
    return unreadable({ code: 'TOO_DEEPLY_NESTED', message, path: '' });
  }
  const fields = new Fields(source, '', problems);
  const reader = new Reader();
  fields.require('States', 'StartAt');
  fields.oneOf('Version', ['1.0']);
  const queryLanguage = fields.oneOf('QueryLanguage', ['JSONPath', 'JSONata']) ?? 'JSONPath';
  const timeoutSeconds = fields.integer('TimeoutSeconds', { min: 0, max: 99_999_999 });
  fields.close();
  const startAt = reader.machine(fields, { queryLanguage, variables: new Set() });
  return { problems, program: programOf(startAt, reader.states, timeoutSeconds) };
}

function unreadable(problem: Problem): Reading {
  return { problems: [problem], program: programOf('', new Map(), undefined) };
}

function programOf(
  startAt: string,
  states: ReadonlyMap<string, CompiledState>,
  timeoutSeconds: number | undefined,
): AslProgram {
  const tasks = new Set([...states.values()].flatMap((state) => state.tasks));
  return { language: 'asl', tasks: [...tasks], startAt, states, timeoutSeconds };
}

/** What holds around a list of states. */
interface Surrounding {
  readonly queryLanguage: QueryLanguage;
  /** Variables that are assigned further out. */
  readonly variables: ReadonlySet<string>;
}

/** Reads the states of a machine, and those within its Parallel and Map states. */
class Reader {
  readonly states = new Map<string, CompiledState>();
  readonly #names = new Set<string>();

  /** Reads StartAt and States, of a machine or of what is run within a state. Gives the state that it starts at. */
  machine(fields: Fields, surrounding: Surrounding): string {
    const startAt = fields.text('StartAt');
    const list = fields.object('States');
    if (list === undefined) return startAt ?? '';
    const variables = checkScope(list, surrounding.variables);
    const states = this.#list(list, { ...surrounding, variables });
    checkTransitions(fields, list, startAt, states);
    return startAt ?? '';
  }

  #list(list: Fields, surrounding: Surrounding): Map<string, CompiledState> {
    const states = new Map<string, CompiledState>();
    if (list.keys().length === 0) list.report({ message: 'Value cannot be empty', path: list.path });
    for (const name of list.keys()) {
      this.#checkName(list, name);
      const fields = list.object(name);
      const state = fields === undefined ? undefined : this.#state(name, fields, surrounding);
      if (state === undefined) continue;
      states.set(name, state);
      this.states.set(name, state);
    }
    return states;
  }

  #checkName(list: Fields, name: string): void {
    const path = list.at(name);
    if ([...name].length > MAX_STATE_NAME_LENGTH) {
      const message = `A state's name may not exceed ${MAX_STATE_NAME_LENGTH} characters`;
      list.report({ code: 'INVALID_STATE_NAME', message, path });
    }
    if (this.#names.has(name)) {
      list.report({ code: 'DUPLICATE_STATE_NAME', message: `Duplicate State name: ${name}`, path });
    }
    this.#names.add(name);
  }

  #state(name: string, fields: Fields, surrounding: Surrounding): CompiledState | undefined {
    fields.require('Type');
    const type = fields.oneOf('Type', [...STATE_TYPES.keys()]);
    const machine = surrounding.queryLanguage;
    const own = fields.oneOf('QueryLanguage', ['JSONPath', 'JSONata']);
    if (type === undefined) return undefined;
    if (own === 'JSONPath' && machine === 'JSONata') {
      fields.report({
        message: "'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine",
        path: fields.path,
      });
    }
    const branch = (inner: Fields): string => {
      inner.require('States', 'StartAt');
      return this.machine(inner, surrounding);
    };
    return STATE_TYPES.get(type)?.compile({ name, fields, queryLanguage: own ?? machine, branch });
  }
}
