import { isJsonObject, type Json, type JsonObject, own } from '../../core/json.js';
import type { Checked, Problem } from '../../core/problem.js';
import { Budget } from '../budget.js';
import type { Expression, Surroundings } from '../expression.js';
import { ExpressionError } from '../expression-error.js';
import { Inspection } from '../inspection.js';
import { problemAt, SourceError } from '../source-error.js';
import { parsePath } from './path-parser.js';
import { isDefinite, type PathTree, type Segment } from './path-tree.js';
import { canSelect, follow, rootOf, selectAll, selectOne } from './selection.js';

/** UTF-16 units of the text of one path. */
export const MAX_PATH_LENGTH = 65_536;

/** A path of the States Language. */
export interface JsonPath extends Expression {
  /**
   * Whether it can only find one value: then it gives that value, or undefined; else an array of all it finds, if the
   * names and indexes that it begins with lead anywhere.
   */
  readonly definite: boolean;
  /** The variable that it starts from (`$name`), without the `$`. */
  readonly variable: string | undefined;
  /** Whether it starts from the input, `$`. */
  readonly readsInput: boolean;
  /** Whether an index leads behind the end of an array, or before its start, where the path finds nothing. */
  isOutOfRange(input: Json | undefined, surroundings?: Surroundings): boolean;
}

/** The code of a path into an input that is null: nothing can be read from that, and `$` is no exception. */
export const NULL_INPUT = 'jsonpath-null';

const NO_BINDINGS: JsonObject = {};

/**
 * Compiles a path in the dialect of Step Functions, which is Jayway's: `$` is the input, `$$` the context object
 * (the binding `$$`), `$name` a variable (the binding `name`). Children, indexes, slices, unions, wildcards, `..`
 * and filters; a step of a slice says nothing, and functions such as `length()` are names, as they are there.
 *
 * @example
 * const path = compilePath('$.orders[?(@.qty > 1)].id');
 * 'value' in path && path.value.evaluate({ orders: [{ id: 'a', qty: 1 }, { id: 'b', qty: 2 }] }); // => ['b']
 */
export function compilePath(text: string): Checked<JsonPath> {
  const parsed = checkPath(text);
  return 'problem' in parsed ? parsed : { value: new CompiledPath(text, parsed.value) };
}

/** The tree of a path, or what is wrong with its text. */
export function checkPath(text: string): Checked<PathTree> {
  if (text.length > MAX_PATH_LENGTH) return { problem: tooLong };
  try {
    return { value: parsePath(text) };
  } catch (error) {
    if (error instanceof SourceError) return { problem: problemAt(text, error) };
    throw error;
  }
}

const tooLong: Problem = {
  code: 'jsonpath-length',
  message: `a path may not exceed ${MAX_PATH_LENGTH} characters`,
  path: '',
};

class CompiledPath implements JsonPath {
  readonly text: string;
  readonly definite: boolean;
  readonly variable: string | undefined;
  readonly readsInput: boolean;
  readonly #tree: PathTree;
  /** The names of a path that is nothing but names: the usual case needs no more than a few reads. */
  readonly #names: readonly string[] | undefined;

  constructor(text: string, tree: PathTree) {
    this.text = text;
    this.definite = isDefinite(tree);
    this.variable = tree.root.type === 'variable' ? tree.root.name : undefined;
    this.readsInput = tree.root.type === 'input';
    this.#tree = tree;
    this.#names = plainNames(tree.segments);
  }

  evaluate(input: Json | undefined, surroundings?: Surroundings): Json | undefined {
    if (input === null && this.readsInput) {
      throw new ExpressionError(NULL_INPUT, 'Unable to apply Path transformation to null or empty input.');
    }
    const bindings = surroundings?.bindings ?? NO_BINDINGS;
    if (this.#names !== undefined) return this.#read(this.#names, input, bindings);
    const scope = { input, bindings, item: undefined, budget: surroundings?.budget ?? new Budget() };
    scope.budget.spend(this.#tree.segments.length + 1);
    if (this.definite) return selectOne(this.#tree, scope);
    const found = selectAll(this.#tree, scope);
    if (found !== undefined) new Inspection().visit(found);
    return found;
  }

  isOutOfRange(input: Json | undefined, surroundings?: Surroundings): boolean {
    const { root, segments } = this.#tree;
    let value = rootOf(root, input, surroundings?.bindings ?? NO_BINDINGS);
    for (const segment of segments) {
      if (value === undefined) return false;
      const next = follow(segment, value);
      if (next === undefined) return segment.type === 'index' && canSelect(segment, value);
      value = next;
    }
    return false;
  }

  #read(names: readonly string[], input: Json | undefined, bindings: JsonObject): Json | undefined {
    const { root } = this.#tree;
    let value = root.type === 'input' ? input : rootOf(root, input, bindings);
    for (const name of names) {
      if (!isJsonObject(value)) return undefined;
      value = own(value, name);
    }
    return value;
  }
}

function plainNames(segments: readonly Segment[]): readonly string[] | undefined {
  const names: string[] = [];
  for (const segment of segments) {
    if (segment.type !== 'name') return undefined;
    names.push(segment.name);
  }
  return names;
}
