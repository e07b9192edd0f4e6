import { isJsonObject, type Json } from '../core/json.js';
import { MAX_JSON_DEPTH } from '../core/limits.js';
import { didYouMean } from '../core/problem.js';
import { checkExpress } from './express.js';
import { checkRelations } from './field-relations.js';
import { Fields, SCHEMA } from './fields.js';
import type { Finding } from './finding.js';
import { checkLabel } from './label.js';
import { MAX_STATE_NAME_LENGTH } from './limits.js';
import { nestsTooDeep } from './payload.js';
import type { Apart, AslProgram, CompiledState, StateType } from './program.js';
import { isForeign, type QueryLanguage } from './query.js';
import { checkScope, type Scope } from './scope.js';
import { STATE_TYPES } from './state-types.js';
import { warnOfStaticText } from './static-text.js';
import { checkTransitions } from './transitions.js';

/** A definition read: everything that is wrong with it, and what runs if nothing is. */
export interface Reading {
  readonly findings: readonly Finding[];
  readonly program: AslProgram;
}

/** The kind of a workflow: an Express one runs for minutes, and may wait for nothing. Step Functions: workflow types. */
export type WorkflowType = 'STANDARD' | 'EXPRESS';

/** Reads a whole definition once; checking and compiling are the same reading. Never throws. */
export function readDefinition(source: Json, type: WorkflowType = 'STANDARD'): Reading {
  if (!isJsonObject(source)) {
    const message = 'Definition must be a valid JSON object';
    return unreadable({ code: SCHEMA, message, path: '', place: null });
  }
  if (nestsTooDeep(source)) {
    const message = `Definition nests deeper than ${MAX_JSON_DEPTH} levels`;
    return unreadable({ code: 'TOO_DEEPLY_NESTED', message, path: '', place: null });
  }
  const findings: Finding[] = [];
  const fields = new Fields(source, '', findings);
  const reader = new Reader(findings, type);
  fields.require('States', 'StartAt');
  fields.oneOf('Version', ['1.0']);
  const queryLanguage = readQueryLanguage(fields, 'JSONPath');
  const timeoutSeconds = fields.integer('TimeoutSeconds', { min: 0, max: 99_999_999 });
  fields.close();
  const startAt = reader.machine(fields, { queryLanguage, scope: undefined });
  const program = programOf(startAt, reader.states, timeoutSeconds);
  return { findings, program: type === 'EXPRESS' ? { ...program, express: true } : program };
}

/** AWS takes for JSONPath what says so to the letter, and for JSONata whatever else is said, right or wrong. */
function readQueryLanguage(fields: Fields, inherited: QueryLanguage): QueryLanguage {
  fields.oneOf('QueryLanguage', ['JSONPath', 'JSONata']);
  if (!fields.has('QueryLanguage')) return inherited;
  return fields.peek('QueryLanguage') === 'JSONPath' ? 'JSONPath' : 'JSONata';
}

function unreadable(finding: Finding): Reading {
  return { findings: [finding], program: programOf('', new Map(), undefined) };
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
  /** That of the whole machine: what is within a state does not take over that state's. */
  readonly queryLanguage: QueryLanguage;
  /** The variables further out. */
  readonly scope: Scope | undefined;
}

/** Reads the states of a machine, and those within its Parallel and Map states. */
class Reader {
  readonly states = new Map<string, CompiledState>();
  readonly #names = new Set<string>();
  readonly #labels = new Set<string>();
  readonly #findings: Finding[];
  readonly #type: WorkflowType;

  constructor(findings: Finding[], type: WorkflowType) {
    this.#findings = findings;
    this.#type = type;
  }

  /** Reads StartAt and States, of a machine or of what is run within a state. Gives the state that it starts at. */
  machine(fields: Fields, surrounding: Surrounding): string {
    const startAt = fields.text('StartAt');
    const list = fields.object('States');
    if (list === undefined) return startAt ?? '';
    const scope = checkScope(list, surrounding.scope);
    const states = this.#list(list, { ...surrounding, scope });
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
    const type = readType(fields);
    const queryLanguage = readQueryLanguage(fields, surrounding.queryLanguage);
    if (type === undefined) return undefined;
    if (this.#type === 'EXPRESS') checkExpress(fields);
    if (type.name === 'Map') checkLabel(fields, this.#labels);
    checkRelations(type.name, fields);
    if (queryLanguage === 'JSONPath') warnOfStaticText(type.name, fields);
    const branch = (inner: Fields, apart?: Apart): string => {
      inner.require('States', 'StartAt');
      return this.machine(inner, apart === undefined ? surrounding : { ...surrounding, scope: undefined });
    };
    const source = { name, fields, queryLanguage, branch };
    if (queryLanguage !== 'JSONPath' || surrounding.queryLanguage !== 'JSONata') return type.compile(source);
    fields.report({
      message: "'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine",
      path: fields.path,
    });
    // AWS leaves it at that: which fields of the state belong to JSONata is not said on top.
    const before = this.#findings.length;
    const state = type.compile(source);
    const found = this.#findings.splice(before).filter((finding) => !isForeign(finding, fields.path));
    for (const finding of found) this.#findings.push(finding);
    return state;
  }
}

function readType(fields: Fields): StateType | undefined {
  const name = fields.text('Type');
  const type = STATE_TYPES.get(name ?? '');
  if (name === undefined || type !== undefined) return type;
  const names = [...STATE_TYPES.keys()];
  fields.report({
    message: `The field 'Type' should have one of these values: [${AWS_TYPES.join(', ')}]`,
    path: fields.at('Type'),
    ...didYouMean(name, names),
  });
  return undefined;
}

/** The state types in the order in which AWS lists them. */
const AWS_TYPES = ['Task', 'Wait', 'Pass', 'Succeed', 'Fail', 'Choice', 'Parallel', 'Map'];
