import type { StateNode } from './node.js';

/** A run of states that stand next to each other in a list in document order; `to` is not in it. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export const EMPTY_SPAN: Span = Object.freeze({ from: 0, to: 0 });

/** Where those numbered from `first` to `last` stand in a list in document order: a state and all below it have numbers in a row. */
export function spanOf(nodes: readonly StateNode[], first: number, last: number): Span {
  return { from: position(nodes, first), to: position(nodes, last + 1) };
}

/** How many have a lower number. */
function position(nodes: readonly StateNode[], index: number): number {
  let low = 0;
  let high = nodes.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((nodes[middle] as StateNode).index < index) low = middle + 1;
    else high = middle;
  }
  return low;
}
