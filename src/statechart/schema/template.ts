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

/** How a function of a program is named in a source. */
export function functionText(name: string): string {
  return `{@ ${name} @}`;
}

/** A function's name where the value is one. */
export function readFunction(value: Json, path: string): FunctionTemplate | undefined {
  const name = typeof value === 'string' ? FUNCTION.exec(value)?.[1] : undefined;
  return name === undefined ? undefined : { kind: 'function', path, name };
}

/** A value that may hold expressions anywhere, or be a function as a whole. */
export function readTemplate(findings: Findings, value: Json, path: string): Template | undefined {
  const fn = readFunction(value, path);
  if (fn !== undefined) return fn;
  if (!mayHoldExpressions(value)) return { kind: 'constant', value };
  const template = readExpressions(findings, value, path);
  return template === undefined ? undefined : { kind: 'expression', template };
}

/** A value whose members, or that itself, is left out where it fails. */
export function readSettled(findings: Findings, value: Json, path: string): Template | undefined {
  const read = (inner: Json, at: string) => readTemplate(findings, inner, at);
  if (!isJsonObject(value)) {
    const parts = read(value, path);
    return parts && { kind: 'settled', path, parts };
  }
  const parts = Object.entries(value).flatMap(([key, member]) => {
    const template = read(member, join(path, key));
    return template === undefined ? [] : [[key, template] as const];
  });
  return { kind: 'settled', path, parts };
}

/** A value that holds expressions, or is one. */
export function readExpressions(findings: Findings, value: Json, path: string): Expressions | undefined {
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
