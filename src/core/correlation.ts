import { canonicalText, type Json } from './json.js';
import { MAX_CORRELATION_LENGTH } from './limits.js';
import type { Checked } from './problem.js';

/** What begins the names of all timers that can be found by what is waited for; no id that anyone chooses does. */
export const AWAITED_PREFIX = '/subject/';

/**
 * What both sides of a correlation make of its key and value: who waits, and who has something to say. Values are
 * compared as texts, so that 1 is "1". It has no slash.
 *
 * @example
 * correlationOf('order_id', 1); // => { value: 'order_id=1' }
 * correlationOf('order id', 'a/b'); // => { value: 'order%20id=a%2Fb' }
 * 'problem' in correlationOf('', 1); // => true
 */
export function correlationOf(key: string, value: Json): Checked<string> {
  const text = typeof value === 'string' ? value : canonicalText(value);
  const refuse = (message: string) => ({ problem: { code: 'invalid-correlation', message, path: '' } });
  if (key === '') return refuse('the key of a correlation may not be empty');
  if (!key.isWellFormed() || !text.isWellFormed()) return refuse('a correlation is not well-formed Unicode');
  const subject = `${encodeURIComponent(key)}=${encodeURIComponent(text)}`;
  return subject.length > MAX_CORRELATION_LENGTH
    ? refuse(`the key and the value of a correlation take more than ${MAX_CORRELATION_LENGTH} characters`)
    : { value: subject };
}

/** Before the names of all timers that wait for this. */
export function awaitedNames(subject: string): string {
  return `${AWAITED_PREFIX}${subject}/`;
}
