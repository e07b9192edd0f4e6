import type { Run } from './value.js';

/**
 * Sorts stably: an item moves before an earlier one only where that is greater. The comparator may be anything; it
 * is asked for the same pairs as in the reference implementation, because it may throw.
 */
export function mergeSort<T>(items: readonly T[], isGreater: (a: T, b: T) => boolean, run: Run): T[] {
  const sorted = items.slice();
  if (sorted.length > 1) sortRange(sorted, 0, sorted.length, isGreater, run);
  return sorted;
}

function sortRange<T>(
  items: T[],
  from: number,
  to: number,
  isGreater: (a: T, b: T) => boolean,
  run: Run,
): void {
  run.budget.spend(to - from);
  const middle = (from + to) >> 1;
  if (middle - from > 1) sortRange(items, from, middle, isGreater, run);
  if (to - middle > 1) sortRange(items, middle, to, isGreater, run);
  const left = items.slice(from, middle);
  let next = from;
  let r = middle;
  for (let l = 0; l < left.length; next++) {
    const takesRight = r < to && isGreater(left[l] as T, items[r] as T);
    items[next] = (takesRight ? items[r++] : left[l++]) as T;
  }
}
