import type { Json } from '../../core/json.js';
import { MAX_STRING_LENGTH } from '../budget.js';
import { Inspection } from '../inspection.js';
import { FunctionValue, plain, type Result } from './value.js';

/** What leaves an expression: JSON within limits, or nothing. Throws for functions and all else that is no JSON. */
export function seal(result: Result): Json | undefined {
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
  const value = plain(result);
  new Inspection(isFunction).visit(value);
  return value as Json;
}

function isFunction(value: object): boolean {
  return value instanceof FunctionValue;
}
