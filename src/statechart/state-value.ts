import { isJsonObject } from '../core/json.js';
import type { Configuration, StateSpace } from './configuration.js';
import type { StateNode } from './node.js';

/**
 * The configuration that a state value names; undefined if it names no state. Where it stops at a state that
 * has states of its own, it stands for their initial ones (XState: resolveStateValue).
 */
export function configurationAt(space: StateSpace, value: unknown): Configuration | undefined {
  const named = descend(space.root, value);
  if (named === undefined) return undefined;
  let atom = named;
  while (atom.initial !== undefined) atom = atom.initial;
  return space.intern([atom]);
}

function descend(root: StateNode, value: unknown): StateNode | undefined {
  let node = root;
  let rest = value;
  while (isJsonObject(rest)) {
    const keys = Object.keys(rest);
    const [key] = keys;
    if (key === undefined) return node;
    const child = keys.length === 1 ? node.children.get(key) : undefined;
    if (child === undefined) return undefined;
    node = child;
    rest = rest[key];
  }
  return typeof rest === 'string' ? node.children.get(rest) : undefined;
}
