/** Milliseconds of the processor that something takes, which does not count what else the machine does. */
export function milliseconds(run: () => unknown): number {
  const before = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

/** Times that something is tried: a machine that does much else slows down some of them. */
const ATTEMPTS = 12;

/**
 * How many times as long as `unit` something takes, the two taken in turn and the quickest of each compared. Tries no more
 * once it is `enough`.
 */
export function timesAsLong(run: () => unknown, unit: () => unknown, enough: number): number {
  let [least, leastUnit] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    leastUnit = Math.min(leastUnit, milliseconds(unit));
    least = Math.min(least, milliseconds(run));
    if (least <= enough * leastUnit) break;
  }
  return least / leastUnit;
}

/**
 * What an expression that means harm may take, in times of one that uses up all of its steps and does nothing else: that one takes
 * 12.6 ms where nothing disturbs it, and all must end within 100.
 */
export const MOST_OF_A_LOOP = 8;
