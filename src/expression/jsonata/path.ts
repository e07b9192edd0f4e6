import type { Compiling } from './compiling.js';
import { compileFilter } from './filter.js';
import { compileGroup } from './grouping.js';
import { asNamePath, compileNames } from './names.js';
import { compileSort } from './ordering.js';
import type { Filter, Node, Path } from './syntax-tree.js';
import { compileTuplePath } from './tuples.js';
import {
  type Code,
  collapse,
  flattenInto,
  type Input,
  isArray,
  itemsOf,
  plain,
  type Result,
  Row,
  type Scope,
  Sequence,
  type Value,
} from './value.js';
import { compileVariable } from './variables.js';

/** One step of a path: what it finds from all items together. */
type StepCode = (items: readonly Input[], scope: Scope, isLast: boolean) => Result;

/** A path: each step is taken from every item that the step before found, and what it finds is joined. */
export function compilePath(node: Path, compiling: Compiling): Code {
  if (node.steps.some((step) => step.tuple)) return compileTuplePath(node, compileLead, compiling);
  const namePath = asNamePath(node);
  const steps = compileSteps(node.steps, true, compiling);
  const keep = node.keepArray === true || node.keepSingleton === true;
  const walk: Code = (input, scope) => {
    const result = steps(input, scope);
    if (node.keepSingleton && result instanceof Row) return new Sequence([result.array], true);
    return result;
  };
  if (node.group !== undefined) return compileGroup(node.group, walk, compiling);
  const general: Code = (input, scope) => collapse(walk(input, scope), keep);
  if (namePath === undefined) return general;
  const { variable, names } = namePath;
  return compileNames(names, variable && compileVariable(variable, compiling), general);
}

/** The steps from an input on; whole if they are all of the path. What they give is not collapsed. */
function compileSteps(nodes: readonly Node[], whole: boolean, compiling: Compiling): Code {
  const first = nodes[0];
  const steps = nodes.map((step, i) => compileStep(step, i === 0, compiling));
  const lastIndex = whole ? steps.length - 1 : steps.length;
  const start = first?.type === 'variable' || first?.rows ? (input: Input) => [input] : startOf;
  return (input, scope) => {
    let items: readonly Input[] = start(input);
    let result: Result;
    for (let i = 0; i < steps.length; i++) {
      result = (steps[i] as StepCode)(items, scope, i === lastIndex);
      items = itemsOf(result);
      if (items.length === 0) break;
    }
    return result;
  };
}

/** The steps before the first one that binds, as the items that they find. */
function compileLead(nodes: readonly Node[], compiling: Compiling) {
  if (nodes.length === 0) return startOf;
  const steps = compileSteps(nodes, false, compiling);
  return (input: Input, scope: Scope) => itemsOf(steps(input, scope));
}

/** The items that a path starts from. */
function startOf(input: Input): readonly Input[] {
  if (input instanceof Row) return [input.array];
  return isArray(input) ? input : [input];
}

function compileStep(node: Node, isFirst: boolean, compiling: Compiling): StepCode {
  if (node.type === 'sort') {
    const sort = compileSort(node, compiling);
    const filters = compileStages(node, compiling);
    return (items, scope) => {
      let result: Result = new Sequence(sort(items as readonly Value[], scope));
      for (const filter of filters) result = filter(result, scope);
      return result;
    };
  }
  if (isFirst && node.rows) {
    const { code } = compiling.body(node);
    return ([input], scope) => new Sequence(itemsOf(plain(code(input, scope))));
  }
  return compileMapping(node, compiling);
}

function compileMapping(node: Node, compiling: Compiling): StepCode {
  const { code, cost } = compiling.body(node);
  const filters = compileStages(node, compiling);
  const asRows = node.rows === true && node.type === 'array' && filters.length === 0 && !node.predicates;
  return (items, scope, isLast) => {
    const { budget } = scope.run;
    budget.spend(items.length * cost);
    let only: Result;
    let found: Value[] | undefined;
    for (const item of items) {
      let result = code(item, scope);
      for (const filter of filters) result = filter(result, scope);
      if (result === undefined) continue;
      if (asRows && isArray(result)) result = new Row(result);
      if (found !== undefined) flattenInto(found, result, scope.run);
      else if (only === undefined) only = result;
      else {
        found = [];
        flattenInto(found, only, scope.run);
        flattenInto(found, result, scope.run);
      }
    }
    if (found === undefined) return onlyOne(only, isLast);
    budget.checkLength(found.length);
    return new Sequence(found);
  };
}

/** What a step gives that found something from one item only: at a path's end, an array stays that array. */
function onlyOne(only: Result, isLast: boolean): Result {
  if (only instanceof Row) return isLast ? only : new Sequence([only.array]);
  if (isArray(only)) return isLast ? only : new Sequence(only);
  if (only instanceof Sequence) return only.keep ? new Sequence(only.items) : only;
  return new Sequence(only === undefined ? [] : [only]);
}

function compileStages(node: Node, compiling: Compiling) {
  const filters = (node.stages ?? []).filter((stage): stage is Filter => stage.type === 'filter');
  return filters.map((filter) => compileFilter(filter, compiling));
}
