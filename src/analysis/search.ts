import type { Advance, Position, World } from './world.js';

/** Positions that a search looks at, if it is not told otherwise. */
export const DEFAULT_POSITIONS = 10_000;

/** The most that it may be told to look at. */
export const MAX_POSITIONS = 1_000_000;

/** Something that may be come to, and how it was first. */
export interface Place {
  readonly position: Position;
  /** How it was come to; undefined of where everything begins. */
  readonly from: { readonly place: Place; readonly advance: Advance } | undefined;
  readonly depth: number;
}

export interface SearchLimits {
  readonly positions?: number;
  /** Events in a row, the start not counted. */
  readonly depth?: number;
}

/** What a search came to. */
export interface Found {
  readonly places: number;
  /** False where a limit was met: there may be more. */
  readonly isComplete: boolean;
}

/**
 * Visits all that a machine may come to, the fewest events first, until a visitor says that it has seen enough. Each
 * advance is shown, also those that lead where one has been; `isNew` tells them apart.
 */
export function search(
  world: World,
  { positions = DEFAULT_POSITIONS, depth = Number.POSITIVE_INFINITY }: SearchLimits,
  visit: (place: Place, isNew: boolean) => 'enough' | undefined,
): Found {
  const seen = new Set<string>();
  let open: Place[] = [{ position: world.unborn, from: undefined, depth: -1 }];
  let isCut = false;
  while (open.length > 0) {
    const next: Place[] = [];
    for (const place of open) {
      const choices = world.choices(place.position);
      if (place.depth >= depth) {
        isCut ||= choices.length > 0;
        continue;
      }
      for (const choice of choices) {
        const advance = world.take(place.position, choice);
        const reached = { position: advance.to, from: { place, advance }, depth: place.depth + 1 };
        const isNew = !seen.has(advance.to.key);
        if (isNew && seen.size >= positions) {
          isCut = true;
          continue;
        }
        if (isNew) seen.add(advance.to.key);
        if (visit(reached, isNew) === 'enough') return { places: seen.size, isComplete: false };
        if (isNew) next.push(reached);
      }
      if (isCut && seen.size >= positions) return { places: seen.size, isComplete: false };
    }
    open = next;
  }
  return { places: seen.size, isComplete: !isCut };
}

/** The way to a place, from the start. */
export function advancesTo(place: Place): readonly Advance[] {
  const advances: Advance[] = [];
  for (let at: Place | undefined = place; at?.from !== undefined; at = at.from.place)
    advances.push(at.from.advance);
  return advances.reverse();
}
