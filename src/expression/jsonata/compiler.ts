import { compileBinary, compileNegate } from './arithmetic.js';
import { compileApply, compileCall, compileLambda, compileTailCall } from './calls.js';
import type { TailCode } from './closure.js';
import type { Compiling } from './compiling.js';
import { compileArray, compileLiteral, compileObject } from './constructors.js';
import { compileBlock, compileCondition, compileFallback } from './control.js';
import { compileFilters } from './filter.js';
import { Folding } from './folding.js';
import { boundNames, Frame, inOwnScope } from './frame.js';
import { compileGroup } from './grouping.js';
import { parse } from './parser.js';
import { compilePath } from './path.js';
import { compileRegex } from './regular-expression.js';
import type { Rules } from './rules.js';
import { compileDescendants, compileName, compileWildcard } from './selectors.js';
import type { Node } from './syntax-tree.js';
import { compileTransform } from './transform.js';
import { type Body, type Code, collapse } from './value.js';
import { compileBind, compileParent, compileVariable } from './variables.js';

/** The code of a whole expression. Throws SourceError. */
export function compileText(text: string, rules: Rules): Body {
  return new Compiler(rules, undefined, true).scopedBody(parse(text));
}

type NodeCompilers = {
  readonly [T in Node['type']]: (node: Extract<Node, { type: T }>, compiling: Compiling) => Code;
};

const COMPILERS: NodeCompilers = {
  literal: compileLiteral,
  name: compileName,
  wildcard: compileWildcard,
  descendants: compileDescendants,
  parent: compileParent,
  variable: compileVariable,
  regex: compileRegex,
  path: compilePath,
  sort: () => {
    throw new Error('an order-by is always a step of a path');
  },
  binary: compileBinary,
  negate: compileNegate,
  array: compileArray,
  object: compileObject,
  block: (node, compiling) => compileBlock(node, (last) => compiling.node(last), compiling),
  condition: (node, compiling) => compileCondition(node, (part) => compiling.node(part), compiling),
  fallback: compileFallback,
  bind: compileBind,
  lambda: compileLambda,
  call: compileCall,
  apply: compileApply,
  transform: compileTransform,
};

class Compiler implements Compiling {
  readonly rules: Rules;
  frame: Frame | undefined;
  readonly #folding: Folding | undefined;
  /** Nodes compiled so far into the body at hand. */
  #cost = 0;
  /** Levels of nesting inside the body at hand, and the most of them so far. */
  #depth = 0;
  #deepest = 0;

  /** What is compiled to be evaluated but once is not folded. */
  constructor(rules: Rules, frame: Frame | undefined, folds: boolean) {
    this.rules = rules;
    this.frame = frame;
    this.#folding = folds ? new Folding(this) : undefined;
  }

  node(node: Node): Code {
    const code = this.#unfolded(node);
    return this.#folding === undefined ? code : this.#folding.fold(node, code);
  }

  #unfolded(node: Node): Code {
    const bare = this.bare(node);
    if (node.type === 'path') return bare;
    const keep = node.keepArray === true;
    const filtered = node.predicates === undefined ? bare : compileFilters(bare, node.predicates, this);
    const code = node.group === undefined ? filtered : compileGroup(node.group, filtered, this);
    return code === bare && !keep && COLLAPSED.has(node.type)
      ? code
      : (input, scope) => collapse(code(input, scope), keep);
  }

  bare(node: Node): Code {
    this.#cost++;
    this.#depth++;
    this.#deepest = Math.max(this.#deepest, this.#depth);
    const compile = COMPILERS[node.type] as (node: Node, compiling: Compiling) => Code;
    const code = compile(node, this);
    this.#depth--;
    return code;
  }

  tail(node: Node): TailCode {
    if (node.predicates !== undefined || node.group !== undefined || node.keepArray) return this.node(node);
    switch (node.type) {
      case 'call':
        return compileTailCall(node, this);
      case 'condition':
        return compileCondition(node, (part) => this.tail(part), this);
      case 'block':
        return compileBlock(node, (last) => this.tail(last), this);
      default:
        return this.node(node);
    }
  }

  body(node: Node): Body {
    const { value: code, cost } = this.measured(() => this.node(node));
    return { code, cost };
  }

  scopedBody(node: Node): Body {
    const names = boundNames([node]);
    if (names.length === 0) return this.body(node);
    return this.within(names, (frame) => {
      const { code, cost } = this.body(node);
      return { code: inOwnScope(code, frame.names.length), cost };
    });
  }

  within<T>(names: Iterable<string>, compile: (frame: Frame) => T): T {
    const frame = new Frame(names, this.frame);
    return this.inFrame(frame, () => compile(frame));
  }

  inFrame<T>(frame: Frame, compile: () => T): T {
    const outer = this.frame;
    this.frame = frame;
    const result = compile();
    this.frame = outer;
    return result;
  }

  measured<T>(compile: () => T): { readonly value: T; readonly cost: number; readonly depth: number } {
    const [cost, depth, deepest] = [this.#cost, this.#depth, this.#deepest];
    [this.#cost, this.#depth, this.#deepest] = [1, 0, 0];
    const value = compile();
    const measured = { value, cost: this.#cost, depth: this.#deepest };
    // What is nested inside is nested here too, when it comes to the stack.
    [this.#cost, this.#depth, this.#deepest] = [cost + 1, depth, Math.max(deepest, depth + measured.depth)];
    return measured;
  }

  charge(steps: number): void {
    this.#cost += steps;
  }

  text(text: string, frame: Frame | undefined): Body {
    return new Compiler(this.rules, frame, false).scopedBody(parse(text));
  }
}

/** Nodes whose own code gives nothing that still has to be collapsed. */
const COLLAPSED: ReadonlySet<Node['type']> = new Set<Node['type']>([
  'literal',
  'name',
  'regex',
  'binary',
  'negate',
  'array',
  'object',
  'block',
  'condition',
  'fallback',
  'bind',
  'lambda',
  'transform',
]);
