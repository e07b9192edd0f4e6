import type { Compiling } from './compiling.js';
import { boundNames, freshSlots } from './frame.js';
import type { Block, Condition, Fallback, Node } from './syntax-tree.js';
import { truthOf } from './truth.js';
import { type Code, type Input, Scope } from './value.js';

/** Code of any result: what stands last in a function may give a call that is still to be made. */
type CodeOf<T> = (input: Input, scope: Scope) => T | undefined;

/** `(a; b; c)` gives the last; what it binds is bound inside it only. */
export function compileBlock<T>(
  node: Block,
  compileLast: (last: Node) => CodeOf<T>,
  compiling: Compiling,
): CodeOf<T> {
  const last = node.expressions.at(-1);
  if (last === undefined) return () => undefined;
  const names = boundNames(node.expressions);
  const sequence = (): CodeOf<T> => {
    const before = node.expressions.slice(0, -1).map((part) => compiling.node(part));
    const final = compileLast(last);
    if (before.length === 0) return final;
    return (input, scope) => {
      for (const code of before) code(input, scope);
      return final(input, scope);
    };
  };
  if (names.length === 0) return sequence();
  return compiling.within(names, (frame) => {
    const code = sequence();
    const count = frame.names.length;
    return (input, scope) => code(input, new Scope(scope.run, freshSlots(count), scope));
  });
}

export function compileCondition<T>(
  node: Condition,
  compilePart: (part: Node) => CodeOf<T>,
  compiling: Compiling,
): CodeOf<T> {
  const test = compiling.node(node.test);
  const then = compilePart(node.then);
  const otherwise: CodeOf<T> = node.otherwise === undefined ? () => undefined : compilePart(node.otherwise);
  return (input, scope) =>
    truthOf(test(input, scope), scope.run) ? then(input, scope) : otherwise(input, scope);
}

export function compileFallback(node: Fallback, compiling: Compiling): Code {
  const left = compiling.node(node.left);
  const right = compiling.node(node.right);
  const isGood: typeof truthOf = node.operator === '??' ? (value) => value !== undefined : truthOf;
  return (input, scope) => {
    const value = left(input, scope);
    return isGood(value, scope.run) ? value : right(input, scope);
  };
}
