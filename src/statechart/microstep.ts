import type { Configuration, Move, Work } from './configuration.js';
import { type MachineEffect, NO_EFFECTS } from './machine-effect.js';
import type { StateNode, Transition } from './node.js';
import type { Op } from './run.js';

/** What taking a transition in a configuration will do (SCXML D: microstep, computeExitSet, computeEntrySet). */
export function planMove(configuration: Configuration, transition: Transition): Move {
  const { target, domain } = transition;
  if (target === undefined) {
    return { ...work([transition.ops]), transition, to: configuration, ending: undefined };
  }
  const exits = configuration.active.filter((node) => domain === undefined || node.isBelow(domain));
  const entry = entrySet(transition, target);
  return planChange(configuration, transition, exits, entry);
}

/** The move that starts a machine: everything that is entered by default, from nothing. */
export function planStart(start: Configuration, transition: Transition): Move {
  const nodes = start.active;
  return planChange(start, transition, [], { nodes, byDefault: new Set(nodes) });
}

interface EntrySet {
  /** In document order. */
  readonly nodes: readonly StateNode[];
  /** Those for which the actions of `initial` are run: they were not entered for the sake of a state deeper down. */
  readonly byDefault: ReadonlySet<StateNode>;
}

function entrySet({ domain }: Transition, target: StateNode): EntrySet {
  const nodes = new Set<StateNode>();
  const byDefault = new Set<StateNode>();
  // A transition into its own source that does not re-enter stays in it: only what lies below is entered.
  if (target !== domain) {
    nodes.add(target);
    byDefault.add(target);
    for (let node = target.parent; node !== undefined && node !== domain; node = node.parent) nodes.add(node);
  }
  for (let node = target.initial; node !== undefined; node = node.initial) {
    nodes.add(node);
    byDefault.add(node);
  }
  return { nodes: [...nodes].sort((a, b) => a.index - b.index), byDefault };
}

function planChange(
  from: Configuration,
  transition: Transition,
  exits: readonly StateNode[],
  { nodes, byDefault }: EntrySet,
): Move {
  const to = reached(from, exits, nodes);
  const blocks: (readonly Op[])[] = [];
  for (const node of exits.toReversed()) leave(node, blocks);
  blocks.push(transition.ops);
  let ends = false;
  for (const node of nodes) {
    blocks.push(node.entry);
    for (const op of node.begins) blocks.push([op]);
    if (byDefault.has(node)) blocks.push(node.initialOps);
    if (node.done === undefined) continue;
    blocks.push([node.done]);
    ends ||= node.parent?.parent === undefined;
  }
  return { ...work(blocks), transition, to, ending: ends ? ending(to) : undefined };
}

/** A machine that ends leaves all its states, though its value goes on to say where it ended (XState). */
function ending({ active }: Configuration): Work {
  const blocks: (readonly Op[])[] = [];
  for (const node of active.toReversed()) leave(node, blocks);
  return work(blocks);
}

/** Each cancel is a block of its own: an error in an exit action must not keep the state waiting. */
function leave(node: StateNode, blocks: (readonly Op[])[]): void {
  blocks.push(node.exit);
  for (const op of node.ends) blocks.push([op]);
}

function reached(
  from: Configuration,
  exits: readonly StateNode[],
  entered: readonly StateNode[],
): Configuration {
  const left = new Set(exits);
  const atoms = new Set(from.atoms.filter((atom) => !left.has(atom)));
  for (const node of entered) if (node.children.size === 0) atoms.add(node);
  // Back where it was: the very same object, even one that is no longer kept, so that nothing looks changed.
  if (atoms.size === from.atoms.length && from.atoms.every((atom) => atoms.has(atom))) return from;
  return from.space.intern([...atoms].sort((a, b) => a.index - b.index));
}

function work(blocks: readonly (readonly Op[])[]): Work {
  const ops = blocks.flat();
  const effects = ops.map((op) => op.effect);
  if (effects.every((effect) => effect !== undefined)) {
    const made: readonly MachineEffect[] = ops.length === 0 ? NO_EFFECTS : Object.freeze(effects);
    return { ops: [], blockEnds: [], effects: made };
  }
  let end = 0;
  const blockEnds = blocks.flatMap((block) => {
    end += block.length;
    return block.map(() => end);
  });
  return { ops, blockEnds, effects: NO_EFFECTS };
}
