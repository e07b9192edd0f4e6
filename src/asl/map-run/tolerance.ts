/** How many items of a Map run may fail. States Language: Map State, tolerated failures. */
export interface Tolerance {
  /** ToleratedFailureCount. */
  readonly count?: number;
  /** ToleratedFailurePercentage, from 0 to 100. */
  readonly percentage?: number;
}

/**
 * Whether more have failed than may. Where neither bound is given none may; where both are, either decides.
 *
 * @example
 * isExceeded({}, 1, 10); // => true
 * isExceeded({ percentage: 10 }, 1, 10); // => false
 * isExceeded({ count: 3, percentage: 10 }, 2, 10); // => true
 */
export function isExceeded({ count, percentage }: Tolerance, failed: number, total: number): boolean {
  if (count === undefined && percentage === undefined) return failed > 0;
  if (count !== undefined && failed > count) return true;
  return percentage !== undefined && failed * 100 > percentage * total;
}
