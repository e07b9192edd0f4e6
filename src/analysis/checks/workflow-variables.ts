import type { AslProgram } from '../../asl/program.js';
import { given } from '../../core/given.js';
import {
  escapePointer,
  isJsonArray,
  isJsonObject,
  type Json,
  type JsonObject,
  own,
} from '../../core/json.js';
import { didYouMean } from '../../core/problem.js';
import { EVAL } from '../../expression/jsonata/evaluator.js';
import { DIALECTS } from '../../expression/jsonata/library.js';
import { parse } from '../../expression/jsonata/parser.js';
import { childrenOf, type Node } from '../../expression/jsonata/syntax-tree.js';
import { SourceError } from '../../expression/source-error.js';
import { delimitedExpression } from '../../expression/template.js';

/** A variable that is read although nothing assigns it. */
export interface UnknownVariable {
  readonly state: string;
  /** JSON Pointer of the place where it is read. */
  readonly path: string;
  readonly message: string;
  readonly hint?: string;
}

/** The variables of a machine, a branch, or what a Map does with each item, with the states that assign them; and those around it. */
interface Scope {
  readonly names: ReadonlyMap<string, readonly string[]>;
  readonly outer: Scope | undefined;
  /** Whether those around it are out of reach: the items of a distributed Map are executions of their own. */
  readonly isApart: boolean;
}

/** Variables whose ways through a workflow are followed; of more than these nothing is said but that they are assigned. */
const MAX_FOLLOWED = 200;

/** Where a variable that some states assign may have a value. */
class Assigned {
  readonly #program: AslProgram;
  readonly #known = new Map<readonly string[], ReadonlySet<string>>();

  constructor(program: AslProgram) {
    this.#program = program;
  }

  /** Whether one of the states that assign it comes before a state on some way; it assigns when it is left. */
  mayPrecede(assigning: readonly string[], state: string): boolean {
    const known = this.#known.get(assigning);
    if (known === undefined && this.#known.size >= MAX_FOLLOWED) return true;
    const behind = known ?? this.#behind(assigning);
    this.#known.set(assigning, behind);
    return behind.has(state);
  }

  #behind(assigning: readonly string[]): ReadonlySet<string> {
    const nextOf = (name: string) => this.#program.states.get(name)?.targets.map(({ to }) => to) ?? [];
    const behind = new Set(assigning.flatMap(nextOf));
    for (const name of behind)
      for (const to of [...nextOf(name), ...(this.#program.states.get(name)?.inner ?? [])]) behind.add(to);
    return behind;
  }
}

/** What Step Functions leaves out of JSONata, which looks like a variable that nobody assigns. */
const NO_EVAL = 'workflows have no $eval; $parse reads JSON';

const HAND_IT_OVER =
  'the executions of a distributed Map have no variables of its own: give it to them with ItemSelector';

/** Fields in which nothing is read, and those in which states of their own stand. */
const NOT_READ = new Set(['Comment', 'Type', 'Next', 'Default', 'Resource', 'ErrorEquals', 'QueryLanguage']);
const NESTED = new Set(['Branches', 'ItemProcessor', 'Iterator']);

/** Variables that are read where no state of the same scope, nor one around it, has assigned them on any way there. */
export function unknownVariables(program: AslProgram, source: Json): readonly UnknownVariable[] {
  const isJsonata = isJsonObject(source) && own(source, 'QueryLanguage') === 'JSONata';
  const search = new Search(isJsonata, new Assigned(program));
  search.machine(source, '');
  return search.found;
}

class Search {
  readonly found: UnknownVariable[] = [];
  readonly #jsonata: boolean;
  readonly #assigned: Assigned;

  constructor(jsonata: boolean, assigned: Assigned) {
    this.#jsonata = jsonata;
    this.#assigned = assigned;
  }

  machine(machine: Json, path: string, outer?: Scope): void {
    if (!isJsonObject(machine)) return;
    const states = own(machine, 'States');
    if (!isJsonObject(states)) return;
    const names = new Map<string, string[]>();
    for (const [name, state] of Object.entries(states))
      for (const variable of assignedBy(state)) {
        const assigning = names.get(variable);
        if (assigning === undefined) names.set(variable, [name]);
        else assigning.push(name);
      }
    const scope = { names, outer, isApart: isDistributed(machine) };
    for (const [name, state] of Object.entries(states)) {
      if (isJsonObject(state)) this.#state(name, state, `${path}/States/${escapePointer(name)}`, scope);
    }
  }

  #state(name: string, state: JsonObject, path: string, scope: Scope): void {
    const language = own(state, 'QueryLanguage');
    const isJsonata = language === undefined ? this.#jsonata : language === 'JSONata';
    const look = (value: Json, at: string, isPath: boolean): void => {
      if (isJsonArray(value)) {
        for (const [i, item] of value.entries()) look(item, `${at}/${i}`, isPath);
      } else if (isJsonObject(value)) {
        for (const [key, member] of Object.entries(value))
          look(member, `${at}/${escapePointer(key)}`, isReading(key));
      } else if (typeof value === 'string') {
        for (const variable of isJsonata ? readByJsonata(value) : isPath ? readByPath(value) : [])
          this.#read(name, variable, at, scope);
      }
    };
    for (const [field, value] of Object.entries(state)) {
      if (NESTED.has(field)) this.#nested(value, `${path}/${field}`, scope);
      else if (!NOT_READ.has(field) && (isJsonata || field !== 'Result'))
        look(value, `${path}/${field}`, isReading(field));
    }
  }

  #nested(value: Json, path: string, scope: Scope): void {
    if (isJsonArray(value))
      for (const [i, branch] of value.entries()) this.machine(branch, `${path}/${i}`, scope);
    else this.machine(value, path, scope);
  }

  #read(state: string, variable: string, path: string, scope: Scope): void {
    const known: string[] = [];
    let [isLate, isApart, isBeyond] = [false, false, false];
    for (let at: Scope | undefined = scope; at !== undefined; at = at.outer) {
      const assigning = at.names.get(variable);
      if (assigning !== undefined && isApart) isBeyond = true;
      else if (assigning !== undefined && this.#assigned.mayPrecede(assigning, state)) return;
      else isLate ||= assigning !== undefined;
      if (!isApart) known.push(...at.names.keys());
      isApart ||= at.isApart;
    }
    const why = isLate ? ' before anything can have assigned it' : ', and nothing assigns it';
    const message = `"$${variable}" is read by "${state}"${isBeyond ? ', which does not have it' : why}`;
    const meant = isBeyond || isLate ? undefined : didYouMean(variable, known);
    const hint = isBeyond ? HAND_IT_OVER : variable === EVAL ? NO_EVAL : meant?.hint;
    this.found.push({ state, path, message, ...given({ hint }) });
  }
}

/** Whether it is what a distributed Map does with each item. */
function isDistributed(machine: JsonObject): boolean {
  const config = own(machine, 'ProcessorConfig');
  return isJsonObject(config) && own(config, 'Mode') === 'DISTRIBUTED';
}

/** Whether a text under a key is a path, in a JSONPath state. */
function isReading(key: string): boolean {
  return key.endsWith('.$') || key.endsWith('Path') || key === 'Variable';
}

/** What a state assigns, in its Choice rules and Catchers as well. */
function assignedBy(state: Json): string[] {
  if (!isJsonObject(state)) return [];
  const clauses = ['Choices', 'Catch'].flatMap((field) => {
    const list = own(state, field);
    return isJsonArray(list) ? list : [];
  });
  return [state, ...clauses].flatMap((owner) => {
    const assign = isJsonObject(owner) ? own(owner, 'Assign') : undefined;
    return isJsonObject(assign) ? Object.keys(assign).map((key) => key.replace(/\.\$$/, '')) : [];
  });
}

const QUOTED = /'(?:\\.|[^'\\])*'/gs;
const VARIABLE = /(?<![$.\]\w])\$([\p{ID_Start}_]\p{ID_Continue}*)/gu;

/** The variables of a path, or of a call of an intrinsic function; texts in quotes are none. */
function readByPath(text: string): ReadonlySet<string> {
  const names = [...text.replaceAll(QUOTED, "''").matchAll(VARIABLE)].map(([, name = '']) => name);
  return new Set(names);
}

/** The variables of an expression that it does not bind itself, and that are no functions of the language. */
function readByJsonata(value: string): ReadonlySet<string> {
  const text = delimitedExpression(value);
  const read = new Set<string>();
  const bound = new Set(['', '$', 'states']);
  const visit = (node: Node): void => {
    if (node.type === 'variable') read.add(node.name);
    if (node.type === 'bind') bound.add(node.name);
    if (node.type === 'lambda') for (const parameter of node.parameters) bound.add(parameter);
    for (const name of [node.focus, node.index]) if (name !== undefined) bound.add(name);
    for (const stage of node.stages ?? []) if (stage.type === 'index') bound.add(stage.name);
    for (const child of childrenOf(node)) visit(child);
  };
  try {
    if (text !== undefined) visit(parse(text));
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
  }
  for (const name of read) if (bound.has(name) || DIALECTS.states.functions.has(name)) read.delete(name);
  return read;
}
