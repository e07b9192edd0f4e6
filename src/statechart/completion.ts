import type { StateNode } from './node.js';
import type { Op } from './run.js';

/** What final states complete as they are entered one after the other (SCXML 3.7). */
export class Completion {
  readonly #active: Set<StateNode>;
  /** By parallel state, how many of its regions are not done; counted when that is first asked. */
  readonly #open = new Map<StateNode, number>();

  constructor(active: Iterable<StateNode>) {
    this.#active = new Set(active);
  }

  /**
   * What is done for it where it is final: its parent is complete then, and parallel states around that all of whose regions are
   * done. Answers whether the machine is.
   */
  enter(node: StateNode, blocks: (readonly Op[])[]): boolean {
    this.#active.add(node);
    if (node.type !== 'final') return false;
    if (node.done !== undefined) blocks.push([node.done]);
    let last = node;
    let around = node.parent?.type === 'parallel' ? node.parent : node.parent?.parent;
    while (around?.type === 'parallel' && this.#leftAfterOneMore(around) === 0) {
      if (around.done !== undefined) blocks.push([around.done]);
      last = around;
      around = around.parent;
    }
    if (around !== undefined || last.finish === undefined) return false;
    blocks.push([last.finish]);
    return true;
  }

  /** How many regions are not done, now that one more is. */
  #leftAfterOneMore(parallel: StateNode): number {
    const known = this.#open.get(parallel);
    if (known === undefined) return this.#left(parallel);
    this.#open.set(parallel, known - 1);
    return known - 1;
  }

  #left(parallel: StateNode): number {
    let left = this.#open.get(parallel);
    if (left === undefined) {
      left = [...parallel.children.values()].filter((region) => !this.#isDone(region)).length;
      this.#open.set(parallel, left);
    }
    return left;
  }

  /** SCXML D: isInFinalState. */
  #isDone(node: StateNode): boolean {
    if (node.type === 'parallel') return this.#left(node) === 0;
    if (node.type === 'final' || node.type === 'history')
      return node.type === 'history' || this.#active.has(node);
    for (const child of node.children.values())
      if (child.type === 'final' && this.#active.has(child)) return true;
    return false;
  }
}
