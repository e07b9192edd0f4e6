import { readFileSync } from 'node:fs';

/**
 * Nanoseconds that this process's main thread spent on a processor, where the system tells (Linux): on a machine that others
 * use as well, a clock on the wall measures them too. The system brings it up to date every few milliseconds.
 */
export function nanoseconds() {
  try {
    return Number(readFileSync('/proc/self/schedstat', 'utf8').split(' ')[0]);
  } catch {
    return Number(process.hrtime.bigint());
  }
}
