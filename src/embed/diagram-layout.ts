import type { ElkExtendedEdge, ElkNode } from 'elkjs/lib/elk-api.js';
import {
  type Diagram,
  type DiagramEdge,
  type DiagramState,
  isGroup,
  isStart,
} from '../analysis/diagram/diagram.js';
import {
  type Box,
  type Layout,
  labelSize,
  type PlacedEdge,
  START,
  textSize,
} from '../analysis/diagram/layout.js';
import { Refused } from '../core/problem.js';

/** States, and edges, of a diagram that is laid out: beyond them it would take a minute and more. */
export const MAX_LAYOUT_STATES = 500;
export const MAX_LAYOUT_EDGES = 1_000;

/** Edges past which the layout is made in a hurry: good enough, in a fifth of the time. */
const UNHURRIED_EDGES = 100;

/** Gives everything in a diagram its place. Throws Refused (`diagram-too-large`) past what can be laid out in good time. */
export async function layOut(diagram: Diagram): Promise<Layout> {
  refuseMany('states', diagram.states.length, MAX_LAYOUT_STATES);
  refuseMany('edges', diagram.edges.length, MAX_LAYOUT_EDGES);
  const { default: Elk } = await import('elkjs/lib/elk.bundled.js');
  const placed = await new Elk.default().layout(elkGraph(diagram));
  return layoutOf(diagram, placed);
}

function refuseMany(what: string, count: number, most: number): void {
  if (count <= most) return;
  const message = `a diagram of ${count} ${what} is more than can be laid out: at most ${most}`;
  const hint = 'as Mermaid or DOT it can be larger';
  throw new Refused({ code: 'diagram-too-large', message, path: '', hint });
}

const GRAPH_OPTIONS = {
  'elk.algorithm': 'layered',
  'elk.hierarchyHandling': 'INCLUDE_CHILDREN',
  'elk.edgeRouting': 'ORTHOGONAL',
  'org.eclipse.elk.json.edgeCoords': 'ROOT',
  'org.eclipse.elk.json.shapeCoords': 'ROOT',
  'elk.padding': '[top=12,left=12,bottom=12,right=12]',
};

/** Of each group, since they are not handed down. */
const GROUP_OPTIONS = {
  'elk.spacing.nodeNode': '28',
  'elk.spacing.edgeNode': '16',
  'elk.spacing.edgeEdge': '12',
  'elk.spacing.edgeLabel': '4',
  'elk.spacing.nodeSelfLoop': '14',
  'elk.layered.spacing.nodeNodeBetweenLayers': '36',
  'elk.layered.spacing.edgeNodeBetweenLayers': '18',
};

/** What comes first is what the initial states lead to. */
const UNHURRIED = { 'elk.layered.cycleBreaking.strategy': 'DEPTH_FIRST' };
const HURRIED = { 'elk.layered.cycleBreaking.strategy': 'GREEDY', 'elk.layered.thoroughness': '1' };

/** ELK's node of the dot that a state's initial arrow begins at. */
const startOf = ({ key }: DiagramState) => `${key}-start`;

function elkGraph({ root, edges, direction }: Diagram): ElkNode {
  const starts = new Set(edges.filter(isStart).map(({ from }) => from));
  const options = {
    ...GROUP_OPTIONS,
    ...(edges.length > UNHURRIED_EDGES ? HURRIED : UNHURRIED),
    'elk.direction': direction === 'down' ? 'DOWN' : 'RIGHT',
  };
  const elkNode = (state: DiagramState): ElkNode => {
    const { width, height } = textSize(state);
    if (!isGroup(state)) return { id: state.key, width, height };
    const dot: ElkNode[] = starts.has(state) ? [{ id: startOf(state), ...START }] : [];
    return {
      id: state.key,
      layoutOptions: {
        ...options,
        'elk.padding': `[top=${height + 8},left=20,bottom=20,right=20]`,
        'elk.nodeSize.constraints': 'MINIMUM_SIZE',
        'elk.nodeSize.minimum': `(${width},${height})`,
      },
      children: [...dot, ...state.children.map(elkNode)],
    };
  };
  return {
    id: 'diagram',
    layoutOptions: { ...options, ...GRAPH_OPTIONS },
    children: [elkNode(root)],
    edges: edges.map(elkEdge),
  };
}

function elkEdge(edge: DiagramEdge, index: number): ElkExtendedEdge {
  const { from, to, label } = edge;
  return {
    id: `e${index}`,
    sources: [isStart(edge) ? startOf(from) : from.key],
    targets: [to.key],
    labels: label === '' ? [] : [{ text: label, ...labelSize(edge) }],
  };
}

function layoutOf(diagram: Diagram, placed: ElkNode): Layout {
  const boxes = new Map<string, Box>();
  const visit = (node: ElkNode): void => {
    boxes.set(node.id, boxOf(node));
    node.children?.forEach(visit);
  };
  visit(placed);
  return {
    diagram,
    ...sizeOf(placed),
    states: diagram.states.map((state) => ({ state, ...(boxes.get(state.key) ?? NOWHERE) })),
    edges: diagram.edges.map((edge, i) => placedEdge(edge, placed.edges?.[i])),
    starts: diagram.states.flatMap((state) => boxes.get(startOf(state)) ?? []),
  };
}

function placedEdge(edge: DiagramEdge, placed: ElkExtendedEdge | undefined): PlacedEdge {
  const points = (placed?.sections ?? []).flatMap(({ startPoint, bendPoints = [], endPoint }) => {
    return [startPoint, ...bendPoints, endPoint];
  });
  const [label] = placed?.labels ?? [];
  return { edge, points, label: label === undefined ? undefined : boxOf(label) };
}

const NOWHERE: Box = { x: 0, y: 0, width: 0, height: 0 };

function boxOf({ x = 0, y = 0, width = 0, height = 0 }: Partial<Box>): Box {
  return { x, y, width, height };
}

function sizeOf({ width = 0, height = 0 }: Partial<Box>): {
  readonly width: number;
  readonly height: number;
} {
  return { width, height };
}
