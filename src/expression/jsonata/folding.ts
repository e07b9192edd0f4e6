import { Budget } from '../budget.js';
import { ExpressionError } from '../expression-error.js';
import { nativeCallee } from './calls.js';
import type { Compiling } from './compiling.js';
import { NO_CONTEXT } from './signature.js';
import { type Node, operandsOf } from './syntax-tree.js';
import { type Code, isArray, isObject, type Result, Scope, Sequence, type Value } from './value.js';

/** Steps that working out the constant parts of one text may take, all together. */
export const MAX_FOLDING_STEPS = 10_000;

/** Members of a constant array or object: larger ones are made anew each time. */
export const MAX_FOLDED_MEMBERS = 100;

/**
 * Works out, while a text is compiled, what does not depend on anything outside of it: `60 * 60 * 24`,
 * `$toMillis("2025-01-01")`. What fails, or takes too long, is left to fail when it is evaluated.
 */
export class Folding {
  readonly #run = { budget: new Budget(MAX_FOLDING_STEPS), surroundings: {}, root: undefined };
  readonly #compiling: Compiling;
  /** What was found out about nodes before: where there is no context, and where there is one. */
  readonly #closed = [new WeakMap<Node, boolean>(), new WeakMap<Node, boolean>()] as const;

  constructor(compiling: Compiling) {
    this.#compiling = compiling;
  }

  /** The node's code, or code that gives its value. */
  fold(node: Node, code: Code): Code {
    if (node.type === 'literal' || !this.#isClosed(node, false)) return code;
    const { budget } = this.#run;
    const before = budget.left;
    try {
      const value = constantCode(code(NO_CONTEXT, new Scope(this.#run, [], undefined)));
      return value === undefined ? code : paid(value, before - budget.left);
    } catch (error) {
      if (error instanceof ExpressionError || error instanceof RangeError) return code;
      throw error;
    }
  }

  /** Whether a node needs nothing but itself, and the context if it is given one inside of what is folded. */
  #isClosed(node: Node, hasContext: boolean): boolean {
    const known = this.#closed[hasContext ? 1 : 0];
    const before = known.get(node);
    if (before !== undefined) return before;
    const isClosed = this.#needsNothing(node, hasContext);
    known.set(node, isClosed);
    return isClosed;
  }

  #needsNothing(node: Node, hasContext: boolean): boolean {
    if (node.tuple || node.focus !== undefined || node.index !== undefined) return false;
    const inContext = [...(node.predicates ?? []), ...(node.stages ?? [])].every(
      (part) => part.type === 'filter' && this.#isClosed(part.expression, true),
    );
    if (!inContext || node.group?.pairs.flat().some((part) => !this.#isClosed(part, true))) return false;
    switch (node.type) {
      case 'literal':
      case 'regex':
        return true;
      case 'name':
      case 'wildcard':
      case 'descendants':
        return hasContext;
      case 'variable':
        return node.name === '' && hasContext;
      case 'path':
        // Its first step is taken from each item of the context, however many there are, unless it is an array.
        return (
          (hasContext || node.steps[0]?.rows === true) &&
          node.steps.every((step, i) => this.#isClosed(step, hasContext || i > 0))
        );
      case 'sort':
        return node.terms.every((term) => this.#isClosed(term.expression, true));
      case 'call':
        return (
          nativeCallee(node.callee, this.#compiling) !== undefined &&
          node.args.every((arg) => arg !== undefined && this.#isClosed(arg, hasContext))
        );
      case 'negate':
      case 'binary':
      case 'array':
      case 'object':
      case 'block':
      case 'condition':
      case 'fallback':
      case 'apply':
        return operandsOf(node).every((child) => this.#isClosed(child, hasContext));
      default:
        return false;
    }
  }
}

/** What was worked out costs the steps that it took: budgets do not depend on what is folded. */
function paid(value: () => Result, steps: number): Code {
  if (steps === 0) return value;
  return (_input, { run }) => {
    run.budget.spend(steps);
    return value();
  };
}

/** Gives a value, anew each time if it could be changed by whoever gets it; undefined where that is dear. */
function constantCode(result: Result): (() => Result) | undefined {
  if (typeof result !== 'object' || result === null) return () => result;
  if (result instanceof Sequence) {
    const { items, keep } = result;
    return isFlat(items) ? () => new Sequence(items.slice(), keep) : undefined;
  }
  if (isArray(result)) return isFlat(result) ? () => result.slice() : undefined;
  if (!isObject(result) || !isFlat(Object.values(result))) return undefined;
  return () => ({ ...result });
}

function isFlat(members: readonly Value[]): boolean {
  return (
    members.length <= MAX_FOLDED_MEMBERS &&
    members.every((member) => typeof member !== 'object' || member === null)
  );
}
