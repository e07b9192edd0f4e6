import type { Json } from '../../core/json.js';
import type { Expression } from '../../expression/expression.js';
import type { FunctionTemplate, Template } from './chart.js';
import type { Findings } from './findings.js';

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

export function isExpression(text: string): boolean {
  return text.trimStart().startsWith('{%');
}

export function readExpression(findings: Findings, text: string, path: string): Expression | undefined {
  void text;
  findings.notSupported(path, 'expressions');
  return undefined;
}

/** A value that may hold expressions anywhere, or be a function as a whole. */
export function readTemplate(_findings: Findings, value: Json, path: string): Template | undefined {
  return readFunction(value, path) ?? { kind: 'constant', value };
}
