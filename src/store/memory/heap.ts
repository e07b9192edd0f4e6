/** The place of what is in no heap. */
export const NOWHERE = -1;

/**
 * What comes first of many things whose order changes: a binary heap. Where an item stands is kept in a field of
 * its own, which is for one heap at a time: a Map of places takes ten times as long once there are many.
 */
export class Heap<K extends string, T extends { [P in K]: number }> {
  readonly #items: T[] = [];
  readonly #place: K;
  readonly #before: (a: T, b: T) => boolean;

  /** `place` names the field, which is NOWHERE at first. */
  constructor(place: K, before: (a: T, b: T) => boolean) {
    this.#place = place;
    this.#before = before;
  }

  get size(): number {
    return this.#items.length;
  }

  peek(): T | undefined {
    return this.#items[0];
  }

  /** In no order. */
  items(): Iterable<T> {
    return this.#items;
  }

  /** Adds an item, or moves it to where it belongs now. */
  place(item: T): void {
    if (!this.#has(item)) this.#put(item, this.#items.length);
    this.#sink(this.#rise(item[this.#place]));
  }

  remove(item: T): void {
    if (!this.#has(item)) return;
    const at = item[this.#place];
    this.#mark(item, NOWHERE);
    const last = this.#items.pop();
    if (last === undefined || last === item) return;
    this.#put(last, at);
    this.#sink(this.#rise(at));
  }

  /** Takes out, first ones first, as long as they are wanted. */
  takeWhile(wanted: (item: T) => boolean): T[] {
    const taken: T[] = [];
    for (let item = this.peek(); item !== undefined && wanted(item); item = this.peek()) {
      this.remove(item);
      taken.push(item);
    }
    return taken;
  }

  #rise(start: number): number {
    let at = start;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#swapIfBefore(at, parent)) break;
      at = parent;
    }
    return at;
  }

  #sink(start: number): void {
    let at = start;
    while (true) {
      const left = 2 * at + 1;
      const right = left + 1;
      const smaller = right < this.#items.length && this.#isBefore(right, left) ? right : left;
      if (smaller >= this.#items.length || !this.#swapIfBefore(smaller, at)) return;
      at = smaller;
    }
  }

  #swapIfBefore(lower: number, upper: number): boolean {
    if (!this.#isBefore(lower, upper)) return false;
    const [a, b] = [this.#items[lower] as T, this.#items[upper] as T];
    this.#put(a, upper);
    this.#put(b, lower);
    return true;
  }

  #isBefore(a: number, b: number): boolean {
    return this.#before(this.#items[a] as T, this.#items[b] as T);
  }

  #has(item: T): boolean {
    return this.#items[item[this.#place]] === item;
  }

  #put(item: T, at: number): void {
    this.#items[at] = item;
    this.#mark(item, at);
  }

  #mark(item: T, at: number): void {
    (item as { [P in K]: number })[this.#place] = at;
  }
}
