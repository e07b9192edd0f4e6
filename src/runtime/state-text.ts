import type { Json } from '../core/json.js';

/** Characters from which on a state is worth remembering, and those that would take too much memory. */
const LARGE = 32_768;
const TOO_LARGE = 1_048_576;

/** How many are remembered: those that were written last. */
const REMEMBERED = 16;

/**
 * Large states as they were written last, by their instances. One that is worked on turn after turn, as that of a
 * Map of very many items is, need not be parsed again each time: JSON never changes, and the text says whether it is the same.
 */
const written = new Map<string, { readonly text: string; readonly state: Json }>();

/** A state from its text. */
export function readState(instance: string, text: string): Json {
  const known = text.length < LARGE ? undefined : written.get(instance);
  return known?.text === text ? known.state : (JSON.parse(text) as Json);
}

/** The text of a state. */
export function writeState(instance: string, state: Json): string {
  const text = JSON.stringify(state);
  written.delete(instance);
  if (text.length < LARGE || text.length > TOO_LARGE) return text;
  written.set(instance, { text, state });
  const [oldest] = written.keys();
  if (written.size > REMEMBERED && oldest !== undefined) written.delete(oldest);
  return text;
}
