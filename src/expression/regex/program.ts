import { SourceError } from '../source-error.js';
import { AnySet, type CharSet } from './char-set.js';
import type { Assertion, ParsedPattern, Pattern } from './pattern.js';

/** Instructions of one program: `x{1000}` counts its x a thousand times. */
export const MAX_PROGRAM_LENGTH = 5_000;

/** What a pattern is matched by: a machine whose threads all read the text together. */
export type Instruction =
  | { readonly type: 'set'; readonly set: CharSet }
  /** Goes on at both places; the first is tried first. Each has the set that it begins with, if that is one. */
  | { readonly type: 'split'; first: number; second: number; firstSet?: CharSet; secondSet?: CharSet }
  | { readonly type: 'jump'; to: number }
  /** Notes the position in a slot: two slots a group. */
  | { readonly type: 'save'; readonly slot: number }
  /** Forgets the groups of an earlier round. */
  | { readonly type: 'forget'; readonly from: number; readonly to: number }
  | { readonly type: 'assert'; readonly kind: Assertion }
  | { readonly type: 'match' };

export interface Program {
  readonly instructions: readonly Instruction[];
  /** Slots of a match: begin and end of the whole and of each group. */
  readonly slots: number;
  /** The characters that a match can begin with, if that can be said. */
  readonly first: AnySet | undefined;
  /** Whether a match can begin only where the text begins. */
  readonly anchored: boolean;
}

export function programOf({ pattern, groupCount }: ParsedPattern): Program {
  const builder = new ProgramBuilder();
  builder.emit({ type: 'save', slot: 0 });
  builder.add(pattern);
  builder.emit({ type: 'save', slot: 1 });
  builder.emit({ type: 'match' });
  const { instructions } = builder;
  for (const instruction of instructions) {
    if (instruction.type !== 'split') continue;
    const [first, second] = [
      leadAt(instructions, instruction.first),
      leadAt(instructions, instruction.second),
    ];
    if (first?.type === 'set') instruction.firstSet = first.set;
    if (second?.type === 'set') instruction.secondSet = second.set;
  }
  const lead = leadAt(instructions, 0);
  const sets = leadingSets(instructions);
  return {
    instructions,
    slots: 2 * (groupCount + 1),
    first: sets && new AnySet(sets),
    anchored: lead?.type === 'assert' && lead.kind === 'start',
  };
}

/** The first instruction, from one on, that asks for something. */
function leadAt(instructions: readonly Instruction[], from: number): Instruction | undefined {
  // Every way around a loop leads past a split, so this ends.
  for (let at = from; ; ) {
    const instruction = instructions[at];
    if (instruction?.type === 'save' || instruction?.type === 'forget') at++;
    else if (instruction?.type === 'jump') at = instruction.to;
    else return instruction;
  }
}

/** The sets that a match can begin with; undefined if it can begin with anything else, such as its end. */
function leadingSets(instructions: readonly Instruction[]): CharSet[] | undefined {
  const sets: CharSet[] = [];
  const seen = new Set<Instruction | undefined>();
  const ways = [0];
  for (let at = ways.pop(); at !== undefined; at = ways.pop()) {
    const lead = leadAt(instructions, at);
    if (seen.has(lead)) continue;
    seen.add(lead);
    if (lead?.type === 'split') ways.push(lead.first, lead.second);
    else if (lead?.type === 'set') sets.push(lead.set);
    else return undefined;
  }
  return sets;
}

/** Whether no way that begins with a set can go on at a position. */
export function isBlocked(set: CharSet | undefined, text: string, position: number): boolean {
  return set !== undefined && !(position < text.length && set.has(text.charCodeAt(position)));
}

class ProgramBuilder {
  readonly instructions: Instruction[] = [];

  emit<T extends Instruction>(instruction: T): T {
    if (this.instructions.length >= MAX_PROGRAM_LENGTH) {
      throw new SourceError('regex', 'the regular expression is too large, counting its repetitions', 0);
    }
    this.instructions.push(instruction);
    return instruction;
  }

  add(pattern: Pattern): void {
    switch (pattern.type) {
      case 'set':
      case 'assert':
        this.emit(pattern);
        return;
      case 'sequence':
        for (const part of pattern.parts) this.add(part);
        return;
      case 'choice':
        this.#choice(pattern.options);
        return;
      case 'group':
        this.emit({ type: 'save', slot: pattern.index * 2 });
        this.add(pattern.inner);
        this.emit({ type: 'save', slot: pattern.index * 2 + 1 });
        return;
      case 'repeat':
        this.#repeat(pattern);
    }
  }

  #choice(options: readonly Pattern[]): void {
    const ends: { to: number }[] = [];
    options.forEach((option, i) => {
      if (i === options.length - 1) {
        this.add(option);
        return;
      }
      const split = this.emit({ type: 'split', first: this.instructions.length + 1, second: 0 });
      this.add(option);
      ends.push(this.emit({ type: 'jump', to: 0 }));
      split.second = this.instructions.length;
    });
    for (const end of ends) end.to = this.instructions.length;
  }

  #repeat(repeat: Pattern & { readonly type: 'repeat' }): void {
    const { min, max } = repeat;
    for (let i = 0; i < min; i++) this.#round(repeat);
    if (max === Number.POSITIVE_INFINITY) {
      const start = this.instructions.length;
      const leave = this.#maybe(repeat.greedy);
      this.#round(repeat);
      this.emit({ type: 'jump', to: start });
      leave(this.instructions.length);
      return;
    }
    const leaves = [];
    for (let i = min; i < max; i++) {
      leaves.push(this.#maybe(repeat.greedy));
      this.#round(repeat);
    }
    for (const leave of leaves) leave(this.instructions.length);
  }

  #round({ inner, groups: [from, to] }: Pattern & { readonly type: 'repeat' }): void {
    if (to >= from) this.emit({ type: 'forget', from: from * 2, to: to * 2 + 1 });
    this.add(inner);
  }

  /** A place to go on or to leave; greedy goes on first. Gives what sets where leaving leads. */
  #maybe(greedy: boolean): (end: number) => void {
    const next = this.instructions.length + 1;
    const split = this.emit({ type: 'split', first: next, second: next });
    return (end) => {
      if (greedy) split.second = end;
      else split.first = end;
    };
  }
}
