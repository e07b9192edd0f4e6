import type { Json } from '../../core/json.js';
import { type Comparison, type Cut, Cuts, compared } from './cuts.js';

/** What a field may hold besides numbers and texts: nothing at all, and what has no order. */
const PLAIN = ['missing', 'null', 'true', 'false', 'other'] as const;

export type PlainKind = (typeof PLAIN)[number];

/** A set of values that a field may hold: exact, but that all objects and arrays are one (`other`). */
export class ValueSet {
  readonly plain: ReadonlySet<PlainKind>;
  readonly numbers: Cuts<number>;
  readonly texts: Cuts<string>;

  constructor(plain: Iterable<PlainKind>, numbers: Cuts<number>, texts: Cuts<string>) {
    this.plain = new Set(plain);
    this.numbers = numbers;
    this.texts = texts;
  }

  get isEmpty(): boolean {
    return this.plain.size === 0 && this.numbers.isEmpty && this.texts.isEmpty;
  }

  get complement(): ValueSet {
    const rest = PLAIN.filter((kind) => !this.plain.has(kind));
    return new ValueSet(rest, this.numbers.complement, this.texts.complement);
  }

  and(other: ValueSet): ValueSet {
    const both = PLAIN.filter((kind) => this.plain.has(kind) && other.plain.has(kind));
    return new ValueSet(both, this.numbers.and(other.numbers), this.texts.and(other.texts));
  }

  or(other: ValueSet): ValueSet {
    const either = PLAIN.filter((kind) => this.plain.has(kind) || other.plain.has(kind));
    return new ValueSet(either, this.numbers.or(other.numbers), this.texts.or(other.texts));
  }

  /** Whether all of it is in the other. */
  isWithin(other: ValueSet): boolean {
    return this.and(other.complement).isEmpty;
  }

  /** One of its values, as people write it; `nothing` where it may only be missing. */
  get sample(): string {
    const [numbers] = this.numbers.runs;
    if (numbers !== undefined) return String(numberBetween(numbers.from, numbers.to));
    const [texts] = this.texts.runs;
    if (texts !== undefined) return JSON.stringify(textFrom(texts.from));
    const [kind = 'missing'] = this.plain;
    return kind === 'missing' ? 'nothing' : kind === 'other' ? 'an object' : kind;
  }
}

const NO_NUMBERS = new Cuts<number>(false, []);
const NO_TEXTS = new Cuts<string>(false, []);

export const NOTHING_AT_ALL = new ValueSet([], NO_NUMBERS, NO_TEXTS);
export const ANYTHING = NOTHING_AT_ALL.complement;
export const ANY_NUMBER = new ValueSet([], NO_NUMBERS.complement, NO_TEXTS);
export const ANY_TEXT = new ValueSet([], NO_NUMBERS, NO_TEXTS.complement);
export const ANY_BOOLEAN = ofKinds('true', 'false');

export function ofKinds(...kinds: readonly PlainKind[]): ValueSet {
  return new ValueSet(kinds, NO_NUMBERS, NO_TEXTS);
}

/** The numbers, or texts, that compare so with one. */
export function ordered(operator: Comparison, value: number | string): ValueSet {
  return typeof value === 'number'
    ? new ValueSet([], compared(operator, value), NO_TEXTS)
    : new ValueSet([], NO_NUMBERS, compared(operator, value));
}

/** The one value; undefined for objects and arrays. */
export function exactly(value: Json): ValueSet | undefined {
  if (value === null) return ofKinds('null');
  if (typeof value === 'boolean') return ofKinds(value ? 'true' : 'false');
  return typeof value === 'object' ? undefined : ordered('=', value);
}

type End<T> = Cut<T> | undefined;

/** A number of a run, a whole one if there is one. */
export function numberBetween(from: End<number>, to: End<number>): number {
  if (from === undefined) {
    if (to === undefined) return 0;
    return to.after ? to.at : to.at - 1;
  }
  if (!from.after) return from.at;
  const next = Math.floor(from.at) + 1;
  if (to === undefined || next < to.at || (next === to.at && to.after)) return next;
  return (from.at + to.at) / 2;
}

function textFrom(from: End<string>): string {
  if (from === undefined) return '';
  return from.after ? `${from.at}~` : from.at;
}
