import { type Configuration, type Move, Plan } from './configuration.js';
import type { Dialect } from './dialect.js';
import { MAX_EFFECTS } from './limits.js';
import { exitSet, planMove } from './microstep.js';
import type { StateNode, Transition } from './node.js';

/** What is to be tried for an event of this name; worked out at its first occurrence. */
export function planFor(configuration: Configuration, name: string): Plan {
  return configuration.plans.get(name) ?? makePlan(configuration, name);
}

function makePlan(configuration: Configuration, name: string): Plan {
  const { space } = configuration;
  const eventClass = space.classOf(name);
  if (eventClass === undefined) return Plan.NOTHING;
  const known = configuration.plans.get(eventClass);
  if (known !== undefined) return known;
  space.count();
  const plan = planOf(
    configuration,
    (node) => space.dialect.matching(node.on, eventClass),
    space.dialect.preemptedBy,
  );
  configuration.plans.set(eventClass, plan);
  return plan;
}

/** What is to be tried without an event, in either dialect by W3C's rule. Call it only where `hasAlways`. */
export function eventlessPlan(configuration: Configuration): Plan {
  configuration.eventless ??= planOf(configuration, (node) => node.always, 'all regions');
  return configuration.eventless;
}

/** A state that listens, and the transitions that are tried there in this order. */
interface Listener {
  readonly node: StateNode;
  readonly transitions: readonly Transition[];
}

/** A transition that is enabled, and the atomic states that it was selected for. */
interface Enabled {
  readonly transition: Transition;
  readonly atoms: readonly StateNode[];
}

/**
 * From the innermost states outwards, the regions of a state in document order, and in each state in its own order
 * (SCXML D: selectTransitions). What no guard can change is decided here.
 */
function planOf(
  configuration: Configuration,
  transitionsOf: (node: StateNode) => readonly Transition[],
  preemptedBy: Dialect['preemptedBy'],
): Plan {
  const listeners: Listener[] = [];
  for (const node of innermostFirst(configuration.active)) {
    const transitions = transitionsOf(node);
    if (transitions.length > 0) listeners.push({ node, transitions });
  }
  return listeners.length === 0
    ? Plan.NOTHING
    : new Selection(configuration, listeners, preemptedBy).plan(0, 0, []);
}

/** Children before their parents, and else in document order. */
function innermostFirst(active: readonly StateNode[]): StateNode[] {
  const order: StateNode[] = [];
  const around: StateNode[] = [];
  for (const node of active) {
    while (around.length > 0 && !node.isBelow(around.at(-1) as StateNode))
      order.push(around.pop() as StateNode);
    around.push(node);
  }
  return [...order, ...around.toReversed()];
}

class Selection {
  readonly #configuration: Configuration;
  readonly #listeners: readonly Listener[];
  readonly #preemptedBy: Dialect['preemptedBy'];

  constructor(
    configuration: Configuration,
    listeners: readonly Listener[],
    preemptedBy: Dialect['preemptedBy'],
  ) {
    this.#configuration = configuration;
    this.#listeners = listeners;
    this.#preemptedBy = preemptedBy;
  }

  /** What is left to do at a transition of a listener, with what is enabled so far. */
  plan(listener: number, transition: number, enabled: readonly Enabled[]): Plan {
    let [at, nth, chosen] = [listener, transition, enabled];
    for (; at < this.#listeners.length; at++, nth = 0) {
      const { node, transitions } = this.#listeners[at] as Listener;
      const atoms = this.#leftTo(node, chosen);
      if (atoms.length === 0) continue;
      const next = transitions[nth];
      if (next === undefined) continue;
      const taken = [...chosen, { transition: next, atoms }];
      if (next.guard !== undefined) {
        return this.#question(next, at, nth, chosen, taken);
      }
      chosen = taken;
    }
    return this.#answer(chosen);
  }

  #question(
    asks: Transition,
    at: number,
    nth: number,
    before: readonly Enabled[],
    taken: readonly Enabled[],
  ): Plan {
    return Plan.asking(asks, (allowed) => {
      this.#configuration.space.count();
      return allowed ? this.plan(at + 1, 0, taken) : this.plan(at, nth + 1, before);
    });
  }

  /** The atomic states that a transition of this state would be selected for. */
  #leftTo(node: StateNode, enabled: readonly Enabled[]): readonly StateNode[] {
    const { atoms } = this.#configuration;
    const mine = atoms.filter((atom) => atom === node || atom.isBelow(node));
    const left = mine.filter((atom) => !enabled.some((other) => other.atoms.includes(atom)));
    return this.#preemptedBy === 'any region' && left.length < mine.length ? [] : left;
  }

  #answer(enabled: readonly Enabled[]): Plan {
    if (enabled.length === 0) return Plan.NOTHING;
    const inDocumentOrder = enabled.toSorted((a, b) => (a.atoms[0]?.index ?? 0) - (b.atoms[0]?.index ?? 0));
    const transitions = inDocumentOrder.map(({ transition }) => transition);
    const move = planMove(this.#configuration, withoutConflicts(this.#configuration, transitions));
    return Plan.taking(move, isClosed(move) && this.#configuration.forwards.length === 0);
  }
}

/** Of two that would leave the same state the inner one is taken, else the first (SCXML D: removeConflictingTransitions). */
function withoutConflicts(
  configuration: Configuration,
  transitions: readonly Transition[],
): readonly Transition[] {
  if (transitions.length < 2) return transitions;
  const kept = new Map<Transition, ReadonlySet<StateNode>>();
  for (const transition of transitions) {
    const exits = new Set(exitSet(configuration, transition));
    const rivals = [...kept].filter(([, others]) => [...others].some((node) => exits.has(node)));
    if (rivals.some(([rival]) => !transition.source.isBelow(rival.source))) continue;
    for (const [rival] of rivals) kept.delete(rival);
    kept.set(transition, exits);
  }
  return [...kept.keys()];
}

function isClosed({ updates, effects, to, invoking }: Move): boolean {
  return updates !== undefined && invoking.length === 0 && !to.hasAlways && effects.length <= MAX_EFFECTS;
}
