import { verdictOn } from './failure.js';
import type { Terminal } from './terminal.js';

/** How long the same sentence is not said again, in milliseconds. */
export const SILENCE_MS = 60_000;

/** Sentences that are remembered; then they may come again. */
const MAX_SAID = 100;

/**
 * Says what an engine survives. A disk that is full fails many times a second, and is said once a minute.
 */
export function complainer(
  { err, env }: Pick<Terminal, 'err' | 'env'>,
  now = () => performance.now(),
): (error: unknown) => void {
  const said = new Map<string, number>();
  return (error) => {
    const { text = '' } = verdictOn(error, Boolean(env['DETENT_DEBUG']));
    const at = said.get(text);
    if (at !== undefined && now() - at < SILENCE_MS) return;
    if (said.size >= MAX_SAID) said.clear();
    said.set(text, now());
    err(`${text}\n`);
  };
}
