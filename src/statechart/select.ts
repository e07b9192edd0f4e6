import { type Configuration, type Move, Plan } from './configuration.js';
import { withoutConflicts } from './conflicts.js';
import type { Dialect } from './dialect.js';
import { MAX_EFFECTS } from './limits.js';
import { planMove } from './microstep.js';
import type { StateNode, Transition } from './node.js';
import { type Span, spanOf } from './span.js';

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

/** The transitions that are tried in a state that listens, in this order, for the atomic states of a span. */
interface Listener extends Span {
  readonly transitions: readonly Transition[];
}

/**
 * Transitions that are enabled; a list that grows at its head, since many plans share what came before. A transition is selected for all of
 * its atomic states but those that something below it was selected for, so that each entry tells of all of its span.
 */
interface Enabled extends Span {
  readonly transition: Transition;
  /** The first atomic state that it was selected for. */
  readonly first: number;
  readonly before: Enabled | undefined;
  /** The nearest entry before it that is not within its span. */
  readonly beside: Enabled | undefined;
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
    if (transitions.length === 0) continue;
    listeners.push({ transitions, ...spanOf(configuration.atoms, node.index, node.last) });
  }
  return listeners.length === 0
    ? Plan.NOTHING
    : new Selection(configuration, listeners, preemptedBy).plan(0, 0, undefined);
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
  plan(listener: number, transition: number, enabled: Enabled | undefined): Plan {
    let [at, nth, chosen] = [listener, transition, enabled];
    for (; at < this.#listeners.length; at++, nth = 0) {
      const { transitions, from, to } = this.#listeners[at] as Listener;
      const next = transitions[nth];
      if (next === undefined) continue;
      const taken = this.#enable(next, { from, to }, chosen);
      if (taken === undefined) continue;
      if (next.guard !== undefined) return this.#question(next, at, nth, chosen, taken);
      chosen = taken;
    }
    return this.#answer(chosen);
  }

  #question(asks: Transition, at: number, nth: number, before: Enabled | undefined, taken: Enabled): Plan {
    return Plan.asking(asks, (allowed) => {
      this.#configuration.space.count();
      return allowed ? this.plan(at + 1, 0, taken) : this.plan(at, nth + 1, before);
    });
  }

  /** Undefined where no atomic state is left that it would be selected for. */
  #enable(transition: Transition, { from, to }: Span, before: Enabled | undefined): Enabled | undefined {
    let first = -1;
    let end = to;
    let beside = before;
    for (; beside !== undefined && beside.from >= from; beside = beside.beside) {
      if (beside.to < end) first = beside.to;
      end = beside.from;
    }
    if (end > from) first = from;
    const isPreempted = this.#preemptedBy === 'any region' && beside !== before;
    return first < 0 || isPreempted ? undefined : { transition, from, to, first, before, beside };
  }

  #answer(enabled: Enabled | undefined): Plan {
    if (enabled === undefined) return Plan.NOTHING;
    const chosen: Enabled[] = [];
    for (let at: Enabled | undefined = enabled; at !== undefined; at = at.before) chosen.push(at);
    const inDocumentOrder = chosen.sort((a, b) => a.first - b.first).map(({ transition }) => transition);
    const move = planMove(this.#configuration, withoutConflicts(this.#configuration, inDocumentOrder));
    return Plan.taking(move, isClosed(move) && this.#configuration.forwards.length === 0);
  }
}

function isClosed({ updates, effects, to, invoking }: Move): boolean {
  return updates !== undefined && invoking.length === 0 && !to.hasAlways && effects.length <= MAX_EFFECTS;
}
