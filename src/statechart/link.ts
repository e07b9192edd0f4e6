import { delayOver, stateDone, taskDone, taskError } from './machine-event.js';
import { StateNode, splitPath, type Transition, Wildcard } from './node.js';
import type { Chart, ChartInvoke, ChartState, ChartTransition } from './schema/chart.js';
import { type Findings, join, meant } from './schema/findings.js';

/** The states of a chart, numbered and connected. */
export interface Linked {
  /** In document order; the root comes first. */
  readonly nodes: readonly StateNode[];
  readonly root: StateNode;
}

/** Numbers the states of a chart and finds the targets of their transitions; what is missing is a finding. */
export function link(chart: Chart, findings: Findings): Linked {
  const linker = new Linker(chart, findings);
  for (const node of linker.nodes) linker.connect(node);
  return linker;
}

/** The id of the nth invocation of a state: its own, or one made of its position. */
export function invokeId(node: StateNode, invoke: ChartInvoke, index: number): string {
  return invoke.id ?? `${index}.${node.id}`;
}

/** What a name led to, or what may have been meant by it. */
type Found = StateNode | { readonly hint?: string };

class Linker implements Linked {
  readonly nodes: StateNode[] = [];
  readonly root: StateNode;
  /** The states that were given an id; the others are found by their place. */
  readonly #named: StateNode[] = [];
  readonly #ids: ReadonlyMap<string, StateNode>;
  readonly #findings: Findings;

  constructor(chart: Chart, findings: Findings) {
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
      node.last = this.nodes.length - 1;
    }
    if (chart.initial !== undefined) node.initial = node.children.get(chart.initial.target);
    return node;
  }

  #claimIds(): ReadonlyMap<string, StateNode> {
    const ids = new Map<string, StateNode>();
    for (const node of this.#named) {
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
    if (id === this.root.id) return this.root;
    if (!id.startsWith(`${this.root.id}.`)) return undefined;
    const found = below(this.root, id.slice(this.root.id.length + 1).split('.'), '');
    return found instanceof StateNode && found.id === id ? found : undefined;
  }

  connect(node: StateNode): void {
    const { chart } = node;
    const on = new Map<string, readonly Transition[]>();
    for (const [descriptor, list] of chart.on) this.#listen(on, node, descriptor, descriptor, list);
    this.#listen(on, node, stateDone(node.id), 'done', chart.onDone);
    if (chart.invoke.length > 0) this.#invokes(on, node);
    for (const { key, transitions } of chart.after) {
      this.#listen(on, node, delayOver(key, node.id), `after ${key}`, transitions);
    }
    if (on.size > 0) {
      node.on = on;
      node.wildcards = [...on]
        .filter(([descriptor]) => descriptor === '*' || descriptor.endsWith('.*'))
        .map(([descriptor, transitions]) => new Wildcard(descriptor, transitions))
        .sort((a, b) => b.length - a.length);
    }
    if (chart.always.length > 0) {
      node.always = chart.always.map((transition) => this.#transition(node, 'always', transition));
    }
    if (chart.onDone.length > 0 && chart.type === 'atomic') {
      const message = `${describe(node)} has no states, so its "onDone" never happens`;
      const path = join(chart.path, 'onDone');
      this.#findings.add({ code: 'never', message, path, severity: 'warning' });
    }
  }

  #invokes(on: Map<string, readonly Transition[]>, node: StateNode): void {
    node.chart.invoke.forEach((invoke, index) => {
      const id = invokeId(node, invoke, index);
      this.#listen(on, node, taskDone(id), `done ${id}`, invoke.onDone);
      this.#listen(on, node, taskError(id), `error ${id}`, invoke.onError);
      if (invoke.id === undefined || !hasInvoke(node, id, index)) return;
      const message = `the invoke id ${JSON.stringify(id)} is taken, here or in a state around this one`;
      this.#findings.add({ code: 'duplicate-id', message, path: join(invoke.path, 'id') });
    });
  }

  #listen(
    on: Map<string, readonly Transition[]>,
    node: StateNode,
    event: string,
    label: string,
    transitions: readonly ChartTransition[],
  ): void {
    if (transitions.length === 0) return;
    const linked = transitions.map((transition) => this.#transition(node, label, transition));
    const known = on.get(event);
    on.set(event, known === undefined ? linked : [...known, ...linked]);
  }

  #transition(source: StateNode, label: string, chart: ChartTransition): Transition {
    const target = chart.target === undefined ? undefined : this.#target(source, chart.target, chart);
    const domain = target === undefined ? source : this.#domain(source, target, chart.reenter);
    return { source, chart, label, target, domain, guard: undefined, ops: [] };
  }

  /** XState's rule: a transition into its own source stays within it unless it re-enters. */
  #domain(source: StateNode, target: StateNode, reenter: boolean): StateNode | undefined {
    if (!reenter && (target === source || target.isBelow(source))) return source;
    for (let node = target.parent; node !== undefined; node = node.parent) {
      if (source.isBelow(node)) return node;
    }
    return reenter ? undefined : this.root;
  }

  /** XState: `#id`, `#id.below`, `.child`, or a path from the parent; a machine's own children have the dot. */
  #target(source: StateNode, text: string, chart: ChartTransition): StateNode | undefined {
    const found = this.#find(source, text);
    if (found instanceof StateNode) return found;
    const message = `${describe(source)} has a transition to ${JSON.stringify(text)}, and there is no such state`;
    this.#findings.add({ code: 'unknown-target', message, path: chart.targetPath, ...found });
    return undefined;
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
