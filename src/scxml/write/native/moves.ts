import { DIALECTS } from '../../../statechart/dialect.js';
import type { StateNode, Transition } from '../../../statechart/node.js';

/** Whether a transition leaves nothing and enters nothing: without a target, or from a state without states into itself. */
export function isStill({ source, targets, chart }: Transition): boolean {
  if (targets.length === 0) return true;
  return !chart.reenter && source.isAtomic && targets.every((target) => target === source);
}

/**
 * Parallel states that transitions are confined to from within. W3C's transitions have no such confines: their domain is a
 * compound state or the document (SCXML D: findLCCA), so the parallel state around would be left and entered too. Where that can be
 * seen, it is written as a compound state with its regions in a parallel state of their own.
 */
export function statesToSplit(root: StateNode, transitions: readonly Transition[]): ReadonlySet<StateNode> {
  const confines = transitions.flatMap((transition) =>
    isStill(transition) ? [] : domains(transition, root),
  );
  return new Set(confines.filter((node) => node?.type === 'parallel' && !isSilent(node)) as StateNode[]);
}

/** The states that a transition may be confined to: several where history states lead to here or there. */
export function domains(transition: Transition, root: StateNode): readonly (StateNode | undefined)[] {
  const { source, targets } = transition;
  const near = targets.flatMap(({ type, parent }) =>
    type === 'history' && parent !== undefined && source.isBelow(parent) ? [parent] : [],
  );
  const known = DIALECTS.native.domain(transition, targets.flatMap(defaults), root);
  if (near.length === 0) return [known];
  // What is remembered may be anywhere below the history state's parent, the source's own neighbourhood included.
  const around: StateNode[] = [source];
  for (let node = source.parent; node !== undefined; node = node.parent) around.push(node);
  return [known, ...around.filter((node) => near.some((other) => node === other || node.isBelow(other)))];
}

/** Where a history state leads that remembers nothing. */
function defaults(target: StateNode): readonly StateNode[] {
  return target.type === 'history' ? target.initial.flatMap(defaults) : [target];
}

/** Whether nobody could tell that it was left and entered again. */
function isSilent({ chart, parent, histories }: StateNode): boolean {
  const lists = [chart.entry, chart.exit, chart.after, chart.invoke, histories];
  return lists.every(({ length }) => length === 0) && parent?.type !== 'parallel';
}

/**
 * Whether the machine stands elsewhere once an eventless transition was taken, wherever it stood before: W3C asks again after each, and
 * XState only after one that changed something.
 */
export function surelyChanges(transition: Transition, root: StateNode, isGuarded: boolean): boolean {
  const { source, targets, chart } = transition;
  if (chart.actions.some(({ kind }) => kind === 'assign')) return true;
  if (isStill(transition)) return false;
  if (isGuarded) return true;
  const isLeft = domains(transition, root).every((domain) => domain !== source);
  return isLeft && !targets.some((target) => mayEnter(target, source));
}

/** Whether entering a state may enter another, too, that was active before. */
function mayEnter(target: StateNode, other: StateNode): boolean {
  if (target.type === 'history') {
    const { parent } = target;
    return parent !== undefined && (parent === other || other.isBelow(parent));
  }
  if (target === other || target.isBelow(other)) return true;
  if (other.isBelow(target)) return true;
  // The regions of parallel states around the target, as far as they are left together with the source.
  for (let node = target.parent; node !== undefined; node = node.parent) {
    if (node.type === 'parallel' && other.isBelow(node)) return true;
    if (other.isBelow(node)) return false;
  }
  return false;
}
