import { parseDuration } from '../core/duration.js';
import { Failure } from './failure.js';

/** How long a worker drains if nothing is said: less than the 30 s after which Kubernetes kills. */
export const DRAIN = '20s';

/** The longest drain, in milliseconds: a day. */
export const MAX_DRAIN_MS = 86_400_000;

/** Reads `--drain`, in milliseconds. */
export function drainMsOf(word: string): number {
  const duration = parseDuration(word);
  if ('problem' in duration) throw new Failure(`--drain: ${duration.problem.message}`);
  if (duration.value > MAX_DRAIN_MS) throw new Failure('--drain may not be longer than a day');
  return duration.value;
}
