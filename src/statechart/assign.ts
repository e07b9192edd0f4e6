import type { AssignAction, Assignment, EventObject } from './config.js';

/** Helps the compiler to look for a type elsewhere first. */
type LowInfer<T> = T & NonNullable<unknown>;

/**
 * An action that sets fields of the context, as XState's `assign`; what it gives stands for `{ assign: … }`.
 *
 * @example
 * assign({ count: 1 }).assign; // => { count: 1 }
 */
export function assign<TContext, TEvent extends EventObject>(
  assignment: Assignment<LowInfer<TContext>, TEvent>,
): AssignAction<TContext, TEvent> {
  const action = () => {
    throw new Error('assign(…) is part of a machine, and not to be called');
  };
  return Object.assign(action, { assign: assignment });
}

/** The assignment that a function of a program stands for, if it is one. */
export function assignmentOf(action: unknown): { readonly assign: unknown } | undefined {
  if (typeof action !== 'function' || !Object.hasOwn(action, 'assign')) return undefined;
  return { assign: (action as unknown as { readonly assign: unknown }).assign };
}
