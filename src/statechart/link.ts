import type { Dialect } from './dialect.js';
import { areTogether } from './history-value.js';
import { type Listener, StateNode, splitPath, type Transition } from './node.js';
import type { Chart, ChartInvoke, ChartState, ChartTarget, ChartTransition } from './schema/chart.js';
import { type Findings, join } from './schema/findings.js';

/** The states of a chart, numbered and connected. */
export interface Linked {
  /** In document order; the root comes first. */
  readonly nodes: readonly StateNode[];
  readonly root: StateNode;
  /** The state that a guard names: `#id`, or a path from the root; its lack is a finding. */
  readonly find: (target: ChartTarget) => StateNode | undefined;
}

/** A name that leads nowhere, what it was looked for among, and what stands before what may have been meant. */
export interface Missing {
  readonly name: string;
  readonly among: ReadonlyMap<string, unknown>;
  readonly prefix: string;
}

/** Numbers the states of a chart and finds the targets of their transitions; what is missing is a finding. */
export function link(chart: Chart, dialect: Dialect, findings: Findings): Linked {
  const linker = new Linker(chart, dialect, findings);
  for (const node of linker.nodes) linker.connect(node);
  for (const target of chart.asked) linker.find(target);
  return linker;
}

/** The id of the nth invocation of a state: its own, or one made of its position. */
export function invokeId(node: StateNode, invoke: ChartInvoke, index: number, dialect: Dialect): string {
  return invoke.id ?? dialect.invokeId(node.id, index);
}

const NONE: readonly never[] = Object.freeze([]);

class Linker implements Linked {
  readonly nodes: StateNode[] = [];
  readonly root: StateNode;
  /** The states that were given an id; the others are found by their place. */
  readonly #ids = new Map<string, StateNode>();
  readonly #dialect: Dialect;
  readonly #findings: Findings;
  readonly #on: Listener[] = [];
  #histories = 0;

  constructor(chart: Chart, dialect: Dialect, findings: Findings) {
    this.#dialect = dialect;
    this.#findings = findings;
    this.root = this.#number(chart.root, chart.id, chart.id, undefined);
    for (const node of this.nodes) if (node.chart.id !== undefined) this.#claim(node);
  }

  /** By default an id is made of the keys from the root, whatever ids the states between have (XState). */
  #number(chart: ChartState, key: string, defaultId: string, parent: StateNode | undefined): StateNode {
    const node = new StateNode(this.nodes.length, key, chart.id ?? defaultId, parent, chart);
    this.nodes.push(node);
    if (chart.type === 'history') node.memory = this.#histories++;
    if (chart.states.length === 0) return node;
    const children = new Map<string, StateNode>();
    for (const child of chart.states) {
      children.set(child.key, this.#number(child, child.key, `${defaultId}.${child.key}`, node));
    }
    node.children = children;
    node.histories = [...children.values()].filter(({ type }) => type === 'history');
    node.last = this.nodes.length - 1;
    return node;
  }

  #claim(node: StateNode): void {
    const { id } = node;
    if (node === this.root && !this.#dialect.namesMachine) return;
    const other = this.#ids.get(id) ?? this.#byPlace(id);
    if (other === undefined || other === node) this.#ids.set(id, node);
    else this.#findings.tell('duplicate-id', join(node.chart.path, 'id'), id, other.path);
  }

  /** The state that has an id because of where it stands. */
  #byPlace(id: string): StateNode | undefined {
    const { root } = this;
    if (id === root.id) return this.#dialect.namesMachine ? root : undefined;
    if (!id.startsWith(`${root.id}.`)) return undefined;
    const found = below(root, id.slice(root.id.length + 1).split('.'), '');
    return found instanceof StateNode && found.id === id ? found : undefined;
  }

  connect(node: StateNode): void {
    const { chart } = node;
    if (chart.initial !== undefined) this.#enterByDefault(node, chart.initial.targets);
    else if (chart.type === 'history') node.initial = initialOf(node.parent);
    const { events } = this.#dialect;
    // One list for all states, copied to its length: most have one listener, for which a list that grows is ten times too long.
    const on = this.#on;
    on.length = 0;
    for (const { descriptors, transitions } of chart.on) {
      const label = descriptors.length === 1 ? (descriptors[0] ?? '') : descriptors.join(' ');
      this.#listen(node, descriptors, label, transitions);
    }
    if (chart.onDone.length > 0) this.#listen(node, [events.stateDone(node.id)], 'done', chart.onDone);
    // Asked first: a loop over an empty list takes its time while the code is not optimized yet.
    if (chart.invoke.length > 0) this.#invokes(node);
    for (const { key, transitions } of chart.after) {
      this.#listen(node, [events.delayOver(key, node.id)], `after ${key}`, transitions);
    }
    if (on.length > 0) node.on = on.slice();
    if (chart.always.length > 0) {
      node.always = chart.always.map((transition) => this.#transition(node, 'always', transition));
    }
    if (chart.onDone.length > 0 && chart.type === 'atomic') {
      this.#findings.tell('never done', join(chart.path, 'onDone'));
    }
  }

  /** The states that `initial` names: children, or by id or path others below. */
  #enterByDefault(node: StateNode, targets: readonly ChartTarget[]): void {
    const around = node.type === 'history' ? node.parent : node;
    if (around === undefined) return;
    const found = targets.flatMap((target): StateNode[] => {
      const to = node.children.get(target.text) ?? this.#target(node, target);
      if (to === undefined) return [];
      if (to.isBelow(around) && (to.type !== 'history' || node.type !== 'history')) return [to];
      this.#findings.tell('unknown-initial outside', target.path, node.path, to.path, around.path);
      return [];
    });
    this.#refuseApart(found, node.chart);
    node.initial = found;
  }

  /** Several targets are states that can be active together, and none is around another. */
  #refuseApart(targets: readonly StateNode[], { path }: { readonly path: string }): void {
    for (const [n, a] of targets.entries()) {
      const b = targets.find((other, m) => m > n && !areTogether(a, other));
      if (b === undefined) continue;
      this.#findings.tell('targets-apart', path, a.path, b.path);
      return;
    }
  }

  #invokes(node: StateNode): void {
    const { events } = this.#dialect;
    for (const [index, invoke] of node.chart.invoke.entries()) {
      const id = invokeId(node, invoke, index, this.#dialect);
      this.#listen(node, [events.taskDone(id)], `done ${id}`, invoke.onDone);
      this.#listen(node, [events.taskError(id)], `error ${id}`, invoke.onError);
      if (invoke.id !== undefined && hasInvoke(node, id, index)) {
        this.#findings.tell('duplicate-id invoke', join(invoke.path, 'id'), id);
      }
    }
  }

  #listen(
    node: StateNode,
    descriptors: readonly string[],
    label: string,
    transitions: readonly ChartTransition[],
  ): void {
    for (const chart of transitions) {
      this.#on.push({ descriptors, transition: this.#transition(node, label, chart) });
    }
  }

  #transition(source: StateNode, label: string, chart: ChartTransition): Transition {
    const targets: StateNode[] = [];
    for (const target of chart.targets) {
      const to = this.#target(source, target);
      if (to !== undefined) targets.push(to);
    }
    if (targets.length > 1) this.#refuseApart(targets, chart);
    return { source, chart, label, targets, guard: undefined, ops: NONE };
  }

  /** XState: `#id`, `#id.below`, `.child`, or a path from the parent; a machine's own children have the dot. */
  #target(source: StateNode, { text, path }: ChartTarget): StateNode | undefined {
    const found = this.#lookUp(source, text);
    return found instanceof StateNode ? found : this.#findings.tell('unknown-target', path, text, found);
  }

  readonly find = ({ text, path }: ChartTarget): StateNode | undefined => {
    const found = text.startsWith('#') ? this.#byId(text.slice(1)) : below(this.root, splitPath(text), '');
    const isState = found instanceof StateNode;
    if (isState && (this.#dialect.asksHistories || found.type !== 'history')) return found;
    return this.#findings.tell('unknown-state', path, text, isState ? undefined : found);
  };

  #lookUp(source: StateNode, text: string): StateNode | Missing {
    if (text.startsWith('#')) return this.#byId(text.slice(1));
    if (text.startsWith('.')) return below(source, splitPath(text.slice(1)), '.');
    if (source.parent !== undefined) return below(source.parent, splitPath(text), '');
    const child = below(source, splitPath(text), '.');
    return child instanceof StateNode ? { name: text, among: new Map([[text, child]]), prefix: '.' } : child;
  }

  #byId(text: string): StateNode | Missing {
    const exact = this.#ids.get(text);
    if (exact !== undefined) return exact;
    const { root } = this;
    const [id = '', ...keys] = splitPath(text);
    const start = id === root.id ? root : this.#ids.get(id);
    if (start !== undefined) return below(start, keys, `#${id}.`);
    return { name: text, among: new Map([...this.#ids, [root.id, root]]), prefix: '#' };
  }
}

/** The initial states of the parent of a history state, which is linked before it. */
function initialOf(parent: StateNode | undefined): readonly StateNode[] {
  if (parent?.type !== 'parallel') return parent?.initial ?? NONE;
  return [...parent.children.values()].filter(({ type }) => type !== 'history');
}

/** The state that keys lead to; where they lead nowhere, what is missing. */
function below(start: StateNode, keys: readonly string[], prefix: string): StateNode | Missing {
  let node = start;
  for (let i = 0; i < keys.length; i++) {
    const name = keys[i] ?? '';
    const child = node.children.get(name);
    if (child === undefined) {
      return { name, among: node.children, prefix: prefix + [...keys.slice(0, i), ''].join('.') };
    }
    node = child;
  }
  return node;
}

/** Whether an invocation of this id is active whenever the state's nth one is. */
function hasInvoke(node: StateNode, id: string, index: number): boolean {
  if (node.chart.invoke.slice(0, index).some((invoke) => invoke.id === id)) return true;
  for (let above = node.parent; above !== undefined; above = above.parent) {
    if (above.chart.invoke.some((invoke) => invoke.id === id)) return true;
  }
  return false;
}
