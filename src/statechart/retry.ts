import { Chance } from '../core/chance.js';
import type { Event } from '../core/event.js';
import { backoffMs } from '../core/job.js';
import type { Configuration } from './configuration.js';
import { invokeId } from './link.js';
import type { ChartInvoke } from './schema/chart.js';
import type { Retrying } from './stored-state.js';

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

/**
 * The next attempt of what failed, and when; undefined where it is not tried again. A machine that someone stopped is so only
 * where that is named. Chance is the event's (rule 5).
 */
export function nextAttempt(
  { retry }: ChartInvoke,
  { used, ...asked }: Retrying,
  error: string,
  event: Event,
): (Retrying & { readonly dueAt: number }) | undefined {
  const { at, instance, seed } = event;
  const isStopped = event.type === 'child.ended' && event.status === 'stopped';
  const index = retry.findIndex(({ errors }) => (errors.length === 0 ? !isStopped : errors.includes(error)));
  const retrier = retry[index];
  if (retrier === undefined) return undefined;
  const count = (used[index] ?? 0) + 1;
  if (count >= retrier.attempts) return undefined;
  const longest = backoffMs(retrier, count);
  const delayMs = retrier.jitter ? new Chance(instance, seed).below(longest + 1) : longest;
  return { ...asked, used: retry.map((_, n) => (n === index ? count : (used[n] ?? 0))), dueAt: at + delayMs };
}
