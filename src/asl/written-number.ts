import type { Json } from '../core/json.js';
import { runtimeFailure } from './errors.js';

/** The whole number that a path leads to, which AWS takes as a text as well. Throws StateFailure for another value. */
export function wholeNumberAt(field: string, path: string, value: Json): number {
  return numberAt(field, path, value, /^-?\d+$/, 'integer');
}

/** The same of a number that may have a fraction. */
export function fractionAt(field: string, path: string, value: Json): number {
  return numberAt(field, path, value, /^-?\d+(\.\d+)?$/, 'float');
}

function numberAt(field: string, path: string, value: Json, form: RegExp, noun: string): number {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  if (form.test(text)) return Number(text);
  throw runtimeFailure(`The ${field} field refers to value "${text}" which is not a valid ${noun}: ${path}`);
}
