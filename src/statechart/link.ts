import type { Dialect } from './dialect.js';
import { areTogether } from './history-value.js';
import { type Listener, StateNode, splitPath, type Transition } from './node.js';
import type {
  Chart,
  ChartAction,
  ChartGuard,
  ChartInitial,
  ChartInvoke,
  ChartState,
  ChartTarget,
  ChartTransition,
} from './schema/chart.js';
import { type Findings, join, meant } from './schema/findings.js';

/** The states of a chart, numbered and connected. */
export interface Linked {
  /** In document order; the root comes first. */
  readonly nodes: readonly StateNode[];
  readonly root: StateNode;
  /** The state that a guard names: `#id`, or a path from the root. */
  readonly find: (source: StateNode, target: ChartTarget) => StateNode | undefined;
}

/** Numbers the states of a chart and finds the targets of their transitions; what is missing is a finding. */
export function link(chart: Chart, dialect: Dialect, findings: Findings): Linked {
  const linker = new Linker(chart, dialect, findings);
  for (const node of linker.nodes) linker.connect(node);
  return linker;
}

/** The id of the nth invocation of a state: its own, or one made of its position. */
export function invokeId(node: StateNode, invoke: ChartInvoke, index: number, dialect: Dialect): string {
  return invoke.id ?? dialect.invokeId(node.id, index);
}

const NO_OPS: readonly never[] = Object.freeze([]);

/** What a name led to, or what may have been meant by it. */
type Found = StateNode | { readonly hint?: string };

class Linker implements Linked {
  readonly nodes: StateNode[] = [];
  readonly root: StateNode;
  /** The states that were given an id; the others are found by their place. */
  readonly #named: StateNode[] = [];
  readonly #ids: ReadonlyMap<string, StateNode>;
  readonly #dialect: Dialect;
  readonly #findings: Findings;
  readonly #on: Listener[] = [];
  #histories = 0;

  constructor(chart: Chart, dialect: Dialect, findings: Findings) {
    this.#dialect = dialect;
    this.#findings = findings;
    this.root = this.#number(chart.root, chart.id, chart.id, undefined);
    this.#ids = this.#claimIds();
  }

  /** By default an id is made of the keys from the root, whatever ids the states between have (XState). */
  #number(chart: ChartState, key: string, defaultId: string, parent: StateNode | undefined): StateNode {
    const node = new StateNode(this.nodes.length, key, chart.id ?? defaultId, parent, chart);
    this.nodes.push(node);
    if (chart.id !== undefined) this.#named.push(node);
    if (chart.states.length > 0) {
      const children = new Map<string, StateNode>();
      for (const child of chart.states) {
        children.set(child.key, this.#number(child, child.key, `${defaultId}.${child.key}`, node));
      }
      node.children = children;
      const histories = [...children.values()].filter(({ type }) => type === 'history');
      if (histories.length > 0) node.histories = histories;
      node.last = this.nodes.length - 1;
    }
    if (chart.type === 'history') {
      node.memory = this.#histories++;
    }
    return node;
  }

  #claimIds(): ReadonlyMap<string, StateNode> {
    const ids = new Map<string, StateNode>();
    for (const node of this.#named) {
      if (node === this.root && !this.#dialect.namesMachine) continue;
      const other = ids.get(node.id) ?? this.#byPlace(node.id);
      if (other === undefined || other === node) {
        ids.set(node.id, node);
        continue;
      }
      const message = `the id ${JSON.stringify(node.id)} is taken by ${describe(other)}`;
      this.#findings.add({ code: 'duplicate-id', message, path: join(node.chart.path, 'id') });
    }
    return ids;
  }

  /** The state that has an id because of where it stands. */
  #byPlace(id: string): StateNode | undefined {
    if (id === this.root.id) return this.#dialect.namesMachine ? this.root : undefined;
    if (!id.startsWith(`${this.root.id}.`)) return undefined;
    const found = below(this.root, id.slice(this.root.id.length + 1).split('.'), '');
    return found instanceof StateNode && found.id === id ? found : undefined;
  }

  connect(node: StateNode): void {
    const { chart } = node;
    if (chart.initial !== undefined) this.#enterByDefault(node, chart.initial);
    else if (chart.type === 'history') node.initial = this.#initialOf(node.parent);
    // One list for all states, copied to its length: most have one listener, for which a list that grows is ten times too long.
    const on = this.#on;
    on.length = 0;
    for (const { descriptors, transitions } of chart.on) {
      const [only = ''] = descriptors;
      const label = descriptors.length === 1 ? only : descriptors.join(' ');
      this.#listen(on, node, descriptors, label, transitions);
    }
    const { events } = this.#dialect;
    if (chart.onDone.length > 0) this.#listen(on, node, [events.stateDone(node.id)], 'done', chart.onDone);
    if (chart.invoke.length > 0) this.#invokes(on, node);
    for (const { key, transitions } of chart.after) {
      this.#listen(on, node, [events.delayOver(key, node.id)], `after ${key}`, transitions);
    }
    if (on.length > 0) node.on = on.slice();
    if (chart.always.length > 0) {
      node.always = chart.always.map((transition) => this.#transition(node, 'always', transition));
    }
    this.#checkActions(node, chart.entry);
    this.#checkActions(node, chart.exit);
    if (chart.initial !== undefined) this.#checkActions(node, chart.initial.actions);
    for (const { actions, finalize } of chart.invoke) {
      this.#checkActions(node, actions);
      this.#checkActions(node, finalize);
    }
    if (chart.onDone.length > 0 && chart.type === 'atomic') {
      const message = `${describe(node)} has no states, so its "onDone" never happens`;
      const path = join(chart.path, 'onDone');
      this.#findings.add({ code: 'never', message, path, severity: 'warning' });
    }
  }

  /** The states that `initial` names: children, or by id or path others below. */
  #enterByDefault(node: StateNode, { targets }: ChartInitial): void {
    const around = node.type === 'history' ? node.parent : node;
    if (around === undefined) return;
    const found = targets.flatMap(({ text, path }): StateNode[] => {
      const child = node.children.get(text);
      const [target] = child === undefined ? this.#targets(node, [{ text, path }]) : [child];
      if (target === undefined) return [];
      if (target.isBelow(around) && (target.type !== 'history' || node.type !== 'history')) return [target];
      const message = `${describe(node)} leads by default to ${describe(target)}, which is not below ${describe(around)}`;
      this.#findings.add({ code: 'unknown-initial', message, path });
      return [];
    });
    if (found.length > 1) this.#refuseApart(node, found, node.chart);
    node.initial = found;
  }

  /** The initial states of the parent of a history state, which is linked before it. */
  #initialOf(parent: StateNode | undefined): readonly StateNode[] {
    if (parent === undefined) return [];
    return parent.type === 'parallel'
      ? [...parent.children.values()].filter(({ type }) => type !== 'history')
      : parent.initial;
  }

  /** Several targets are states that can be active together, and none is around another. */
  #refuseApart(source: StateNode, targets: readonly StateNode[], { path }: { readonly path: string }): void {
    for (const [n, a] of targets.entries()) {
      for (const b of targets.slice(n + 1)) {
        if (areTogether(a, b)) continue;
        const message = `${describe(source)} leads to ${describe(a)} and ${describe(b)}, which cannot be active together`;
        this.#findings.add({ code: 'targets-apart', message, path });
        return;
      }
    }
  }

  #invokes(on: Listener[], node: StateNode): void {
    const { events } = this.#dialect;
    node.chart.invoke.forEach((invoke, index) => {
      const id = invokeId(node, invoke, index, this.#dialect);
      this.#listen(on, node, [events.taskDone(id)], `done ${id}`, invoke.onDone);
      this.#listen(on, node, [events.taskError(id)], `error ${id}`, invoke.onError);
      if (invoke.id === undefined || !hasInvoke(node, id, index)) return;
      const message = `the invoke id ${JSON.stringify(id)} is taken, here or in a state around this one`;
      this.#findings.add({ code: 'duplicate-id', message, path: join(invoke.path, 'id') });
    });
  }

  #listen(
    on: Listener[],
    node: StateNode,
    descriptors: readonly string[],
    label: string,
    transitions: readonly ChartTransition[],
  ): void {
    for (const chart of transitions) {
      on.push({ descriptors, transition: this.#transition(node, label, chart) });
    }
  }

  #transition(source: StateNode, label: string, chart: ChartTransition): Transition {
    const targets = this.#targets(source, chart.targets);
    if (targets.length > 1) this.#refuseApart(source, targets, chart);
    if (chart.guard !== undefined) this.#checkGuard(source, chart.guard);
    this.#checkActions(source, chart.actions);
    return { source, chart, label, targets, guard: undefined, ops: NO_OPS };
  }

  /** XState: `#id`, `#id.below`, `.child`, or a path from the parent; a machine's own children have the dot. */
  #targets(source: StateNode, targets: readonly ChartTarget[]): readonly StateNode[] {
    const found = targets.map((target) => this.#target(source, target));
    return found.includes(undefined) ? found.filter((node) => node !== undefined) : (found as StateNode[]);
  }

  #target(source: StateNode, { text, path }: ChartTarget): StateNode | undefined {
    const found = this.#find(source, text);
    if (found instanceof StateNode) return found;
    const message = `${describe(source)} has a transition to ${JSON.stringify(text)}, and there is no such state`;
    this.#findings.add({ code: 'unknown-target', message, path, ...found });
    return undefined;
  }

  readonly find = (source: StateNode, { text, path }: ChartTarget): StateNode | undefined => {
    const found = text.startsWith('#') ? this.#byId(text.slice(1)) : below(this.root, splitPath(text), '');
    const { asksHistories } = this.#dialect;
    if (found instanceof StateNode && (asksHistories || found.type !== 'history')) return found;
    const message = `${describe(source)} asks whether ${JSON.stringify(text)} is active, and there is no such state`;
    const hint = found instanceof StateNode ? {} : found;
    this.#findings.add({ code: 'unknown-state', message, path, ...hint });
    return undefined;
  };

  /** Guards may name states. */
  #checkGuard(source: StateNode, guard: ChartGuard): void {
    if (guard.kind === 'in') this.find(source, guard.target);
    else if (guard.kind === 'not') this.#checkGuard(source, guard.guard);
    else if ('guards' in guard) for (const inner of guard.guards) this.#checkGuard(source, inner);
  }

  #checkActions(source: StateNode, actions: readonly ChartAction[]): void {
    for (const action of actions) {
      if (action.kind === 'datamodel') this.#checkActions(source, action.inner);
      if (action.kind !== 'choose') continue;
      for (const { guard, actions: inner } of action.branches) {
        if (guard !== undefined) this.#checkGuard(source, guard);
        this.#checkActions(source, inner);
      }
    }
  }

  #find(source: StateNode, text: string): Found {
    if (text.startsWith('#')) return this.#byId(text.slice(1));
    if (text.startsWith('.')) return below(source, splitPath(text.slice(1)), '.');
    if (source.parent !== undefined) return below(source.parent, splitPath(text), '');
    const child = below(source, splitPath(text), '.');
    return child instanceof StateNode ? { hint: `did you mean ".${text}"?` } : child;
  }

  #byId(text: string): Found {
    const exact = this.#ids.get(text);
    if (exact !== undefined) return exact;
    const [id = '', ...keys] = splitPath(text);
    const start = id === this.root.id ? this.root : this.#ids.get(id);
    if (start !== undefined) return below(start, keys, `#${id}.`);
    const known = new Map([...this.#ids, [this.root.id, this.root] as const]);
    const { hint } = meant(text, known);
    return hint === undefined ? {} : { hint: hint.replace('"', '"#') };
  }
}

/** The state that keys lead to; where they lead nowhere, what may have been meant. */
function below(start: StateNode, keys: readonly string[], prefix: string): Found {
  let node = start;
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] ?? '';
    const child = node.children.get(key);
    if (child === undefined) {
      const { hint } = meant(key, node.children);
      const before = [...keys.slice(0, i), ''].join('.');
      return hint === undefined ? {} : { hint: hint.replace('"', `"${prefix}${before}`) };
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

/** A state as a message names it. */
function describe(node: StateNode): string {
  return node.parent === undefined ? 'the machine' : `the state "${node.path}"`;
}
