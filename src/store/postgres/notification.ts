import { ANYTHING } from '../listeners.js';
import type { Hint } from '../store.js';

/** What a notification says: who sends it, and of what. */
export function payloadOf(sender: string, { mail, jobs }: Hint): string {
  return [sender, ...(mail ? ['mail'] : []), ...(jobs ? ['jobs'] : [])].join(' ');
}

/** What a notification tells someone; undefined if it is his own. Anything may be meant by what is not understood. */
export function hintOf(self: string, payload: string): Hint | undefined {
  const [sender, ...kinds] = payload.split(' ');
  if (sender === self) return undefined;
  const isKnown = kinds.every((kind) => kind === 'mail' || kind === 'jobs');
  return isKnown ? { mail: kinds.includes('mail'), jobs: kinds.includes('jobs') } : ANYTHING;
}
