import { put } from '../core/json.js';
import { type Configuration, type History, inOrder, NO_HISTORY, type StateSpace } from './configuration.js';
import { type StateNode, splitPath } from './node.js';

/** By path of the history state, the paths of what was active when its parent was left. */
export type HistoryValue = Readonly<Record<string, readonly string[]>>;

/** What the history states remember, as it is kept; undefined where they remember nothing. */
export function historyValueOf({ space, history }: Configuration): HistoryValue | undefined {
  if (history === NO_HISTORY) return undefined;
  const value: Record<string, readonly string[]> = {};
  for (const { path, memory } of space.histories) {
    const nodes = history[memory];
    if (nodes !== undefined)
      put(
        value,
        path,
        nodes.map((node) => node.path),
      );
  }
  return value;
}

/**
 * What was kept, as the states of this machine; undefined where it has no such states. What lies outside the parent of the
 * history state, or could not be active together with the rest, is no such state either.
 */
export function historyAt(space: StateSpace, value: HistoryValue | undefined): History | undefined {
  if (value === undefined) return NO_HISTORY;
  const history: (readonly StateNode[] | undefined)[] = [];
  for (const [path, paths] of Object.entries(value)) {
    const at = nodeAt(space.root, path);
    const nodes = Array.isArray(paths)
      ? paths.map((inner) => nodeAt(space.root, String(inner)))
      : [undefined];
    if (at?.type !== 'history' || at.parent === undefined) return undefined;
    const found = nodes.filter((node) => node !== undefined);
    if (found.length < nodes.length || !isMemory(at, at.parent, found)) return undefined;
    history[at.memory] = inOrder(found);
  }
  return Array.from(history);
}

/** Whether these could have been active together in the parent of a history state of this kind. */
function isMemory({ chart }: StateNode, parent: StateNode, nodes: readonly StateNode[]): boolean {
  if (nodes.length === 0) return false;
  return nodes.every((node, n) => {
    const isKind = chart.deep ? node.isAtomic && node.isBelow(parent) : node.parent === parent;
    return isKind && node.type !== 'history' && nodes.slice(n + 1).every((other) => areTogether(node, other));
  });
}

/** Whether two states lie in different regions of one parallel state, and neither in the other. */
export function areTogether(a: StateNode, b: StateNode): boolean {
  if (a === b || a.isBelow(b) || b.isBelow(a)) return false;
  let node = a.parent;
  while (node !== undefined && !b.isBelow(node)) node = node.parent;
  return node?.type === 'parallel';
}

/** The state of a path from the root. */
export function nodeAt(root: StateNode, path: string): StateNode | undefined {
  let node: StateNode | undefined = root;
  if (path === '') return root;
  for (const key of splitPath(path)) node = node?.children.get(key);
  return node;
}
