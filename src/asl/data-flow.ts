import { isJsonObject, type Json, type JsonObject } from '../core/json.js';
import { ExpressionError } from '../expression/expression-error.js';
import { compileReferencePath } from '../expression/jsonpath/reference-path.js';
import type { ActiveThread } from './active-thread.js';
import { ERRORS, StateFailure } from './errors.js';
import { expected, type Fields, TYPES } from './fields.js';
import { compileJsonataField } from './jsonata-query.js';
import type { Offered } from './jsonata-references.js';
import { compilePathText, compilePayloadField, REFERENCE } from './path-query.js';
import {
  type Maker,
  type QueryLanguage,
  type QuerySource,
  refuseForeign,
  type StatesExtras,
} from './query.js';

/** What a state leaves behind. */
export interface Leaving {
  readonly output: Json;
  readonly assigned?: JsonObject;
}

/** Makes the variables of an Assign. */
export type Assign = (thread: ActiveThread, input: Json, extras?: StatesExtras) => JsonObject;

/**
 * The way of data through a state (States Language: Input and Output Processing), in either query language, so
 * that the state types need not know which.
 */
export interface DataFlow {
  /** What the state works on: InputPath of its input. */
  select(thread: ActiveThread): Json;
  /** What its work is given: Parameters, or Arguments. */
  payload(thread: ActiveThread, selected: Json): Json;
  /**
   * What it leaves behind, from its result: ResultSelector, ResultPath and OutputPath, or Output; and Assign. A
   * `rule` that was taken has an Assign of its own, or none, and may have an Output of its own.
   */
  leave(thread: ActiveThread, result: Json, rule?: RuleFlow): Leaving;
}

/** What a Choice rule says of data. */
export interface RuleFlow {
  readonly assign: Assign | undefined;
  readonly output: Maker | undefined;
}

/** Which fields a state type has. */
export interface Parts {
  /**
   * Parameters and ResultPath; of what works for a result ResultSelector and `$states.result` as well, and Arguments
   * but for Maps, which give each item something of its own.
   */
  readonly payload?: 'pass' | 'task' | 'map';
  readonly assign?: boolean;
}

export function compileDataFlow(source: QuerySource, parts: Parts): DataFlow {
  const paths = ['InputPath', 'OutputPath'];
  if (parts.payload !== undefined) paths.push('ResultPath');
  if (givesInput(parts)) paths.push('Parameters');
  if (hasResult(parts)) paths.push('ResultSelector');
  refuseForeign(source, 'JSONPath', paths);
  refuseForeign(source, 'JSONata', parts.payload === 'task' ? ['Arguments', 'Output'] : ['Output']);
  const offered = hasResult(parts) ? (['result'] as const) : [];
  const assign = parts.assign
    ? compileAssign(source.fields, source.queryLanguage, 'Assign', offered)
    : undefined;
  return source.queryLanguage === 'JSONPath'
    ? compilePathFlow(source.fields, parts, assign)
    : compileJsonataFlow(source.fields, parts, assign, offered);
}

function hasResult({ payload }: Parts): boolean {
  return payload === 'task' || payload === 'map';
}

function givesInput({ payload }: Parts): boolean {
  return payload === 'task' || payload === 'pass';
}

/** The Assign of a state, a Choice rule or a Catcher, if there is one; `label` is what AWS calls it. */
export function compileAssign(
  fields: Fields,
  queryLanguage: QueryLanguage,
  label = 'Assign',
  offered: readonly Offered[] = [],
): Assign | undefined {
  const given = fields.any('Assign');
  if (given === undefined) return undefined;
  if (!isJsonObject(given)) {
    fields.report({ message: expected(TYPES.object), path: fields.at('Assign') });
    return undefined;
  }
  const make =
    queryLanguage === 'JSONPath'
      ? compilePayloadField(fields, 'Assign')
      : compileJsonataField(fields, 'Assign', label, offered);
  if (make === undefined) return undefined;
  return (thread, input, extras) => make(thread, input, extras) as JsonObject;
}

function compilePathFlow(fields: Fields, parts: Parts, assign: Assign | undefined): DataFlow {
  const inputPath = compileNullablePath(fields, 'InputPath');
  const outputPath = compileNullablePath(fields, 'OutputPath');
  const parameters = givesInput(parts) ? compilePayloadField(fields, 'Parameters') : undefined;
  const selector = hasResult(parts) ? compilePayloadField(fields, 'ResultSelector') : undefined;
  const place = parts.payload === undefined ? undefined : compileResultPath(fields);
  return {
    select(thread) {
      const selected = inputPath(thread, thread.input);
      thread.observe('afterInputPath', selected);
      return selected;
    },
    payload(thread, selected) {
      const made = parameters === undefined ? selected : parameters(thread, selected);
      thread.observe('afterParameters', made);
      return made;
    },
    leave(thread, result, rule) {
      const assigned = (rule === undefined ? assign : rule.assign)?.(thread, result);
      const wanted = selector === undefined ? result : selector(thread, result);
      const merged = place === undefined ? wanted : place(thread.input, wanted);
      if (parts.payload !== undefined) {
        thread.observe('afterResultSelector', wanted);
        thread.observe('afterResultPath', merged);
      }
      return leaving(outputPath(thread, merged), assigned);
    },
  };
}

function compileJsonataFlow(
  fields: Fields,
  parts: Parts,
  assign: Assign | undefined,
  offered: readonly Offered[],
): DataFlow {
  const args = parts.payload === 'task' ? compileJsonataField(fields, 'Arguments') : undefined;
  const output = compileJsonataField(fields, 'Output', 'Output', offered);
  return {
    select: (thread) => thread.input,
    payload(thread, selected) {
      if (args === undefined) return selected;
      const made = args(thread, selected);
      thread.observe('afterArguments', made);
      return made;
    },
    leave(thread, result, rule) {
      const extras = hasResult(parts) ? { result } : {};
      const assigned = (rule === undefined ? assign : rule.assign)?.(thread, result, extras);
      const make = rule?.output ?? output;
      return leaving(make === undefined ? result : make(thread, result, extras), assigned);
    },
  };
}

function leaving(output: Json, assigned: JsonObject | undefined): Leaving {
  return assigned === undefined ? { output } : { output, assigned };
}

/** What a Catcher makes of the error output: by ResultPath, or by Output, which AWS calls by `label`. */
export function compileCatchOutput(
  fields: Fields,
  queryLanguage: QueryLanguage,
  label: string,
): (thread: ActiveThread, errorOutput: JsonObject) => Json {
  const source = { fields, queryLanguage };
  refuseForeign(source, 'JSONPath', ['ResultPath']);
  refuseForeign(source, 'JSONata', ['Output']);
  if (queryLanguage === 'JSONPath') {
    const place = compileResultPath(fields);
    return (thread, errorOutput) => (place === undefined ? errorOutput : place(thread.input, errorOutput));
  }
  const output: Maker | undefined = compileJsonataField(fields, 'Output', label, ['errorOutput']);
  return (thread, errorOutput) =>
    output === undefined ? errorOutput : output(thread, errorOutput, { errorOutput });
}

type Path = (thread: ActiveThread, input: Json) => Json;

/** InputPath or OutputPath: all if it is absent, nothing, which is an empty object, if it is null. */
function compileNullablePath(fields: Fields, field: 'InputPath' | 'OutputPath'): Path {
  const given = fields.any(field);
  if (given === null) return () => ({});
  if (given === '$') return (_, input) => input;
  const path = compilePathText(fields, field);
  return path === undefined ? (_, input) => input : (thread, input) => path.get(thread, input);
}

/** Puts a result into the input; undefined where the result takes the input's place. */
function compileResultPath(fields: Fields): ((input: Json, result: Json) => Json) | undefined {
  if (fields.any('ResultPath') === null) return (input) => input;
  const text = fields.text('ResultPath');
  if (text === undefined || text === '$') return undefined;
  const compiled = compileReferencePath(text);
  if ('problem' in compiled) {
    const hint = compiled.problem.message;
    fields.report({ message: REFERENCE, path: fields.at('ResultPath'), hint });
    return undefined;
  }
  const path = compiled.value;
  return (input, result) => {
    try {
      return path.write(input, result);
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      const cause = `Unable to apply ReferencePath ${text} to input ${JSON.stringify(input)}`;
      throw new StateFailure(ERRORS.resultPathMatchFailure, cause);
    }
  };
}
