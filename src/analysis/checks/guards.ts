import type { StateNode } from '../../statechart/node.js';
import type { ChartTransition } from '../../statechart/schema/chart.js';
import { fieldsOf, valuesOf } from '../guards/formula.js';
import { isUndecided } from '../guards/jsonata-condition.js';
import { ANY_NUMBER, numberBetween, type ValueSet } from '../guards/value-set.js';
import type { Survey } from '../survey.js';

/**
 * Guards of alternatives that ask for one field, where they leave a gap between them, or are both true for some value
 * without one containing the other. A chain that ends in an open range (`> 10`, then `> 5`) is as it is meant to be.
 */
export function warnOfGuards(survey: Survey): void {
  for (const node of survey.program.nodes) {
    if (!survey.reachable.has(node)) continue;
    for (const transitions of alternatives(node)) warnOfAlternatives(survey, node, transitions);
  }
}

function* alternatives({ chart }: StateNode): Iterable<readonly ChartTransition[]> {
  for (const { transitions } of chart.on) yield transitions;
  for (const { transitions } of chart.after) yield transitions;
  yield chart.always;
  yield chart.onDone;
  for (const { onDone, onError } of chart.invoke) {
    yield onDone;
    yield onError;
  }
}

interface Range {
  readonly path: string;
  readonly values: ValueSet;
}

function warnOfAlternatives(survey: Survey, node: StateNode, all: readonly ChartTransition[]): void {
  if (all.length < 2) return;
  const guards = all.flatMap(({ guard }) => guard ?? []);
  const formulas = guards.map((guard) => ({ guard, formula: survey.truth.condition(guard) }));
  const [field] = formulas.flatMap(({ formula }) => [...fieldsOf(formula)]);
  if (field === undefined || isUndecided(field)) return;
  const ranges = formulas.flatMap(({ guard, formula }): Range[] => {
    const values = valuesOf(formula, field);
    return values === undefined ? [] : [{ path: guard.path, values }];
  });
  if (ranges.length < guards.length) return;
  warnOfOverlaps(survey, node, field, ranges);
  if (ranges.length === all.length) warnOfGap(survey, node, field, ranges);
}

function warnOfOverlaps(survey: Survey, node: StateNode, field: string, ranges: readonly Range[]): void {
  for (const [n, { path, values }] of ranges.entries()) {
    const other = ranges.slice(0, n).find((before) => {
      const shared = before.values.and(values);
      return !shared.isEmpty && !values.isWithin(before.values) && !before.values.isWithin(values);
    });
    if (other === undefined) continue;
    const sample = other.values.and(values).sample;
    const message = `where ${field} is ${sample}, a guard before this one is true as well, and is taken${survey.wayTo(node)}`;
    survey.warn('overlapping-guards', path, message);
  }
}

/** A gap that has guards on both of its sides. */
function warnOfGap(survey: Survey, node: StateNode, field: string, ranges: readonly Range[]): void {
  const all = ranges.map(({ values }) => values).reduce((a, b) => a.or(b));
  if (!all.isWithin(ANY_NUMBER)) return;
  const between = all.numbers.complement.runs.find(({ from, to }) => from !== undefined && to !== undefined);
  const [first] = ranges;
  if (between === undefined || first === undefined) return;
  // Single values (`= 1`, `= 3`) are picked, and are no range that should be whole.
  if (all.numbers.runs.some(({ from, to }) => from !== undefined && from.at === to?.at)) return;
  const sample = numberBetween(between.from, between.to);
  const message = `where ${field} is ${sample}, none of these guards is true${survey.wayTo(node)}`;
  survey.warn('incomplete-guards', first.path, message);
}
