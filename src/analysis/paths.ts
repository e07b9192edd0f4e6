import type { Json } from '../core/json.js';
import { didYouMean, Refused } from '../core/problem.js';
import { advancesTo, type Place, type SearchLimits, search } from './search.js';
import { type Advance, type Choice, takes, type World } from './world.js';

/** What paths are to come past, all of it. */
export const COVERS = ['states', 'transitions', 'events'] as const;

export type Cover = (typeof COVERS)[number];

/** Paths that are listed, if not told otherwise, and the most that may be. */
export const DEFAULT_PATHS = 100;
export const MAX_PATHS = 10_000;

/** Events of a path without a position that comes twice, if not told otherwise. */
export const DEFAULT_PATH_DEPTH = 20;

/** Advances that are tried for each position that a search for simple paths may look at. */
const TRIES = 10;

/** One event of a path, and where the machine is then. */
export interface PathStep extends Pick<Choice, 'kind' | 'name' | 'words'> {
  /** What comes with the event; of `start` the input, of `done` the output, of `error` the error's name. */
  readonly data?: Json;
  readonly value: Json;
  /** The active states, by their paths. */
  readonly states: readonly string[];
  /** The transitions that were taken: pointers into the source, or the two states of a workflow. */
  readonly transitions: readonly string[];
}

/** From the start, which is its first step. */
export interface Path {
  readonly steps: readonly PathStep[];
}

export interface Paths {
  readonly paths: readonly Path[];
  /** What no path comes past, in words. */
  readonly uncovered: readonly string[];
  /** Positions that were looked at. */
  readonly places: number;
  /** Whether nothing was left out because of a limit: then what is uncovered cannot be covered with these samples. */
  readonly isComplete: boolean;
}

export interface PathOptions extends SearchLimits {
  /** Transitions, if absent. */
  readonly cover?: Cover;
  /** Only paths that come to this state. */
  readonly to?: string;
  /** Paths at most. */
  readonly max?: number;
}

/**
 * The fewest events that lead to a state, or a few paths, each as short as can be, that together cover the machine. Guards
 * and assigns are evaluated as they are. Throws Refused where there is no such state.
 */
export function shortestPaths(world: World, options: PathOptions = {}): Paths {
  const wanted = wantedOf(world, options);
  const first = new Map<string, Place>();
  const { places, isComplete } = search(world, options, (place) => {
    for (const item of itemsOf(world, place.from?.advance, options)) {
      if (wanted.has(item) && !first.has(item)) first.set(item, place);
    }
    return first.size === wanted.size ? 'enough' : undefined;
  });
  const covered = new Set<string>();
  const paths: Path[] = [];
  for (const [item, place] of [...first].toSorted(([, a], [, b]) => b.depth - a.depth)) {
    if (covered.has(item) || paths.length >= (options.max ?? DEFAULT_PATHS)) continue;
    const advances = advancesTo(place);
    for (const advance of advances) for (const other of itemsOf(world, advance, options)) covered.add(other);
    paths.push(pathOf(world, advances));
  }
  const uncovered = [...wanted].filter(([item]) => !covered.has(item)).map(([, words]) => words);
  return { paths: paths.reverse(), uncovered, places, isComplete: isComplete || uncovered.length === 0 };
}

/**
 * All paths on which no position comes twice, each as far as it goes, or to where a state is active.
 */
export function simplePaths(world: World, options: PathOptions = {}): Paths {
  const wanted = wantedOf(world, options);
  const walk = new SimpleWalk(world, options, wanted);
  walk.from(world.unborn, []);
  const covered = new Set(walk.found.flat().flatMap((advance) => itemsOf(world, advance, options)));
  const uncovered = [...wanted].filter(([item]) => !covered.has(item)).map(([, words]) => words);
  const paths = walk.found.map((advances) => pathOf(world, advances));
  return { paths, uncovered, places: walk.tries, isComplete: !walk.isCut };
}

class SimpleWalk {
  readonly found: (readonly Advance[])[] = [];
  tries = 0;
  isCut = false;
  readonly #world: World;
  readonly #options: PathOptions;
  readonly #wanted: ReadonlyMap<string, string>;
  readonly #met = new Set<string>();

  constructor(world: World, options: PathOptions, wanted: ReadonlyMap<string, string>) {
    this.#world = world;
    this.#options = options;
    this.#wanted = wanted;
  }

  from(position: Advance['to'], path: readonly Advance[]): void {
    const {
      to,
      depth = DEFAULT_PATH_DEPTH,
      max = DEFAULT_PATHS,
      positions = DEFAULT_PATHS * 100,
    } = this.#options;
    let isEnd = true;
    const choices = this.#world.choices(position);
    if (path.length > depth) this.isCut ||= choices.length > 0;
    else {
      for (const choice of choices) {
        if (++this.tries > positions * TRIES || this.found.length >= max) this.isCut = true;
        if (this.isCut && (this.found.length >= max || this.tries > positions * TRIES)) return;
        const advance = this.#world.take(position, choice);
        const { key } = advance.to;
        if (this.#met.has(key)) continue;
        isEnd = false;
        const next = [...path, advance];
        if (to !== undefined && this.#isGoal(advance)) {
          this.found.push(next);
          continue;
        }
        this.#met.add(key);
        this.from(advance.to, next);
        this.#met.delete(key);
      }
    }
    if (isEnd && to === undefined && path.length > 0) this.found.push(path);
  }

  #isGoal(advance: Advance): boolean {
    return itemsOf(this.#world, advance, this.#options).some((item) => this.#wanted.has(item));
  }
}

/** By the item, how people call it. */
function wantedOf(
  { subject: { inventory } }: World,
  { cover = 'transitions', to }: PathOptions,
): ReadonlyMap<string, string> {
  const { states, transitions, events } = inventory;
  if (to !== undefined) {
    if (states.includes(to)) return new Map([[to, `the state "${to}"`]]);
    const message = `the machine has no state ${JSON.stringify(to)}`;
    throw new Refused({ code: 'unknown-state', message, path: '', ...didYouMean(to, states) });
  }
  if (cover === 'states') return new Map(states.map((state) => [state, `the state "${state}"`]));
  if (cover === 'events') return new Map(events.map((event) => [event, `the event ${event}`]));
  return new Map([...transitions].map(([item, words]) => [item, `the transition ${words}`]));
}

function itemsOf(
  { subject }: World,
  advance: Advance | undefined,
  { cover = 'transitions', to }: PathOptions,
): readonly string[] {
  if (advance === undefined || advance.step.outcome.kind !== 'applied') return [];
  const { step, choice } = advance;
  if (to !== undefined || cover === 'states') return subject.states(step);
  if (cover === 'transitions') return subject.taken(step);
  if (choice.kind !== 'event' && choice.kind !== 'own') return [];
  return subject.inventory.events.filter((descriptor) => takes(descriptor, choice.name));
}

function pathOf(world: World, advances: readonly Advance[]): Path {
  return { steps: advances.map((advance) => stepOf(world, advance)) };
}

/** An advance as a path has it. */
export function stepOf({ subject }: World, { choice, step }: Advance): PathStep {
  const { kind, name, words, data } = choice;
  const { language, program } = subject;
  const isEmpty = step.state === null;
  return {
    kind,
    name,
    words,
    ...(data === undefined ? {} : { data }),
    value: isEmpty ? null : language.view(step.state).value,
    states: isEmpty ? [] : language.active(program, step.state),
    transitions: subject.taken(step),
  };
}
