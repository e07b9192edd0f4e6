import type { Implementations } from '../core/language.js';
import type { StatechartProgram } from '../statechart/compile.js';
import type { Configuration } from '../statechart/configuration.js';
import { EXECUTION_ERROR } from '../statechart/machine-event.js';
import type { StateNode, Transition } from '../statechart/node.js';
import type { ChartAction, ChartEvent } from '../statechart/schema/chart.js';

/** An event that a machine raises for itself. */
export interface Raised {
  /** Undefined where only the run will tell. */
  readonly name: string | undefined;
  /** Whether it is raised for certain. */
  readonly sure: boolean;
}

/** It may be anything, or nothing. */
const ANYTHING: Raised = { name: undefined, sure: false };

/** What a machine raises as it leaves states, takes transitions and enters states (SCXML D: microstep). */
export class Raises {
  readonly #events: StatechartProgram['space']['dialect']['events'];
  readonly #written: Readonly<Record<string, unknown>>;
  /** Whether an action that fails can leave out those behind it, and the rest goes on. */
  readonly #mayFail: boolean;

  constructor({ nodes, space }: StatechartProgram, implementations: Implementations) {
    this.#events = space.dialect.events;
    this.#written = implementations.actions ?? {};
    const listens = nodes.some(({ on }) =>
      on.some(({ descriptors }) => descriptors.some((text) => space.dialect.matches(text, EXECUTION_ERROR))),
    );
    this.#mayFail = listens || !space.undoes;
  }

  /** In order: of what is left the innermost first, then of the transitions, then of what is entered. */
  of(
    left: readonly StateNode[],
    transitions: readonly Transition[],
    entered: readonly StateNode[],
  ): readonly Raised[] {
    const raised: Raised[] = [];
    for (const { chart } of left.toSorted((a, b) => b.index - a.index)) this.#add(raised, chart.exit, true);
    for (const { chart } of transitions) this.#add(raised, chart.actions, true);
    for (const node of entered) {
      this.#add(raised, node.chart.entry, true);
      // Whether it is entered by default is not asked here.
      this.#add(raised, node.chart.initial?.actions ?? [], false);
      for (const { chart } of node.histories) this.#add(raised, chart.initial?.actions ?? [], false);
      if (node.chart.invoke.some(({ actions }) => actions.length > 0)) raised.push(ANYTHING);
      if (node.type === 'final') this.#done(raised, node);
    }
    return raised;
  }

  /** What is done with an event from outside before anything takes it (SCXML D: applyFinalize). */
  before({ active }: Configuration): readonly Raised[] {
    const finalizes = active.some(({ chart }) => chart.invoke.some(({ finalize }) => finalize.length > 0));
    return finalizes ? [ANYTHING] : [];
  }

  /** A final state tells its parent, and perhaps completes parallel states around. */
  #done(raised: Raised[], { parent }: StateNode): void {
    if (parent?.type === 'compound' && parent.parent !== undefined) {
      raised.push({ name: this.#events.stateDone(parent.id), sure: !this.#mayFail });
    }
    for (let around = parent; around !== undefined; around = around.parent) {
      if (around.type === 'parallel') raised.push({ name: this.#events.stateDone(around.id), sure: false });
    }
  }

  #add(raised: Raised[], actions: readonly ChartAction[], always: boolean): void {
    const sure = always && !this.#mayFail;
    for (const action of actions) {
      if (action.kind === 'raise' && action.delay === undefined) {
        raised.push({ name: nameOf(action.event), sure });
      } else if (action.kind === 'choose') {
        for (const branch of action.branches) this.#add(raised, branch.actions, false);
      } else if (action.kind === 'named' && this.#raisesWritten(action.name)) {
        raised.push(ANYTHING);
      } else if (action.kind === 'datamodel') raised.push(ANYTHING);
    }
  }

  /** What was given for a name as it is written in a definition may raise something. */
  #raisesWritten(name: string): boolean {
    const given = Object.hasOwn(this.#written, name) ? this.#written[name] : undefined;
    if (typeof given !== 'object' || given === null) return false;
    return !Object.hasOwn(given, 'assign');
  }
}

/** The name of an event, where it is written. */
export function nameOf(event: ChartEvent): string | undefined {
  if ('type' in event) return event.type;
  const { whole } = event;
  if (whole.kind !== 'constant') return undefined;
  const type = typeof whole.value === 'object' && whole.value !== null ? Object(whole.value).type : undefined;
  return typeof type === 'string' ? type : undefined;
}
