import type { Json, JsonObject } from '../../core/json.js';
import type { Problem } from '../../core/problem.js';
import type { Findings } from '../../statechart/schema/findings.js';
import type { Scripting } from './scripting.js';

/** What an action is read from. */
export interface Reading {
  readonly datamodel: Scripting;
  readonly findings: Findings;
  readonly value: JsonObject;
  readonly path: string;
  readonly depth: number;
}

/** A value with expressions in it, as JavaScript. */
export function codeOf({ datamodel, findings }: Reading, value: Json, path: string): string {
  const problems: Problem[] = [];
  const code = datamodel.code(value, '', problems);
  for (const problem of problems) findings.add({ ...problem, path: path + problem.path });
  return code;
}

/** Strict, so that what is not there, or may not be changed, is an error. */
export function assignment(location: string, code: string): string {
  return `'use strict'; ${location} = ${code}; 0`;
}
