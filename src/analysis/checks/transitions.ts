import type { StateNode, Transition } from '../../statechart/node.js';
import type { ChartDelay } from '../../statechart/schema/chart.js';
import { both, type Case, casesAgainst, casesOf } from '../guards/formula.js';
import type { Survey } from '../survey.js';

/** Transitions that are never taken though their state may be active. */
export function warnOfShadowed(survey: Survey): void {
  for (const node of survey.program.nodes) {
    if (!survey.reachable.has(node)) continue;
    for (const { transition, rivals } of alternatives(survey, node)) {
      if (survey.reach?.taken.has(transition) && !isLate(transition)) continue;
      const reason = reasonOf(survey, transition, rivals);
      if (reason === undefined) continue;
      const where = node.parent === undefined ? 'the machine' : `"${node.path}"`;
      const message = `the transition ${transition.label} of ${where} is never taken: ${reason}${survey.wayTo(node)}`;
      survey.warn('shadowed-transition', transition.chart.path, message);
    }
  }
}

interface Alternative {
  readonly transition: Transition;
  /** Those of the same state that are tried before it for every event that it is for. */
  readonly rivals: readonly Transition[];
}

function* alternatives({ program }: Survey, node: StateNode): Iterable<Alternative> {
  const { dialect } = program.space;
  for (const [n, { descriptors, transition }] of node.on.entries()) {
    const before = node.on.slice(0, n).filter((other) => {
      return descriptors.every((descriptor) => {
        return other.descriptors.some((text) =>
          dialect.prefixOf('*') === undefined
            ? text === descriptor
            : dialect.matches(text, dialect.prefixOf(descriptor) ?? descriptor),
        );
      });
    });
    yield { transition, rivals: before.map((other) => other.transition) };
  }
  for (const [n, transition] of node.always.entries()) {
    yield { transition, rivals: node.always.slice(0, n) };
  }
}

/** Undefined where it may be taken after all. */
function reasonOf(
  { truth, reach }: Survey,
  transition: Transition,
  rivals: readonly Transition[],
): string | undefined {
  const { chart, source, label } = transition;
  if (rivals.some(({ guard, chart: other }) => guard === undefined && other.guard === undefined)) {
    return 'one before it has no guard';
  }
  const own = casesOf(truth.condition(chart.guard), 'true');
  if (own?.length === 0) return 'its guard is never true';
  let left: readonly Case[] | undefined = own;
  for (const rival of rivals) left = both(left, casesAgainst(truth.condition(rival.chart.guard)));
  if (left?.length === 0) return 'the guards before it take all that its own allows';
  const sooner = soonerDelay(transition);
  if (sooner !== undefined) return `after ${sooner} the state is left`;
  if (reach === undefined || reach.taken.has(transition)) return undefined;
  if (label === 'done') return doneReason(source);
  return 'one of an inner state, or of another region, is always taken instead';
}

function doneReason({ type, children }: StateNode): string {
  if (type === 'parallel') return 'its regions are never all done';
  const has = [...children.values()].some((child) => child.type === 'final');
  return has ? 'none of its final states is ever entered' : 'it has no final state';
}

/** Whether a delay of the same state may be over before. */
function isLate(transition: Transition): boolean {
  return soonerDelay(transition) !== undefined;
}

/** A shorter delay of the same state that leaves it whatever happens; only told of states outside of regions. */
function soonerDelay({ source, chart }: Transition): string | undefined {
  const { after } = source.chart;
  const own = after.find(({ transitions }) => transitions.includes(chart));
  if (own === undefined || after.length < 2 || isBesideOthers(source)) return undefined;
  return after.find((other) => isShorter(other, own) && leaves(other, source))?.key;
}

/** As far as both are known. */
function isShorter(one: ChartDelay, other: ChartDelay): boolean {
  return one.delayMs !== undefined && other.delayMs !== undefined && one.delayMs < other.delayMs;
}

function leaves({ transitions }: ChartDelay, source: StateNode): boolean {
  const [first] = transitions;
  if (first === undefined || first.guard !== undefined || first.targets.length === 0) return false;
  const linked = source.on.find(({ transition }) => transition.chart === first)?.transition;
  return linked?.targets.every((target) => !target.isBelow(source) && target !== source) ?? false;
}

function isBesideOthers(node: StateNode): boolean {
  for (let around = node.parent; around !== undefined; around = around.parent) {
    if (around.type === 'parallel') return true;
  }
  return false;
}
