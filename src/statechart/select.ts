import type { Candidate, Configuration, Move, Plan } from './configuration.js';
import { MAX_EFFECTS } from './limits.js';
import { planMove } from './microstep.js';
import type { StateNode, Transition } from './node.js';

/** What is to be done for an event that nothing is listening for. */
export const NOTHING: Plan = { candidates: [], plain: undefined };

/** What is to be tried for an event of this name; worked out at its first occurrence. */
export function planFor(configuration: Configuration, name: string): Plan {
  return configuration.plans.get(name) ?? makePlan(configuration, name);
}

function makePlan(configuration: Configuration, name: string): Plan {
  const { space } = configuration;
  const eventClass = space.classOf(name);
  if (eventClass === undefined) return NOTHING;
  const known = configuration.plans.get(eventClass);
  if (known !== undefined) return known;
  space.count();
  const plan = planOf(configuration, (node) => matching(node, eventClass));
  configuration.plans.set(eventClass, plan);
  return plan;
}

/** What is to be tried without an event. Call it only where `hasAlways`. */
export function eventlessPlan(configuration: Configuration): Plan {
  configuration.eventless ??= planOf(configuration, (node) => node.always);
  return configuration.eventless;
}

/** From the innermost state outwards, and in each state in its own order (SCXML D: selectTransitions). */
function planOf(
  configuration: Configuration,
  transitionsOf: (node: StateNode) => readonly Transition[],
): Plan {
  const candidates: Candidate[] = [];
  for (const node of configuration.active.toReversed()) {
    for (const transition of transitionsOf(node)) {
      candidates.push({ transition, move: planMove(configuration, transition) });
    }
  }
  const [first] = candidates;
  return first === undefined ? NOTHING : { candidates, plain: plainMove(first) };
}

function plainMove({ transition, move }: Candidate): Move | undefined {
  const { ops, effects, to } = move;
  const plain = transition.guard === undefined && ops.length === 0 && !to.hasAlways;
  return plain && effects.length <= MAX_EFFECTS ? move : undefined;
}

/**
 * The transitions of one state for an event, by XState's rule: those of the full name first, then those of
 * wildcards, the longest first.
 */
function matching(node: StateNode, name: string): readonly Transition[] {
  const full = node.on.get(name) ?? [];
  if (node.wildcards.length === 0) return full;
  const found = node.wildcards.filter((wildcard) => wildcard.matches(name));
  return [...full, ...found.flatMap((wildcard) => wildcard.transitions)];
}
