/**
 * The structure of a definition, for drawing: one shape for every language. The first node is the machine itself,
 * whose id is empty; a state comes after the one it is in.
 */
export interface Graph {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
}

export interface GraphNode {
  /** Unique in its graph: a path from the root, as `active` names states. */
  readonly id: string;
  /** The node that it is in; of the machine itself there is none. */
  readonly parent?: string;
  /** As people call it; empty where it has no name of its own. */
  readonly name: string;
  /** The language's word for what it is: `atomic`, `Task`. */
  readonly type: string;
  readonly shape: GraphShape;
  /** What it does by itself, a line each: `entry / ring`, `invoke charge`. */
  readonly notes: readonly string[];
}

/**
 * What a node is drawn as: a state, one with states in it, one whose states are all active together, one that ends
 * what it is in, a memory of where its parent was left, a question, or an end without a name.
 */
export type GraphShape =
  | 'state'
  | 'group'
  | 'parallel'
  | 'final'
  | 'history'
  | 'deep-history'
  | 'choice'
  | 'end';

export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  /** Empty where nothing need be said. */
  readonly label: string;
  readonly kind: GraphEdgeKind;
}

/**
 * `initial`: where a state is entered by default. `internal`: something is done and the state stays as it is. `error`:
 * what follows when something went wrong. All others are a `transition`.
 */
export type GraphEdgeKind = 'initial' | 'transition' | 'internal' | 'error';
