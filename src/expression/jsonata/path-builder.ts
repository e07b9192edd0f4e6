import type { Ancestry } from './ancestry.js';
import type { Filter, Group, Node, Path, Sort } from './syntax-tree.js';

/** Says what is wrong with a path that the grammar lets through. */
export type Note = (code: string, message: string, position: number) => void;

/** Builds paths while they are parsed: flat, steps in a row, each with its filters and bindings. */
export class PathBuilder {
  readonly #ancestry: Ancestry;
  readonly #note: Note;

  constructor(ancestry: Ancestry, note: Note) {
    this.#ancestry = ancestry;
    this.#note = note;
  }

  /** `left.right` */
  join(left: Node, right: Node): Path {
    const path: Path =
      left.type === 'path'
        ? left
        : {
            type: 'path',
            steps: [],
            position: left.position,
            ...(left.type === 'parent' ? { seeking: [left.slot] } : {}),
          };
    if (left !== path) this.#add(path, left);
    if (right.type === 'path') for (const step of right.steps) this.#add(path, step);
    else {
      stageFilters(right);
      this.#add(path, right);
    }
    for (const end of [path.steps[0], path.steps.at(-1)]) if (end?.type === 'array') end.rows = true;
    this.#ancestry.resolve(path);
    return path;
  }

  /** A text as a step is a name; nothing else that is written out can be one. */
  #add(path: Path, step: Node): void {
    if (step.keepArray) path.keepSingleton = true;
    if (step.type !== 'literal') path.steps.push(step);
    else if (typeof step.value === 'string') path.steps.push({ ...step, type: 'name', value: step.value });
    else this.#note('S0213', `${step.value} cannot be a step of a path`, step.position);
  }

  /** `left[expression]` */
  filter(left: Node, expression: Node, position: number): void {
    const step = lastStep(left);
    if (step.group !== undefined) this.#note('S0209', 'a filter cannot follow a grouping', position);
    this.#ancestry.carryPredicate(step, expression);
    const filter: Filter = { type: 'filter', expression, position };
    if (left.type === 'path') {
      step.stages ??= [];
      step.stages.push(filter);
    } else {
      step.predicates ??= [];
      step.predicates.push(filter);
    }
  }

  /** `left[]` */
  keepArray(left: Node): void {
    left.keepArray = true;
    const last = lastStep(left);
    if (left.type !== 'path' || left.steps.length > 1 || last.type === 'sort') return;
    last.keepArray = true;
    left.keepSingleton = true;
  }

  /** `left{ … }` */
  group(left: Node, group: Group): void {
    if (left.group !== undefined) this.#note('S0210', 'a step can have only one grouping', group.position);
    left.group = group;
  }

  /** `left^( … )` */
  sort(left: Node, terms: Sort['terms'], position: number): Path {
    const path = asPath(left);
    const expressions = terms.map((term) => term.expression);
    path.steps.push(this.#ancestry.carry({ type: 'sort', terms, position }, ...expressions));
    this.#ancestry.resolve(path);
    return path;
  }

  /** `left@$name` */
  bindFocus(left: Node, name: string, position: number): void {
    const step = lastStep(left);
    if (step.stages !== undefined || step.predicates !== undefined) {
      this.#note('S0215', 'a binding with "@" must come before the filters of its step', position);
    }
    if (step.type === 'sort') {
      this.#note('S0216', 'a binding with "@" must come before the order-by of its step', position);
    }
    step.focus = name;
    step.tuple = true;
  }

  /** `left#$name` */
  bindIndex(left: Node, name: string): Path {
    if (left.type !== 'path') stageFilters(left);
    const path = asPath(left);
    const step = lastStep(path);
    if (step.stages === undefined) step.index = name;
    else step.stages.push({ type: 'index', name });
    step.tuple = true;
    return path;
  }
}

function asPath(node: Node): Path {
  return node.type === 'path' ? node : { type: 'path', steps: [node], position: node.position };
}

function lastStep(node: Node): Node {
  return node.type === 'path' ? (node.steps.at(-1) ?? node) : node;
}

/** As a step of a path, a node filters what it gives for each item; alone, it filters what it gives. */
function stageFilters(node: Node): void {
  if (node.predicates === undefined) return;
  node.stages = node.predicates;
  delete node.predicates;
}
