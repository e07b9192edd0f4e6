import { CAUTIOUS_ATTEMPTS } from '../core/limits.js';

/**
 * How many messages come with a claim, of those asked for: where it came to nothing often, one at a time, so that what
 * precedes the one at fault gets through (rule 8).
 */
export function messagesAt(attempts: number, wanted: number): number {
  return attempts > CAUTIOUS_ATTEMPTS ? Math.min(1, wanted) : wanted;
}
