import type { Json } from '../core/json.js';

/** Characters from which on a state is worth remembering: a shorter one is parsed in no time. */
export const MIN_REMEMBERED_LENGTH = 32_768;

/** Characters up to which it is: a longer one would take too much memory. */
export const MAX_REMEMBERED_LENGTH = 1_048_576;

/** How many are remembered: those that were written last. */
export const MAX_REMEMBERED_STATES = 16;

/**
 * Large states as they were written last, by their instances. One that is worked on turn after turn, as that of a
 * Map of very many items is, need not be parsed again each time: JSON never changes, and the text says whether it is
 * the same. It is one for all engines of a process, since the text decides.
 */
const written = new Map<string, { readonly text: string; readonly state: Json }>();

/** A state from its text. */
export function readState(instance: string, text: string): Json {
  const known = text.length < MIN_REMEMBERED_LENGTH ? undefined : written.get(instance);
  return known?.text === text ? known.state : (JSON.parse(text) as Json);
}

/** The text of a state. */
export function writeState(instance: string, state: Json): string {
  const text = JSON.stringify(state);
  written.delete(instance);
  if (text.length < MIN_REMEMBERED_LENGTH || text.length > MAX_REMEMBERED_LENGTH) return text;
  written.set(instance, { text, state });
  const [oldest] = written.keys();
  if (written.size > MAX_REMEMBERED_STATES && oldest !== undefined) written.delete(oldest);
  return text;
}
