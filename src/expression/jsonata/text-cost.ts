import type { Result, Run } from './value.js';

/** Long texts cost steps, so that work on them is bounded like any other. */
export function payForText(run: Run, length: number): void {
  run.budget.checkText(length);
  run.budget.spend(length >> 6);
}

/** Two texts that are compared may have to be read up to the end of the shorter one. */
export function payForComparison(a: Result, b: Result, run: Run): void {
  if (typeof a === 'string' && typeof b === 'string') run.budget.spend(Math.min(a.length, b.length) >> 6);
}
