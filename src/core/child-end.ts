import type { ChildEndedEvent } from './event.js';
import type { Status } from './instance.js';
import type { View } from './language.js';

/**
 * What a parent is told of the end of a child that has a state. Of one of very many no more than how it ended: whoever wants the
 * rest asks for it, with a `gather`.
 */
export function childEnd(
  status: Status,
  { output, error, part }: View,
): Pick<ChildEndedEvent, 'status' | 'output' | 'error' | 'cause'> {
  return part === undefined ? { status, output, ...error } : { status, output: null };
}
