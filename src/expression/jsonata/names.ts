import { Findings } from './findings.js';
import { isPlainName, lookup } from './selectors.js';
import type { Path, Variable } from './syntax-tree.js';
import {
  type Code,
  collapse,
  type Result,
  Row,
  type Run,
  Sequence,
  type Value,
  type ValueObject,
} from './value.js';

/** A path that is nothing but names, from the context or from a variable. */
export interface NamePath {
  readonly variable: Variable | undefined;
  readonly names: readonly string[];
}

/** Says what a path consists of if it is nothing but names. */
export function asNamePath(path: Path): NamePath | undefined {
  if (path.keepArray || path.keepSingleton || path.group !== undefined) return undefined;
  const [first] = path.steps;
  const variable = first?.type === 'variable' && isBare(first) ? first : undefined;
  const names: string[] = [];
  for (const step of variable === undefined ? path.steps : path.steps.slice(1)) {
    if (step.type !== 'name' || !isBare(step) || !isPlainName(step.value)) return undefined;
    names.push(step.value);
  }
  return names.length === 0 ? undefined : { variable, names };
}

function isBare({ stages, predicates, group }: Path['steps'][number]): boolean {
  return stages === undefined && predicates === undefined && group === undefined;
}

/**
 * A path of names over objects is a few plain reads. Values of data are never functions, so whatever reads as a
 * function was inherited and is not there. From the first array on, each of its items is followed by itself.
 */
export function compileNames(names: readonly string[], start: Code | undefined): Code {
  if (start !== undefined) return (input, scope) => follow(start(input, scope), names, scope.run);
  const [first = '', second = ''] = names;
  if (names.length !== 2) return (input, scope) => follow(input, names, scope.run);
  return (input, scope) => {
    if (typeof input !== 'object' || input === null) return undefined;
    if (Array.isArray(input) || input instanceof Row) return follow(input, names, scope.run);
    const middle = (input as ValueObject)[first];
    if (typeof middle !== 'object' || middle === null) return undefined;
    if (Array.isArray(middle)) return followAll(middle, names, 1, scope.run);
    const value = (middle as ValueObject)[second];
    return typeof value === 'function' ? undefined : value;
  };
}

/** What a path of names finds from a start. */
function follow(start: Result, names: readonly string[], run: Run): Result {
  if (start instanceof Row) return followAll([start.array], names, 0, run);
  if (start instanceof Sequence) return followAll(start.items, names, 0, run);
  let value: Result = start;
  for (let i = 0; i < names.length; i++) {
    if (typeof value !== 'object' || value === null) return undefined;
    if (Array.isArray(value)) return followAll(value, names, i, run);
    value = (value as ValueObject)[names[i] as string];
  }
  return typeof value === 'function' ? undefined : value;
}

function followAll(items: readonly Value[], names: readonly string[], from: number, run: Run): Result {
  const findings = new Findings();
  for (const item of items) followInto(findings, item, names, from, run);
  run.budget.spend(items.length);
  return collapse(findings.result(true, run), false);
}

/** Adds what the names from one on find from an item. */
function followInto(
  findings: Findings,
  item: Value | undefined,
  names: readonly string[],
  from: number,
  run: Run,
): void {
  let value = item;
  const last = names.length - 1;
  for (let i = from; i <= last; i++) {
    if (typeof value !== 'object' || value === null) return;
    if (Array.isArray(value)) {
      // What an array inside an array finds is one finding, however much it is.
      if (i === last) findings.add(collapse(lookup(value, names[i] as string, run), false), run);
      else followEach(findings, value, names, i, run);
      return;
    }
    value = (value as ValueObject)[names[i] as string];
    if (i < last && Array.isArray(value)) {
      followEach(findings, value, names, i + 1, run);
      return;
    }
  }
  if (typeof value !== 'function') findings.add(value, run);
}

function followEach(
  findings: Findings,
  items: readonly Value[],
  names: readonly string[],
  from: number,
  run: Run,
): void {
  run.budget.spend(items.length);
  for (const item of items) followInto(findings, item, names, from, run);
}
