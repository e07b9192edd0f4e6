import { ExpressionError } from '../../expression-error.js';
import type { NativeDefinition } from '../native.js';
import { truthOf } from '../truth.js';
import { FunctionValue, isArray, type Value } from '../value.js';

/** Functions that ask, and those that raise errors. */
export const BOOLEAN_FUNCTIONS: Readonly<Record<string, NativeDefinition>> = {
  boolean: {
    signature: '<x-:b>',
    arity: 1,
    call: ([value], run) => (value === undefined ? undefined : truthOf(value, run)),
  },
  not: {
    signature: '<x-:b>',
    arity: 1,
    call: ([value], run) => (value === undefined ? undefined : !truthOf(value, run)),
  },
  exists: { signature: '<x:b>', arity: 1, call: ([value]) => value !== undefined },
  type: {
    signature: '<x:s>',
    arity: 1,
    call: ([value]) => (value === undefined ? undefined : typeName(value)),
  },
  error: {
    signature: '<s?:x>',
    arity: 1,
    call: ([message]) => {
      throw new ExpressionError(
        'D3137',
        typeof message === 'string' && message !== '' ? message : '$error was called',
      );
    },
  },
  assert: {
    signature: '<bs?:x>',
    arity: 2,
    call: ([condition, message]) => {
      if (condition === true) return undefined;
      throw new ExpressionError(
        'D3141',
        typeof message === 'string' && message !== '' ? message : 'an $assert failed',
      );
    },
  },
};

function typeName(value: Value): string {
  if (value === null) return 'null';
  if (isArray(value)) return 'array';
  if (value instanceof FunctionValue) return 'function';
  return typeof value;
}
