import { SourceError } from '../source-error.js';
import {
  BLANKS,
  CharSet,
  complementOf,
  DIGITS,
  LINE_ENDS,
  type Ranges,
  WORD_CHARACTERS,
} from './char-set.js';

/** Levels of groups in one pattern. */
export const MAX_PATTERN_DEPTH = 100;

/** Groups that one pattern may note. */
export const MAX_PATTERN_GROUPS = 100;

/** A regular expression as a tree. */
export type Pattern =
  | { readonly type: 'set'; readonly set: CharSet }
  | { readonly type: 'sequence'; readonly parts: readonly Pattern[] }
  | { readonly type: 'choice'; readonly options: readonly Pattern[] }
  | { readonly type: 'group'; readonly index: number; readonly inner: Pattern }
  | {
      readonly type: 'repeat';
      readonly inner: Pattern;
      readonly min: number;
      readonly max: number;
      readonly greedy: boolean;
      /** The groups inside, which each round forgets. */
      readonly groups: readonly [from: number, to: number];
    }
  | { readonly type: 'assert'; readonly kind: Assertion };

export type Assertion = 'start' | 'end' | 'line-start' | 'line-end' | 'boundary' | 'no-boundary';

export interface PatternOptions {
  readonly ignoreCase: boolean;
  readonly multiline: boolean;
}

export interface ParsedPattern {
  readonly pattern: Pattern;
  readonly groupCount: number;
}

const REPEAT = /\{(\d+)(?:(,)(\d*))?\}/y;
const GROUP_NAME = /\?<[A-Za-z_$][\w$]*>/y;
const HEX2 = /[0-9a-fA-F]{2}/y;
const HEX4 = /[0-9a-fA-F]{4}/y;
const CONTROLS: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, f: 12, v: 11, 0: 0 };
const CLASSES: Readonly<Record<string, Ranges>> = {
  d: DIGITS,
  D: complementOf(DIGITS),
  w: WORD_CHARACTERS,
  W: complementOf(WORD_CHARACTERS),
  s: BLANKS,
  S: complementOf(BLANKS),
};

/**
 * Reads a pattern in JavaScript's notation, without what cannot be matched in linear time: backreferences and
 * lookarounds. Throws SourceError with an offset into the pattern.
 */
export function parsePattern(text: string, options: PatternOptions): ParsedPattern {
  return new PatternParser(text, options).parse();
}

class PatternParser {
  readonly #text: string;
  readonly #options: PatternOptions;
  #at = 0;
  #groups = 0;
  #depth = 0;

  constructor(text: string, options: PatternOptions) {
    this.#text = text;
    this.#options = options;
  }

  parse(): ParsedPattern {
    const pattern = this.#choice();
    if (this.#at < this.#text.length) throw this.#fault('this ")" closes nothing');
    return { pattern, groupCount: this.#groups };
  }

  #choice(): Pattern {
    if (++this.#depth > MAX_PATTERN_DEPTH) {
      throw this.#fault(`a pattern may not nest deeper than ${MAX_PATTERN_DEPTH} groups`);
    }
    const options = [this.#sequence()];
    while (this.#accept('|')) options.push(this.#sequence());
    this.#depth--;
    const [only] = options;
    return options.length === 1 && only !== undefined ? only : { type: 'choice', options };
  }

  #sequence(): Pattern {
    const parts: Pattern[] = [];
    while (this.#at < this.#text.length && !'|)'.includes(this.#char())) {
      const groupsBefore = this.#groups;
      parts.push(this.#repeated(this.#atom(), groupsBefore));
    }
    return { type: 'sequence', parts };
  }

  #repeated(inner: Pattern, groupsBefore: number): Pattern {
    const bounds = this.#bounds();
    if (bounds === undefined) return inner;
    if (inner.type === 'assert') throw this.#fault('there is nothing to repeat here');
    const greedy = !this.#accept('?');
    if (this.#bounds() !== undefined) throw this.#fault('there is nothing to repeat here');
    return { type: 'repeat', inner, ...bounds, greedy, groups: [groupsBefore + 1, this.#groups] };
  }

  #bounds(): { readonly min: number; readonly max: number } | undefined {
    if (this.#accept('*')) return { min: 0, max: Number.POSITIVE_INFINITY };
    if (this.#accept('+')) return { min: 1, max: Number.POSITIVE_INFINITY };
    if (this.#accept('?')) return { min: 0, max: 1 };
    REPEAT.lastIndex = this.#at;
    const match = REPEAT.exec(this.#text);
    if (match === null) return undefined;
    const min = Number(match[1]);
    const max = match[2] === undefined ? min : match[3] === '' ? Number.POSITIVE_INFINITY : Number(match[3]);
    if (max < min) throw this.#fault('the numbers of a repetition must be in order');
    this.#at += match[0].length;
    return { min, max };
  }

  #atom(): Pattern {
    const char = this.#take();
    switch (char) {
      case '(':
        return this.#group();
      case '[':
        return this.#class();
      case '\\':
        return this.#escape();
      case '.':
        return this.#set(complementOf(LINE_ENDS));
      case '^':
        return { type: 'assert', kind: this.#options.multiline ? 'line-start' : 'start' };
      case '$':
        return { type: 'assert', kind: this.#options.multiline ? 'line-end' : 'end' };
      case '*':
      case '+':
      case '?':
        throw this.#fault('there is nothing to repeat here');
      default:
        return this.#literal(char.charCodeAt(0));
    }
  }

  #group(): Pattern {
    if (this.#accept('?:')) return this.#closed(this.#choice());
    for (const look of ['?=', '?!', '?<=', '?<!']) {
      if (this.#text.startsWith(look, this.#at)) {
        throw this.#fault('looking ahead or behind is not supported: it cannot be matched in linear time');
      }
    }
    GROUP_NAME.lastIndex = this.#at;
    const name = GROUP_NAME.exec(this.#text);
    if (name !== null) this.#at += name[0].length;
    else if (this.#char() === '?') throw this.#fault('this kind of group is not known');
    const index = ++this.#groups;
    if (index > MAX_PATTERN_GROUPS)
      throw this.#fault(`a pattern may not have more than ${MAX_PATTERN_GROUPS} groups`);
    return { type: 'group', index, inner: this.#closed(this.#choice()) };
  }

  #closed(inner: Pattern): Pattern {
    if (!this.#accept(')')) throw this.#fault('a group is not closed');
    return inner;
  }

  #escape(): Pattern {
    const char = this.#take();
    if (char === 'b') return { type: 'assert', kind: 'boundary' };
    if (char === 'B') return { type: 'assert', kind: 'no-boundary' };
    if (char >= '1' && char <= '9') {
      throw this.#fault('backreferences are not supported: they cannot be matched in linear time');
    }
    const ranges = own(CLASSES, char);
    return ranges === undefined ? this.#literal(this.#escapedUnit(char)) : this.#set(ranges);
  }

  #escapedUnit(char: string): number {
    if (char === '') throw this.#fault('a pattern may not end in "\\"');
    const control = own(CONTROLS, char);
    if (control !== undefined) return control;
    if (char === 'x') return this.#hex(HEX2, char);
    if (char === 'u') return this.#hex(HEX4, char);
    if (char === 'p' || char === 'P' || char === 'k' || char === 'c') {
      throw this.#fault(`\\${char} is not supported`);
    }
    return char.charCodeAt(0);
  }

  #hex(digits: RegExp, char: string): number {
    digits.lastIndex = this.#at;
    const match = digits.exec(this.#text);
    if (match === null) return char.charCodeAt(0);
    this.#at += match[0].length;
    return Number.parseInt(match[0], 16);
  }

  #class(): Pattern {
    const negated = this.#accept('^');
    const ranges: (readonly [number, number])[] = [];
    while (!this.#accept(']')) {
      if (this.#at >= this.#text.length) throw this.#fault('a class of characters is not closed');
      const from = this.#classMember();
      if (typeof from !== 'number') ranges.push(...from);
      else ranges.push(this.#classRange(from));
    }
    return this.#set(ranges, negated);
  }

  #classRange(from: number): readonly [number, number] {
    const isRange = this.#char() === '-' && this.#text.charAt(this.#at + 1) !== ']';
    if (!isRange || this.#at + 1 >= this.#text.length) return [from, from];
    this.#at++;
    const to = this.#classMember();
    if (typeof to !== 'number' || to < from) throw this.#fault('a range of characters must be in order');
    return [from, to];
  }

  #classMember(): number | Ranges {
    const char = this.#take();
    if (char !== '\\') return char.charCodeAt(0);
    const escaped = this.#take();
    if (escaped === 'b') return 8;
    return own(CLASSES, escaped) ?? this.#escapedUnit(escaped);
  }

  #literal(unit: number): Pattern {
    return this.#set([[unit, unit]]);
  }

  #set(ranges: Ranges, negated = false): Pattern {
    return { type: 'set', set: new CharSet(ranges, negated, this.#options.ignoreCase) };
  }

  #char(): string {
    return this.#text.charAt(this.#at);
  }

  #take(): string {
    return this.#text.charAt(this.#at++);
  }

  #accept(text: string): boolean {
    if (!this.#text.startsWith(text, this.#at)) return false;
    this.#at += text.length;
    return true;
  }

  #fault(message: string): SourceError {
    return new SourceError('regex', message, Math.min(this.#at, this.#text.length));
  }
}

function own<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}
