import type { Graph } from '../core/language.js';
import type { StateNode, Transition } from './node.js';

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
    edges: nodes.flatMap((node) => [...initialEdge(node), ...transitionsOf(node).map(edge)]),
  };
}

function initialEdge({ path, initial }: StateNode): Graph['edges'] {
  return initial === undefined ? [] : [{ from: path, to: initial.path, label: '' }];
}

function transitionsOf(node: StateNode): readonly Transition[] {
  return [...[...node.on.values()].flat(), ...node.always];
}

function edge({ source, target, label, chart }: Transition): Graph['edges'][number] {
  const guard =
    chart.guard === undefined
      ? ''
      : ` [${chart.guard.kind === 'named' ? chart.guard.name : chart.guard.text}]`;
  return { from: source.path, to: (target ?? source).path, label: `${label}${guard}` };
}
