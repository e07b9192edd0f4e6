import type { AssignConfig, Assignment, EventObject } from './config.js';

/**
 * An action that sets fields of the context, as XState's `assign`; the same as writing `{ assign: … }`.
 *
 * @example
 * assign({ count: 1 }); // => { assign: { count: 1 } }
 */
export function assign<TContext, TEvent extends EventObject>(
  assignment: Assignment<TContext, TEvent>,
): AssignConfig<TContext, TEvent> {
  return { assign: assignment };
}
