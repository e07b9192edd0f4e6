import type { Json } from '../core/json.js';
import type { Implementations } from '../core/language.js';
import type { Problem } from '../core/problem.js';
import type { StatechartProgram } from '../statechart/compile.js';
import type { StateNode } from '../statechart/node.js';
import { GuardTruth } from './guard-truth.js';
import { eventsTo, Reach, type Stop } from './reach.js';
import { trailText } from './trail-text.js';

/** States of a machine up to which all that it may come to is explored; larger ones are looked at state by state. */
export const MAX_EXPLORED_STATES = 10_000;

/** What is known of a machine without running it: what checks ask. */
export class Survey {
  readonly program: StatechartProgram;
  readonly source: Json;
  readonly truth: GuardTruth;
  /** Absent where the machine is too large to be explored to its end. */
  readonly reach: Reach | undefined;
  /** States that may become active; one that is not here never does for certain. */
  readonly reachable: ReadonlySet<StateNode>;
  readonly #met: ReadonlyMap<StateNode, Stop>;
  readonly #findings: Problem[] = [];

  constructor(program: StatechartProgram, source: Json, implementations: Implementations) {
    this.program = program;
    this.source = source;
    this.truth = new GuardTruth(program);
    const isSmall = program.nodes.length <= MAX_EXPLORED_STATES;
    const reach = isSmall ? new Reach(program, implementations, this.truth) : undefined;
    this.#met = reach?.states ?? new Map();
    this.reach = reach?.isComplete ? reach : undefined;
    this.reachable = this.reach === undefined ? led(program.nodes) : new Set(this.#met.keys());
  }

  get findings(): readonly Problem[] {
    return this.#findings;
  }

  warn(code: string, path: string, message: string, hint?: string): void {
    const hinted = hint === undefined ? {} : { hint };
    this.#findings.push({ code, message, path, severity: 'warning', ...hinted });
  }

  /** ` (reached by START, PAUSE)`: the fewest events that lead to a state, where they are known. */
  wayTo(node: StateNode): string {
    const stop = this.#met.get(node);
    return stop === undefined ? '' : wayTo(stop);
  }
}

/** ` (reached by START, PAUSE)` */
export function wayTo(stop: Stop): string {
  return ` (${trailText(eventsTo(stop))})`;
}

/** Where transitions lead, whatever their guards and whatever else is active: more than can be reached, never less. */
function led(nodes: readonly StateNode[]): ReadonlySet<StateNode> {
  const found = new Set<StateNode>();
  const open = nodes.slice(0, 1);
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (found.has(node)) continue;
    found.add(node);
    if (node.parent !== undefined) open.push(node.parent);
    open.push(...node.initial);
    if (node.type === 'parallel') open.push(...node.children.values());
    for (const { transition } of node.on) open.push(...transition.targets);
    for (const { targets } of node.always) open.push(...targets);
  }
  return found;
}
