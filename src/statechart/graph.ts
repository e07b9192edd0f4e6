import type { Graph, GraphEdge, GraphNode, GraphShape } from '../core/graph.js';
import type { Json } from '../core/json.js';
import { DIALECTS } from './dialect.js';
import { link } from './link.js';
import type { StateNode, Transition } from './node.js';
import type { ChartState, ChartTransition } from './schema/chart.js';
import { Findings } from './schema/findings.js';
import { readMachine } from './schema/machine.js';
import { TIMEOUT_KEY } from './schema/state.js';
import { actionWords, guardWords } from './words.js';

/**
 * The states and transitions of a machine, for drawing. A transition with several targets is an edge to each, one
 * without any is internal.
 */
export function graphOf(source: Json): Graph {
  const findings = new Findings(true);
  const chart = readMachine(source, findings);
  if (chart === undefined) return { nodes: [], edges: [] };
  const { nodes } = link(chart, DIALECTS[chart.dialect], findings);
  return { nodes: nodes.map(nodeOf), edges: nodes.flatMap(edgesOf) };
}

const SHAPES: Readonly<Record<ChartState['type'], GraphShape>> = {
  atomic: 'state',
  compound: 'group',
  parallel: 'parallel',
  final: 'final',
  history: 'history',
};

function nodeOf({ path, parent, key, chart }: StateNode): GraphNode {
  return {
    id: path,
    ...(parent === undefined ? {} : { parent: parent.path }),
    name: key,
    type: chart.type,
    shape: chart.deep ? 'deep-history' : SHAPES[chart.type],
    notes: notesOf(chart),
  };
}

function notesOf({ entry, exit, invoke, tags }: ChartState): string[] {
  return [
    ...(tags.length === 0 ? [] : [`tags ${tags.join(', ')}`]),
    ...entry.map((action) => `entry / ${actionWords(action)}`),
    ...exit.map((action) => `exit / ${actionWords(action)}`),
    ...invoke.map(({ src }) => `invoke ${src}`),
  ];
}

function edgesOf(node: StateNode): readonly GraphEdge[] {
  return [...initialEdges(node), ...transitionEdges(node)];
}

/** Where it is entered by default; a history state that names nothing leads where its parent does. */
function initialEdges({ path, chart, initial }: StateNode): readonly GraphEdge[] {
  if (chart.initial === undefined) return [];
  const label = chart.initial.actions.map(actionWords).join(', ');
  return initial.map((target) => ({
    ...{ from: path, to: target.path, kind: 'initial' },
    label: label === '' ? '' : `/ ${label}`,
  }));
}

function transitionEdges(node: StateNode): readonly GraphEdge[] {
  const events = eventWords(node.chart);
  const edges = ({ source, targets, label, chart }: Transition): readonly GraphEdge[] => {
    const event = events.get(chart);
    const words = { from: source.path, label: labelOf(event?.label ?? label, chart) };
    if (targets.length === 0) return [{ ...words, to: source.path, kind: 'internal' }];
    return targets.map(({ path: to }) => ({ ...words, to, kind: event?.kind ?? 'transition' }));
  };
  return [...node.on.map(({ transition }) => transition), ...node.always].flatMap(edges);
}

/** What is said of transitions whose event has a name of our own making. */
function eventWords({ invoke, after }: ChartState): ReadonlyMap<ChartTransition, EventWords> {
  const words = new Map<ChartTransition, EventWords>();
  for (const { src, onDone, onError } of invoke) {
    for (const chart of onDone) words.set(chart, { label: `done ${src}`, kind: 'transition' });
    for (const chart of onError) words.set(chart, { label: `error ${src}`, kind: 'error' });
  }
  for (const { key, transitions } of after) {
    if (key !== TIMEOUT_KEY) continue;
    for (const chart of transitions) words.set(chart, { label: 'timeout', kind: 'transition' });
  }
  return words;
}

type EventWords = Pick<GraphEdge, 'label' | 'kind'>;

function labelOf(event: string, { guard, actions }: ChartTransition): string {
  const asks = guard === undefined ? '' : ` [${guardWords(guard)}]`;
  const does = actions.length === 0 ? '' : ` / ${actions.map(actionWords).join(', ')}`;
  return `${event}${asks}${does}`;
}
