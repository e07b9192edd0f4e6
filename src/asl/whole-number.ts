import type { Json } from '../core/json.js';
import { runtimeFailure } from './errors.js';

/** The whole number that a path leads to, which AWS takes as a text as well. Throws StateFailure for another value. */
export function wholeNumberAt(field: string, path: string, value: Json): number {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  if (/^-?\d+$/.test(text)) return Number(text);
  throw runtimeFailure(`The ${field} field refers to value "${text}" which is not a valid integer: ${path}`);
}
