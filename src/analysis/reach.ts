import type { Implementations } from '../core/language.js';
import { type Branch, beginning, branchesOf, changeOf, configurationKey } from '../statechart/automaton.js';
import type { StatechartProgram } from '../statechart/compile.js';
import type { Configuration } from '../statechart/configuration.js';
import { EXECUTION_ERROR, isReserved } from '../statechart/machine-event.js';
import type { StateNode, Transition } from '../statechart/node.js';
import type { GuardTruth } from './guard-truth.js';
import { type Raised, Raises } from './raised.js';

/** Stops that are explored; a machine with more is looked at state by state. */
export const MAX_STOPS = 20_000;

/** States looked at, all branches of all stops together: what bounds the time. */
export const MAX_EFFORT = 1_000_000;

/** Events that wait in a machine at once; with more it is not explored to its end. */
export const MAX_WAITING = 16;

/** A configuration, with the events that the machine has raised and not yet taken. */
export interface Stop {
  readonly configuration: Configuration;
  readonly waiting: readonly Raised[];
  /** By which it was met first; undefined of the first. */
  readonly from: Stop | undefined;
  /** The event from outside that it took; undefined where it took none. */
  readonly event: string | undefined;
  /** Whether the machine has ended. */
  readonly ended: boolean;
  /** Whether the machine may rest here, until something comes from outside. */
  rests: boolean;
  readonly ways: Way[];
}

/** A way out of a stop; without a transition it only drops what waits. */
export interface Way {
  readonly to: Stop;
  readonly event: string | undefined;
  readonly branch: Branch | undefined;
}

/**
 * Everything that a machine may come to, its context left aside: where guards cannot be told apart, both answers are
 * followed. So there may be stops that it never comes to; one that is not here it never comes to for certain.
 */
export class Reach {
  readonly stops: readonly Stop[];
  /** False where a bound was met: then there may be more. */
  readonly isComplete: boolean;
  /** By the state, the stop at which it was met first. */
  readonly states: ReadonlyMap<StateNode, Stop>;
  /** By the transition, the stop at which it may be taken first. */
  readonly taken: ReadonlyMap<Transition, Stop>;

  constructor(program: StatechartProgram, implementations: Implementations, truth: GuardTruth) {
    const search = new Search(program, implementations, truth);
    this.isComplete = search.run();
    this.stops = [...search.stops.values()];
    this.states = search.states;
    this.taken = search.taken;
  }
}

/** The events from outside that lead to a stop, the fewest that do. */
export function eventsTo(stop: Stop): readonly string[] {
  const events: string[] = [];
  for (let at: Stop | undefined = stop; at !== undefined; at = at.from) {
    if (at.event !== undefined) events.push(at.event);
  }
  return events.reverse();
}

class Search {
  readonly stops = new Map<string, Stop>();
  readonly states = new Map<StateNode, Stop>();
  readonly taken = new Map<Transition, Stop>();
  readonly #program: StatechartProgram;
  readonly #raises: Raises;
  readonly #truth: GuardTruth;
  /** Events that only the machine raises: that a state is done. */
  readonly #inner: ReadonlySet<string>;
  /** Met by as many events from outside as the one that is looked at, and by one more. */
  #near: Stop[] = [];
  #far: Stop[] = [];
  #effort = 0;
  #isCut = false;

  constructor(program: StatechartProgram, implementations: Implementations, truth: GuardTruth) {
    this.#program = program;
    this.#raises = new Raises(program, implementations);
    this.#truth = truth;
    const { dialect } = program.space;
    this.#inner = new Set(program.nodes.map(({ id }) => dialect.events.stateDone(id)));
  }

  run(): boolean {
    const start = beginning(this.#program);
    const raised = this.#raises.of([], [], start.to.active);
    this.#meet(undefined, undefined, start, raised);
    while (!this.#isCut) {
      const stop = this.#near.pop() ?? this.#next();
      if (stop === undefined) return true;
      if (!stop.ended) this.#leave(stop);
    }
    return false;
  }

  /** The first of those that take one event more. */
  #next(): Stop | undefined {
    [this.#near, this.#far] = [this.#far.reverse(), this.#near];
    return this.#near.pop();
  }

  #leave(stop: Stop): void {
    if (!this.#passes(stop)) return;
    const [first, ...rest] = stop.waiting;
    if (first === undefined) {
      stop.rests = true;
      const before = this.#raises.before(stop.configuration);
      for (const name of this.#outside(stop.configuration)) this.#take(stop, name, before, name);
    } else {
      const names = first.name === undefined ? this.#allNames() : [first.name];
      for (const name of names) this.#take(stop, name, rest, undefined);
    }
    if (this.#hearsErrors(stop.configuration)) this.#take(stop, EXECUTION_ERROR, stop.waiting, undefined);
  }

  /** Takes transitions without an event. Whether it may go on to what waits. */
  #passes(stop: Stop): boolean {
    const { configuration, waiting } = stop;
    if (!configuration.hasAlways) return true;
    let passes = false;
    for (const branch of this.#branches(configuration, undefined)) {
      if (branch.transitions.length === 0) passes = true;
      else {
        // One that changes nothing is not taken again (Macrostep: settle).
        passes ||= branch.to === configuration;
        this.#go(stop, branch, waiting, undefined);
      }
    }
    return passes;
  }

  #take(stop: Stop, name: string, waiting: readonly Raised[], event: string | undefined): void {
    const isInner = event === undefined;
    const mayDrop = isInner && waiting.length < stop.waiting.length && stop.waiting[0]?.sure === false;
    let isDropped = mayDrop;
    for (const branch of this.#branches(stop.configuration, name)) {
      if (branch.transitions.length > 0) this.#go(stop, branch, waiting, event);
      else if (isInner && name !== EXECUTION_ERROR) isDropped = true;
    }
    if (!isDropped) return;
    const to = this.#meet(stop, undefined, { to: stop.configuration, ends: false }, waiting);
    stop.ways.push({ to, event: undefined, branch: undefined });
  }

  #go(stop: Stop, branch: Branch, waiting: readonly Raised[], event: string | undefined): void {
    for (const transition of branch.transitions) {
      if (!this.taken.has(transition)) this.taken.set(transition, stop);
    }
    const { left, entered } = changeOf(stop.configuration, branch);
    const all = [...waiting, ...this.#raises.of(left, branch.transitions, entered)];
    const label = event === undefined ? undefined : eventLabel(event, branch.transitions[0]);
    const to = this.#meet(stop, label, branch, all);
    stop.ways.push({ to, event: label, branch });
  }

  *#branches(configuration: Configuration, name: string | undefined): Iterable<Branch> {
    for (const branch of branchesOf(configuration, name, this.#truth.goTogether(configuration))) {
      this.#effort += configuration.active.length + branch.to.active.length;
      if (this.#effort > MAX_EFFORT) this.#isCut = true;
      if (this.#isCut) return;
      yield branch;
    }
  }

  #meet(
    from: Stop | undefined,
    event: string | undefined,
    { to, ends }: Pick<Branch, 'to' | 'ends'>,
    raised: readonly Raised[],
  ): Stop {
    if (raised.length > MAX_WAITING) this.#isCut = true;
    const waiting = ends ? [] : raised;
    const words = waiting.map(({ name = '', sure }) => `${sure ? '!' : '?'}${name}`);
    const key = `${configurationKey(to)}|${ends}|${JSON.stringify(words)}`;
    const known = this.stops.get(key);
    if (known !== undefined) return known;
    const stop = { configuration: to, waiting, from, event, ended: ends, rests: false, ways: [] };
    if (this.stops.size >= MAX_STOPS) this.#isCut = true;
    if (this.#isCut) return stop;
    this.stops.set(key, stop);
    for (const node of to.active) if (!this.states.has(node)) this.states.set(node, stop);
    (event === undefined ? this.#near : this.#far).push(stop);
    return stop;
  }

  /** One name for each kind of event that may come from outside and that active states listen for. */
  #outside({ active }: Configuration): ReadonlySet<string> {
    const names = new Set<string>();
    for (const { on } of active) {
      for (const { descriptors } of on) {
        for (const descriptor of descriptors) {
          const name = this.#example(descriptor);
          if (name !== EXECUTION_ERROR && !this.#inner.has(name)) names.add(name);
        }
      }
    }
    return names;
  }

  #allNames(): readonly string[] {
    const { nodes } = this.#program;
    const all = nodes.flatMap(({ on }) => on.flatMap(({ descriptors }) => descriptors));
    return [...new Set(all.map((descriptor) => this.#example(descriptor)))];
  }

  /** A name that a descriptor matches, and that more special ones do not. */
  #example(descriptor: string): string {
    const { dialect } = this.#program.space;
    if (dialect.prefixOf('*') === undefined) return descriptor;
    return descriptor === '*' ? descriptor : (dialect.prefixOf(descriptor) ?? descriptor);
  }

  #hearsErrors({ active }: Configuration): boolean {
    const { dialect } = this.#program.space;
    return active.some(({ on }) =>
      on.some(({ descriptors }) => descriptors.some((text) => dialect.matches(text, EXECUTION_ERROR))),
    );
  }
}

/** What people call an event: its name, or, of the machine's own, what the transition is called. */
function eventLabel(name: string, transition: Transition | undefined): string {
  return isReserved(name) ? (transition?.label ?? name) : name;
}
