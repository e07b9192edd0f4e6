import type { Signature } from './signature.js';
import type { RegexLiteral } from './token.js';

/** What every node may carry. Nodes are built by the parser, which is the only one to change them. */
interface NodeBase {
  /** Offset into the text, in UTF-16 units. */
  readonly position: number;
  /** `[]` was written: a sequence of one stays an array. */
  keepArray?: boolean;
  /** Filters of a node that stands alone. */
  predicates?: Filter[];
  /** Filters and index bindings of a node that is a step of a path. */
  stages?: Stage[];
  /** `{ … }` behind it. */
  group?: Group;
  /** `@$name`: what the step finds is bound, the context stays. */
  focus?: string;
  /** `#$name`: the position of what the step finds is bound. */
  index?: string;
  /** Under this label the step leaves what it started from, for `%`. */
  ancestor?: ParentSlot;
  /** The step, or the path, is evaluated on tuples: items with bindings. */
  tuple?: boolean;
  /** An array constructor at the beginning or end of a path: its arrays are rows. */
  rows?: boolean;
  /** `%`s inside that have not found the step they speak of. */
  seeking?: ParentSlot[];
}

export type Node =
  | Literal
  | Name
  | Wildcard
  | Descendants
  | Parent
  | Variable
  | RegexNode
  | Path
  | Sort
  | Binary
  | Negate
  | ArrayNode
  | ObjectNode
  | Block
  | Condition
  | Fallback
  | Bind
  | Lambda
  | Call
  | Apply
  | Transform;

export interface Literal extends NodeBase {
  readonly type: 'literal';
  value: string | number | boolean | null;
}

export interface Name extends NodeBase {
  readonly type: 'name';
  readonly value: string;
}

/** `*` */
export interface Wildcard extends NodeBase {
  readonly type: 'wildcard';
}

/** `**` */
export interface Descendants extends NodeBase {
  readonly type: 'descendants';
}

/** `%` */
export interface Parent extends NodeBase {
  readonly type: 'parent';
  readonly slot: ParentSlot;
}

/** Where a `%` finds its value: the step it speaks of is found by counting levels to the left. */
export interface ParentSlot {
  label: string;
  level: number;
}

/** `$name`; the empty name is the context, `$` is the whole document. */
export interface Variable extends NodeBase {
  readonly type: 'variable';
  readonly name: string;
}

export interface RegexNode extends NodeBase {
  readonly type: 'regex';
  readonly regex: RegexLiteral;
}

export interface Path extends NodeBase {
  readonly type: 'path';
  readonly steps: Node[];
  /** One of the steps says `[]`. */
  keepSingleton?: boolean;
}

/** `^( … )`, always a step of a path. */
export interface Sort extends NodeBase {
  readonly type: 'sort';
  readonly terms: readonly { readonly expression: Node; readonly descending: boolean }[];
}

export type BinaryOperator =
  | '+'
  | '-'
  | '*'
  | '/'
  | '%'
  | '='
  | '!='
  | '<'
  | '<='
  | '>'
  | '>='
  | '&'
  | 'and'
  | 'or'
  | 'in'
  | '..';

export interface Binary extends NodeBase {
  readonly type: 'binary';
  readonly operator: BinaryOperator;
  readonly left: Node;
  readonly right: Node;
}

export interface Negate extends NodeBase {
  readonly type: 'negate';
  readonly operand: Node;
}

export interface ArrayNode extends NodeBase {
  readonly type: 'array';
  readonly items: readonly Node[];
}

export interface ObjectNode extends NodeBase {
  readonly type: 'object';
  readonly pairs: readonly Pair[];
}

export type Pair = readonly [key: Node, value: Node];

export interface Block extends NodeBase {
  readonly type: 'block';
  readonly expressions: readonly Node[];
}

/** `a ? b : c` */
export interface Condition extends NodeBase {
  readonly type: 'condition';
  readonly test: Node;
  readonly then: Node;
  readonly otherwise: Node | undefined;
}

/** `a ?: b` takes b where a is falsy, `a ?? b` where there is no a. */
export interface Fallback extends NodeBase {
  readonly type: 'fallback';
  readonly operator: '?:' | '??';
  readonly left: Node;
  readonly right: Node;
}

/** `$name := value` */
export interface Bind extends NodeBase {
  readonly type: 'bind';
  readonly name: string;
  readonly value: Node;
}

export interface Lambda extends NodeBase {
  readonly type: 'lambda';
  readonly parameters: readonly string[];
  readonly signature: Signature | undefined;
  readonly body: Node;
}

/** A call; where an argument is undefined, `?` was written and the call gives a function. */
export interface Call extends NodeBase {
  readonly type: 'call';
  readonly callee: Node;
  readonly args: readonly (Node | undefined)[];
}

/** `left ~> right` */
export interface Apply extends NodeBase {
  readonly type: 'apply';
  readonly left: Node;
  readonly right: Node;
}

/** `| pattern | update, remove |` */
export interface Transform extends NodeBase {
  readonly type: 'transform';
  readonly pattern: Node;
  readonly update: Node;
  readonly remove: Node | undefined;
}

export interface Filter {
  readonly type: 'filter';
  readonly expression: Node;
  readonly position: number;
}

export type Stage = Filter | { readonly type: 'index'; readonly name: string };

export interface Group {
  readonly pairs: readonly Pair[];
  readonly position: number;
}

/** The nodes directly under a node, filters, groups and sort terms included. */
export function childrenOf(node: Node): Node[] {
  const children = operandsOf(node);
  for (const filter of node.predicates ?? []) children.push(filter.expression);
  for (const stage of node.stages ?? []) if (stage.type === 'filter') children.push(stage.expression);
  for (const pair of node.group?.pairs ?? []) children.push(...pair);
  return children;
}

/** The nodes that a node's own construct consists of. */
export function operandsOf(node: Node): Node[] {
  switch (node.type) {
    case 'path':
      return [...node.steps];
    case 'sort':
      return node.terms.map((term) => term.expression);
    case 'binary':
    case 'fallback':
    case 'apply':
      return [node.left, node.right];
    case 'negate':
      return [node.operand];
    case 'array':
      return [...node.items];
    case 'object':
      return node.pairs.flat();
    case 'block':
      return [...node.expressions];
    case 'condition':
      return node.otherwise === undefined ? [node.test, node.then] : [node.test, node.then, node.otherwise];
    case 'bind':
      return [node.value];
    case 'lambda':
      return [node.body];
    case 'call':
      return [node.callee, ...node.args.filter((arg) => arg !== undefined)];
    case 'transform':
      return node.remove === undefined
        ? [node.pattern, node.update]
        : [node.pattern, node.update, node.remove];
    default:
      return [];
  }
}
