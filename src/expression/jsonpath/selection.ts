import {
  isJsonArray,
  isJsonObject,
  type Json,
  type JsonObject,
  jsonEqual,
  own,
  put,
} from '../../core/json.js';
import type { Budget } from '../budget.js';
import { ExpressionError } from '../expression-error.js';
import {
  type FilterOperand,
  type FilterOperator,
  type FilterTree,
  isDefinite,
  type PathRoot,
  type PathTree,
  type Segment,
} from './path-tree.js';

/** What a path may start from. */
export interface PathScope {
  readonly input: Json | undefined;
  readonly bindings: JsonObject;
  /** What a filter looks at. */
  readonly item: Json | undefined;
  readonly budget: Budget;
}

/** The key of the bindings that holds the context object, `$$`. */
export const CONTEXT_BINDING = '$$';

export function rootOf(
  root: PathRoot,
  input: Json | undefined,
  bindings: JsonObject,
  item?: Json,
): Json | undefined {
  switch (root.type) {
    case 'input':
      return input;
    case 'item':
      return item;
    case 'context':
      return own(bindings, CONTEXT_BINDING);
    case 'variable':
      return own(bindings, root.name);
  }
}

/**
 * Every value that a path finds, in order. Undefined where the definite steps that it begins with lead nowhere: a list
 * of what was found, if only an empty one, is for paths that have something to look through.
 */
export function selectAll({ root, segments }: PathTree, scope: PathScope): Json[] | undefined {
  const start = rootOf(root, scope.input, scope.bindings, scope.item);
  let found: Json[] = start === undefined ? [] : [start];
  let isDefinite = true;
  for (const [i, segment] of segments.entries()) {
    if (segment.type === 'names' && i < segments.length - 1) throw notLast(segment.names);
    if (isDefinite && !found.every((value) => canSelect(segment, value))) return undefined;
    isDefinite &&= segment.type === 'name' || segment.type === 'index';
    const isScanned = segments[i - 1]?.type === 'descend';
    const next: Json[] = [];
    for (const value of found) {
      const before = next.length;
      select(segment, value, { scope, isScanned }, next);
      scope.budget.spend(next.length - before + 1);
      scope.budget.checkLength(next.length);
    }
    found = next;
  }
  return start === undefined ? undefined : found;
}

/** Whether there is something in a value for a step to go to; an index may be behind the end of its array. */
export function canSelect(segment: Segment, value: Json): boolean {
  switch (segment.type) {
    case 'name':
      return member(value, segment.name) !== undefined;
    case 'names':
      return isJsonObject(value);
    case 'index':
    case 'indexes':
    case 'slice':
      return isJsonArray(value);
    case 'filter':
      return isStructured(value);
    default:
      return true;
  }
}

/** The dialect takes several names at once only where the path ends. */
function notLast(names: readonly string[]): ExpressionError {
  const list = names.map((name) => `'${name}'`).join(', ');
  return new ExpressionError('jsonpath-names', `Multi properties can only be used as path leafs: $[${list}]`);
}

/** The value that a definite path finds, if there is one. */
export function selectOne({ root, segments }: PathTree, scope: PathScope): Json | undefined {
  let value = rootOf(root, scope.input, scope.bindings, scope.item);
  for (const segment of segments) {
    if (value === undefined) return undefined;
    value = follow(segment, value);
  }
  return value;
}

/** Where a step leads that leads to one place at most; undefined for others. */
export function follow(segment: Segment, value: Json): Json | undefined {
  if (segment.type === 'name') return member(value, segment.name);
  if (segment.type === 'index') return itemAt(value, segment.index);
  return segment.type === 'names' ? pick(value, segment.names) : undefined;
}

function member(value: Json, name: string): Json | undefined {
  return isJsonObject(value) ? own(value, name) : undefined;
}

/** Counted from the end if the index is negative. */
function itemAt(value: Json, index: number): Json | undefined {
  return isJsonArray(value) ? value[index < 0 ? value.length + index : index] : undefined;
}

function isStructured(value: Json): boolean {
  return typeof value === 'object' && value !== null;
}

interface Selecting {
  readonly scope: PathScope;
  /** Whether `..` stands before the step: then it is taken from everything that there is, each by itself. */
  readonly isScanned: boolean;
}

function select(segment: Segment, value: Json, { scope, isScanned }: Selecting, found: Json[]): void {
  switch (segment.type) {
    case 'name':
    case 'index':
      add(found, follow(segment, value));
      return;
    case 'names': {
      const isThere = !isScanned || segment.names.every((name) => member(value, name) !== undefined);
      if (isThere) add(found, pick(value, segment.names));
      return;
    }
    case 'indexes':
      for (const index of segment.indexes) add(found, itemAt(value, index));
      return;
    case 'slice':
      if (isJsonArray(value)) addSlice(found, value, segment);
      return;
    case 'wildcard':
      for (const child of childrenOf(value)) found.push(child);
      return;
    case 'filter':
      addPassing(segment.filter, isJsonArray(value) && !isScanned ? value : [value], scope, found);
      return;
    case 'descend':
      addDescendants(found, value, scope);
  }
}

/** An object is looked at itself, an array item by item. Scalars match no `@`. Step Functions: reference paths. */
function addPassing(filter: FilterTree, candidates: readonly Json[], scope: PathScope, found: Json[]): void {
  for (const item of candidates) {
    scope.budget.spend();
    if (isStructured(item) && passes(filter, { ...scope, item })) found.push(item);
  }
}

function add(found: Json[], value: Json | undefined): void {
  if (value !== undefined) found.push(value);
}

function addSlice(found: Json[], array: readonly Json[], slice: Segment & { readonly type: 'slice' }): void {
  const end = fromEnd(slice.to ?? array.length, array.length);
  for (let i = fromEnd(slice.from ?? 0, array.length); i < end; i++) add(found, array[i]);
}

function fromEnd(index: number, length: number): number {
  return index < 0 ? Math.max(0, length + index) : Math.min(index, length);
}

function addDescendants(found: Json[], value: Json, scope: PathScope): void {
  scope.budget.spend();
  found.push(value);
  for (const child of childrenOf(value)) {
    if (typeof child === 'object' && child !== null) addDescendants(found, child, scope);
  }
}

function childrenOf(value: Json): readonly Json[] {
  if (isJsonArray(value)) return value;
  return isJsonObject(value) ? Object.values(value) : [];
}

/** The object with only these of its members. */
function pick(value: Json, names: readonly string[]): Json | undefined {
  if (!isJsonObject(value)) return undefined;
  const picked: Record<string, Json> = {};
  for (const name of names) {
    const found = own(value, name);
    if (found !== undefined) put(picked, name, found);
  }
  return picked;
}

function passes(filter: FilterTree, scope: PathScope): boolean {
  scope.budget.spend();
  switch (filter.type) {
    case 'or':
      return filter.operands.some((operand) => passes(operand, scope));
    case 'and':
      return filter.operands.every((operand) => passes(operand, scope));
    case 'not':
      return !passes(filter.operand, scope);
    case 'exists':
      return operandValue(filter, scope) !== undefined;
    case 'compare': {
      const left = operandValue(filter.left, scope);
      const right = operandValue(filter.right, scope);
      return compare(filter.operator, left, right, scope);
    }
  }
}

/** A path in a filter stands for its value, or for the array of what it finds, if it finds anything. */
function operandValue(
  operand: FilterOperand | (FilterTree & { readonly type: 'exists' }),
  scope: PathScope,
): Json | undefined {
  if (operand.type === 'literal') return operand.value;
  if (isDefinite(operand.path)) return selectOne(operand.path, scope);
  const found = selectAll(operand.path, scope);
  return found?.length === 0 ? undefined : found;
}

function compare(
  operator: FilterOperator,
  left: Json | undefined,
  right: Json | undefined,
  scope: PathScope,
): boolean {
  if (operator === '!=') return !compare('==', left, right, scope);
  if (operator === 'nin') return !compare('in', left, right, scope);
  if (left === undefined || right === undefined) return false;
  switch (operator) {
    case '==':
      return jsonEqual(left, right);
    case '<':
    case '<=':
    case '>':
    case '>=':
      return ordered(operator, left, right);
    case 'in':
      return includes(right, left, scope);
    case 'contains':
      return typeof left === 'string'
        ? typeof right === 'string' && left.includes(right)
        : includes(left, right, scope);
    case 'subsetof':
      return isJsonArray(left) && left.every((each) => includes(right, each, scope));
    case 'anyof':
      return isJsonArray(left) && left.some((each) => includes(right, each, scope));
    case 'noneof':
      return isJsonArray(left) && !left.some((each) => includes(right, each, scope));
    case 'size':
      return sizeOf(left) === right;
    case 'empty':
      return (sizeOf(left) === 0) === right;
  }
}

/** Numbers compare with numbers and texts with texts; nothing else has an order. */
function ordered(operator: '<' | '<=' | '>' | '>=', left: Json, right: Json): boolean {
  const comparable =
    (typeof left === 'number' && typeof right === 'number') ||
    (typeof left === 'string' && typeof right === 'string');
  if (!comparable) return false;
  if (operator === '<') return left < right;
  if (operator === '<=') return left <= right;
  return operator === '>' ? left > right : left >= right;
}

function includes(array: Json, value: Json, { budget }: PathScope): boolean {
  if (!isJsonArray(array)) return false;
  budget.spend(array.length);
  return array.some((each) => jsonEqual(each, value));
}

function sizeOf(value: Json): number | undefined {
  return typeof value === 'string' || isJsonArray(value) ? value.length : undefined;
}
