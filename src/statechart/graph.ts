import type { Graph } from '../core/language.js';
import type { StateNode, Transition } from './node.js';
import type { ChartGuard } from './schema/chart.js';

/**
 * The states and transitions of a machine, for drawing. The root is a node with an empty id; an edge without a
 * label leads from a state to its initial one, and one without a target of its own leads back to its source.
 */
export function graphOf(nodes: readonly StateNode[]): Graph {
  return {
    nodes: nodes.map(({ path, parent, chart }) => ({
      id: path,
      ...(parent === undefined ? {} : { parent: parent.path }),
      type: chart.type,
    })),
    edges: nodes.flatMap((node) => [...initialEdge(node), ...transitionsOf(node).flatMap(edgesOf)]),
  };
}

function initialEdge({ path, initial }: StateNode): Graph['edges'] {
  return initial.map((target) => ({ from: path, to: target.path, label: '' }));
}

function transitionsOf(node: StateNode): readonly Transition[] {
  return [...node.on.map(({ transition }) => transition), ...node.always];
}

function edgesOf({ source, targets, label, chart }: Transition): Graph['edges'] {
  const guard = chart.guard === undefined ? '' : ` [${guardText(chart.guard)}]`;
  const ends = targets.length === 0 ? [source] : targets;
  return ends.map((end) => ({ from: source.path, to: end.path, label: `${label}${guard}` }));
}

function guardText(guard: ChartGuard): string {
  switch (guard.kind) {
    case 'and':
    case 'or':
      return `(${guard.guards.map(guardText).join(` ${guard.kind} `)})`;
    case 'not':
      return `not ${guardText(guard.guard)}`;
    case 'in':
      return `in ${guard.target.text}`;
    case 'named':
      return guard.name;
    default:
      return guard.text;
  }
}
