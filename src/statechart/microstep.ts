import { Completion } from './completion.js';
import {
  type Configuration,
  type History,
  inOrder,
  Move,
  NO_HISTORY,
  type StateSpace,
  Work,
} from './configuration.js';
import { EntrySet } from './entry-set.js';
import type { StateNode, Transition } from './node.js';
import type { Op } from './run.js';
import { EMPTY_SPAN, type Span, spanOf } from './span.js';

const NO_STATES: readonly StateNode[] = Object.freeze([]);

/** What taking transitions in a configuration will do (SCXML D: microstep). Of those no two leave the same state. */
export function planMove(configuration: Configuration, transitions: readonly Transition[]): Move {
  const moving = transitions.filter(({ targets }) => targets.length > 0);
  const ops = transitions.map((transition) => transition.ops);
  if (moving.length === 0) {
    return new Move(ops, transitions, configuration, NO_STATES, undefined);
  }
  const exits = inOrder(new Set(moving.flatMap((transition) => exitSet(configuration, transition))));
  // What is left now is remembered already when it is looked for where to enter.
  const history = remembered(configuration, exits);
  const entered = new EntrySet(history);
  for (const transition of moving) enter(entered, transition, configuration.space, history);
  const left = new Set(exits);
  const staying = configuration.active.filter((node) => !left.has(node));
  return planChange(configuration, transitions, exits, staying, entered);
}

/** The move that starts a machine: everything that is entered by default, from nothing. */
export function planStart(start: Configuration, transition: Transition): Move {
  const entered = new EntrySet(NO_HISTORY);
  entered.enter(start.space.root);
  return planChange(start, [transition], [], [], entered);
}

/** What one transition leaves, in document order (SCXML D: computeExitSet). */
export function exitSet(configuration: Configuration, transition: Transition): readonly StateNode[] {
  const { from, to } = exitSpan(configuration, transition);
  return configuration.active.slice(from, to);
}

/** Where among the active states those are that one transition leaves. */
export function exitSpan(configuration: Configuration, transition: Transition): Span {
  if (transition.targets.length === 0) return EMPTY_SPAN;
  const domain = domainOf(transition, configuration.space, configuration.history);
  return domain === undefined ? { from: 0, to: configuration.active.length } : below(configuration, domain);
}

/** Where among the active states those are that lie below one of them. */
function below({ active }: Configuration, { index, last }: StateNode): Span {
  return spanOf(active, index + 1, last);
}

function domainOf(transition: Transition, space: StateSpace, history: History): StateNode | undefined {
  const targets = transition.targets.flatMap((target) => effectiveTargets(target, history));
  return space.dialect.domain(transition, targets, space.root);
}

/** What a target stands for (SCXML D: getEffectiveTargetStates). */
function effectiveTargets(target: StateNode, history: History): readonly StateNode[] {
  if (target.type !== 'history') return [target];
  return history[target.memory] ?? target.initial.flatMap((inner) => effectiveTargets(inner, history));
}

/** SCXML D: computeEntrySet. */
function enter(entered: EntrySet, transition: Transition, space: StateSpace, history: History): void {
  const domain = domainOf(transition, space, history);
  // A transition into its own source that does not re-enter stays in it: only what lies below is entered.
  for (const target of transition.targets) {
    if (target === domain) entered.enterBelow(target);
    else entered.enter(target);
  }
  for (const target of transition.targets) {
    for (const inner of effectiveTargets(target, history)) entered.enterAround(inner, domain);
  }
  // XState: of a parallel state that stays, all regions were left.
  if (domain?.type === 'parallel') entered.enterRegions(domain);
}

function planChange(
  from: Configuration,
  transitions: readonly Transition[],
  exits: readonly StateNode[],
  staying: readonly StateNode[],
  entered: EntrySet,
): Move {
  const nodes = inOrder(entered.nodes);
  const to = reached(from, exits, nodes, entered.history);
  const blocks: (readonly Op[])[] = [];
  const { marks } = from.space;
  for (const node of exits.toReversed()) {
    leave(node, blocks, from);
    if (marks) blocks.push([mark(node, false)]);
  }
  for (const { ops } of transitions) blocks.push(ops);
  const completion = new Completion(staying);
  let ends = false;
  for (const node of nodes) {
    if (marks) blocks.push([mark(node, true)]);
    blocks.push(...blocksOf(node.entry, from));
    for (const op of node.begins) blocks.push([op]);
    if (entered.byDefault.has(node)) blocks.push(node.initialOps);
    for (const history of node.histories) if (entered.forgotten.has(history)) blocks.push(history.initialOps);
    ends = completion.enter(node, blocks) || ends;
  }
  const invoking = nodes.filter((node) => node.invokes.length > 0);
  return new Move(blocks, transitions, to, invoking, ends ? ending(to) : undefined);
}

function mark(node: StateNode, isActive: boolean): Op {
  return { perform: (run) => run.mark(node, isActive), place: '', path: '' };
}

/** What is done where an instance is put without entering anything: it begins to wait, and may be complete. */
export function planArrival(
  { active }: Configuration,
  begins: readonly Op[],
  finals: readonly StateNode[],
): Work {
  const blocks = begins.map((op) => [op]);
  const completion = new Completion(active.filter((node) => !finals.includes(node)));
  for (const final of finals) completion.enter(final, blocks);
  return new Work(blocks);
}

/** A machine that ends leaves all its states, though its value goes on to say where it ended (XState). */
function ending(configuration: Configuration): Work {
  const { active } = configuration;
  const blocks: (readonly Op[])[] = [];
  for (const node of active.toReversed()) leave(node, blocks, configuration);
  return new Work(blocks);
}

/** What an error skips the rest of: all that is done on entry, or one action of it. */
function blocksOf(ops: readonly Op[], { space }: Configuration): readonly (readonly Op[])[] {
  return space.dialect.blocks === 'whole' ? [ops] : ops.map((op) => [op]);
}

/** Each cancel is a block of its own: an error in an exit action must not keep the state waiting. */
function leave(node: StateNode, blocks: (readonly Op[])[], configuration: Configuration): void {
  blocks.push(...blocksOf(node.exit, configuration));
  for (const op of node.ends) blocks.push([op]);
}

function reached(
  from: Configuration,
  exits: readonly StateNode[],
  entered: readonly StateNode[],
  history: History,
): Configuration {
  const left = new Set(exits);
  const atoms = new Set(from.atoms.filter((atom) => !left.has(atom)));
  for (const node of entered) if (node.isAtomic) atoms.add(node);
  // Back where it was: the very same object, even one that is no longer kept, so that nothing looks changed.
  const isBack = atoms.size === from.atoms.length && from.atoms.every((atom) => atoms.has(atom));
  if (isBack && isSame(history, from.history)) return from;
  return from.space.intern(inOrder(atoms), history);
}

/** What the history states of those that are left remember from now on (SCXML D: exitStates). */
function remembered(configuration: Configuration, exits: readonly StateNode[]): History {
  const { active, history } = configuration;
  if (exits.every((node) => node.histories.length === 0)) return history;
  const next = [...history];
  for (const node of exits) {
    if (node.histories.length === 0) continue;
    const { from, to } = below(configuration, node);
    const inside = active.slice(from, to);
    for (const { memory, chart } of node.histories) {
      next[memory] = inside.filter((other) => (chart.deep ? other.isAtomic : other.parent === node));
    }
  }
  // An array without holes, whatever number was remembered first.
  return Array.from(next);
}

function isSame(a: History, b: History): boolean {
  if (a === b) return true;
  const isLike = (one: readonly StateNode[] | undefined, other: readonly StateNode[] | undefined) =>
    one?.length === other?.length && (one ?? []).every((node, n) => node === other?.[n]);
  return a.length === b.length && a.every((nodes, n) => isLike(nodes, b[n]));
}
