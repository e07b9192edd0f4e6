import { MAX_DELAY_MS } from '../core/limits.js';
import type { ActiveThread } from './active-thread.js';
import { compileErrorEquals } from './error-equals.js';
import { errorMatches } from './errors.js';
import type { Waiting } from './execution.js';
import type { Fields } from './fields.js';
import { MAX_RETRY_DELAY_SECONDS } from './limits.js';

/** When, and how often, a failed state is tried again (States Language: Retrying after error). */
export interface Retrier {
  readonly errorEquals: readonly string[];
  readonly intervalSeconds: number;
  readonly maxAttempts: number;
  readonly backoffRate: number;
  readonly maxDelaySeconds: number | undefined;
  readonly jitter: boolean;
}

export function compileRetriers(fields: Fields): Retrier[] {
  const list = fields.list('Retry') ?? [];
  return list.map((retrier, i) => {
    const compiled: Retrier = {
      errorEquals: compileErrorEquals(retrier, i === list.length - 1),
      intervalSeconds: retrier.integer('IntervalSeconds', { min: 0, max: 99_999_999 }) ?? 1,
      maxAttempts: retrier.integer('MaxAttempts', { min: 0, max: 99_999_999 }) ?? 3,
      backoffRate: retrier.number('BackoffRate', { min: 1 }) ?? 2,
      maxDelaySeconds: retrier.integer('MaxDelaySeconds', { min: 1, max: MAX_RETRY_DELAY_SECONDS }),
      jitter: retrier.oneOf('JitterStrategy', ['NONE', 'FULL']) === 'FULL',
    };
    retrier.close();
    return compiled;
  });
}

/**
 * Lets the thread wait for the next attempt, if one of the Retriers takes the error and has attempts left.
 * Each Retrier counts for itself until the state is left; the first that takes the error decides.
 */
export function retry(
  retriers: readonly Retrier[],
  thread: ActiveThread,
  error: string | undefined,
): Waiting | undefined {
  const index = findRetrier(retriers, error);
  const retrier = retriers[index];
  if (retrier === undefined) return undefined;
  const used = thread.retries?.[index] ?? 0;
  if (used >= retrier.maxAttempts) return undefined;
  thread.retries = retriers.map((_, i) => (thread.retries?.[i] ?? 0) + (i === index ? 1 : 0));
  const limitMs = retryDelayMs(retrier, used);
  const delayMs = retrier.jitter ? Math.floor(thread.turn.chance.float() * (limitMs + 1)) : limitMs;
  return thread.timer(thread.turn.event.at + delayMs, 'retry');
}

/** Which of the Retriers takes the error; -1 if none does. */
export function findRetrier(retriers: readonly Retrier[], error: string | undefined): number {
  return retriers.findIndex(({ errorEquals }) => errorMatches(errorEquals, error));
}

/**
 * The pause before an attempt, without jitter: IntervalSeconds, times BackoffRate for every retry before it,
 * up to MaxDelaySeconds.
 *
 * @example
 * const retrier = { errorEquals: [], intervalSeconds: 3, maxAttempts: 3, backoffRate: 2, maxDelaySeconds: 10, jitter: false };
 * [0, 1, 2].map((used) => retryDelayMs(retrier, used)); // => [3000, 6000, 10000]
 */
export function retryDelayMs(retrier: Retrier, used: number): number {
  if (retrier.intervalSeconds === 0) return 0;
  const seconds = retrier.intervalSeconds * retrier.backoffRate ** used;
  const limitSeconds = Math.min(retrier.maxDelaySeconds ?? Number.POSITIVE_INFINITY, MAX_DELAY_MS / 1_000);
  return Math.round(Math.min(seconds, limitSeconds) * 1_000);
}
