import { isJsonObject, type Json } from '../core/json.js';
import { MAX_JSON_DEPTH } from '../core/limits.js';
import type { Problem } from '../core/problem.js';
import { Fields, SCHEMA } from './fields.js';
import { MAX_STATE_NAME_LENGTH } from './limits.js';
import { nestsTooDeep } from './payload.js';
import type { AslProgram, CompiledState } from './program.js';
import type { QueryLanguage } from './query.js';
import { STATE_TYPES, STATE_TYPES_TO_COME } from './state-types.js';
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
  fields.require('States', 'StartAt');
  fields.oneOf('Version', ['1.0']);
  const queryLanguage = fields.oneOf('QueryLanguage', ['JSONPath', 'JSONata']) ?? 'JSONPath';
  const timeoutSeconds = fields.integer('TimeoutSeconds', { min: 0, max: 99_999_999 });
  const startAt = fields.text('StartAt');
  const list = fields.object('States');
  fields.close();
  const states = list === undefined ? new Map() : readStates(list, queryLanguage);
  if (list !== undefined) checkTransitions(fields, list, startAt, states);
  return { problems, program: programOf(startAt ?? '', states, timeoutSeconds) };
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

function readStates(list: Fields, queryLanguage: QueryLanguage): Map<string, CompiledState> {
  const states = new Map<string, CompiledState>();
  if (list.keys().length === 0) list.report({ message: 'Value cannot be empty', path: list.path });
  for (const name of list.keys()) {
    if ([...name].length > MAX_STATE_NAME_LENGTH) {
      list.report({
        code: 'INVALID_STATE_NAME',
        message: `A state's name may not exceed ${MAX_STATE_NAME_LENGTH} characters`,
        path: list.at(name),
      });
    }
    const fields = list.object(name);
    const state = fields === undefined ? undefined : readState(name, fields, queryLanguage);
    if (state !== undefined) states.set(name, state);
  }
  return states;
}

function readState(name: string, fields: Fields, machine: QueryLanguage): CompiledState | undefined {
  fields.require('Type');
  const type = fields.text('Type');
  if (type === undefined) return undefined;
  const own = fields.oneOf('QueryLanguage', ['JSONPath', 'JSONata']);
  if (own === 'JSONPath' && machine === 'JSONata') {
    fields.report({
      message: "'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine",
      path: fields.path,
    });
  }
  const stateType = STATE_TYPES.get(type);
  if (stateType !== undefined) return stateType.compile({ name, fields, queryLanguage: own ?? machine });
  if (STATE_TYPES_TO_COME.includes(type)) {
    fields.report({
      code: 'not-supported',
      message: `State type ${type} is not supported yet`,
      path: fields.at('Type'),
    });
  } else fields.oneOf('Type', [...STATE_TYPES.keys(), ...STATE_TYPES_TO_COME]);
  return undefined;
}
