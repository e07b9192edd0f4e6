import type { Budget } from '../budget.js';
import { holds } from './assertion.js';
import { isBlocked, type Program } from './program.js';
import type { Slots } from './slots.js';

/** A way to match that has come so far. Its slots are shared until they change. */
interface Thread {
  readonly at: number;
  readonly slots: Slots;
}

/** Follows all ways to match together, in the order of preference (after Pike): linear, however long the text is. */
export class ParallelMatcher {
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
      this.#budget.spend(1 + ((threads.length + this.#followed) >> 1));
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
          if (!isBlocked(instruction.secondSet, this.#text, position))
            pending.push({ at: instruction.second, slots });
          if (!isBlocked(instruction.firstSet, this.#text, position))
            pending.push({ at: instruction.first, slots });
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
          if (holds(instruction.kind, this.#text, position)) pending.push({ at: at + 1, slots });
          break;
        default:
          threads.push(thread);
      }
    }
  }
}
