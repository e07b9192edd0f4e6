import type { Graph, GraphEdgeKind, GraphNode, GraphShape } from '../../core/graph.js';
import { Refused } from '../../core/problem.js';
import { MAX_DIAGRAM_EDGES, MAX_DIAGRAM_STATES, MAX_LINE_LENGTH, MAX_LINES } from './limits.js';

/** A graph made ready to be drawn: a tree of states with what is written on each, and edges between them. */
export interface Diagram {
  readonly name: string;
  /** The machine itself. */
  readonly root: DiagramState;
  /** All of them, the root first; a state comes after the one that it is in. */
  readonly states: readonly DiagramState[];
  /** Those that lead somewhere: what is internal is written in its state. */
  readonly edges: readonly DiagramEdge[];
  readonly direction: Direction;
}

export type Direction = 'down' | 'right';

export interface DiagramState {
  /** A name for tools: a letter and a number, whatever the state is called. */
  readonly key: string;
  /** As in its graph. */
  readonly id: string;
  readonly shape: GraphShape;
  readonly name: string;
  /** What it does by itself, a line each. */
  readonly notes: readonly string[];
  readonly parent: DiagramState | undefined;
  readonly children: readonly DiagramState[];
  /** Whether it is marked as active. */
  readonly active: boolean;
}

export interface DiagramEdge {
  readonly from: DiagramState;
  readonly to: DiagramState;
  readonly label: string;
  readonly kind: Exclude<GraphEdgeKind, 'internal'>;
}

export interface DiagramOptions {
  /** What the whole is called; the name of the graph's first node if absent. */
  readonly name?: string;
  /** The ids of the states that are marked. */
  readonly active?: Iterable<string>;
  /** `down` if absent. */
  readonly direction?: Direction;
}

/**
 * Makes a graph ready to be drawn. Edges to what is not there are left out. Throws Refused (`diagram-too-large`) where it
 * has more states or edges than anybody could look at.
 */
export function diagramOf(graph: Graph, options: DiagramOptions = {}): Diagram {
  refuseMany('states', graph.nodes.length, MAX_DIAGRAM_STATES);
  refuseMany('edges', graph.edges.length, MAX_DIAGRAM_EDGES);
  const notes = internalNotes(graph);
  const active = new Set(options.active);
  const states = new Map<string, Building>();
  for (const node of graph.nodes) {
    const parent = node.parent === undefined ? undefined : states.get(node.parent);
    const key = `s${states.size}`;
    const state = stateOf(node, key, parent, notes.get(node.id) ?? [], active.has(node.id));
    states.set(node.id, state);
    parent?.children.push(state);
  }
  const [root = stateOf(NOTHING, 's0', undefined, [], false)] = states.values();
  const edges = graph.edges.flatMap(({ from, to, label, kind }): DiagramEdge[] => {
    const [source, target] = [states.get(from), states.get(to)];
    if (source === undefined || target === undefined || kind === 'internal') return [];
    return [{ from: source, to: target, label: shortened(label), kind }];
  });
  const all = states.size === 0 ? [root] : [...states.values()];
  return {
    name: shortened(options.name ?? root.name),
    root,
    states: all,
    edges,
    direction: options.direction ?? 'down',
  };
}

/** Whether a state is another one, or in it. */
export function isWithin(state: DiagramState, other: DiagramState): boolean {
  for (let at: DiagramState | undefined = state; at !== undefined; at = at.parent)
    if (at === other) return true;
  return false;
}

export function isGroup({ children }: DiagramState): boolean {
  return children.length > 0;
}

/** Whether it is the arrow from the black dot in a group; where a history state leads by default is none. */
export function isStart({ from, kind }: DiagramEdge): boolean {
  return kind === 'initial' && isGroup(from);
}

const NOTHING: GraphNode = { id: '', name: '', type: '', shape: 'group', notes: [] };

interface Building extends DiagramState {
  readonly children: DiagramState[];
}

function stateOf(
  { id, name, shape, notes }: GraphNode,
  key: string,
  parent: DiagramState | undefined,
  internal: readonly string[],
  active: boolean,
): Building {
  const lines = [...notes, ...internal].map(shortened);
  const over = lines.length - MAX_LINES;
  const kept = over > 0 ? [...lines.slice(0, MAX_LINES - 1), `… and ${over + 1} more`] : lines;
  return { key, id, shape, name: shortened(name), notes: kept, parent, children: [], active };
}

/** By state, what it does without being left. */
function internalNotes({ edges }: Graph): ReadonlyMap<string, readonly string[]> {
  const notes = new Map<string, string[]>();
  for (const { from, label, kind } of edges) {
    if (kind !== 'internal') continue;
    const lines = notes.get(from);
    if (lines === undefined) notes.set(from, [label]);
    else lines.push(label);
  }
  return notes;
}

function refuseMany(what: string, count: number, most: number): void {
  if (count <= most) return;
  const message = `a diagram of ${count} ${what} is more than can be drawn: at most ${most}`;
  throw new Refused({ code: 'diagram-too-large', message, path: '' });
}

/** One line, short enough to be drawn. Control characters, which no format can hold, become blanks. */
function shortened(text: string): string {
  const line = text.replace(BLANK, ' ').trim();
  return line.length > MAX_LINE_LENGTH ? `${[...line].slice(0, MAX_LINE_LENGTH - 1).join('')}…` : line;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is replaced here
const BLANK = /[\s\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufffe\uffff]+|\p{Cs}/gu;
