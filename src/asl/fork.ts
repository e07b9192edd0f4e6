import { isJsonArray, type Json } from '../core/json.js';
import type { StoredFork } from './execution.js';

/** The threads of a Parallel or a Map while an event is worked in. */
export class Fork {
  readonly #stored: StoredFork;
  readonly #given: Json;
  readonly #results: Json[];
  #begun: number;
  #ended: number;
  #after: number;

  /** As it was stored, of a state with this input. */
  constructor(stored: StoredFork, input: Json) {
    this.#stored = stored;
    this.#given = stored.given === undefined ? input : stored.given;
    this.#results = stored.results.slice();
    this.#begun = stored.begun;
    this.#ended = stored.ended;
    this.#after = stored.after;
  }

  /** Whether it is a Map's. */
  get isMap(): boolean {
    return this.#stored.each === true;
  }

  /** What a thread is given to begin with: its item, or what all branches are given. */
  given(index: number): Json {
    if (!this.isMap) return this.#given;
    return isJsonArray(this.#given) ? (this.#given[index] ?? null) : null;
  }

  /** The place of the thread to begin next; undefined while there is none, or no room for it. */
  get next(): number | undefined {
    const { length, limit } = this.#stored;
    return this.#begun < length && this.#begun - this.#ended < limit ? this.#begun : undefined;
  }

  get isDone(): boolean {
    return this.#ended === this.#stored.length;
  }

  get results(): readonly Json[] {
    return this.#results;
  }

  /** Counts the thread that begins; gives the history event that it follows, as AWS chains them. */
  begin(): number {
    this.#results.push(null);
    return this.#begun++ < this.#stored.limit ? this.#stored.started : this.#after;
  }

  /** Takes what a thread gave whose last history event was this. */
  end(index: number, output: Json, lastEventId: number): void {
    this.#results[index] = output;
    this.#ended++;
    this.#after = lastEventId;
  }

  /** As it is kept between steps. */
  stored(): StoredFork {
    const counts = { begun: this.#begun, ended: this.#ended, after: this.#after };
    return { ...this.#stored, ...counts, results: this.#results };
  }
}
