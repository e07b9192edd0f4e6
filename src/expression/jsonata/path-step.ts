import type { Input, Result, Scope, Value } from './value.js';

/**
 * One step of a path: what it finds from one item, or from many together. Between steps a single value stands for
 * itself, an array and a sequence for their items.
 */
export interface Step {
  readonly one: (item: Input, scope: Scope, isLast: boolean) => Result;
  readonly all: (items: readonly Value[], scope: Scope, isLast: boolean) => Result;
}
