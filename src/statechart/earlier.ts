import type { Definition } from '../core/definition.js';
import { given } from '../core/given.js';
import { isJsonObject } from '../core/json.js';
import { DIALECTS, type Dialect } from './dialect.js';
import { invokeId, link } from './link.js';
import type { StateNode } from './node.js';
import { keyOf } from './numbering.js';
import type { Op } from './run.js';
import type { ChartInvoke } from './schema/chart.js';
import { Findings } from './schema/findings.js';
import { readMachine } from './schema/machine.js';
import type { Pending } from './stored-state.js';
import { fromXState } from './xstate/xstate-json.js';

/** Something that a state waits for while it is active, and by which key. */
export interface Wait {
  readonly kind: 'timer' | 'task' | 'child';
  readonly key: string;
  /** Tells it from the others of its state, whatever the state is called. */
  readonly name: string;
  /** Of a timer, where it is not worked out as the state is entered. */
  readonly delayMs?: number;
}

/** A definition that instances come from, as far as what they wait for can be told by it; it needs no functions. */
export interface Earlier {
  /** What it says of itself. */
  readonly version: string | undefined;
  readonly typeOf: ReadonlyMap<string, StateNode['type']>;
  /** By path of a state. */
  readonly waits: ReadonlyMap<string, readonly Wait[]>;
}

const KNOWN = new WeakMap<Definition, Earlier>();

/** Worked out once for each definition object, since many instances come from one. */
export function earlierOf(definition: Definition): Earlier {
  let earlier = KNOWN.get(definition);
  if (earlier === undefined) {
    earlier = readEarlier(definition);
    KNOWN.set(definition, earlier);
  }
  return earlier;
}

function readEarlier(definition: Definition): Earlier {
  const { source } = fromXState(definition.source);
  const findings = new Findings(true);
  // Its structure is all that is wanted: expressions of a datamodel are not compiled, and what comes of that is not told.
  const { datamodel: _, ...structure } = isJsonObject(source) ? source : {};
  const chart = readMachine(structure, findings);
  if (chart === undefined) throw new Error('a definition that was published is an object');
  const dialect = DIALECTS[chart.dialect];
  const { nodes } = link(chart, dialect, findings);
  return {
    version: chart.version,
    typeOf: new Map(nodes.map(({ path, type }) => [path, type])),
    waits: new Map(nodes.map((node) => [node.path, waitsOf(node, dialect)])),
  };
}

/** What a state waits for, in the order in which it begins to. */
export function waitsOf(node: StateNode, dialect: Dialect): readonly Wait[] {
  const { delayOver } = dialect.events;
  const timers = node.chart.after.map(
    ({ key, delayMs }): Wait => ({
      ...{ kind: 'timer', key: delayOver(key, node.id), name: key },
      ...given({ delayMs }),
    }),
  );
  const invoked = node.chart.invoke.map(
    (invoke, index): Wait => ({
      kind: invoke.kind === 'machine' ? 'child' : 'task',
      key: invokeId(node, invoke, index, dialect),
      name: nameOf(invoke, index),
    }),
  );
  return [...timers, ...invoked];
}

/** The same of another handler, or machine, is something else. */
function nameOf({ id, kind, src }: ChartInvoke, index: number): string {
  return JSON.stringify([id ?? index, kind, src]);
}

export function isWaitedFor(pending: Pending, { kind, key }: Wait): boolean {
  return keyOf(pending, kind) === key;
}

/** What begins each of them. */
export function beginsOf({ begins, invokes }: StateNode): readonly Op[] {
  return invokes.length === 0 ? begins : [...begins, ...invokes];
}
