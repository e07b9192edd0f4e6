import type { Problem } from '../core/problem.js';

/** What is wrong with a text; thrown by the stages of compilation and turned into a Problem at their door. */
export class SourceError extends Error {
  override readonly name = 'SourceError';
  readonly code: string;
  readonly position: number;
  readonly hint: string | undefined;

  constructor(code: string, message: string, position: number, hint?: string) {
    super(message);
    this.code = code;
    this.position = position;
    this.hint = hint;
  }
}

/** A position in a text as a Problem states it: line and column from 1. */
export function problemAt(text: string, error: SourceError): Problem {
  const before = text.slice(0, error.position);
  return {
    code: error.code,
    message: error.message,
    path: '',
    line: before.split('\n').length,
    column: error.position - before.lastIndexOf('\n'),
    ...(error.hint === undefined ? {} : { hint: error.hint }),
  };
}

/** The offset that a Problem's line and column are in the text; undefined if it has none. */
export function offsetIn(text: string, { line, column }: Problem): number | undefined {
  if (line === undefined || column === undefined) return undefined;
  const before = text.split('\n').slice(0, line - 1);
  return before.reduce((offset, each) => offset + each.length + 1, column - 1);
}
