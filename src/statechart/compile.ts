import type { Json } from '../core/json.js';
import type { Implementations, Program } from '../core/language.js';
import { isError, type Problem, Refused } from '../core/problem.js';
import { Binder } from './bind.js';
import { type EventNames, type Move, StateSpace } from './configuration.js';
import { contextMaker, type MakeContext } from './context.js';
import type { ContextShape } from './context-shape.js';
import { invokeId, link } from './link.js';
import { EXECUTION_ERROR, taskDone, taskError } from './machine-event.js';
import { planStart } from './microstep.js';
import type { StateNode, Transition } from './node.js';
import type { Chart } from './schema/chart.js';
import { Findings } from './schema/findings.js';
import { readMachine } from './schema/machine.js';

/** A compiled machine: its states numbered, its functions bound, and what it has learnt of itself so far. */
export interface StatechartProgram extends Program {
  readonly language: 'statechart';
  readonly id: string;
  readonly onUnhandled: Chart['onUnhandled'];
  readonly nodes: readonly StateNode[];
  readonly space: StateSpace;
  /** Enters the initial states. */
  readonly start: Move;
  readonly makeContext: MakeContext;
  /** To be told of every context that was kept elsewhere. */
  readonly shape: ContextShape;
  /** Whether values may come from functions, and so need not be JSON. */
  readonly hasFunctions: boolean;
}

/** Everything that is wrong with a definition, at once. Implementations are not looked for. */
export function check(source: Json): readonly Problem[] {
  const findings = new Findings();
  const chart = readMachine(source, findings);
  if (chart !== undefined) link(chart, findings);
  return findings.problems;
}

/** Throws Refused with all problems if the definition has errors or a function is missing. */
export function compile(source: Json, implementations: Implementations = {}): StatechartProgram {
  const findings = new Findings();
  const chart = readMachine(source, findings);
  const linked = chart === undefined ? undefined : link(chart, findings);
  if (chart === undefined || linked === undefined || findings.problems.some(isError)) {
    throw new Refused(findings.problems.filter(isError));
  }
  const { nodes, root } = linked;
  const binder = new Binder(implementations, findings);
  for (const node of nodes) {
    binder.bind(node);
    if (node.isFinal) node.done = binder.done(node, root);
  }
  const makeContext = contextMaker(chart.context, binder);
  if (findings.problems.some(isError)) throw new Refused(findings.problems.filter(isError));
  const space = new StateSpace(root, eventNames(nodes));
  return {
    language: 'statechart',
    id: chart.id,
    onUnhandled: chart.onUnhandled,
    tasks: binder.tasks,
    nodes,
    space,
    start: startOf(space),
    makeContext,
    shape: binder.shape,
    hasFunctions: binder.hasFunctions,
  };
}

function eventNames(nodes: readonly StateNode[]): EventNames {
  const exact = new Set<string>([EXECUTION_ERROR]);
  const prefixes = new Set<string>();
  let any = false;
  for (const node of nodes) {
    for (const descriptor of node.on.keys()) {
      if (descriptor === '*') any = true;
      else if (descriptor.endsWith('.*')) prefixes.add(descriptor.slice(0, -2));
      else exact.add(descriptor);
    }
    node.chart.invoke.forEach((invoke, index) => {
      exact.add(taskDone(invokeId(node, invoke, index)));
      exact.add(taskError(invokeId(node, invoke, index)));
    });
  }
  let longestPrefix = 0;
  for (const { length } of prefixes) longestPrefix = Math.max(longestPrefix, length);
  return { exact, prefixes, longestPrefix, any };
}

/** SCXML D: interpret enters the root by default, as if by a transition from nowhere. */
function startOf(space: StateSpace): Move {
  const { root } = space;
  let atom = root;
  while (atom.initial !== undefined) atom = atom.initial;
  const chart = {
    path: '',
    target: undefined,
    targetPath: '',
    guard: undefined,
    actions: [],
    reenter: true,
  };
  const transition: Transition = {
    source: root,
    chart,
    label: 'start',
    target: root,
    domain: undefined,
    guard: undefined,
    ops: [],
  };
  return planStart(space.intern([atom]), transition);
}
