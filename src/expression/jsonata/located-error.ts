import { ExpressionError } from '../expression-error.js';

/** The error with the place it came from, if it has none yet. */
export function located(error: unknown, position: number): unknown {
  if (!(error instanceof ExpressionError) || error.position !== undefined) return error;
  return new ExpressionError(error.code, error.message, position);
}
