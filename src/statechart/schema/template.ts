import { isJsonObject, type Json } from '../../core/json.js';
import { MAX_JSON_DEPTH } from '../../core/limits.js';
import {
  compileJsonataTemplate,
  delimitedExpression,
  type Template as Expressions,
} from '../../expression/template.js';
import type { FunctionTemplate, Template } from './chart.js';
import { type Findings, join, type ReadTemplate } from './findings.js';

const FUNCTION = /^\{@ (.+) @\}$/s;

/** The function that a text of a source stands for. */
export function functionNamed(text: string): string | undefined {
  return FUNCTION.exec(text)?.[1];
}

/** A function, by its name where the value is one or stands for one. */
export function readFunction(findings: Findings, value: unknown, path: string): FunctionTemplate | undefined {
  const name =
    typeof value === 'function'
      ? findings.keep('functions', value, path)
      : typeof value === 'string'
        ? functionNamed(value)
        : undefined;
  return name === undefined ? undefined : { kind: 'function', path, name };
}

/** A value that may hold expressions anywhere, or be a function as a whole. */
export function readTemplate(findings: Findings, value: unknown, path: string): Template | undefined {
  const fn = readFunction(findings, value, path);
  if (fn !== undefined) return fn;
  const json = findings.json(value, path);
  if (json === undefined) return undefined;
  if (!mayHoldExpressions(json)) return { kind: 'constant', value: json };
  const template = readExpressions(findings, json, path);
  return template && { kind: 'expression', template };
}

/** Fields, each with its template. */
export function readFields(
  findings: Findings,
  value: Readonly<Record<string, unknown>>,
  path: string,
): readonly (readonly [string, Template])[] {
  const fields: (readonly [string, Template])[] = [];
  for (const key of Object.keys(value)) {
    const member = value[key];
    const template = member === undefined ? undefined : readTemplate(findings, member, join(path, key));
    if (template !== undefined) fields.push([key, template]);
  }
  return fields;
}

/** A value whose members, or that itself, is left out where it fails. */
export function readSettled(findings: Findings, value: unknown, path: string): Template | undefined {
  const parts = isJsonObject(value) ? readFields(findings, value, path) : readTemplate(findings, value, path);
  return parts && { kind: 'settled', path, parts };
}

/** A value that holds expressions, or is one. */
function readExpressions(findings: Findings, value: Json, path: string): Expressions | undefined {
  const { datamodel } = findings;
  if (datamodel !== undefined) return noted(findings, datamodel.template(value), path);
  const compiled = compileJsonataTemplate(value);
  return noted(findings, 'value' in compiled ? { ...compiled, problems: [] } : compiled, path);
}

/** A guard's `{% … %}`. */
export function readCondition(findings: Findings, text: string, path: string): Expressions | undefined {
  const condition = delimitedExpression(text);
  if (condition === undefined || findings.datamodel === undefined)
    return readExpressions(findings, text, path);
  return noted(findings, findings.datamodel.condition(condition), path);
}

function noted(findings: Findings, { value, problems }: ReadTemplate, path: string): Expressions | undefined {
  for (const problem of problems) findings.add({ ...problem, path: path + problem.path });
  return value;
}

/** Whether a text is an expression, or would like to be one. */
export function isExpression(text: string): boolean {
  const trimmed = text.trim();
  return trimmed.startsWith('{%') || trimmed.endsWith('%}');
}

/** What is nested too deep is left to the compiler of templates, which says so. */
function mayHoldExpressions(value: Json, depth = 0): boolean {
  if (typeof value === 'string') return isExpression(value);
  if (typeof value !== 'object' || value === null) return false;
  if (depth > MAX_JSON_DEPTH) return true;
  return Object.values(value).some((member: Json) => mayHoldExpressions(member, depth + 1));
}
