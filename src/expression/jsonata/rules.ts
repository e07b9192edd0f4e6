import type { Library } from './native.js';

/** What an expression may say. */
export interface Rules {
  readonly functions: Library;
  /** Whether `$eval` is there. */
  readonly evaluates: boolean;
  /** Whether a call of a function that nobody knows fails when it is made; else the text is refused. */
  readonly failsLate: boolean;
  /** Whether numbers that JSON does not have leave as texts, "Infinity" and "NaN", as in Step Functions; else they are errors. */
  readonly writesInfinity: boolean;
}
