import { put } from '../core/json.js';
import { MAX_CACHED_PLANS } from './limits.js';
import type { MachineEffect } from './machine-effect.js';
import { isErrorEvent } from './machine-event.js';
import type { StateNode, Transition } from './node.js';
import type { Op } from './run.js';

/** Where a machine stands, as XState writes it: the name of a state, or an object of them where states nest. */
export type StateValue = string | { readonly [key: string]: StateValue };

/**
 * A set of active states that a machine was found in. There is one object per set, however often it is met,
 * so that what has to be done for an event there is worked out once.
 */
export class Configuration {
  readonly space: StateSpace;
  /** Its atomic and final states. */
  readonly atoms: readonly StateNode[];
  /** All active states in document order, the root included. */
  readonly active: readonly StateNode[];
  readonly value: StateValue;
  readonly hasAlways: boolean;
  /** By event class; see `StateSpace.classOf`. */
  readonly plans = new Map<string, Plan>();
  eventless: Plan | undefined;

  constructor(space: StateSpace, atoms: readonly StateNode[]) {
    this.space = space;
    this.atoms = atoms;
    const active = new Set<StateNode>();
    for (const atom of atoms) {
      for (let node: StateNode | undefined = atom; node !== undefined; node = node.parent) active.add(node);
    }
    this.active = [...active].sort((a, b) => a.index - b.index);
    this.hasAlways = this.active.some((node) => node.always.length > 0);
    this.value = stateValueOf(atoms);
  }

  forget(): void {
    this.plans.clear();
    this.eventless = undefined;
  }
}

/** What is to be tried for one event in one configuration, in order; the first whose guard allows it is taken. */
export interface Plan {
  readonly candidates: readonly Candidate[];
  /** Where there is nothing to ask and nothing to work out: the move that is taken, and that is all of it. */
  readonly plain: Move | undefined;
}

export interface Candidate {
  readonly transition: Transition;
  readonly move: Move;
}

/** Things done one after the other. */
export interface Work {
  /** In order; empty where all that is done is `effects`. */
  readonly ops: readonly Op[];
  /** For each op, where its block ends: an error skips the rest of the block (SCXML 4.9). */
  readonly blockEnds: readonly number[];
  readonly effects: readonly MachineEffect[];
}

/** What taking one transition in one configuration does: exit, act, enter, all told in advance. */
export interface Move extends Work {
  readonly transition: Transition;
  readonly to: Configuration;
  /** Where it leads to the end of the machine: what is done once the output is there. */
  readonly ending: Work | undefined;
}

/** The names of the events that a machine tells apart. */
export interface EventNames {
  readonly exact: ReadonlySet<string>;
  /** What stands before the `.*` of partial wildcards. */
  readonly prefixes: ReadonlySet<string>;
  readonly longestPrefix: number;
  readonly any: boolean;
}

/** Stands for a part of an event's name that no descriptor spells out; a descriptor cannot contain it. */
const ANY_NAME = '\u0000';

/** The configurations of one machine, as far as they were met: a lazy automaton, bounded. */
export class StateSpace {
  readonly root: StateNode;
  readonly names: EventNames;
  readonly #configurations = new Map<string, Configuration>();
  #cached = 0;

  constructor(root: StateNode, names: EventNames) {
    this.root = root;
    this.names = names;
  }

  /** The one configuration of these atomic states, given in document order. */
  intern(atoms: readonly StateNode[]): Configuration {
    const key = atoms.map((atom) => atom.index).join(' ');
    const known = this.#configurations.get(key);
    if (known !== undefined) return known;
    const configuration = new Configuration(this, atoms);
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
    return any && !isErrorEvent(name) ? ANY_NAME : undefined;
  }
}

/** XState's state value of these atomic states: a compound state whose child is atomic is written by that child's name. */
function stateValueOf(atoms: readonly StateNode[]): StateValue {
  const [atom] = atoms;
  if (atom?.parent === undefined) return Object.freeze({});
  let value: StateValue = atom.key;
  for (let node = atom.parent; node.parent !== undefined; node = node.parent) {
    const outer: Record<string, StateValue> = {};
    put(outer, node.key, value);
    value = Object.freeze(outer);
  }
  return value;
}
