import type { Json } from '../core/json.js';
import {
  delayOver,
  isErrorEvent,
  type MachineEvent,
  plainEvent,
  stateDone,
  taskDone,
  taskError,
} from './machine-event.js';
import type { Listener, StateNode, Transition } from './node.js';
import type { DialectName } from './schema/chart.js';

/** What came from outside: from an instance, perhaps one that was invoked under a key. */
export interface OutsideEvent {
  readonly name: string;
  readonly data?: Json;
  readonly from?: string;
  readonly invoked?: string;
  /** What the sender knows it by. */
  readonly sendId?: string;
}

/** What carries events between sessions (SCXML C.1). */
export const SCXML_PROCESSOR = 'http://www.w3.org/TR/scxml/#SCXMLEventProcessor';

/** Before the id of a session, where it is an address (SCXML C.1). */
export const SESSION = '#_scxml_';

/**
 * Where XState's semantics and W3C's part ways. All of it is asked while a machine is compiled and its moves are
 * planned, so that the step itself knows no dialect.
 */
export interface Dialect {
  /** Whether transitions without an event are asked for again after one that changed nothing. */
  readonly asksAgain: boolean;
  /** Whether what a state invokes begins as it is entered, or where the macrostep ends with the state still active. */
  readonly invokesAtOnce: boolean;
  /** Whether an instance fails where a machine that it invoked does, and no transition takes that. With a task it always does. */
  readonly failsWithMachines: boolean;
  /** Whether the machine's own name is one that no state may have as its id. */
  readonly namesMachine: boolean;
  /** What an error skips the rest of: all actions on entry or exit, or one of them, which may hold others. */
  readonly blocks: 'whole' | 'each';
  /** Whether what was invoked may still tell of its end, where it came to that before it was told to stop. */
  readonly hearsOut: boolean;
  /** Whether it may be asked if a history state is active, which it never is. */
  readonly asksHistories: boolean;
  /** Whether a state counts as active from when it is entered within a transition, or from when that is over. */
  readonly marks: boolean;
  /** The default id of a state's nth invocation. */
  invokeId(stateId: string, index: number): string;
  /** An event from outside, as the machine sees it. */
  outside(event: OutsideEvent): MachineEvent;
  /** What the event says besides, that tells of the end of what was invoked. */
  ended(invokeId: string): Readonly<Record<string, string>>;
  /** An event as expressions see it. */
  seen(event: MachineEvent): MachineEvent;
  /**
   * The state whose descendants a transition to these states, history looked up, exits; undefined if the root itself is
   * left too (SCXML D: getTransitionDomain).
   */
  domain(transition: Transition, targets: readonly StateNode[], root: StateNode): StateNode | undefined;
  /**
   * Whether the transitions of a state are out of the question as soon as one region below it takes one, or only when all
   * of them do (SCXML D: selectTransitions).
   */
  readonly preemptedBy: 'any region' | 'all regions';
  /** Whether a descriptor matches an event's name. */
  matches(descriptor: string, name: string): boolean;
  /** What stands before the rest of all names that a descriptor matches; undefined where it matches one name alone. */
  prefixOf(descriptor: string): string | undefined;
  /** The transitions of one state for an event, in the order in which they are tried. */
  matching(listeners: readonly Listener[], name: string): readonly Transition[];
  readonly events: {
    readonly stateDone: (stateId: string) => string;
    readonly taskDone: (invokeId: string) => string;
    readonly taskError: (invokeId: string) => string;
    readonly delayOver: (delay: string, stateId: string) => string;
  };
}

const NOTHING_MORE = Object.freeze({});

/** XState v5's: internal by default, the most specific descriptor, and a parallel state stays where a region is left. */
const NATIVE: Dialect = {
  asksAgain: false,
  invokesAtOnce: true,
  failsWithMachines: true,
  namesMachine: true,
  blocks: 'whole',
  hearsOut: false,
  asksHistories: false,
  marks: false,
  invokeId: (stateId, index) => `${index}.${stateId}`,
  outside: ({ name, data }) => (data === undefined ? { type: name } : { type: name, data }),
  ended: () => NOTHING_MORE,
  seen: plainEvent,
  domain({ source, chart, targets: written }, targets, root) {
    // A history state that stands for the source itself leaves it: XState would enter it twice.
    const isWithin = targets.every(
      (target) => target.isBelow(source) || (target === source && written.includes(source)),
    );
    if (isWithin && !chart.reenter) return source;
    const common = commonAncestor(source, targets, () => true);
    return common ?? (chart.reenter ? undefined : root);
  },
  preemptedBy: 'any region',
  /**
   * `a.*` matches `a` and all that begins with `a.`. A bare `*` does not take errors, else a failed task would end in the
   * wildcard that was meant for stray signals.
   */
  matches(descriptor, name) {
    if (descriptor === '*') return !isErrorEvent(name);
    const prefix = NATIVE.prefixOf(descriptor);
    return prefix === undefined ? descriptor === name : isUnder(prefix, name);
  },
  prefixOf: (descriptor) => (descriptor.endsWith('.*') ? descriptor.slice(0, -2) : undefined),
  /** Those of the full name first, then those of wildcards, the longest first. */
  matching(listeners, name) {
    const matched = listeners.flatMap(({ descriptors: [descriptor = ''], transition }) =>
      NATIVE.matches(descriptor, name) ? [{ descriptor, transition }] : [],
    );
    const rank = (descriptor: string) =>
      descriptor === '*' ? 0 : (NATIVE.prefixOf(descriptor)?.length ?? Number.POSITIVE_INFINITY);
    const byRank = matched.toSorted((a, b) => compare(rank(b.descriptor), rank(a.descriptor)));
    return byRank.map(({ transition }) => transition);
  },
  events: { stateDone, taskDone, taskError, delayOver },
};

/** W3C's: external by default, descriptors in document order, each a prefix, and a parallel state is left with its region. */
const SCXML: Dialect = {
  asksAgain: true,
  invokesAtOnce: false,
  failsWithMachines: false,
  namesMachine: false,
  blocks: 'each',
  hearsOut: true,
  asksHistories: true,
  marks: true,
  invokeId: (stateId, index) => `${stateId}.${index}`,
  outside: ({ name, data, from, invoked, sendId }) => ({
    type: name,
    kind: 'external',
    ...(data === undefined ? {} : { data }),
    ...(sendId === undefined ? {} : { sendid: sendId }),
    ...(from === undefined ? {} : { origin: SESSION + from, origintype: SCXML_PROCESSOR }),
    ...(invoked === undefined ? {} : { invokeid: invoked }),
  }),
  ended: (invokeid) => ({ kind: 'external', invokeid }),
  seen: (event) => event,
  domain({ source, chart }, targets) {
    const isInternal = !chart.reenter && source.type === 'compound';
    if (isInternal && targets.every((target) => target.isBelow(source))) return source;
    const willDo = (node: StateNode) => node.type === 'compound' || node.parent === undefined;
    return commonAncestor(source, targets, willDo);
  },
  preemptedBy: 'all regions',
  matches: (descriptor, name) => descriptor === '*' || isUnder(SCXML.prefixOf(descriptor) ?? '', name),
  prefixOf: (descriptor) => descriptor.replace(/\.\*?$/, ''),
  matching(listeners, name) {
    const matched = listeners.filter(({ descriptors }) =>
      descriptors.some((descriptor) => SCXML.matches(descriptor, name)),
    );
    return matched.map(({ transition }) => transition);
  },
  events: {
    stateDone: (id) => `done.state.${id}`,
    taskDone: (id) => `done.invoke.${id}`,
    taskError: (id) => `error.invoke.${id}`,
    delayOver,
  },
};

export const DIALECTS: Readonly<Record<DialectName, Dialect>> = { native: NATIVE, scxml: SCXML };

function isUnder(prefix: string, name: string): boolean {
  return name === prefix || name.startsWith(`${prefix}.`);
}

/** The innermost state around all of these that will do (SCXML D: findLCCA). */
function commonAncestor(
  source: StateNode,
  targets: readonly StateNode[],
  willDo: (node: StateNode) => boolean,
): StateNode | undefined {
  for (let node = source.parent; node !== undefined; node = node.parent) {
    const around = node;
    if (willDo(node) && targets.every((target) => target.isBelow(around))) return node;
  }
  return undefined;
}

/** Infinities have no difference. */
function compare(a: number, b: number): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
