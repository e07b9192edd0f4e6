import type { Guard, Op } from './run.js';
import type { ChartState, ChartTransition, StateType } from './schema/chart.js';

// Shared, since most states of a large machine have none.
const NO_CHILDREN: ReadonlyMap<string, StateNode> = new Map();
const NONE: readonly never[] = Object.freeze([]);

/** A state of a compiled machine, numbered in document order. The root is number 0. */
export class StateNode {
  readonly index: number;
  readonly key: string;
  /** Keys from the root joined with dots, a dot within a key escaped (`\.`); the root's is empty. */
  readonly path: string;
  readonly id: string;
  readonly parent: StateNode | undefined;
  readonly chart: ChartState;
  /** By key, in document order. */
  children: ReadonlyMap<string, StateNode> = NO_CHILDREN;
  /** The number of the last state below it: those below it have the numbers in between. */
  last: number;
  /** Where it is entered by default: below it, or, of a history state, below its parent. */
  initial: readonly StateNode[] = NONE;
  /** Those of its children that are history states. */
  histories: readonly StateNode[] = NONE;
  /** Of a history state, its number among all of them. */
  memory = -1;

  /** In document order. */
  on: readonly Listener[] = NONE;
  always: readonly Transition[] = NONE;

  /** Bound with the functions. Entering it does `entry`, then `begins`, then `initialOps` where it is entered by default. */
  entry: readonly Op[] = NONE;
  /** Starts what it waits for: delays and tasks. */
  begins: readonly Op[] = NONE;
  initialOps: readonly Op[] = NONE;
  /** Leaving it does `exit`, then `ends`. */
  exit: readonly Op[] = NONE;
  /** Cancels what it waits for. */
  ends: readonly Op[] = NONE;
  /** Begins what it invokes, where that waits for the end of the macrostep. */
  invokes: readonly Op[] = NONE;
  /** What is done with events from what it invokes. */
  finalizes: readonly Finalize[] = NONE;
  /** Which events from outside are sent on to what it invokes. */
  forwards: readonly Forward[] = NONE;
  /** Where it is final: raises the parent's done event. Where it is parallel: raises its own, when all of it is done. */
  done: Op | undefined;
  /** Where the machine ends when this state is done. */
  finish: Op | undefined;

  constructor(index: number, key: string, id: string, parent: StateNode | undefined, chart: ChartState) {
    this.index = index;
    this.last = index;
    this.key = key;
    this.id = id;
    this.parent = parent;
    this.chart = chart;
    this.path = parent === undefined ? '' : joinPath(parent.path, key);
  }

  get type(): StateType {
    return this.chart.type;
  }

  /** Whether it has no states below it. */
  get isAtomic(): boolean {
    return this.children.size === 0;
  }

  /** Whether it lies below another state (SCXML D: isDescendant). */
  isBelow(other: StateNode): boolean {
    return this.index > other.index && this.index <= other.last;
  }
}

/** Events that match a descriptor are sent on to what was invoked under a key. */
export interface Forward {
  readonly key: string;
  readonly descriptor: string;
}

/** Done with events from what was invoked under a key. */
export interface Finalize {
  readonly key: string;
  readonly ops: readonly Op[];
}

/** A transition, for events that match one of these descriptors. */
export interface Listener {
  readonly descriptors: readonly string[];
  readonly transition: Transition;
}

/** A transition with its targets found. */
export interface Transition {
  readonly source: StateNode;
  readonly chart: ChartTransition;
  /** For people: the event descriptor, `always`, `after 30s`, `done`, … */
  readonly label: string;
  /** None where the state stays as it is; history states among them stand for what they remember. */
  readonly targets: readonly StateNode[];
  guard: Guard | undefined;
  ops: readonly Op[];
}

/** The descendants and ancestors of a state have its path as a prefix, up to a dot. */
function joinPath(parent: string, key: string): string {
  const escaped = escapeKey(key);
  return parent === '' ? escaped : `${parent}.${escaped}`;
}

/** A key as a part of a path. */
export function escapeKey(key: string): string {
  return key.includes('.') || key.includes('\\') ? key.replace(/[.\\]/g, '\\$&') : key;
}

/**
 * The keys of a path; a backslash takes the next character as it is.
 *
 * @example
 * splitPath('a.b\\.c'); // => ['a', 'b.c']
 */
export function splitPath(path: string): string[] {
  if (!path.includes('\\')) return path.includes('.') ? path.split('.') : [path];
  const keys = [''];
  for (let i = 0; i < path.length; i++) {
    const char = path[i] === '\\' && i + 1 < path.length ? (path[++i] ?? '') : undefined;
    if (char === undefined && path[i] === '.') keys.push('');
    else keys[keys.length - 1] += char ?? path[i] ?? '';
  }
  return keys;
}
