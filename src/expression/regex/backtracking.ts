import type { Budget } from '../budget.js';
import { holds } from './assertion.js';
import { isBlocked, type Program } from './program.js';
import type { Slots } from './slots.js';

/** Instructions times positions up to which ways to match are tried one after another. */
export const MAX_BACKTRACKING_STATES = 131_072;

/** Whether a text is short enough, for a program, to be searched so. */
export function isShort({ instructions }: Program, text: string, from: number): boolean {
  return instructions.length * (text.length - from + 1) <= MAX_BACKTRACKING_STATES;
}

/**
 * Tries one way to match after another, the preferred ones first, and notes where it has been: what failed from an
 * instruction at a position once would fail again, so the time is linear all the same. For short texts this is far
 * quicker than following all ways together, because it has but one set of groups to keep.
 */
export class BacktrackingMatcher {
  readonly #program: Program;
  readonly #text: string;
  readonly #budget: Budget;
  readonly #slots: number[];
  readonly #from: number;
  readonly #width: number;
  /** A bit for each instruction at each position. */
  readonly #visited: number[];
  /** Pairs: an instruction and a position to go on with, or a slot (as -1 - slot) and what to put back into it. */
  readonly #pending: number[] = [];
  /** States that were come to since the budget was last asked. */
  #visits = 0;

  constructor(program: Program, text: string, from: number, budget: Budget) {
    this.#program = program;
    this.#text = text;
    this.#budget = budget;
    this.#from = from;
    this.#width = text.length - from + 1;
    this.#visited = new Array<number>(((program.instructions.length * this.#width) >> 5) + 1).fill(0);
    this.#slots = new Array<number>(program.slots).fill(-1);
  }

  /** The positions that the first match has noted. */
  find(): Slots | undefined {
    const { first, anchored } = this.#program;
    const last = anchored ? 0 : this.#text.length;
    this.#budget.spend(1 + (this.#visited.length >> 6));
    for (let start = this.#from; start <= last; start++) {
      if (first !== undefined && !(start < this.#text.length && first.has(this.#text.charCodeAt(start))))
        continue;
      if (this.#matchesFrom(start)) return this.#slots;
    }
    this.#budget.spend(this.#width >> 5);
    return undefined;
  }

  #matchesFrom(start: number): boolean {
    const pending = this.#pending;
    pending.push(0, start);
    let found = false;
    this.#visits = 0;
    while (pending.length > 0 && !found) {
      const position = pending.pop() as number;
      const at = pending.pop() as number;
      if (at < 0) this.#slots[-1 - at] = position;
      else found = this.#follow(at, position);
    }
    this.#budget.spend(1 + (this.#visits >> 2));
    return found;
  }

  /** Goes one way, up to its end; other ways that branch off are left pending. */
  #follow(from: number, start: number): boolean {
    const { instructions } = this.#program;
    const text = this.#text;
    let at = from;
    let position = start;
    while (this.#isNew(at, position)) {
      const instruction = instructions[at];
      switch (instruction?.type) {
        case 'set':
          if (position >= text.length || !instruction.set.has(text.charCodeAt(position))) return false;
          position++;
          at++;
          break;
        case 'split':
          if (isBlocked(instruction.firstSet, text, position)) at = instruction.second;
          else {
            if (!isBlocked(instruction.secondSet, text, position))
              this.#pending.push(instruction.second, position);
            at = instruction.first;
          }
          break;
        case 'jump':
          at = instruction.to;
          break;
        case 'save':
          this.#note(instruction.slot, position);
          at++;
          break;
        case 'forget':
          for (let slot = instruction.from; slot <= instruction.to; slot++) this.#note(slot, -1);
          at++;
          break;
        case 'assert':
          if (!holds(instruction.kind, text, position)) return false;
          at++;
          break;
        default:
          return true;
      }
    }
    return false;
  }

  #isNew(at: number, position: number): boolean {
    this.#visits++;
    const state = at * this.#width + position - this.#from;
    const word = state >> 5;
    const bit = 1 << (state & 31);
    const bits = this.#visited[word] as number;
    if ((bits & bit) !== 0) return false;
    this.#visited[word] = bits | bit;
    return true;
  }

  #note(slot: number, position: number): void {
    const old = this.#slots[slot] as number;
    if (old === position) return;
    this.#pending.push(-1 - slot, old);
    this.#slots[slot] = position;
  }
}
