import { CHOICE_OPERATORS, IS_PRESENT } from '../../asl/choice-operators.js';
import type { AslProgram, CompiledState } from '../../asl/program.js';
import {
  escapePointer,
  isJsonArray,
  isJsonObject,
  type Json,
  type JsonObject,
  own,
} from '../../core/json.js';
import { valueAt } from '../../core/pointer.js';
import { didYouMean } from '../../core/problem.js';
import { checkPath } from '../../expression/jsonpath/jsonpath.js';
import { delimitedExpression } from '../../expression/template.js';
import { ANY, joined, LIST, objectOf, PLAIN, type Shape, shapeOf, under, withUnder } from '../shape.js';

/** A path that finds nothing, whatever the workflow is started with. */
export interface MissingPath {
  readonly state: string;
  /** JSON Pointer of the field that holds it. */
  readonly path: string;
  readonly message: string;
  readonly hint?: string;
}

/** Times that a state is looked at again as more comes into it; then anything may. */
const MAX_VISITS = 20;

/** Fields of a JSONPath state that are read from its selected input. */
const SELECTED_PATHS = [
  'ItemsPath',
  'SecondsPath',
  'TimestampPath',
  'TimeoutSecondsPath',
  'HeartbeatSecondsPath',
  'MaxConcurrencyPath',
];

/** What a Catcher hands on. */
const ERROR_OUTPUT = objectOf([
  ['Error', PLAIN],
  ['Cause', PLAIN],
]);

/**
 * Paths that cannot be found, because what Parameters, ItemSelector, ResultSelector, Result or Output made is all that there
 * is. Follows the data from state to state; where it is not known what something is, nothing is said.
 */
export function missingPaths(program: AslProgram, source: Json): readonly MissingPath[] {
  const flow = new Flow(program, source);
  flow.follow();
  return flow.look();
}

class Flow {
  readonly #program: AslProgram;
  readonly #source: Json;
  readonly #jsonata: boolean;
  readonly #inputs = new Map<string, Shape>();
  readonly #visits = new Map<string, number>();
  readonly #open = new Set<string>();

  constructor(program: AslProgram, source: Json) {
    this.#program = program;
    this.#source = source;
    this.#jsonata = isJsonObject(source) && own(source, 'QueryLanguage') === 'JSONata';
  }

  follow(): void {
    this.#enter(this.#program.startAt, ANY);
    for (const name of this.#open) {
      this.#open.delete(name);
      const state = this.#passage(name, undefined);
      for (const { to, shape } of state?.leading ?? []) this.#enter(to, shape);
    }
  }

  look(): readonly MissingPath[] {
    const found: MissingPath[] = [];
    for (const name of this.#inputs.keys()) this.#passage(name, found);
    return found;
  }

  #enter(name: string, shape: Shape): void {
    const before = this.#inputs.get(name);
    const visits = (this.#visits.get(name) ?? 0) + 1;
    this.#visits.set(name, visits);
    const now = before === undefined ? shape : visits > MAX_VISITS ? ANY : joined(before, shape);
    if (now === before) return;
    this.#inputs.set(name, now);
    this.#open.add(name);
  }

  #passage(name: string, found: MissingPath[] | undefined): Passage | undefined {
    const state = this.#program.states.get(name);
    const input = this.#inputs.get(name);
    const fields = state === undefined ? undefined : valueAt(this.#source, state.path);
    if (state === undefined || input === undefined || !isJsonObject(fields)) return undefined;
    const language = own(fields, 'QueryLanguage');
    const isJsonata = language === undefined ? this.#jsonata : language === 'JSONata';
    const passage = new Passage({ state, fields, input, found });
    if (isJsonata) passage.jsonata();
    else passage.paths();
    return passage;
  }
}

interface Visit {
  readonly state: CompiledState;
  readonly fields: JsonObject;
  readonly input: Shape;
  readonly found: MissingPath[] | undefined;
}

/** The way of data through one state: where it leads, and what is not found on it. */
class Passage {
  readonly leading: { readonly to: string; readonly shape: Shape }[] = [];
  readonly #visit: Visit;

  constructor(visit: Visit) {
    this.#visit = visit;
  }

  paths(): void {
    const { state, fields, input } = this.#visit;
    const selected = this.#selected('InputPath', input);
    for (const field of SELECTED_PATHS) this.#path(field, own(fields, field), selected);
    for (const field of ['ErrorPath', 'CausePath']) this.#path(field, own(fields, field), input);
    const asked = askedFor(own(fields, 'Choices'));
    for (const [i, rule] of clausesOf(fields, 'Choices').entries())
      this.#condition(rule, `Choices/${i}`, selected, asked);
    const given = this.#template('Parameters', selected);
    if (state.type === 'Parallel') this.#inner(given ?? selected);
    if (state.type === 'Map') this.#inner(this.#template('ItemSelector', selected) ?? given ?? ANY);
    const result = this.#result(given ?? selected);
    this.#template('Assign', result);
    const selectedResult = this.#template('ResultSelector', result) ?? result;
    const output = this.#selected('OutputPath', placed(own(fields, 'ResultPath'), input, selectedResult));
    this.#next(output);
    this.#catch((clause) => placed(own(clause, 'ResultPath'), input, ERROR_OUTPUT));
  }

  jsonata(): void {
    const { state, fields, input } = this.#visit;
    for (const field of ['Assign', 'Items', 'Seconds', 'Timestamp', 'TimeoutSeconds'])
      this.#made(field, fields);
    const given = this.#made('Arguments', fields);
    if (state.type === 'Parallel') this.#inner(given ?? input);
    if (state.type === 'Map') this.#inner(this.#made('ItemSelector', fields) ?? ANY);
    const output = this.#made('Output', fields);
    this.#next(output ?? this.#result(input));
    for (const [i, rule] of clausesOf(fields, 'Choices').entries()) {
      const made = this.#made('Output', rule, `Choices/${i}/`);
      const to = own(rule, 'Next');
      if (made !== undefined && typeof to === 'string') this.leading.push({ to, shape: made });
    }
    this.#catch((clause, i) => this.#made('Output', clause, `Catch/${i}/`) ?? ERROR_OUTPUT);
  }

  /** What a Choice rule compares; what the Choice asks for whether it is there may be missing. */
  #condition(rule: JsonObject, at: string, shape: Shape, asked: ReadonlySet<Json>): void {
    for (const head of ['And', 'Or'])
      for (const [i, inner] of clausesOf(rule, head).entries())
        this.#condition(inner, `${at}/${head}/${i}`, shape, asked);
    const inner = own(rule, 'Not');
    if (isJsonObject(inner)) this.#condition(inner, `${at}/Not`, shape, asked);
    for (const [key, path] of Object.entries(rule)) {
      const isPath = key === 'Variable' || CHOICE_OPERATORS.get(key)?.operand === 'path';
      if (isPath && !asked.has(path)) this.#path(`${at}/${key}`, path, shape);
    }
  }

  /** What the state's work gives for what it was given. */
  #result(given: Shape): Shape {
    const { state, fields } = this.#visit;
    if (state.type === 'Task' || state.type === 'Message') return ANY;
    if (state.type === 'Parallel') return LIST;
    if (state.type === 'Map') return isDistributed(fields) ? ANY : LIST;
    const fixed = state.type === 'Pass' ? own(fields, 'Result') : undefined;
    return fixed === undefined ? given : shapeOf(fixed);
  }

  #next(shape: Shape): void {
    const { fields } = this.#visit;
    const rules = clausesOf(fields, 'Choices').filter((rule) => own(rule, 'Output') === undefined);
    const names = [own(fields, 'Next'), own(fields, 'Default'), ...rules.map((rule) => own(rule, 'Next'))];
    for (const to of names) if (typeof to === 'string') this.leading.push({ to, shape });
  }

  #inner(shape: Shape): void {
    const isBatched = own(this.#visit.fields, 'ItemBatcher') !== undefined;
    for (const to of this.#visit.state.inner) this.leading.push({ to, shape: isBatched ? ANY : shape });
  }

  #catch(shape: (clause: JsonObject, index: number) => Shape): void {
    for (const [i, clause] of clausesOf(this.#visit.fields, 'Catch').entries()) {
      const to = own(clause, 'Next');
      if (typeof to === 'string') this.leading.push({ to, shape: shape(clause, i) });
    }
  }

  /** InputPath or OutputPath of a shape. */
  #selected(field: string, shape: Shape): Shape {
    const given = own(this.#visit.fields, field);
    if (given === undefined) return shape;
    return given === null ? objectOf([]) : this.#path(field, given, shape);
  }

  #path(field: string, given: Json | undefined, shape: Shape): Shape {
    const keys = typeof given === 'string' ? namesOf(given) : undefined;
    if (keys === undefined) return ANY;
    return this.#under(shape, keys, String(given), field);
  }

  /** A payload template; undefined where there is none. */
  #template(field: string, shape: Shape): Shape | undefined {
    const value = own(this.#visit.fields, field);
    return value === undefined ? undefined : this.#payload(value, shape, field);
  }

  #payload(value: Json, shape: Shape, at: string): Shape {
    if (!isJsonObject(value)) {
      if (isJsonArray(value))
        for (const [i, item] of value.entries()) this.#payload(item, shape, `${at}/${i}`);
      return isJsonArray(value) ? LIST : PLAIN;
    }
    const fields = Object.entries(value).map(([key, member]) => {
      const place = `${at}/${escapePointer(key)}`;
      return key.endsWith('.$')
        ? ([key.slice(0, -2), this.#path(place, member, shape)] as const)
        : ([key, this.#payload(member, shape, place)] as const);
    });
    return objectOf(fields);
  }

  /** A value with JSONata in it; undefined where there is none. */
  #made(field: string, owner: JsonObject, at = ''): Shape | undefined {
    const value = own(owner, field);
    return value === undefined ? undefined : this.#expressions(value, `${at}${field}`);
  }

  #expressions(value: Json, at: string): Shape {
    if (isJsonArray(value)) {
      for (const [i, item] of value.entries()) this.#expressions(item, `${at}/${i}`);
      return LIST;
    }
    if (isJsonObject(value)) {
      return objectOf(
        Object.entries(value).map(([key, member]) => [
          key,
          this.#expressions(member, `${at}/${escapePointer(key)}`),
        ]),
      );
    }
    const text = typeof value === 'string' ? delimitedExpression(value) : undefined;
    if (text === undefined) return PLAIN;
    const [, names] = INPUT_PATH.exec(text) ?? [];
    return names === undefined ? ANY : this.#under(this.#visit.input, names.split('.').slice(1), text, at);
  }

  /** What is under the keys of a shape; what cannot be there is noted, and may be anything from there on. */
  #under(shape: Shape, keys: readonly string[], text: string, at: string): Shape {
    const found = under(shape, keys);
    if (found !== undefined) return found;
    const { state, found: findings } = this.#visit;
    let count = 0;
    while (under(shape, keys.slice(0, count + 1)) !== undefined) count++;
    const around = under(shape, keys.slice(0, count));
    const known = around?.kind === 'object' ? [...around.fields.keys()].sort() : [];
    const has = known.length === 0 ? 'has nothing in it' : `has only ${known.slice(0, SHOWN).join(', ')}`;
    const what = count === 0 ? 'what it is read from' : `"${keys.slice(0, count).join('.')}" there`;
    const hint = didYouMean(keys[count] ?? '', known);
    const message = `"${text}" of "${state.name}" is never found: ${what} ${has}`;
    findings?.push({ state: state.name, path: `${state.path}/${at}`, message, ...hint });
    return ANY;
  }
}

/** Names that a message lists. */
const SHOWN = 10;

/** An expression that is nothing but names below the input. */
const INPUT_PATH = /^\$states\.input((?:\.[A-Za-z_]\w*)*)$/;

/** The names of a path that is nothing but names from the input; undefined for others. */
function namesOf(text: string): string[] | undefined {
  const parsed = checkPath(text);
  if ('problem' in parsed || parsed.value.root.type !== 'input') return undefined;
  const names: string[] = [];
  for (const segment of parsed.value.segments) {
    if (segment.type !== 'name') return undefined;
    names.push(segment.name);
  }
  return names;
}

/** The input with a result where ResultPath says. */
function placed(resultPath: Json | undefined, input: Shape, result: Shape): Shape {
  if (resultPath === null) return input;
  const keys = typeof resultPath === 'string' ? namesOf(resultPath) : [];
  return keys === undefined ? ANY : withUnder(input, keys, result);
}

/** The Variables of all IsPresent within Choice rules. */
function askedFor(rules: Json | undefined): ReadonlySet<Json> {
  const asked = new Set<Json>();
  const visit = (value: Json): void => {
    if (isJsonArray(value)) value.forEach(visit);
    if (!isJsonObject(value)) return;
    const variable = own(value, 'Variable');
    if (variable !== undefined && own(value, IS_PRESENT) !== undefined) asked.add(variable);
    for (const field of ['And', 'Or', 'Not']) visit(own(value, field) ?? null);
  };
  visit(rules ?? null);
  return asked;
}

function isDistributed(fields: JsonObject): boolean {
  const processor = own(fields, 'ItemProcessor') ?? own(fields, 'Iterator');
  const config = isJsonObject(processor) ? own(processor, 'ProcessorConfig') : undefined;
  return isJsonObject(config) && own(config, 'Mode') === 'DISTRIBUTED';
}

function clausesOf(fields: JsonObject, field: string): readonly JsonObject[] {
  const list = own(fields, field);
  return isJsonArray(list) ? list.filter(isJsonObject) : [];
}
