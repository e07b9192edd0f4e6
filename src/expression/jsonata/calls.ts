import { didYouMean } from '../../core/problem.js';
import { ExpressionError } from '../expression-error.js';
import { SourceError } from '../source-error.js';
import { Closure, Composition, Partial, TailCall, type TailCode } from './closure.js';
import type { Compiling } from './compiling.js';
import { boundNames } from './frame.js';
import { located } from './located-error.js';
import type { Native } from './native.js';
import type { Apply, Call, Lambda, Node } from './syntax-tree.js';
import { type Code, FunctionValue, type Result, type Run } from './value.js';

type Arguments = (input: Parameters<Code>[0], scope: Parameters<Code>[1]) => Result[];

/** Levels of nesting in a function's body that count as one call towards the depth limit. */
const LEVELS_PER_CALL = 6;

const CALL_CODES = ['T1006', 'T1005'] as const;
const PARTIAL_CODES = ['T1008', 'T1007'] as const;

/** Step Functions says the first in just these words. */
const NOT_A_FUNCTION = {
  T1006: 'Attempted to invoke a non-function',
  T1008: 'Attempted to give arguments to a non-function',
} as const;

export function compileLambda(node: Lambda, compiling: Compiling): Code {
  const names = [...node.parameters, ...boundNames([node.body])];
  const definition = compiling.within(names, (frame) => {
    const { value: body, cost, depth } = compiling.measured(() => compiling.tail(node.body));
    const parameters = node.parameters.map((name) => frame.indexOf(name));
    const weight = 1 + Math.floor(depth / LEVELS_PER_CALL);
    const slots = frame.names.length;
    return { parameters, slots, signature: node.signature, body, cost: cost + (slots >> 4), weight };
  });
  return (input, scope) => new Closure(definition, input, scope);
}

export function compileCall(node: Call, compiling: Compiling): Code {
  if (node.args.includes(undefined)) return compilePartial(node, compiling);
  const native = nativeCallee(node.callee, compiling);
  const args = compileArguments(node.args, compiling);
  if (native !== undefined) return nativeCall(native, args, node.position);
  const callee = compileCallee(node.callee, node.position, compiling);
  return (input, scope) => {
    const fn = functionOf(callee.code(input, scope), callee, CALL_CODES);
    return invoke(fn, args(input, scope), input, scope.run, node.position);
  };
}

/** A call in the last place of a function is left to whoever called the function. */
export function compileTailCall(node: Call, compiling: Compiling): TailCode {
  if (node.args.includes(undefined)) return compiling.node(node);
  // What a function of the library finds is not collapsed here: `$map` and its like see the sequence.
  if (nativeCallee(node.callee, compiling) !== undefined) return compiling.bare(node);
  const callee = compileCallee(node.callee, node.position, compiling);
  const args = compileArguments(node.args, compiling);
  return (input, scope) =>
    new TailCall(functionOf(callee.code(input, scope), callee, CALL_CODES), args(input, scope));
}

/** `left ~> right`: a call gets the left side as its first argument, two functions become one. */
export function compileApply(node: Apply, compiling: Compiling): Code {
  const { right, position } = node;
  if (right.type === 'call' && !right.args.includes(undefined)) {
    return compiling.bare({ ...right, args: [node.left, ...right.args] });
  }
  const left = compiling.node(node.left);
  nativeCallee(right, compiling);
  const callee = compiling.node(right);
  return (input, scope) => {
    const value = left(input, scope);
    const fn = callee(input, scope);
    if (!(fn instanceof FunctionValue)) {
      throw new ExpressionError('T2006', 'the right side of "~>" must be a function', position);
    }
    if (value instanceof FunctionValue) return new Composition(value, fn);
    return invoke(fn, [value], undefined, scope.run, position);
  };
}

function compilePartial(node: Call, compiling: Compiling): Code {
  const open = node.args.flatMap((arg, i) => (arg === undefined ? [i] : []));
  const args = compileArguments(node.args, compiling);
  const native = nativeCallee(node.callee, compiling);
  if (native !== undefined) return (input, scope) => new Partial(native, args(input, scope), open);
  const callee = compileCallee(node.callee, node.position, compiling);
  return (input, scope) => {
    const fn = functionOf(callee.code(input, scope), callee, PARTIAL_CODES);
    return new Partial(fn, args(input, scope), open);
  };
}

function compileArguments(nodes: readonly (Node | undefined)[], compiling: Compiling): Arguments {
  const codes = nodes.map((node): Code => (node === undefined ? () => undefined : compiling.node(node)));
  const [first, second] = codes;
  if (first !== undefined && codes.length === 1) return (input, scope) => [first(input, scope)];
  if (first !== undefined && second !== undefined && codes.length === 2) {
    return (input, scope) => [first(input, scope), second(input, scope)];
  }
  return (input, scope) => codes.map((code) => code(input, scope));
}

function nativeCall(native: Native, args: Arguments, position: number): Code {
  return (input, scope) => {
    const values = args(input, scope);
    try {
      return native.call(values, input, scope.run);
    } catch (error) {
      throw located(error, position);
    }
  };
}

function invoke(
  fn: FunctionValue,
  args: readonly Result[],
  context: Result,
  run: Run,
  position: number,
): Result {
  try {
    return fn.call(args, context, run);
  } catch (error) {
    throw located(error, position);
  }
}

function functionOf(
  value: Result,
  callee: Callee,
  codes: typeof CALL_CODES | typeof PARTIAL_CODES,
): FunctionValue {
  if (value instanceof FunctionValue) return value;
  const { meant, position } = callee;
  if (meant === undefined) throw new ExpressionError(codes[0], NOT_A_FUNCTION[codes[0]], position);
  throw new ExpressionError(codes[1], `"${meant}" is a field here: did you mean "$${meant}"?`, position);
}

/**
 * The function of the library that a callee names, if it is one. A name that neither the expression nor the
 * library knows can only be a mistake, because functions cannot be handed in from outside: it is refused unless
 * the dialect lets it fail when it is called.
 */
export function nativeCallee(callee: Node, compiling: Compiling): Native | undefined {
  if (
    callee.type !== 'variable' ||
    callee.predicates !== undefined ||
    callee.name === '' ||
    callee.name === '$'
  ) {
    return undefined;
  }
  if (isVariable(callee.name, compiling)) return undefined;
  const { functions, failsLate } = compiling.rules;
  const native = functions.get(callee.name);
  if (native !== undefined) return native;
  if (failsLate) return undefined;
  const hint = didYouMean(callee.name, functions.keys()).hint?.replace('"', '"$');
  throw new SourceError('T1006', `unknown function $${callee.name}`, callee.position, hint);
}

/** What is called, if it is not a function of the library. */
interface Callee {
  readonly code: Code;
  readonly position: number;
  /** The function that was probably meant where a field is called: `sum(x)` for `$sum(x)`. */
  readonly meant: string | undefined;
}

function compileCallee(node: Node, position: number, compiling: Compiling): Callee {
  const step = node.type === 'path' && node.steps.length === 1 ? node.steps[0] : undefined;
  const name = step?.type === 'name' ? step.value : undefined;
  const known = name !== undefined && (compiling.rules.functions.has(name) || isVariable(name, compiling));
  return { code: compiling.node(node), position, meant: known ? name : undefined };
}

function isVariable(name: string, compiling: Compiling): boolean {
  return (compiling.frame?.placesOf(name) ?? []).length > 0;
}
