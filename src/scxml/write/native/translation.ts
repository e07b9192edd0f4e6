import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../../../core/json.js';
import { valueAt } from '../../../core/pointer.js';
import type { Problem } from '../../../core/problem.js';
import { delimitedExpression } from '../../../expression/template.js';
import { DIALECTS } from '../../../statechart/dialect.js';
import type { Linked } from '../../../statechart/link.js';
import type { StateNode, Transition } from '../../../statechart/node.js';
import type { Chart } from '../../../statechart/schema/chart.js';
import { functionNamed } from '../../../statechart/schema/template.js';
import { join } from '../writing.js';
import { statesToSplit } from './moves.js';
import { WrittenNames } from './names.js';

/** A native machine on its way to W3C's dialect, and what keeps it from getting there. */
export class Translation {
  readonly problems: Problem[] = [];
  readonly source: JsonObject;
  readonly chart: Chart;
  readonly linked: Linked;
  readonly names: WrittenNames;
  /** What the regions of a parallel state are called that has them in a state of their own. */
  readonly regions: ReadonlyMap<StateNode, string>;
  /** Whether something in it may fail, and so raise an event. */
  readonly mayFail: boolean;

  constructor(source: JsonObject, chart: Chart, linked: Linked) {
    this.source = source;
    this.chart = chart;
    this.linked = linked;
    this.names = new WrittenNames(linked.nodes, DIALECTS.native, DIALECTS.scxml);
    const moves = linked.nodes.flatMap(transitionsOf);
    this.regions = new Map(
      [...statesToSplit(linked.root, moves)].map((node) => {
        const name = this.names.fresh(`${this.names.state(node)}-regions`);
        const { stateDone } = DIALECTS.native.events;
        this.names.endsAs(stateDone(node.id), DIALECTS.scxml.events.stateDone(name));
        return [node, name];
      }),
    );
    this.mayFail = this.#looksThrough(source, '');
  }

  refuse(path: string, message: string, hint?: string): void {
    this.problems.push({ code: 'not-in-scxml', message, path, ...(hint === undefined ? {} : { hint }) });
  }

  /** What stands at a pointer of the source. */
  raw(path: string): Json | undefined {
    return valueAt(this.source, path);
  }

  /** Refuses what no document can hold; answers whether there is anything that is worked out. */
  #looksThrough(value: Json, path: string): boolean {
    if (typeof value === 'string') {
      if (functionNamed(value) !== undefined) this.refuse(path, 'a function cannot be written down');
      const expression = delimitedExpression(value);
      if (expression?.includes('xstate.'))
        this.refuse(path, 'the events that a machine makes for itself have other names in SCXML');
      return expression !== undefined;
    }
    if (isJsonArray(value)) {
      return value.map((item, n) => this.#looksThrough(item, join(path, n))).includes(true);
    }
    if (!isJsonObject(value)) return false;
    return Object.entries(value)
      .map(([key, member]) => {
        const isWorkedOut = this.#looksThrough(member, join(path, key));
        return isWorkedOut || key === 'invoke' || (key === 'guard' && isNamed(member));
      })
      .includes(true);
  }
}

function isNamed(guard: Json): boolean {
  if (typeof guard === 'string') return true;
  if (isJsonArray(guard)) return guard.some(isNamed);
  return isJsonObject(guard) && !Object.hasOwn(guard, 'in') && Object.values(guard).some(isNamed);
}

/** What a state listens for, and what it does without an event. */
export function transitionsOf({ on, always }: StateNode): readonly Transition[] {
  return [...on.map(({ transition }) => transition), ...always];
}
