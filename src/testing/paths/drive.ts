import { nameOf } from '../../analysis/path-text.js';
import type { Path, PathStep } from '../../analysis/paths.js';

/** What makes a system under test go along paths, and looks whether it does. */
export interface PathDriver {
  /** Brings the system to its start; the first step of a path has the input as `data`. */
  readonly reset?: (start: PathStep) => unknown;
  /** By the event's name, `after 30s`, `done pack` or `error pack`: makes it happen. `*` is for all others. */
  readonly events: Readonly<Record<string, (step: PathStep) => unknown>>;
  /** By the state's path: throws where the system does not look as it must in this state. `*` is for all others. */
  readonly states?: Readonly<Record<string, (step: PathStep) => unknown>>;
}

/** How often each state was looked at and each event made, and what nothing was said of. */
export interface PathCoverage {
  readonly states: Readonly<Record<string, number>>;
  readonly events: Readonly<Record<string, number>>;
  /** States that paths came past, and for which the driver has nothing. */
  readonly untested: readonly string[];
}

/** The system did not go along a path; `cause` is what the driver threw. */
export class PathFailure extends Error {
  override readonly name = 'PathFailure';
  /** The steps that were made, the one at which it failed last. */
  readonly steps: readonly PathStep[];

  constructor(what: string, steps: readonly PathStep[], cause: unknown) {
    const way = steps.map(({ words }) => words).join(', ');
    super(`${what} (after ${way}): ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.steps = steps;
  }
}

/**
 * Drives a system along paths, each from a fresh start, and looks at every state on the way. Rejects with PathFailure at
 * the first that it does not go along, and where there is no way to make an event happen.
 */
export async function drivePaths(paths: readonly Path[], driver: PathDriver): Promise<PathCoverage> {
  const tally = new Tally();
  for (const path of paths) await drive(path, driver, tally);
  return tally.coverage;
}

/** Drives a system along one path. */
export async function drivePath(path: Path, driver: PathDriver): Promise<PathCoverage> {
  return drivePaths([path], driver);
}

class Tally {
  readonly #states = new Map<string, number>();
  readonly #events = new Map<string, number>();
  readonly #untested = new Set<string>();

  get coverage(): PathCoverage {
    const states = Object.fromEntries(this.#states);
    return { states, events: Object.fromEntries(this.#events), untested: [...this.#untested] };
  }

  event(name: string): void {
    this.#events.set(name, (this.#events.get(name) ?? 0) + 1);
  }

  state(name: string, isTested: boolean): void {
    if (isTested) this.#states.set(name, (this.#states.get(name) ?? 0) + 1);
    else this.#untested.add(name);
  }
}

async function drive({ steps }: Path, driver: PathDriver, tally: Tally): Promise<void> {
  for (const [n, step] of steps.entries()) {
    const made = steps.slice(0, n + 1);
    const name = nameOf(step.kind, step.name);
    if (step.kind === 'start') await tried('reset', made, () => driver.reset?.(step));
    // The machine raises it itself, as the system does.
    else if (step.kind !== 'own' && step.kind !== 'continue') {
      const make = entry(driver.events, name);
      if (make === undefined)
        throw new PathFailure(`no way to make "${name}"`, made, 'the driver has no such event');
      tally.event(name);
      await tried(`"${name}"`, made, () => make(step));
    }
    // What the machine still sends itself has not arrived yet.
    if (steps[n + 1]?.kind === 'own' || steps[n + 1]?.kind === 'continue') continue;
    for (const state of step.states) {
      const look = entry(driver.states ?? {}, state);
      tally.state(state, look !== undefined);
      if (look !== undefined) await tried(`the state "${state}"`, made, () => look(step));
    }
  }
}

function entry<T>(entries: Readonly<Record<string, T>>, name: string): T | undefined {
  if (Object.hasOwn(entries, name)) return entries[name];
  return Object.hasOwn(entries, '*') ? entries['*'] : undefined;
}

async function tried(what: string, steps: readonly PathStep[], act: () => unknown): Promise<void> {
  try {
    await act();
  } catch (error) {
    throw new PathFailure(what, steps, error);
  }
}
