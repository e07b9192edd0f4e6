import { isJsonObject } from '../core/json.js';
import { type Configuration, type History, inOrder, NO_HISTORY, type StateSpace } from './configuration.js';
import { EntrySet } from './entry-set.js';
import type { StateNode } from './node.js';

/**
 * The configuration that a state value names; undefined if it names no state. Where it stops at a state that
 * has states of its own, or leaves out a region, it stands for the initial ones (XState: resolveStateValue).
 */
export function configurationAt(
  space: StateSpace,
  value: unknown,
  history: History = NO_HISTORY,
): Configuration | undefined {
  const named = descend(space.root, value);
  return named && configurationOf(space, named, history);
}

/** The configuration in which all of these states are active, of which no two exclude each other. */
export function configurationOf(
  space: StateSpace,
  named: readonly StateNode[],
  history: History = NO_HISTORY,
): Configuration {
  const entered = new EntrySet(NO_HISTORY);
  for (const node of named) entered.enter(node);
  for (const node of named) entered.enterAround(node, undefined);
  const atoms = [...entered.nodes].filter((node) => node.isAtomic);
  return space.intern(inOrder(atoms), history);
}

/** The innermost states that a value names, or undefined where it names none. */
function descend(node: StateNode, value: unknown): readonly StateNode[] | undefined {
  if (typeof value === 'string') {
    const child = childOf(node, value);
    return child && [child];
  }
  if (!isJsonObject(value)) return undefined;
  const keys = Object.keys(value);
  if (keys.length === 0) return [node];
  if (keys.length > 1 && node.type !== 'parallel') return undefined;
  const named: StateNode[] = [];
  for (const key of keys) {
    const child = childOf(node, key);
    const inner = child && descend(child, value[key]);
    if (inner === undefined) return undefined;
    named.push(...inner);
  }
  return named;
}

function childOf(node: StateNode, key: string): StateNode | undefined {
  const child = node.children.get(key);
  return child?.type === 'history' ? undefined : child;
}
