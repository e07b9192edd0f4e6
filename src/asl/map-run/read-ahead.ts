import { type Json, utf8Length } from '../../core/json.js';
import { KEPT_BYTES, MAX_BROUGHT_PORTIONS } from '../limits.js';

/** The items that were brought to a Map run from its collection and have not all begun. */
export interface StoredReadAhead {
  /** The first portion that is at hand, or is to be brought next, and its first item. */
  readonly portion: number;
  readonly from: number;
  readonly held: readonly (readonly Json[])[];
  /** How many portions were asked for last. */
  readonly asked: number;
}

export const NOTHING_READ: StoredReadAhead = { portion: 0, from: 0, held: [], asked: 0 };

/** The same while an event is worked in. */
export class ReadAhead {
  #portion: number;
  #from: number;
  #held: readonly (readonly Json[])[];
  #asked: number;
  #end: number;
  /** Whether portions came with this event, and whether fewer of them than were asked for. */
  #came: 'all' | 'some' | undefined;

  constructor({ portion, from, held, asked }: StoredReadAhead) {
    this.#portion = portion;
    this.#from = from;
    this.#held = held;
    this.#asked = asked;
    this.#end = from + held.reduce((sum, { length }) => sum + length, 0);
  }

  /** The item at an index, which must be no earlier one than those asked for before; undefined where it is not at hand. */
  item(index: number): Json | undefined {
    if (index >= this.#end) return undefined;
    let from = this.#from;
    for (const portion of this.#held) {
      if (index < from + portion.length) return portion[index - from];
      from += portion.length;
    }
    return undefined;
  }

  /** Whether more came with this event than would have to be asked for again: what there is must do. */
  isEnough(portions: number): boolean {
    if (this.#portion + this.#held.length >= portions) return true;
    return this.#came === 'some' || (this.#came === 'all' && this.#held.length >= MAX_BROUGHT_PORTIONS);
  }

  /** All items before this one have begun. */
  passTo(index: number): void {
    let [done, from] = [0, this.#from];
    for (const { length } of this.#held) {
      if (index < from + length) break;
      from += length;
      done++;
    }
    if (done === 0) return;
    this.#held = this.#held.slice(done);
    this.#portion += done;
    this.#from = from;
  }

  /** The places of the portions to be asked for: `want` of them in all, as many as there may be where that was not enough. */
  ask(want: number, portions: number): readonly number[] {
    this.#trim();
    const most = this.#came === undefined ? want : MAX_BROUGHT_PORTIONS;
    const first = this.#portion + this.#held.length;
    const end = Math.min(portions, Math.max(first + 1, this.#portion + Math.min(most, MAX_BROUGHT_PORTIONS)));
    this.#asked = end - first;
    return Array.from({ length: this.#asked }, (_, at) => first + at);
  }

  /** Takes what was asked for, as much of it as came. */
  take(brought: readonly (readonly Json[])[]): void {
    this.#came = brought.length < this.#asked ? 'some' : 'all';
    this.#held = [...this.#held, ...brought];
    this.#end += brought.reduce((sum, { length }) => sum + length, 0);
  }

  stored(): StoredReadAhead {
    this.#trim();
    return { portion: this.#portion, from: this.#from, held: this.#held, asked: this.#asked };
  }

  /** What takes more than may be kept is brought again when it is wanted. */
  #trim(): void {
    let left = KEPT_BYTES;
    const kept = this.#held.findIndex((portion) => {
      left -= utf8Length(JSON.stringify(portion));
      return left < 0;
    });
    if (kept < 0) return;
    this.#held = this.#held.slice(0, kept);
    this.#end = this.#from + this.#held.reduce((sum, { length }) => sum + length, 0);
  }
}
