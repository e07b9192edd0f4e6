import type { Run } from './value.js';

/**
 * Sorts stably: an item moves before an earlier one only where that is greater. The comparator may be anything; it
 * is asked for the same pairs as in the reference implementation, because it may throw.
 */
export function mergeSort<T>(
  items: readonly T[],
  isGreater: (a: T, b: T) => boolean,
  run: Run,
): readonly T[] {
  if (items.length < 2) return items;
  run.budget.spend(items.length);
  const middle = items.length >> 1;
  const left = mergeSort(items.slice(0, middle), isGreater, run);
  const right = mergeSort(items.slice(middle), isGreater, run);
  const merged: T[] = [];
  let l = 0;
  let r = 0;
  while (l < left.length && r < right.length) {
    const takesRight = isGreater(left[l] as T, right[r] as T);
    merged.push((takesRight ? right[r++] : left[l++]) as T);
  }
  while (l < left.length) merged.push(left[l++] as T);
  while (r < right.length) merged.push(right[r++] as T);
  return merged;
}
