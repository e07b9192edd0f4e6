import { isJsonObject } from '../core/json.js';
import type { BoundMigration } from './bind/migration.js';
import { escapeKey, type StateNode, splitPath } from './node.js';

/** What takes the place of an earlier definition's state: a state, `gone` for none, undefined where nobody says. */
export type Image = StateNode | 'gone' | undefined;

/**
 * Where the states of an earlier definition have gone: what is named, with all below it by the same names, or by
 * `path.*` what all below it come to; the innermost name counts. What is not named is where it was.
 */
export class StateMapping {
  readonly #root: StateNode;
  readonly #states: BoundMigration['states'];
  readonly #images = new Map<string, Image>();

  constructor(root: StateNode, states: BoundMigration['states']) {
    this.#root = root;
    this.#states = states;
  }

  imageOf(path: string): Image {
    if (!this.#images.has(path)) this.#images.set(path, this.#find(path));
    return this.#images.get(path);
  }

  #find(path: string): Image {
    if (path === '') return this.#root;
    const keys = splitPath(path);
    for (let length = keys.length; length > 0; length--) {
      const around = keys.slice(0, length).map(escapeKey).join('.');
      const below = keys.slice(length);
      if (below.length > 0 && this.#states.has(`${around}.*`))
        return this.#states.get(`${around}.*`) ?? 'gone';
      if (!this.#states.has(around)) continue;
      const image = this.#states.get(around);
      return image === undefined ? 'gone' : descend(image, below);
    }
    return this.#states.has('*') ? (this.#states.get('*') ?? 'gone') : descend(this.#root, keys);
  }
}

function descend(from: StateNode, keys: readonly string[]): StateNode | undefined {
  let node: StateNode | undefined = from;
  for (const key of keys) node = node?.children.get(key);
  return node?.type === 'history' ? undefined : node;
}

/** The paths of a state value's innermost states; of all of them, the root's included, where `all`. */
export function pathsOf(value: unknown, all: boolean, around = ''): readonly string[] {
  const pathOf = (key: string) => (around === '' ? escapeKey(key) : `${around}.${escapeKey(key)}`);
  const here = all ? [around] : [];
  if (typeof value === 'string') return [...here, pathOf(value)];
  const keys = isJsonObject(value) ? Object.keys(value) : [];
  if (keys.length === 0) return [around];
  const inner = isJsonObject(value) ? value : {};
  return [...here, ...keys.flatMap((key) => pathsOf(inner[key], all, pathOf(key)))];
}
