import type { Compiling } from './compiling.js';
import { compileFilter, type FilterCode } from './filter.js';
import { Findings, onlyFinding } from './findings.js';
import { compileGroup } from './grouping.js';
import { asNamePath, compileNames, namesFrom, namesStep } from './names.js';
import { compileSort } from './ordering.js';
import type { Step } from './path-step.js';
import type { Filter, Node, Path, Sort } from './syntax-tree.js';
import { compileTuplePath } from './tuples.js';
import {
  type Code,
  collapse,
  type Input,
  isArray,
  isSingle,
  itemsOf,
  plain,
  type Result,
  Row,
  type Scope,
  Sequence,
  type Value,
} from './value.js';
import { compileVariable } from './variables.js';

/** A path: each step is taken from every item that the step before found, and what it finds is joined. */
export function compilePath(node: Path, compiling: Compiling): Code {
  if (node.steps.some((step) => step.tuple)) return compileTuplePath(node, compileLead, compiling);
  const namePath = asNamePath(node);
  if (namePath !== undefined) {
    const { variable, names } = namePath;
    compiling.charge(node.steps.length);
    return compileNames(names, variable && compileVariable(variable, compiling));
  }
  const steps = compileSteps(node.steps, true, compiling);
  if (node.group !== undefined) return compileGroup(node.group, steps, compiling);
  if (node.keepArray !== true && node.keepSingleton !== true) {
    return (input, scope) => collapse(steps(input, scope), false);
  }
  return (input, scope) => {
    const result = steps(input, scope);
    if (node.keepSingleton && result instanceof Row) return new Sequence([result.items], true);
    return isSingle(result) ? new Sequence([result], true) : collapse(result, true);
  };
}

/** The steps from an input on; whole if they are all of the path. What they give is not collapsed. */
function compileSteps(nodes: readonly Node[], whole: boolean, compiling: Compiling): Code {
  const [start, ...steps] = stepsOf(nodes, compiling);
  if (start === undefined) throw new Error('a path has a step');
  const takesWhole = nodes[0]?.type === 'variable' || nodes[0]?.rows === true;
  const onlyStep = whole && steps.length === 0;
  return (input, scope) => {
    let result: Result;
    if (takesWhole || !(isArray(input) || input instanceof Row)) result = start.one(input, scope, onlyStep);
    else if (isArray(input)) result = start.all(input, scope, onlyStep);
    else result = start.one(input.items, scope, onlyStep);
    for (let i = 0; i < steps.length && result !== undefined; i++) {
      const step = steps[i] as Step;
      const isLast = whole && i === steps.length - 1;
      result = isSingle(result) ? step.one(result, scope, isLast) : step.all(itemsOf(result), scope, isLast);
    }
    return result;
  };
}

/** Names in a row are one step: they are followed at once. */
function stepsOf(nodes: readonly Node[], compiling: Compiling): Step[] {
  const steps: Step[] = [];
  for (let i = 0; i < nodes.length; ) {
    const names = namesFrom(nodes, i);
    compiling.charge(names.length);
    steps.push(names.length > 0 ? namesStep(names) : compileStep(nodes[i] as Node, i === 0, compiling));
    i += Math.max(1, names.length);
  }
  return steps;
}

/** The steps before the first one that binds, as the items that they find. */
function compileLead(nodes: readonly Node[], compiling: Compiling) {
  if (nodes.length === 0) return startOf;
  const steps = compileSteps(nodes, false, compiling);
  return (input: Input, scope: Scope) => itemsOf(steps(input, scope));
}

/** The items that a path starts from. */
function startOf(input: Input): readonly Input[] {
  if (input instanceof Row) return [input.items];
  return isArray(input) ? input : [input];
}

function compileStep(node: Node, isFirst: boolean, compiling: Compiling): Step {
  if (node.type === 'sort') return compileSorting(node, compiling);
  if (!isFirst || !node.rows) return compileMapping(node, compiling);
  const { code, cost } = compiling.body(node);
  const rows: Step['one'] = (input, scope) => {
    scope.run.budget.spend(cost);
    return new Sequence(itemsOf(plain(code(input, scope))));
  };
  return { one: rows, all: ([input], scope, isLast) => rows(input, scope, isLast) };
}

function compileSorting(node: Sort, compiling: Compiling): Step {
  const sort = compileSort(node, compiling);
  const filters = compileStages(node, compiling);
  const all: Step['all'] = (items, scope) => {
    let result: Result = new Sequence(sort(items, scope));
    for (const filter of filters) result = filter(result, scope);
    return result;
  };
  return { one: (item, scope, isLast) => all([item as Value], scope, isLast), all };
}

function compileMapping(node: Node, compiling: Compiling): Step {
  const { code, cost } = compiling.body(node);
  const filters = compileStages(node, compiling);
  const asRows = node.rows === true && node.type === 'array' && filters.length === 0 && !node.predicates;
  const find = asRows ? rowsOf(code) : filtered(code, filters);
  return {
    one: (item, scope, isLast) => {
      scope.run.budget.spend(cost);
      return onlyFinding(find(item, scope), isLast);
    },
    all: (items, scope, isLast) => {
      const { run } = scope;
      run.budget.spend(items.length * cost);
      const findings = new Findings();
      for (const item of items) findings.add(find(item, scope), run);
      return findings.result(isLast, run);
    },
  };
}

function rowsOf(code: Code): Code {
  return (input, scope) => {
    const result = code(input, scope);
    return isArray(result) ? new Row(result) : result;
  };
}

function filtered(code: Code, filters: readonly FilterCode[]): Code {
  const [first, ...others] = filters;
  if (first === undefined) return code;
  if (others.length === 0) return (input, scope) => first(code(input, scope), scope);
  return (input, scope) => {
    let result = first(code(input, scope), scope);
    for (const filter of others) result = filter(result, scope);
    return result;
  };
}

function compileStages(node: Node, compiling: Compiling): FilterCode[] {
  const filters = (node.stages ?? []).filter((stage): stage is Filter => stage.type === 'filter');
  return filters.map((filter) => compileFilter(filter, compiling));
}
