import { isJsonArray, isJsonObject, type Json, put } from '../../core/json.js';
import { MAX_JSON_DEPTH } from '../../core/limits.js';
import { MAX_STRING_LENGTH } from '../budget.js';
import { ExpressionError } from '../expression-error.js';
import { Inspection } from '../inspection.js';
import type { Rules } from './rules.js';
import { FunctionValue, plain, type Result } from './value.js';

/** What leaves an expression: JSON within limits, or nothing. Throws for functions and all else that is no JSON. */
export function seal(result: Result, { writesInfinity }: Rules): Json | undefined {
  switch (typeof result) {
    case 'boolean':
    case 'undefined':
      return result;
    case 'number':
      if (Number.isFinite(result)) return result;
      break;
    case 'string':
      if (result.length <= MAX_STRING_LENGTH) return result;
  }
  const value = plain(result) as Json;
  try {
    inspect(value);
    return value;
  } catch (error) {
    if (!writesInfinity || !(error instanceof ExpressionError) || error.code !== 'D1001') throw error;
  }
  const written = withTexts(value, new Map(), 0);
  inspect(written);
  return written;
}

function inspect(value: Json): void {
  new Inspection((object) => object instanceof FunctionValue).visit(value);
}

/** A value with the names of the numbers that JSON does not have in their places. What is there twice is copied once. */
function withTexts(value: Json, known: Map<Json, Json>, depth: number): Json {
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value !== 'object' || value === null || depth > MAX_JSON_DEPTH) return value;
  if (value instanceof FunctionValue) return value;
  const before = known.get(value);
  if (before !== undefined) return before;
  const text = (member: Json) => withTexts(member, known, depth + 1);
  const copy = isJsonArray(value) ? value.map(text) : membersOf(value, text);
  known.set(value, copy);
  return copy;
}

function membersOf(value: Json, text: (member: Json) => Json): Json {
  const copy: Record<string, Json> = {};
  if (isJsonObject(value)) for (const [key, member] of Object.entries(value)) put(copy, key, text(member));
  return copy;
}
