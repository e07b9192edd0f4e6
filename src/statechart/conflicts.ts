import type { Configuration } from './configuration.js';
import { exitSpan } from './microstep.js';
import type { Transition } from './node.js';

/**
 * Of two that would leave the same state the inner one is taken, else the first (SCXML D: removeConflictingTransitions). They are given,
 * and answered, in the order of the atomic states that they were selected for; so those that one of them can be in conflict with are the
 * last of those that were kept, and each is looked at once or twice.
 */
export function withoutConflicts(
  configuration: Configuration,
  transitions: readonly Transition[],
): readonly Transition[] {
  if (transitions.length < 2) return transitions;
  const kept = new Set<Transition>();
  const leaving: { readonly transition: Transition; readonly to: number }[] = [];
  for (const transition of transitions) {
    const { from, to } = exitSpan(configuration, transition);
    if (from < to) {
      let rivals = 0;
      while ((leaving.at(-rivals - 1)?.to ?? 0) > from) rivals++;
      const beaten = leaving.slice(leaving.length - rivals);
      if (beaten.some((rival) => !transition.source.isBelow(rival.transition.source))) continue;
      leaving.length -= rivals;
      for (const rival of beaten) kept.delete(rival.transition);
      leaving.push({ transition, to });
    }
    kept.add(transition);
  }
  return [...kept];
}
