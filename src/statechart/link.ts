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
  const linker = new Linker(findings);
  const root = linker.number(chart.root, chart.id, chart.id, undefined);
  for (const node of linker.nodes) linker.connect(node);
  return { nodes: linker.nodes, root };
}

/** The id of the nth invocation of a state: its own, or one made of its position. */
export function invokeId(node: StateNode, invoke: ChartInvoke, index: number): string {
  return invoke.id ?? `${index}.${node.id}`;
}

class Linker {
  readonly nodes: StateNode[] = [];
  readonly #ids = new Map<string, StateNode>();
  readonly #findings: Findings;

  constructor(findings: Findings) {
    this.#findings = findings;
  }

  number(chart: ChartState, key: string, id: string, parent: StateNode | undefined): StateNode {
    const node = new StateNode(this.nodes.length, key, id, parent, chart);
    this.nodes.push(node);
    this.#claim(id, node);
    parent?.children.set(key, node);
    for (const child of chart.states) {
      // The default id is made of the keys from the root, whatever ids the states between have (XState).
      const path = node.path === '' ? [] : splitPath(node.path);
      const root = this.nodes[0]?.id ?? id;
      this.number(child, child.key, child.id ?? [root, ...path, child.key].join('.'), node);
    }
    node.last = this.nodes.length - 1;
    if (chart.initial !== undefined) node.initial = node.children.get(chart.initial.target);
    return node;
  }

  #claim(id: string, node: StateNode): void {
    const other = this.#ids.get(id);
    if (other === undefined) {
      this.#ids.set(id, node);
      return;
    }
    const path = node.chart.id === undefined ? node.chart.path : join(node.chart.path, 'id');
    const message = `the id ${JSON.stringify(id)} is taken by the state ${describe(other)}`;
    this.#findings.add({ code: 'duplicate-id', message, path });
  }

  connect(node: StateNode): void {
    const { chart } = node;
    for (const [descriptor, transitions] of chart.on) this.#on(node, descriptor, descriptor, transitions);
    this.#on(node, stateDone(node.id), 'done', chart.onDone);
    if (chart.onDone.length > 0 && chart.type === 'atomic') {
      const message = `${describe(node)} has no states, so its "onDone" never happens`;
      const path = join(chart.path, 'onDone');
      this.#findings.add({ code: 'never', message, path, severity: 'warning' });
    }
    this.#invokes(node);
    for (const { key, transitions } of chart.after) {
      this.#on(node, delayOver(key, node.id), `after ${key}`, transitions);
    }
    node.wildcards = [...node.on]
      .filter(([descriptor]) => descriptor === '*' || descriptor.endsWith('.*'))
      .map(([descriptor, transitions]) => new Wildcard(descriptor, transitions))
      .sort((a, b) => b.length - a.length);
    for (const transition of chart.always) node.always.push(this.#transition(node, 'always', transition));
  }

  #invokes(node: StateNode): void {
    node.chart.invoke.forEach((invoke, index) => {
      const id = invokeId(node, invoke, index);
      this.#on(node, taskDone(id), `done ${id}`, invoke.onDone);
      this.#on(node, taskError(id), `error ${id}`, invoke.onError);
      if (invoke.id === undefined || !hasInvoke(node, id, index)) return;
      const message = `the invoke id ${JSON.stringify(id)} is taken, here or in a state around this one`;
      this.#findings.add({ code: 'duplicate-id', message, path: join(invoke.path, 'id') });
    });
  }

  #on(node: StateNode, event: string, label: string, transitions: readonly ChartTransition[]): void {
    if (transitions.length === 0) return;
    const linked = transitions.map((transition) => this.#transition(node, label, transition));
    const known = node.on.get(event);
    node.on.set(event, known === undefined ? linked : [...known, ...linked]);
  }

  #transition(source: StateNode, label: string, chart: ChartTransition): Transition {
    const target = chart.target === undefined ? undefined : this.#target(source, chart.target, chart);
    const domain = target === undefined ? source : domainOf(source, target, chart.reenter);
    return { source, chart, label, target, domain, guard: undefined, ops: [] };
  }

  /** XState: `#id`, `#id.below`, `.child`, or a path from the parent; a machine's own children have the dot. */
  #target(source: StateNode, text: string, chart: ChartTransition): StateNode | undefined {
    const found = this.#find(source, text);
    if (found instanceof StateNode) return found;
    const message = `${describe(source)} has a transition to ${JSON.stringify(text)}, and there is no such state`;
    this.#findings.add({ code: 'unknown-target', message, path: chart.targetPath, ...found });
    return undefined;
  }

  #find(source: StateNode, text: string): StateNode | { hint?: string } {
    if (text.startsWith('#')) return this.#byId(text.slice(1));
    if (text.startsWith('.')) return below(source, splitPath(text.slice(1)), '.');
    if (source.parent !== undefined) return below(source.parent, splitPath(text), '');
    const child = below(source, splitPath(text), '.');
    return child instanceof StateNode ? { hint: `did you mean ".${text}"?` } : child;
  }

  #byId(text: string): StateNode | { hint?: string } {
    const exact = this.#ids.get(text);
    if (exact !== undefined) return exact;
    const [id = '', ...keys] = splitPath(text);
    const start = this.#ids.get(id);
    if (start !== undefined && keys.length > 0) return below(start, keys, `#${id}.`);
    const { hint } = meant(text, [...this.#ids.keys()]);
    return hint === undefined ? {} : { hint: hint.replace('"', '"#') };
  }
}

/** The state that keys lead to; where they lead nowhere, what may have been meant. */
function below(start: StateNode, keys: readonly string[], prefix: string): StateNode | { hint?: string } {
  let node = start;
  for (const [index, key] of keys.entries()) {
    const child = node.children.get(key);
    if (child === undefined) {
      const { hint } = meant(key, [...node.children.keys()]);
      const before = [...keys.slice(0, index), ''].join('.');
      return hint === undefined ? {} : { hint: hint.replace('"', `"${prefix}${before}`) };
    }
    node = child;
  }
  return node;
}

/** XState's rule: a transition into its own source stays within it unless it re-enters. */
function domainOf(source: StateNode, target: StateNode, reenter: boolean): StateNode | undefined {
  if (!reenter && (target === source || target.isBelow(source))) return source;
  let root = source;
  while (root.parent !== undefined) root = root.parent;
  for (let node = target.parent; node !== undefined; node = node.parent) {
    if (source.isBelow(node)) return node;
  }
  return reenter ? undefined : root;
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
export function describe(node: StateNode): string {
  return node.parent === undefined ? 'the machine' : `the state "${node.path}"`;
}
