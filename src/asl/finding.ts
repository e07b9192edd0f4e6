import type { Problem } from '../core/problem.js';

/** A problem of a definition, as the check finds it. */
export interface Finding extends Problem {
  /**
   * JSON Pointer of the place that AWS names, where that is not the problem's own: people want to be shown the field, AWS
   * often names the state. Null where AWS names none.
   */
  readonly place?: string | null;
}

/** The problem alone. */
export function problemOf({ place: _, ...problem }: Finding): Problem {
  return problem;
}
