import type { Budget } from '../budget.js';
import { holds } from './assertion.js';
import { isBlocked, type Program } from './program.js';
import type { Slots } from './slots.js';

/** Ways to match that have come so far, the preferred ones first: an instruction, and the slots, shared until they change. */
class Threads {
  /** How many there are; what lies behind them in the lists is left over. */
  count = 0;
  readonly at: number[] = [];
  readonly slots: Slots[] = [];

  push(at: number, slots: Slots): void {
    this.at[this.count] = at;
    this.slots[this.count++] = slots;
  }
}

/** Positions that are looked at and skipped for a step. */
const SKIPPED_PER_STEP = 16;

/** Follows all ways to match together, in the order of preference (after Pike): linear, however long the text is. */
export class ParallelMatcher {
  readonly #program: Program;
  readonly #text: string;
  readonly #budget: Budget;
  /** The position at which an instruction was last reached: the first thread to get there is the preferred one. */
  readonly #reached: Int32Array;
  readonly #pending = new Threads();
  /** Instructions followed since the budget was last asked. */
  #followed = 0;

  constructor(program: Program, text: string, budget: Budget) {
    this.#program = program;
    this.#text = text;
    this.#budget = budget;
    this.#reached = new Int32Array(program.instructions.length).fill(-1);
  }

  find(from: number): Slots | undefined {
    const text = this.#text;
    const { instructions, slots: count } = this.#program;
    this.#budget.spend(instructions.length >> 6);
    const none: Slots = new Array<number>(count).fill(-1);
    let [threads, next] = [new Threads(), new Threads()];
    let found: Slots | undefined;
    let position = from;
    do {
      if (threads.count === 0) position = this.#nextStart(position);
      if (found === undefined && this.#mayStart(position)) this.#follow(threads, 0, none, position);
      this.#budget.spend(1 + ((threads.count + this.#followed) >> 1));
      this.#followed = 0;
      for (let i = 0; i < threads.count; i++) {
        const at = threads.at[i] as number;
        const slots = threads.slots[i] as Slots;
        const instruction = instructions[at];
        if (instruction?.type === 'match') {
          found = slots;
          break;
        }
        const reads = instruction?.type === 'set' && position < text.length;
        if (reads && instruction.set.has(text.charCodeAt(position))) {
          this.#follow(next, at + 1, slots, position + 1);
        }
      }
      [threads, next] = [next, threads];
      next.count = 0;
      position++;
    } while (position <= text.length && (threads.count > 0 || found === undefined));
    return found;
  }

  /** The first position from one on at which a match may begin; the text's end, if there is none. */
  #nextStart(from: number): number {
    let position = from;
    while (position < this.#text.length && !this.#mayStart(position)) position++;
    this.#budget.spend(Math.floor((position - from) / SKIPPED_PER_STEP));
    return position;
  }

  #mayStart(position: number): boolean {
    const { first, anchored } = this.#program;
    if (anchored && position > 0) return false;
    return (
      first === undefined || (position < this.#text.length && first.has(this.#text.charCodeAt(position)))
    );
  }

  /** Adds a thread, and all it becomes before it reads the next character, preferred ones first. */
  #follow(threads: Threads, start: number, startSlots: Slots, position: number): void {
    const pending = this.#pending;
    pending.push(start, startSlots);
    while (pending.count > 0) {
      const at = pending.at[--pending.count] as number;
      const slots = pending.slots[pending.count] as Slots;
      if (this.#reached[at] === position) continue;
      this.#reached[at] = position;
      this.#followed++;
      const instruction = this.#program.instructions[at];
      switch (instruction?.type) {
        case 'split':
          if (!isBlocked(instruction.secondSet, this.#text, position))
            pending.push(instruction.second, slots);
          if (!isBlocked(instruction.firstSet, this.#text, position)) pending.push(instruction.first, slots);
          break;
        case 'jump':
          pending.push(instruction.to, slots);
          break;
        case 'save':
          this.#followed += slots.length >> 2;
          pending.push(at + 1, slots.with(instruction.slot, position));
          break;
        case 'forget': {
          const { from, to } = instruction;
          this.#followed += slots.length >> 1;
          pending.push(
            at + 1,
            slots.map((slot, i) => (i >= from && i <= to ? -1 : slot)),
          );
          break;
        }
        case 'assert':
          if (holds(instruction.kind, this.#text, position)) pending.push(at + 1, slots);
          break;
        default:
          threads.push(at, slots);
      }
    }
  }
}
