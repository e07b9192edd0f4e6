import type { Compiling } from './compiling.js';
import { located } from './located-error.js';
import { negate, OPERATIONS, type Operation } from './operators.js';
import type { Binary, Negate } from './syntax-tree.js';
import { truthOf } from './truth.js';
import type { Code, Result, Run } from './value.js';

/** Two operands and an operator. Numbers, the usual case, are computed in place; the rest is left to Operations. */
export function compileBinary(node: Binary, compiling: Compiling): Code {
  const left = compiling.node(node.left);
  const right = compiling.node(node.right);
  const { operator, position } = node;
  if (operator === 'and')
    return (input, scope) =>
      truthOf(left(input, scope), scope.run) && truthOf(right(input, scope), scope.run);
  if (operator === 'or')
    return (input, scope) =>
      truthOf(left(input, scope), scope.run) || truthOf(right(input, scope), scope.run);
  const general = at(OPERATIONS[operator], position);
  return (
    quickArithmetic(operator, left, right, general) ??
    quickComparison(operator, left, right, general) ??
    ((input, scope) => general(left(input, scope), right(input, scope), scope.run))
  );
}

function quickArithmetic(operator: string, left: Code, right: Code, general: Operation): Code | undefined {
  switch (operator) {
    case '+':
      return (input, scope) => {
        const a = left(input, scope);
        const b = right(input, scope);
        return typeof a === 'number' && typeof b === 'number' && isUsual(a + b)
          ? a + b
          : general(a, b, scope.run);
      };
    case '-':
      return (input, scope) => {
        const a = left(input, scope);
        const b = right(input, scope);
        return typeof a === 'number' && typeof b === 'number' && isUsual(a - b)
          ? a - b
          : general(a, b, scope.run);
      };
    case '*':
      return (input, scope) => {
        const a = left(input, scope);
        const b = right(input, scope);
        return typeof a === 'number' && typeof b === 'number' && isUsual(a * b)
          ? a * b + 0
          : general(a, b, scope.run);
      };
    default:
      return undefined;
  }
}

function quickComparison(operator: string, left: Code, right: Code, general: Operation): Code | undefined {
  switch (operator) {
    case '<':
      return (input, scope) => {
        const a = left(input, scope);
        const b = right(input, scope);
        return typeof a === 'number' && typeof b === 'number' ? a < b : general(a, b, scope.run);
      };
    case '<=':
      return (input, scope) => {
        const a = left(input, scope);
        const b = right(input, scope);
        return typeof a === 'number' && typeof b === 'number' ? a <= b : general(a, b, scope.run);
      };
    case '>':
      return (input, scope) => {
        const a = left(input, scope);
        const b = right(input, scope);
        return typeof a === 'number' && typeof b === 'number' ? a > b : general(a, b, scope.run);
      };
    case '>=':
      return (input, scope) => {
        const a = left(input, scope);
        const b = right(input, scope);
        return typeof a === 'number' && typeof b === 'number' ? a >= b : general(a, b, scope.run);
      };
    case '=':
      return (input, scope) => {
        const a = left(input, scope);
        const b = right(input, scope);
        return isSimple(a) && isSimple(b) ? a === b : general(a, b, scope.run);
      };
    default:
      return undefined;
  }
}

export function compileNegate(node: Negate, compiling: Compiling): Code {
  const operand = compiling.node(node.operand);
  const general = at((value) => negate(value), node.position);
  return (input, scope) => general(operand(input, scope), undefined, scope.run);
}

/** Values that `===` compares as `=` does, and in no time. */
function isSimple(value: Result): boolean {
  return typeof value === 'number' || (typeof value === 'string' && value.length < 64);
}

/** A finite sum, difference or product can only come from finite numbers. */
function isUsual(number: number): boolean {
  return number - number === 0;
}

/** The operation, its errors placed at the operator. */
function at(operation: Operation, position: number): Operation {
  return (left: Result, right: Result, run: Run) => {
    try {
      return operation(left, right, run);
    } catch (error) {
      throw located(error, position);
    }
  };
}
