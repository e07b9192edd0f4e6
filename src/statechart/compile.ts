import { isJsonObject, type Json, type JsonObject } from '../core/json.js';
import type { Implementations, Program } from '../core/language.js';
import { isError, Refused } from '../core/problem.js';
import { Binder } from './bind/binder.js';
import { checkMigration } from './bind/migration.js';
import { MISSING_IMPLEMENTATION, type Values } from './bind/values.js';
import { type EventNames, type Move, StateSpace } from './configuration.js';
import { contextMaker, type MakeContext, sharedContext } from './context.js';
import type { ContextShape } from './context-shape.js';
import { DIALECTS, type Dialect } from './dialect.js';
import { invokeId, type Linked, link } from './link.js';
import { EXECUTION_ERROR } from './machine-event.js';
import { planStart } from './microstep.js';
import type { StateNode, Transition } from './node.js';
import type { Context } from './run.js';
import type { Chart, ChartMigration } from './schema/chart.js';
import type { Datamodels, Findings } from './schema/findings.js';
import { readMachine } from './schema/machine.js';
import { configurationOf } from './state-value.js';

/** A compiled machine: its states numbered, its functions bound, and what it has learnt of itself so far. */
export interface StatechartProgram extends Program {
  readonly language: 'statechart';
  readonly id: string;
  readonly onUnhandled: Chart['onUnhandled'];
  readonly migrations: readonly ChartMigration[];
  /** Binds what is bound only where it is needed. */
  readonly values: Values;
  readonly sensitive: Chart['sensitive'];
  /** JSON Schemas of `input` and `context`. */
  readonly schemas: JsonObject | undefined;
  /** JSON Schemas of what comes with events, by name; undefined where anything may come with any. */
  readonly events: JsonObject | undefined;
  readonly nodes: readonly StateNode[];
  readonly space: StateSpace;
  /** Enters the initial states. */
  readonly start: Move;
  readonly makeContext: MakeContext;
  /** What all instances begin with, where that is one and the same. */
  readonly sharedContext: Context | undefined;
  /** To be told of every context that was kept elsewhere. */
  readonly shape: ContextShape;
  /** Whether values may come from functions, and so need not be JSON. */
  readonly hasFunctions: boolean;
  /** Whether its expressions are those of a datamodel, not JSONata's. */
  readonly hasDatamodel: boolean;
}

/**
 * Throws Refused with all problems if the definition has errors; where something in it is no JSON, with that alone. `findings`
 * are new ones. Functions that are missing are left among them, since they may be provided later: until then the program is
 * not to be stepped.
 */
export function compile(
  source: unknown,
  implementations: Implementations,
  datamodels: Datamodels,
  findings: Findings,
): StatechartProgram {
  const chart = readMachine(source, findings, datamodels);
  const lost = findings.problems.filter(({ code }) => code === 'not-json');
  if (lost.length > 0) throw new Refused(lost);
  const dialect = DIALECTS[chart?.dialect ?? 'native'];
  const linked = chart === undefined ? undefined : linkAll(chart, findings);
  if (chart === undefined || linked === undefined || findings.problems.some(isError)) {
    throw new Refused(findings.problems.filter(isError));
  }
  const { nodes, root, find } = linked;
  const binder = new Binder(implementations, findings, root, find, dialect);
  for (const node of nodes) {
    binder.bind(node);
  }
  const makeContext = contextMaker(chart.context, binder);
  const errors = findings.problems.filter(isError);
  if (errors.some(({ code }) => code !== MISSING_IMPLEMENTATION)) throw new Refused(errors);
  const manners = {
    undoes: chart.onStepError === 'undo',
    marks: dialect.marks && (chart.hasDatamodel || binder.asks),
  };
  const space = new StateSpace(nodes, eventNames(nodes, dialect), dialect, manners);
  const events = eventSchemas(chart);
  return {
    language: 'statechart',
    id: chart.id,
    onUnhandled: chart.onUnhandled,
    migrations: chart.migrations,
    values: binder.values,
    sensitive: chart.sensitive,
    schemas: chart.schemas,
    events,
    checksEvents: events !== undefined,
    tasks: binder.tasks,
    nodes,
    space,
    start: startOf(space),
    makeContext,
    sharedContext: sharedContext(chart.context),
    shape: binder.shape,
    hasFunctions: binder.values.hasFunctions,
    hasDatamodel: chart.hasDatamodel,
  };
}

/** Nothing is asked of an event whose schema is empty, as one of a type that only the compiler knows. */
function eventSchemas({ events }: Chart): JsonObject | undefined {
  const asks = (schema: Json) => schema === false || (isJsonObject(schema) && Object.keys(schema).length > 0);
  return events !== undefined && Object.values(events).some(asks) ? events : undefined;
}

/** Connects the states; what is missing is a finding. */
export function linkAll(chart: Chart, findings: Findings): Linked {
  const linked = link(chart, DIALECTS[chart.dialect], findings);
  for (const migration of chart.migrations) checkMigration(migration, linked.nodes, findings);
  return linked;
}

function eventNames(nodes: readonly StateNode[], dialect: Dialect): EventNames {
  const { events, prefixOf } = dialect;
  const exact = new Set<string>([EXECUTION_ERROR]);
  const prefixes = new Set<string>();
  let any = false;
  for (const node of nodes) {
    for (const { descriptors } of node.on) {
      for (const descriptor of descriptors) {
        const prefix = prefixOf(descriptor);
        if (descriptor === '*') any = true;
        else if (prefix !== undefined) prefixes.add(prefix);
        else exact.add(descriptor);
      }
    }
    node.chart.invoke.forEach((invoke, index) => {
      const id = invokeId(node, invoke, index, dialect);
      exact.add(events.taskDone(id));
      exact.add(events.taskError(id));
    });
  }
  let longestPrefix = 0;
  for (const { length } of prefixes) longestPrefix = Math.max(longestPrefix, length);
  return { exact, prefixes, longestPrefix, any };
}

/** SCXML D: interpret enters the root by default, as if by a transition from nowhere. */
function startOf(space: StateSpace): Move {
  const { root } = space;
  const chart = { path: '', targets: [], guard: undefined, actions: [], reenter: true };
  const transition: Transition = {
    source: root,
    chart,
    label: 'start',
    targets: [root],
    guard: undefined,
    ops: [],
  };
  return planStart(configurationOf(space, [root]), transition);
}
