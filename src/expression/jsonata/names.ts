import { Findings } from './findings.js';
import type { Step } from './path-step.js';
import { isPlainName, lookup } from './selectors.js';
import type { Node, Path, Variable } from './syntax-tree.js';
import {
  type Code,
  collapse,
  isArray,
  isSeveral,
  type Result,
  Row,
  type Run,
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
  const from = variable === undefined ? 0 : 1;
  const names = namesFrom(path.steps, from);
  return names.length === 0 || from + names.length < path.steps.length ? undefined : { variable, names };
}

/** The names that stand in a row from a step on: steps that are a name and nothing else. */
export function namesFrom(steps: readonly Node[], from: number): readonly string[] {
  const names: string[] = [];
  for (let i = from; i < steps.length; i++) {
    const step = steps[i] as Node;
    if (step.type !== 'name' || !isBare(step) || !isPlainName(step.value)) break;
    names.push(step.value);
  }
  return names;
}

function isBare({ stages, predicates, group, keepArray }: Node): boolean {
  return stages === undefined && predicates === undefined && group === undefined && keepArray !== true;
}

/** What is made of the findings where names came to an array. */
type Finish = (findings: Findings, run: Run) => Result;

const WHOLE: Finish = (findings, run) => collapse(findings.result(true, run), false);
const LAST: Finish = (findings, run) => findings.result(true, run);
const BETWEEN: Finish = (findings, run) => findings.result(false, run);

/** A path of nothing but names. */
export function compileNames(names: readonly string[], start: Code | undefined): Code {
  if (start !== undefined) return (input, scope) => follow(start(input, scope), names, WHOLE, scope.run);
  const [first = '', second = ''] = names;
  if (names.length === 1) {
    return (input, scope) => {
      if (typeof input !== 'object' || input === null) return undefined;
      if (Array.isArray(input) || isSeveral(input)) return follow(input, names, WHOLE, scope.run);
      const value = (input as ValueObject)[first];
      return typeof value === 'function' ? undefined : value;
    };
  }
  if (names.length !== 2) return (input, scope) => follow(input, names, WHOLE, scope.run);
  return (input, scope) => {
    if (typeof input !== 'object' || input === null) return undefined;
    if (Array.isArray(input) || isSeveral(input)) return follow(input, names, WHOLE, scope.run);
    const middle = (input as ValueObject)[first];
    if (typeof middle !== 'object' || middle === null) return undefined;
    if (Array.isArray(middle)) return followAll(middle, names, 1, WHOLE, scope.run);
    const value = (middle as ValueObject)[second];
    return typeof value === 'function' ? undefined : value;
  };
}

/** Names in a row as one step of a path. What they are followed from is one item, even if it is an array. */
export function namesStep(names: readonly string[]): Step {
  return {
    one: (item, { run }, isLast) => {
      const finish = isLast ? LAST : BETWEEN;
      return isArray(item) ? followAll([item], names, 0, finish, run) : follow(item, names, finish, run);
    },
    all: (items, { run }, isLast) => followAll(items, names, 0, isLast ? LAST : BETWEEN, run),
  };
}

/**
 * Names over objects are a few plain reads. Values of data are never functions, so whatever reads as a function was
 * inherited and is not there. From the first array on, each of its items is followed by itself.
 */
function follow(start: Result, names: readonly string[], finish: Finish, run: Run): Result {
  if (typeof start !== 'object' || start === null) return undefined;
  if (isSeveral(start)) {
    return followAll(start instanceof Row ? [start.items] : start.items, names, 0, finish, run);
  }
  let value: Result = start;
  for (let i = 0; i < names.length; i++) {
    if (typeof value !== 'object' || value === null) return undefined;
    if (Array.isArray(value)) return followAll(value, names, i, finish, run);
    value = (value as ValueObject)[names[i] as string];
  }
  return typeof value === 'function' ? undefined : value;
}

/** What the names from one on find from each of some items. */
function followAll(
  items: readonly Value[],
  names: readonly string[],
  from: number,
  finish: Finish,
  run: Run,
): Result {
  const findings = new Findings();
  followEach(findings, items, names, from, run);
  return finish(findings, run);
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
  run.budget.spend(items.length * (1 + ((names.length - from) >> 3)));
  for (const item of items) followInto(findings, item, names, from, run);
}
