import type { Problem } from '../core/problem.js';
import { type Thrown, thrown } from '../core/thrown.js';
import { EXECUTION_ERROR } from './machine-event.js';

/** Thrown where a macrostep cannot be finished: nothing of it counts. */
export class Undone extends Error {
  override readonly name = 'Undone';
  readonly problem: Problem;

  constructor(problem: Problem, cause?: unknown) {
    super(problem.message, { cause });
    this.problem = problem;
  }
}

/** What a guard, an assign or another expression of a machine did wrong, as a problem of the event at hand. */
export function failure(error: unknown, place: string, path: string): Thrown & { problem: Problem } {
  const { name, message } = thrown(error);
  return { name, message, problem: { code: EXECUTION_ERROR, message: `${place} failed: ${message}`, path } };
}
