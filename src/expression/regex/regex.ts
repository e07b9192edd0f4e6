import type { Budget } from '../budget.js';
import { CharSet, LINE_ENDS, WORD_CHARACTERS } from './char-set.js';
import { type Assertion, type PatternOptions, parsePattern } from './pattern.js';
import { type Program, programOf } from './program.js';

/** Where a pattern was found: offsets into the text, and the texts of the groups that took part. */
export interface Match {
  readonly start: number;
  readonly end: number;
  readonly groups: readonly (string | undefined)[];
}

/**
 * A regular expression that is matched in time linear in the text, whatever the pattern (after Pike: all ways to
 * match are followed together, in the order of preference that JavaScript has).
 */
export class Regex {
  readonly #program: Program;

  /** Throws SourceError if the pattern is wrong, or needs more than linear time. */
  constructor(pattern: string, options: PatternOptions) {
    this.#program = programOf(parsePattern(pattern, options));
  }

  /** The first match at or behind an offset. */
  find(text: string, from: number, budget: Budget): Match | undefined {
    const slots = new Matcher(this.#program, text, budget).find(from);
    if (slots === undefined) return undefined;
    const groups: (string | undefined)[] = [];
    for (let i = 2; i < slots.length; i += 2) {
      const start = slots[i] ?? -1;
      groups.push(start < 0 ? undefined : text.slice(start, slots[i + 1]));
    }
    return { start: slots[0] ?? 0, end: slots[1] ?? 0, groups };
  }
}

/** The positions that a thread has noted; -1 where there is none. Shared until changed. */
type Slots = readonly number[];

interface Thread {
  readonly at: number;
  readonly slots: Slots;
}

const WORD = new CharSet(WORD_CHARACTERS, false, false);
const LINE_END = new CharSet(LINE_ENDS, false, false);

class Matcher {
  readonly #program: Program;
  readonly #text: string;
  readonly #budget: Budget;
  /** The position at which an instruction was last reached: the first thread to get there is the preferred one. */
  readonly #reached: Int32Array;
  /** Instructions followed since the budget was last asked. */
  #followed = 0;

  constructor(program: Program, text: string, budget: Budget) {
    this.#program = program;
    this.#text = text;
    this.#budget = budget;
    this.#reached = new Int32Array(program.instructions.length).fill(-1);
  }

  find(from: number): Slots | undefined {
    this.#budget.spend(this.#program.instructions.length >> 6);
    const none: Slots = new Array<number>(this.#program.slots).fill(-1);
    let threads: Thread[] = [];
    let found: Slots | undefined;
    this.#follow(threads, 0, none, from);
    for (let position = from; threads.length > 0 || found === undefined; position++) {
      const next: Thread[] = [];
      this.#budget.spend(1 + ((threads.length + this.#followed) >> 2));
      this.#followed = 0;
      for (const { at, slots } of threads) {
        const instruction = this.#program.instructions[at];
        if (instruction?.type === 'match') {
          found = slots;
          break;
        }
        const reads = instruction?.type === 'set' && position < this.#text.length;
        if (reads && instruction.set.has(this.#text.charCodeAt(position))) {
          this.#follow(next, at + 1, slots, position + 1);
        }
      }
      if (position >= this.#text.length) break;
      if (found === undefined) this.#follow(next, 0, none, position + 1);
      threads = next;
    }
    return found;
  }

  /** Adds a thread, and all it becomes before it reads the next character, preferred ones first. */
  #follow(threads: Thread[], start: number, startSlots: Slots, position: number): void {
    const pending: Thread[] = [{ at: start, slots: startSlots }];
    for (let thread = pending.pop(); thread !== undefined; thread = pending.pop()) {
      const { at, slots } = thread;
      if (this.#reached[at] === position) continue;
      this.#reached[at] = position;
      this.#followed++;
      const instruction = this.#program.instructions[at];
      switch (instruction?.type) {
        case 'split':
          pending.push({ at: instruction.second, slots }, { at: instruction.first, slots });
          break;
        case 'jump':
          pending.push({ at: instruction.to, slots });
          break;
        case 'save':
          this.#followed += slots.length >> 3;
          pending.push({ at: at + 1, slots: slots.with(instruction.slot, position) });
          break;
        case 'forget': {
          const { from, to } = instruction;
          this.#followed += slots.length >> 2;
          pending.push({ at: at + 1, slots: slots.map((slot, i) => (i >= from && i <= to ? -1 : slot)) });
          break;
        }
        case 'assert':
          if (this.#holds(instruction.kind, position)) pending.push({ at: at + 1, slots });
          break;
        default:
          threads.push(thread);
      }
    }
  }

  #holds(kind: Assertion, position: number): boolean {
    switch (kind) {
      case 'start':
        return position === 0;
      case 'end':
        return position === this.#text.length;
      case 'line-start':
        return position === 0 || this.#is(LINE_END, position - 1);
      case 'line-end':
        return position === this.#text.length || this.#is(LINE_END, position);
      case 'boundary':
        return this.#is(WORD, position - 1) !== this.#is(WORD, position);
      case 'no-boundary':
        return this.#is(WORD, position - 1) === this.#is(WORD, position);
    }
  }

  #is(set: CharSet, position: number): boolean {
    return position >= 0 && position < this.#text.length && set.has(this.#text.charCodeAt(position));
  }
}
