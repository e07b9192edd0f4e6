import type { Json } from '../../core/json.js';

/** A path as it is written: where it starts, and what it selects from there. */
export interface PathTree {
  readonly root: PathRoot;
  readonly segments: readonly Segment[];
}

/** `$` is the input, `$$` the context object, `$name` a variable; `@` is the item that a filter looks at. */
export type PathRoot =
  | { readonly type: 'input' }
  | { readonly type: 'context' }
  | { readonly type: 'variable'; readonly name: string }
  | { readonly type: 'item' };

export type Segment =
  | { readonly type: 'name'; readonly name: string }
  | { readonly type: 'index'; readonly index: number }
  | { readonly type: 'names'; readonly names: readonly string[] }
  | { readonly type: 'indexes'; readonly indexes: readonly number[] }
  | { readonly type: 'slice'; readonly from: number | undefined; readonly to: number | undefined }
  | { readonly type: 'wildcard' }
  | { readonly type: 'filter'; readonly filter: FilterTree }
  /** `..`: what follows applies to the value and everything in it. */
  | { readonly type: 'descend' };

export type FilterTree =
  | { readonly type: 'or' | 'and'; readonly operands: readonly FilterTree[] }
  | { readonly type: 'not'; readonly operand: FilterTree }
  | { readonly type: 'exists'; readonly path: PathTree }
  | {
      readonly type: 'compare';
      readonly operator: FilterOperator;
      readonly left: FilterOperand;
      readonly right: FilterOperand;
    };

export type FilterOperand =
  | { readonly type: 'path'; readonly path: PathTree }
  | { readonly type: 'literal'; readonly value: Json };

export const FILTER_OPERATORS = [
  '==',
  '!=',
  '<=',
  '>=',
  '<',
  '>',
  'in',
  'nin',
  'subsetof',
  'anyof',
  'noneof',
  'contains',
  'size',
  'empty',
] as const;

export type FilterOperator = (typeof FILTER_OPERATORS)[number];

/** Whether a path can only ever find one value. */
export function isDefinite({ segments }: PathTree): boolean {
  return segments.every(
    ({ type }, i) => type === 'name' || type === 'index' || (type === 'names' && i === segments.length - 1),
  );
}
