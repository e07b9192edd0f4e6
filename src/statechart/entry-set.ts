import type { History } from './configuration.js';
import type { StateNode } from './node.js';

/** What is entered for the sake of some targets (SCXML D: computeEntrySet, with XState's care for its own source). */
export class EntrySet {
  /** What the history states remember. */
  readonly history: History;
  readonly nodes = new Set<StateNode>();
  /** The states around those that are entered, whether they are entered themselves or not. */
  readonly #around = new Set<StateNode>();
  /** Parallel states in all of whose regions something is entered. */
  readonly #complete = new Set<StateNode>();
  /** Those that do the actions of their `initial`: they were not entered for the sake of a state deeper down. */
  readonly byDefault = new Set<StateNode>();
  /** History states that remembered nothing, and so led where they lead by default. */
  readonly forgotten = new Set<StateNode>();

  constructor(history: History) {
    this.history = history;
  }

  /** Enters a state and what is below it by default, or what a history state stands for. */
  enter(node: StateNode): void {
    if (node.type === 'history') {
      this.#recall(node);
      return;
    }
    this.#add(node);
    this.enterBelow(node);
  }

  #add(node: StateNode): void {
    this.nodes.add(node);
    for (
      let around = node.parent;
      around !== undefined && !this.#around.has(around);
      around = around.parent
    ) {
      this.#around.add(around);
    }
  }

  /** SCXML D: addDescendantStatesToEnter. */
  enterBelow(node: StateNode): void {
    if (node.type === 'parallel') {
      this.enterRegions(node);
      return;
    }
    if (node.initial.length === 0) return;
    this.byDefault.add(node);
    for (const target of node.initial) this.enter(target);
    for (const target of node.initial) this.enterAround(target, node);
  }

  /** Enters what lies between a state that is entered and one that stays, or undefined (SCXML D: addAncestorStatesToEnter). */
  enterAround(node: StateNode, within: StateNode | undefined): void {
    if (within !== undefined && (within === node || within.isBelow(node))) return;
    for (let around = node.parent; around !== undefined && around !== within; around = around.parent) {
      this.#add(around);
      if (around.type === 'parallel') this.enterRegions(around);
    }
  }

  /** Enters the regions that nothing else is entered in. */
  enterRegions(parallel: StateNode): void {
    if (this.#complete.has(parallel)) return;
    for (const region of parallel.children.values()) {
      if (region.type === 'history' || this.nodes.has(region) || this.#around.has(region)) continue;
      this.enter(region);
    }
    this.#complete.add(parallel);
  }

  #recall(history: StateNode): void {
    const remembered = this.history[history.memory];
    const targets = remembered ?? history.initial;
    if (remembered === undefined) this.forgotten.add(history);
    // Without a default of its own it leads where its parent does.
    if (remembered === undefined && history.chart.initial === undefined && history.parent !== undefined) {
      this.byDefault.add(history.parent);
    }
    for (const target of targets) this.enter(target);
    for (const target of targets) this.enterAround(target, history.parent);
  }
}
