import type { Graph, GraphNode } from '../../core/graph.js';
import { isJsonObject, type Json, own } from '../../core/json.js';
import { didYouMean, Refused } from '../../core/problem.js';

/**
 * The ids of the states that a state value names, and of those around them, for marking them. A value is as a view has
 * it (`on`, `{ track: 'playing' }`, a list of several), or a path (`track.playing`). Throws Refused (`unknown-state`)
 * where it names a state that is not there.
 *
 * @example
 * const node = { type: 'atomic', shape: 'state', notes: [] };
 * const nodes = [{ id: '', name: 'm', ...node }, { id: 'a', parent: '', name: 'a', ...node }, { id: 'a.b', parent: 'a', name: 'b', ...node }];
 * activeStates({ nodes, edges: [] }, { a: 'b' }); // => ['a', 'a.b']
 */
export function activeStates(graph: Graph, value: Json): readonly string[] {
  const marking = new Marking(graph);
  marking.value(value, '');
  return marking.ids;
}

class Marking {
  readonly #nodes: ReadonlyMap<string, GraphNode>;
  /** By the id of their parent, its states by name. */
  readonly #children = new Map<string, Map<string, string>>();
  readonly #active = new Set<string>();

  constructor({ nodes }: Graph) {
    this.#nodes = new Map(nodes.map((node) => [node.id, node]));
    for (const { id, parent, name } of nodes) {
      if (parent === undefined || name === '') continue;
      const names = this.#children.get(parent) ?? new Map<string, string>();
      this.#children.set(parent, names.set(name, id));
    }
  }

  /** In the order of the graph. */
  get ids(): readonly string[] {
    return [...this.#nodes.keys()].filter((id) => this.#active.has(id));
  }

  value(value: Json, within: string): void {
    if (value === null) return;
    if (typeof value === 'string') this.#mark(this.#find(value, within));
    else if (Array.isArray(value)) for (const one of value as readonly Json[]) this.value(one, within);
    else if (isJsonObject(value)) {
      for (const name of Object.keys(value)) {
        const id = this.#find(name, within);
        this.#mark(id);
        this.value(own(value, name) ?? null, id);
      }
    } else
      throw new Refused({ code: 'invalid-state', message: `${String(value)} is no state value`, path: '' });
  }

  #find(name: string, within: string): string {
    const names = this.#children.get(within);
    const id = names?.get(name) ?? (this.#nodes.has(name) && name !== '' ? name : undefined);
    if (id !== undefined) return id;
    const where = within === '' ? 'the machine' : `the state ${JSON.stringify(within)}`;
    const message = `${where} has no state ${JSON.stringify(name)}`;
    throw new Refused({ code: 'unknown-state', message, path: '', ...didYouMean(name, names?.keys() ?? []) });
  }

  #mark(id: string): void {
    for (let node = this.#nodes.get(id); node?.parent !== undefined; node = this.#nodes.get(node.parent)) {
      this.#active.add(node.id);
    }
  }
}
