import type { Run } from './value.js';

/** Sorts stably: an item moves before an earlier one only where that is greater. Works for any comparator. */
export function mergeSort<T>(items: readonly T[], isGreater: (a: T, b: T) => boolean, run: Run): T[] {
  let from = [...items];
  let to = new Array<T>(from.length);
  for (let width = 1; width < from.length; width *= 2) {
    run.budget.spend(from.length);
    for (let start = 0; start < from.length; start += 2 * width) {
      const middle = Math.min(start + width, from.length);
      mergeRuns(from, to, start, middle, Math.min(start + 2 * width, from.length), isGreater);
    }
    [from, to] = [to, from];
  }
  return from;
}

function mergeRuns<T>(
  from: readonly T[],
  to: T[],
  start: number,
  middle: number,
  end: number,
  isGreater: (a: T, b: T) => boolean,
): void {
  let left = start;
  let right = middle;
  for (let at = start; at < end; at++) {
    const takeRight = left >= middle || (right < end && isGreater(from[left] as T, from[right] as T));
    to[at] = from[takeRight ? right++ : left++] as T;
  }
}
