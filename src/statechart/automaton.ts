import type { StatechartProgram } from './compile.js';
import type { Configuration } from './configuration.js';
import { nodeAt } from './history-value.js';
import { exitSet } from './microstep.js';
import type { StateNode, Transition } from './node.js';
import { eventlessPlan, planFor } from './select.js';

/** A guard that was asked, and what it said. */
export interface Answer {
  readonly transition: Transition;
  readonly allows: boolean;
}

/** One way in which a machine may react: what its guards said, and where it went. */
export interface Branch {
  readonly answers: readonly Answer[];
  /** Those that are taken; none where nothing is. */
  readonly transitions: readonly Transition[];
  readonly to: Configuration;
  /** Whether the machine ends. */
  readonly ends: boolean;
}

/** Where a machine begins. */
export function beginning({ start }: StatechartProgram): Branch {
  return { answers: [], transitions: start.transitions, to: start.to, ends: start.ending !== undefined };
}

/**
 * All ways in which a machine may react to an event of this name, or, without one, by transitions that need none, as far
 * as the answers of guards can go together: the one thing about guards that is known here.
 */
export function* branchesOf(
  configuration: Configuration,
  name: string | undefined,
  goTogether: (answers: readonly Answer[]) => boolean,
): Iterable<Branch> {
  if (name === undefined && !configuration.hasAlways) return;
  const open = [
    { plan: name === undefined ? eventlessPlan(configuration) : planFor(configuration, name), answers: NONE },
  ];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const { plan, answers } = at;
    const { asks, move } = plan;
    if (asks === undefined) {
      const to = move?.to ?? configuration;
      yield { answers, transitions: move?.transitions ?? [], to, ends: move?.ending !== undefined };
      continue;
    }
    for (const allows of [false, true]) {
      const given = [...answers, { transition: asks, allows }];
      if (goTogether(given)) open.push({ plan: allows ? plan.yes() : plan.no(), answers: given });
    }
  }
}

const NONE: readonly Answer[] = [];

/** What a branch leaves and enters; a state that is left and entered again is in both. */
export function changeOf(
  from: Configuration,
  { transitions, to }: Branch,
): { readonly left: readonly StateNode[]; readonly entered: readonly StateNode[] } {
  const left = new Set(transitions.flatMap((transition) => exitSet(from, transition)));
  const before = new Set(from.active);
  return { left: [...left], entered: to.active.filter((node) => left.has(node) || !before.has(node)) };
}

/** One text for one set of active states and what history states remember, however often it is met. */
export function configurationKey({ atoms, history }: Configuration): string {
  return [atoms, ...history].map((nodes) => (nodes ?? []).map(({ index }) => index).join(' ')).join(';');
}

/** The state that a guard names: `#id`, or a path from the root. */
export function stateNamed(
  { nodes, space: { root } }: StatechartProgram,
  text: string,
): StateNode | undefined {
  if (!text.startsWith('#')) return nodeAt(root, text);
  const id = text.slice(1);
  const exact = nodes.find((node) => node.id === id);
  if (exact !== undefined) return exact;
  const around = nodes.filter((node) => id.startsWith(`${node.id}.`));
  const nearest = around.toSorted((a, b) => b.id.length - a.id.length)[0];
  return nearest && nodeAt(nearest, id.slice(nearest.id.length + 1));
}
