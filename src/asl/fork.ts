import { isJsonArray, type Json } from '../core/json.js';
import type { StoredFork } from './execution.js';

/** Results of a page: enough that there are few, few enough that one is copied at once. */
const PAGE_LENGTH = 64;

/** The threads of a Parallel or a Map while an event is worked in. */
export class Fork {
  readonly #stored: StoredFork;
  readonly #given: Json;
  readonly #pages: (readonly Json[])[];
  /** The pages that this event has made its own by changing them. */
  readonly #changed = new Map<number, Json[]>();
  #begun: number;
  #ended: number;
  #after: number;

  /** As it was stored, of a state with this input. */
  constructor(stored: StoredFork, input: Json) {
    this.#stored = stored;
    this.#given = stored.given === undefined ? input : stored.given;
    this.#pages = stored.results.slice();
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
    return ([] as readonly Json[]).concat(...this.#pages);
  }

  /** Counts the thread that begins; gives the history event that it follows, as AWS chains them. */
  begin(): number {
    this.#write(this.#begun, null);
    return this.#begun++ < this.#stored.limit ? this.#stored.started : this.#after;
  }

  /** Takes what a thread gave whose last history event was this. */
  end(index: number, output: Json, lastEventId: number): void {
    this.#write(index, output);
    this.#ended++;
    this.#after = lastEventId;
  }

  /** As it is kept between steps. */
  stored(): StoredFork {
    const counts = { begun: this.#begun, ended: this.#ended, after: this.#after };
    return { ...this.#stored, ...counts, results: this.#pages.slice() };
  }

  #write(index: number, result: Json): void {
    const page = Math.floor(index / PAGE_LENGTH);
    let changed = this.#changed.get(page);
    if (changed === undefined) {
      changed = [...(this.#pages[page] ?? [])];
      this.#changed.set(page, changed);
      this.#pages[page] = changed;
    }
    changed[index % PAGE_LENGTH] = result;
  }
}
