/** Ranges of characters (UTF-16 units), ends included. */
export type Ranges = readonly (readonly [from: number, to: number])[];

const ASCII_SIZE = 128;

/** A set of characters. */
export class CharSet {
  /** In order, and apart from one another. */
  readonly #ranges: Ranges;
  readonly #negated: boolean;
  readonly #ignoreCase: boolean;
  /** The answers for ASCII, once they were asked for. */
  #ascii: Uint8Array | undefined;

  constructor(ranges: Ranges, negated: boolean, ignoreCase: boolean) {
    this.#ranges = ranges.length > 1 ? merged(ranges) : ranges;
    this.#negated = negated;
    this.#ignoreCase = ignoreCase;
  }

  /** Whether a character (UTF-16 unit) is in the set. */
  has(unit: number): boolean {
    if (unit >= ASCII_SIZE) return this.#holds(unit);
    this.#ascii ??= Uint8Array.from({ length: ASCII_SIZE }, (_, each) => (this.#holds(each) ? 1 : 0));
    return this.#ascii[unit] === 1;
  }

  #holds(unit: number): boolean {
    return (this.#contains(unit) || (this.#ignoreCase && this.#containsOtherCase(unit))) !== this.#negated;
  }

  #contains(unit: number): boolean {
    let low = 0;
    let high = this.#ranges.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const [from, to] = this.#ranges[middle] ?? [0, 0];
      if (unit < from) high = middle - 1;
      else if (unit > to) low = middle + 1;
      else return true;
    }
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

/** The characters of several sets together. */
export class AnySet {
  readonly #sets: readonly CharSet[];
  readonly #ascii: Uint8Array;

  constructor(sets: readonly CharSet[]) {
    this.#sets = sets;
    this.#ascii = Uint8Array.from({ length: ASCII_SIZE }, (_, unit) => (this.#holds(unit) ? 1 : 0));
  }

  has(unit: number): boolean {
    return unit < ASCII_SIZE ? this.#ascii[unit] === 1 : this.#holds(unit);
  }

  #holds(unit: number): boolean {
    return this.#sets.some((set) => set.has(unit));
  }
}

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

function merged(ranges: Ranges): Ranges {
  const result: [number, number][] = [];
  for (const [from, to] of ranges.toSorted((a, b) => a[0] - b[0])) {
    const last = result.at(-1);
    if (last !== undefined && from <= last[1] + 1) last[1] = Math.max(last[1], to);
    else result.push([from, to]);
  }
  return result;
}

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
