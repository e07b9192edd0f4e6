import { isJsonObject, type Json, type JsonObject, own } from '../../core/json.js';
import { didYouMean, type Problem } from '../../core/problem.js';
import { type Findings, join } from '../../statechart/schema/findings.js';
import { kindOf } from '../../statechart/schema/wording.js';
import type { Scripting } from './scripting.js';

/** What an action is read from. */
export interface Reading {
  readonly datamodel: Scripting;
  readonly findings: Findings;
  readonly value: JsonObject;
  readonly path: string;
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

/** The value as an object with these keys, or with any; undefined, and a finding, where it is none. */
export function objectOf(
  { findings }: Reading,
  value: Json,
  path: string,
  what: string,
  known?: readonly string[],
): JsonObject | undefined {
  if (!isJsonObject(value)) {
    findings.add({ code: 'wrong-type', message: `${what} must be an object, not ${kindOf(value)}`, path });
    return undefined;
  }
  for (const key of Object.keys(value)) {
    if (known === undefined || known.includes(key)) continue;
    const message = `${what} has no key "${key}"`;
    findings.add({ code: 'unknown-key', message, path: join(path, key), ...didYouMean(key, known) });
  }
  return value;
}

/** An optional text. */
export function textMember(
  { findings }: Reading,
  object: JsonObject,
  key: string,
  path: string,
  what: string,
): string | undefined {
  const value = own(object, key);
  if (value === undefined || typeof value === 'string') return value;
  const message = `"${key}" of ${what} must be a text, not ${kindOf(value)}`;
  findings.add({ code: 'wrong-type', message, path: join(path, key) });
  return undefined;
}
