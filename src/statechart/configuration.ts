import { put } from '../core/json.js';
import type { Dialect } from './dialect.js';
import { MAX_CACHED_PLANS, MAX_TOLD_STATES } from './limits.js';
import { type MachineEffect, NO_EFFECTS } from './machine-effect.js';
import type { Forward, StateNode, Transition } from './node.js';
import type { Guard, Op, Update } from './run.js';

/** Where a machine stands, as XState writes it: the name of a state, or an object of them where states nest. */
export type StateValue = string | { readonly [key: string]: StateValue };

/** By number of the history state: what was active when its parent was left, in document order. */
export type History = readonly (readonly StateNode[] | undefined)[];

/** That of a machine that has left no state with a history state. */
export const NO_HISTORY: History = Object.freeze([]);

/**
 * A set of active states that a machine was found in, and what its history states remember. There is one object for
 * each, however often it is met, so that what has to be done for an event there is worked out once.
 */
export class Configuration {
  readonly space: StateSpace;
  /** Its atomic and final states. */
  readonly atoms: readonly StateNode[];
  readonly history: History;
  /** All active states in document order, the root included. */
  readonly active: readonly StateNode[];
  readonly value: StateValue;
  readonly hasAlways: boolean;
  /** Which events from outside are sent on. */
  readonly forwards: readonly Forward[];
  /** By event class; see `StateSpace.classOf`. */
  readonly plans = new PlanTable();
  eventless: Plan | undefined;
  /** Its snapshot with the context that all instances begin with, once one was asked for. */
  resting: object | undefined;

  constructor(space: StateSpace, atoms: readonly StateNode[], history: History) {
    this.space = space;
    this.atoms = atoms;
    this.history = history;
    const active = new Set<StateNode>();
    for (const atom of atoms) {
      for (
        let node: StateNode | undefined = atom;
        node !== undefined && !active.has(node);
        node = node.parent
      ) {
        active.add(node);
      }
    }
    this.active = inOrder(active);
    this.hasAlways = this.active.some((node) => node.always.length > 0);
    this.forwards = this.active.flatMap((node) => node.forwards);
    this.value = stateValueOf(this.active);
  }

  forget(): void {
    this.plans.clear();
    this.eventless = undefined;
  }
}

/** Where a machine stands, for people: the paths of its innermost states, or of the first of very many. */
export function whereabouts({ atoms }: Configuration): string {
  const told = atoms.slice(0, MAX_TOLD_STATES).map(({ path }) => path);
  const left = atoms.length - told.length;
  return told.join(', ') + (left > 0 ? ` and ${left} more` : '');
}

/** So many names are compared one by one, which takes less time than a map does. */
export const MAX_COMPARED = 8;

/** Plans by event class: most configurations meet only a few. */
class PlanTable {
  #lastName: string | undefined = undefined;
  #last: Plan | undefined = undefined;
  #names: string[] = [];
  #plans: Plan[] = [];
  #more: Map<string, Plan> | undefined = undefined;

  get size(): number {
    return this.#names.length + (this.#more?.size ?? 0);
  }

  get(name: string): Plan | undefined {
    if (name === this.#lastName) return this.#last;
    const names = this.#names;
    for (let i = 0; i < names.length; i++) {
      if (names[i] !== name) continue;
      this.#lastName = name;
      this.#last = this.#plans[i];
      return this.#last;
    }
    return this.#more?.get(name);
  }

  set(name: string, plan: Plan): void {
    if (this.#names.length < MAX_COMPARED) {
      this.#names.push(name);
      this.#plans.push(plan);
    } else {
      this.#more ??= new Map();
      this.#more.set(name, plan);
    }
  }

  clear(): void {
    this.#lastName = undefined;
    this.#last = undefined;
    this.#names = [];
    this.#plans = [];
    this.#more = undefined;
  }
}

/** In document order. */
export function inOrder(nodes: Iterable<StateNode>): StateNode[] {
  return [...nodes].sort((a, b) => a.index - b.index);
}

/**
 * What is to be tried for one event in one configuration: a question, whose answer leads to another plan, or, where
 * there is nothing left to ask, the move. A lazy tree, of which only what was met is there.
 */
export class Plan {
  /** The transition whose guard is asked next. */
  readonly asks: Transition | undefined;
  /** Undefined where there is something to ask, or nothing is taken. */
  readonly move: Move | undefined;
  /** Answers the question, where context and event decide it. */
  readonly decides: Guard['decides'] | undefined;
  /** The move, where nothing can follow it, and context and event are all that it takes. */
  readonly closed: Move | undefined;
  /** The same where it does not even take these. */
  readonly plain: Move | undefined;
  readonly #follow: ((allowed: boolean) => Plan) | undefined;
  #yes: Plan | undefined = undefined;
  #no: Plan | undefined = undefined;

  private constructor(
    asks: Transition | undefined,
    follow: ((allowed: boolean) => Plan) | undefined,
    move: Move | undefined,
    closed: Move | undefined,
  ) {
    this.asks = asks;
    this.decides = asks?.guard?.decides;
    this.move = move;
    this.closed = closed;
    this.plain = closed?.updates?.length === 0 ? closed : undefined;
    this.#follow = follow;
  }

  /** A question; what follows from each answer is worked out when that is first given. */
  static asking(asks: Transition, follow: (allowed: boolean) => Plan): Plan {
    return new Plan(asks, follow, undefined, undefined);
  }

  static taking(move: Move, isClosed: boolean): Plan {
    return new Plan(undefined, undefined, move, isClosed ? move : undefined);
  }

  /** What is to be done for an event that nothing is listening for. */
  static readonly NOTHING = new Plan(undefined, undefined, undefined, undefined);

  yes(): Plan {
    this.#yes ??= this.#follow?.(true) ?? this;
    return this.#yes;
  }

  no(): Plan {
    this.#no ??= this.#follow?.(false) ?? this;
    return this.#no;
  }
}

/** Things done one after the other. */
export class Work {
  /** In order; empty where all that is done is `effects`. */
  readonly ops: readonly Op[];
  /** For each op, where its block ends: an error skips the rest of the block (SCXML 4.9). */
  readonly blockEnds: readonly number[];
  /** All there will be, if nothing fails; none where they have to be worked out. */
  readonly effects: readonly MachineEffect[];
  /** What becomes of the context, step by step, if nothing fails; undefined where that and `effects` is not all. */
  readonly updates: readonly Update[] | undefined;

  constructor(blocks: readonly (readonly Op[])[]) {
    const ops = blocks.flat();
    const isTold = ops.every(({ effect, update }) => effect !== undefined || update !== undefined);
    const effects = isTold ? ops.flatMap(({ effect }) => effect ?? []) : NO_EFFECTS;
    this.effects = effects.length > 0 ? Object.freeze(effects) : NO_EFFECTS;
    this.updates = isTold ? ops.flatMap(({ update }) => update ?? []) : undefined;
    const isPlain = this.updates?.length === 0;
    this.ops = isPlain ? NO_OPS : ops;
    this.blockEnds = isPlain ? NO_OPS : blockEnds(blocks);
  }
}

const NO_OPS: readonly never[] = Object.freeze([]);

function blockEnds(blocks: readonly (readonly Op[])[]): readonly number[] {
  let end = 0;
  return blocks.flatMap((block) => {
    end += block.length;
    return block.map(() => end);
  });
}

/** What taking transitions in one configuration does: exit, act, enter, all told in advance. */
export class Move extends Work {
  /** In the order of the regions that take them. */
  readonly transitions: readonly Transition[];
  readonly to: Configuration;
  /** States that were entered and invoke something once the macrostep is over, as far as they are active then. */
  readonly invoking: readonly StateNode[];
  /** Where it leads to the end of the machine: what is done once the output is there. */
  readonly ending: Work | undefined;

  constructor(
    blocks: readonly (readonly Op[])[],
    transitions: readonly Transition[],
    to: Configuration,
    invoking: readonly StateNode[],
    ending: Work | undefined,
  ) {
    super(blocks);
    this.transitions = transitions;
    this.to = to;
    this.invoking = invoking;
    this.ending = ending;
  }
}

/** The names of the events that a machine tells apart. */
export interface EventNames {
  readonly exact: ReadonlySet<string>;
  /** What stands before the `.*` of partial wildcards. */
  readonly prefixes: ReadonlySet<string>;
  readonly longestPrefix: number;
  readonly any: boolean;
}

/** How a machine deals with errors, and with questions in the middle of a transition. */
export interface Manners {
  readonly undoes: boolean;
  readonly marks: boolean;
}

/** Stands for a part of an event's name that no descriptor spells out; a descriptor cannot contain it. */
const ANY_NAME = '\u0000';

/** The configurations of one machine, as far as they were met: a lazy automaton, bounded. */
export class StateSpace {
  readonly root: StateNode;
  readonly names: EventNames;
  readonly dialect: Dialect;
  /** Whether a macrostep is undone in which something fails that nothing takes care of. */
  readonly undoes: boolean;
  /** Whether it is told as each state is entered or left, since something asks in the meantime. */
  readonly marks: boolean;
  /** By their numbers. */
  readonly histories: readonly StateNode[];
  readonly #configurations = new Map<string, Configuration>();
  #cached = 0;

  constructor(nodes: readonly StateNode[], names: EventNames, dialect: Dialect, { undoes, marks }: Manners) {
    this.undoes = undoes;
    this.marks = marks;
    const [root] = nodes;
    if (root === undefined) throw new Error('a machine has a root');
    this.root = root;
    this.histories = nodes.filter(({ type }) => type === 'history');
    this.names = names;
    this.dialect = dialect;
  }

  /** The one configuration of these atomic states, given in document order, with this history. */
  intern(atoms: readonly StateNode[], history: History): Configuration {
    const key = [atoms, ...history].map(indexes).join(';');
    const known = this.#configurations.get(key);
    if (known !== undefined) return known;
    const configuration = new Configuration(this, atoms, history);
    this.count();
    this.#configurations.set(key, configuration);
    return configuration;
  }

  /** Counts something kept; at the bound everything is forgotten, since plans lead from one to the next. */
  count(): void {
    if (++this.#cached <= MAX_CACHED_PLANS) return;
    for (const configuration of this.#configurations.values()) configuration.forget();
    this.#configurations.clear();
    this.#cached = 0;
  }

  /**
   * What plans for an event are kept under: its name where a descriptor names it in full, else one made-up name
   * for all those that the same wildcards match; undefined where no descriptor matches. So what is kept is
   * bounded by the definition, whatever names come from outside.
   */
  classOf(name: string): string | undefined {
    const { exact, prefixes, longestPrefix, any } = this.names;
    if (exact.has(name)) return name;
    let found: string | undefined;
    if (prefixes.size > 0) {
      for (
        let end = name.indexOf('.');
        end !== -1 && end <= longestPrefix;
        end = name.indexOf('.', end + 1)
      ) {
        const prefix = name.slice(0, end);
        if (prefixes.has(prefix)) found = prefix;
      }
      if (name.length <= longestPrefix && prefixes.has(name)) found = name;
    }
    if (found !== undefined) return `${found}.${ANY_NAME}`;
    return any && this.dialect.matches('*', name) ? ANY_NAME : undefined;
  }
}

function indexes(nodes: readonly StateNode[] | undefined): string {
  return nodes === undefined ? '' : nodes.map((node) => node.index).join(' ');
}

const NO_VALUE: StateValue = Object.freeze({});

/** XState's state value: a compound state whose child is atomic is written by that child's name. */
function stateValueOf(active: readonly StateNode[]): StateValue {
  const inside = new Map<StateNode | undefined, StateNode[]>();
  for (const node of active) {
    const siblings = inside.get(node.parent);
    if (siblings === undefined) inside.set(node.parent, [node]);
    else siblings.push(node);
  }
  const valueAt = (node: StateNode): StateValue => {
    const children = inside.get(node) ?? [];
    const [only] = children;
    if (only === undefined) return NO_VALUE;
    if (node.type !== 'parallel' && only.isAtomic) return only.key;
    const value: Record<string, StateValue> = {};
    for (const child of children) put(value, child.key, valueAt(child));
    return Object.freeze(value);
  };
  const [root] = active;
  return root === undefined ? NO_VALUE : valueAt(root);
}
