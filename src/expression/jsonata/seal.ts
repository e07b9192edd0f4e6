import type { Json } from '../../core/json.js';
import { Inspection } from '../inspection.js';
import { FunctionValue, plain, type Result } from './value.js';

/** What leaves an expression: JSON within limits, or nothing. Throws for functions and all else that is no JSON. */
export function seal(result: Result): Json | undefined {
  const value = plain(result);
  if (value === undefined) return undefined;
  new Inspection((part) => part instanceof FunctionValue).visit(value);
  return value as Json;
}
