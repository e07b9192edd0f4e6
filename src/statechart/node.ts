import { isErrorEvent } from './machine-event.js';
import type { Guard, Op } from './run.js';
import type { ChartState, ChartTransition } from './schema/chart.js';

// Shared, since most states of a large machine have none.
const NO_CHILDREN: ReadonlyMap<string, StateNode> = new Map();
const NO_TRANSITIONS: ReadonlyMap<string, readonly Transition[]> = new Map();
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
  children: ReadonlyMap<string, StateNode> = NO_CHILDREN;
  /** The number of the last state below it: those below it have the numbers in between. */
  last: number;
  initial: StateNode | undefined;

  /** By event descriptor, in document order. */
  on: ReadonlyMap<string, readonly Transition[]> = NO_TRANSITIONS;
  /** Those of them that match more than one name, the longest first. */
  wildcards: readonly Wildcard[] = NONE;
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
  /** Where it is final: raises the parent's done event, or ends the machine. */
  done: Op | undefined;

  constructor(index: number, key: string, id: string, parent: StateNode | undefined, chart: ChartState) {
    this.index = index;
    this.last = index;
    this.key = key;
    this.id = id;
    this.parent = parent;
    this.chart = chart;
    this.path = parent === undefined ? '' : joinPath(parent.path, key);
  }

  get isFinal(): boolean {
    return this.chart.type === 'final';
  }

  /** Whether it lies below another state (SCXML D: isDescendant). */
  isBelow(other: StateNode): boolean {
    return this.index > other.index && this.index <= other.last;
  }
}

/** The transitions under `*` or `name.*` of one state. */
export class Wildcard {
  readonly #prefix: string;
  readonly transitions: readonly Transition[];

  constructor(descriptor: string, transitions: readonly Transition[]) {
    this.#prefix = descriptor.slice(0, -1);
    this.transitions = transitions;
  }

  get length(): number {
    return this.#prefix.length;
  }

  /**
   * Whether it matches an event's name: `a.*` matches `a` and all that begins with `a.`. A bare `*` does not
   * take errors, else a failed task would end in the wildcard that was meant for stray signals.
   */
  matches(name: string): boolean {
    if (this.#prefix === '') return !isErrorEvent(name);
    return name.startsWith(this.#prefix) || `${name}.` === this.#prefix;
  }
}

/** A transition with its target found. */
export interface Transition {
  readonly source: StateNode;
  readonly chart: ChartTransition;
  /** For people: the event descriptor, `always`, `after 30s`, `done`, … */
  readonly label: string;
  readonly target: StateNode | undefined;
  /**
   * The state whose descendants it exits; undefined if the root itself is left too. Dialects differ in this
   * and in nothing else of a transition (SCXML D: getTransitionDomain).
   */
  readonly domain: StateNode | undefined;
  guard: Guard | undefined;
  ops: readonly Op[];
}

/** The descendants and ancestors of a state have its path as a prefix, up to a dot. */
function joinPath(parent: string, key: string): string {
  const escaped = key.includes('.') || key.includes('\\') ? key.replace(/[.\\]/g, '\\$&') : key;
  return parent === '' ? escaped : `${parent}.${escaped}`;
}

/**
 * The keys of a path; a backslash takes the next character as it is.
 *
 * @example
 * splitPath('a.b\\.c'); // => ['a', 'b.c']
 */
export function splitPath(path: string): string[] {
  if (!path.includes('\\')) return path.split('.');
  const keys = [''];
  for (let i = 0; i < path.length; i++) {
    const char = path[i] === '\\' && i + 1 < path.length ? (path[++i] ?? '') : undefined;
    if (char === undefined && path[i] === '.') keys.push('');
    else keys[keys.length - 1] += char ?? path[i] ?? '';
  }
  return keys;
}
