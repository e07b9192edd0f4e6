import type { Budget } from '../budget.js';
import { BacktrackingMatcher, isShort } from './backtracking.js';
import { ParallelMatcher } from './parallel.js';
import { type PatternOptions, parsePattern } from './pattern.js';
import { type Program, programOf } from './program.js';

/** Where a pattern was found: offsets into the text, and the texts of the groups that took part. */
export interface Match {
  readonly start: number;
  readonly end: number;
  readonly groups: readonly (string | undefined)[];
}

/**
 * A regular expression that is matched in time linear in the text, whatever the pattern. Of several ways to match it
 * finds the one that JavaScript does.
 */
export class Regex {
  readonly #program: Program;

  /** Throws SourceError if the pattern is wrong, or needs more than linear time. */
  constructor(pattern: string, options: PatternOptions) {
    this.#program = programOf(parsePattern(pattern, options));
  }

  /** The first match at or behind an offset. */
  find(text: string, from: number, budget: Budget): Match | undefined {
    const slots = isShort(this.#program, text, from)
      ? new BacktrackingMatcher(this.#program, text, from, budget).find()
      : new ParallelMatcher(this.#program, text, budget).find(from);
    if (slots === undefined) return undefined;
    const groups: (string | undefined)[] = [];
    for (let i = 2; i < slots.length; i += 2) {
      const start = slots[i] ?? -1;
      groups.push(start < 0 ? undefined : text.slice(start, slots[i + 1]));
    }
    return { start: slots[0] ?? 0, end: slots[1] ?? 0, groups };
  }
}
