import { backoffMs } from '../core/job.js';
import type { Configuration } from './configuration.js';
import { invokeId } from './link.js';
import type { ChartInvoke } from './schema/chart.js';

/** What an active state invokes under a key. */
export function invokedAs({ active, space }: Configuration, key: string): ChartInvoke | undefined {
  for (const node of active) {
    const found = node.chart.invoke.find(
      (invoke, index) => invokeId(node, invoke, index, space.dialect) === key,
    );
    if (found !== undefined) return found;
  }
  return undefined;
}

/** That an attempt failed: why, when, and by which chance the pause after it is chosen. */
export interface FailedAttempt {
  readonly error: string;
  /** A machine that someone stopped: it is tried again only where that is named. */
  readonly isStopped: boolean;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** A whole number from 0 to `bound` - 1. */
  readonly below: (bound: number) => number;
}

/** When what failed is tried again, and how often each `retry` was made use of by then; undefined where it is not. */
export function nextAttempt(
  { retry }: ChartInvoke,
  used: readonly number[],
  { error, isStopped, at, below }: FailedAttempt,
): { readonly used: readonly number[]; readonly dueAt: number } | undefined {
  const index = retry.findIndex(({ errors }) => (errors.length === 0 ? !isStopped : errors.includes(error)));
  const retrier = retry[index];
  if (retrier === undefined) return undefined;
  const count = (used[index] ?? 0) + 1;
  if (count >= retrier.attempts) return undefined;
  const longest = backoffMs(retrier, count);
  const delayMs = retrier.jitter ? below(longest + 1) : longest;
  return { used: retry.map((_, n) => (n === index ? count : (used[n] ?? 0))), dueAt: at + delayMs };
}
