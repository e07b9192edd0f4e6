/** Characters (UTF-16 units), as ranges. */
export class CharSet {
  readonly #ranges: readonly (readonly [from: number, to: number])[];
  readonly #negated: boolean;
  readonly #ignoreCase: boolean;

  constructor(
    ranges: readonly (readonly [from: number, to: number])[],
    negated: boolean,
    ignoreCase: boolean,
  ) {
    this.#ranges = ranges;
    this.#negated = negated;
    this.#ignoreCase = ignoreCase;
  }

  has(unit: number): boolean {
    return (this.#contains(unit) || (this.#ignoreCase && this.#containsOtherCase(unit))) !== this.#negated;
  }

  #contains(unit: number): boolean {
    for (const [from, to] of this.#ranges) if (unit >= from && unit <= to) return true;
    return false;
  }

  #containsOtherCase(unit: number): boolean {
    const char = String.fromCharCode(unit);
    return this.#containsText(char.toLowerCase()) || this.#containsText(char.toUpperCase());
  }

  /** A case that takes two characters is none that a single one could match. */
  #containsText(text: string): boolean {
    return text.length === 1 && this.#contains(text.charCodeAt(0));
  }
}

export type Ranges = readonly (readonly [from: number, to: number])[];

export const DIGITS: Ranges = [[0x30, 0x39]];

export const WORD_CHARACTERS: Ranges = [
  [0x30, 0x39],
  [0x41, 0x5a],
  [0x5f, 0x5f],
  [0x61, 0x7a],
];

export const LINE_ENDS: Ranges = [
  [0x0a, 0x0a],
  [0x0d, 0x0d],
  [0x2028, 0x2029],
];

export const BLANKS: Ranges = [
  [0x09, 0x0d],
  [0x20, 0x20],
  [0xa0, 0xa0],
  [0x1680, 0x1680],
  [0x2000, 0x200a],
  [0x2028, 0x2029],
  [0x202f, 0x202f],
  [0x205f, 0x205f],
  [0x3000, 0x3000],
  [0xfeff, 0xfeff],
];

/** All characters that are not in these ranges, which must be in order. */
export function complementOf(ranges: Ranges): Ranges {
  const rest: [number, number][] = [];
  let next = 0;
  for (const [from, to] of ranges) {
    if (from > next) rest.push([next, from - 1]);
    next = to + 1;
  }
  if (next <= 0xffff) rest.push([next, 0xffff]);
  return rest;
}
