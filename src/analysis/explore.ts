import { Chance } from '../core/chance.js';
import { hasEnded } from '../core/instance.js';
import type { Invariant } from './invariant.js';
import { type PathStep, stepOf } from './paths.js';
import { advancesTo, search } from './search.js';
import type { Advance, World } from './world.js';

/** Random walks, and events of each, if not told otherwise, and the most that may be. */
export const DEFAULT_WALKS = 100;
export const DEFAULT_STEPS = 100;
export const MAX_WALKS = 1_000_000;
export const MAX_STEPS = 100_000;

/** Times that a counterexample is walked again to be made shorter. */
export const MAX_SHRINKS = 500;

export interface ExploreOptions {
  readonly invariant?: Invariant;
  /** Positions that the search looks at, and how many events deep it goes. */
  readonly positions?: number;
  readonly depth?: number;
  /** Walks at random, which begin where the search has met a limit. */
  readonly walks?: number;
  readonly steps?: number;
  readonly seed?: string;
  /** Whether a machine that has not ended, and to which nothing more can come, is a finding. */
  readonly deadlocks?: boolean;
}

/** How one comes to where something is wrong. */
export interface Counterexample {
  /** `invariant`, `deadlock`, or the code of what went wrong in a step. */
  readonly code: string;
  readonly message: string;
  readonly steps: readonly PathStep[];
}

export interface Exploration {
  readonly counterexample?: Counterexample;
  readonly places: number;
  /** Whether the search came to its end: then nothing is wrong anywhere, with these samples. */
  readonly isComplete: boolean;
  /** Walks that were begun after it. */
  readonly walks: number;
}

/**
 * Looks for a way to break a machine: first everywhere, the fewest events first, then, past the limits, at random. Found
 * by itself are macrosteps that are undone, and run-aways; besides them an invariant, and dead ends if wanted. The same
 * options give the same answer.
 */
export function explore(world: World, options: ExploreOptions = {}): Exploration {
  let fault: Fault | undefined;
  const { places, isComplete } = search(world, options, (place, isNew) => {
    const { advance } = place.from ?? {};
    if (advance === undefined) return undefined;
    const found = faultOf(world, advance, options, isNew);
    if (found !== undefined) fault = { ...found, advances: advancesTo(place) };
    return fault === undefined ? undefined : 'enough';
  });
  if (fault !== undefined) return { counterexample: told(world, fault), places, isComplete: false, walks: 0 };
  if (isComplete) return { places, isComplete, walks: 0 };
  const { walks = DEFAULT_WALKS, seed = '1' } = options;
  for (let n = 0; n < walks; n++) {
    const found = walk(world, options, new Chance(seed, String(n)));
    if (found === undefined) continue;
    const counterexample = told(world, shrunk(world, found, options));
    return { counterexample, places, isComplete, walks: n + 1 };
  }
  return { places, isComplete, walks };
}

interface Fault {
  readonly code: string;
  readonly message: string;
  readonly advances: readonly Advance[];
}

function faultOf(
  world: World,
  advance: Advance,
  { invariant, deadlocks }: ExploreOptions,
  isNew = true,
): Omit<Fault, 'advances'> | undefined {
  const { outcome } = advance.step;
  if (outcome.kind === 'rejected' && outcome.problem.code !== 'unhandled-event') {
    const { code, message } = outcome.problem;
    return { code, message };
  }
  const failure = failureOf(world, advance);
  if (failure !== undefined) return failure;
  // What an invariant says depends on the event too; a dead end does not.
  const violation = invariant?.violation(world, advance);
  if (violation !== undefined) return { code: 'invariant', message: violation };
  const { standing } = advance.to;
  if (!deadlocks || !isNew || hasEnded(standing.status) || world.choices(advance.to).length > 0)
    return undefined;
  return { code: 'deadlock', message: 'it has not ended, and nothing can come any more' };
}

/** Why a start or an answer made an instance fail: not because a task failed, as it may, but because of itself. */
function failureOf({ subject }: World, { step, choice }: Advance): Omit<Fault, 'advances'> | undefined {
  if (step.status !== 'failed' || step.state === null || subject.language.name !== 'statechart')
    return undefined;
  const { error } = subject.language.view(step.state);
  if (error === undefined || (choice.kind === 'error' && error.error === choice.data)) return undefined;
  return { code: error.error, message: error.cause };
}

function walk(world: World, options: ExploreOptions, chance: Chance): Fault | undefined {
  const advances: Advance[] = [];
  let position = world.unborn;
  for (let n = 0; n <= (options.steps ?? DEFAULT_STEPS); n++) {
    const choices = world.choices(position);
    const choice = choices[chance.below(choices.length)];
    if (choice === undefined) return undefined;
    const advance = world.take(position, choice);
    advances.push(advance);
    const found = faultOf(world, advance, options);
    if (found !== undefined) return { ...found, advances };
    position = advance.to;
  }
  return undefined;
}

/** What is left of a walk when everything is left out that is not needed to come to the same fault. */
function shrunk(world: World, fault: Fault, options: ExploreOptions): Fault {
  let best = fault;
  let tries = 0;
  for (let size = Math.floor(best.advances.length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let at = 1; at < best.advances.length && tries < MAX_SHRINKS; tries++) {
      const rest = best.advances.toSpliced(at, size);
      const again = retraced(world, rest, fault.code, options);
      if (again === undefined) at += size;
      else best = again;
    }
  }
  return best;
}

/** Takes the same choices again, up to where the same goes wrong. */
function retraced(
  world: World,
  choices: readonly Advance[],
  code: string,
  options: ExploreOptions,
): Fault | undefined {
  const advances: Advance[] = [];
  let position = world.unborn;
  for (const { choice } of choices) {
    const again = world.again(position, choice);
    if (again === undefined) return undefined;
    const advance = world.take(position, again);
    advances.push(advance);
    const found = faultOf(world, advance, options);
    if (found !== undefined) return found.code === code ? { ...found, advances } : undefined;
    position = advance.to;
  }
  return undefined;
}

function told(world: World, { code, message, advances }: Fault): Counterexample {
  return { code, message, steps: advances.map((advance) => stepOf(world, advance)) };
}
