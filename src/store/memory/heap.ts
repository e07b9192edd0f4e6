/** What comes first of many things whose order changes: a binary heap that knows where each of them is. */
export class Heap<T extends object> {
  readonly #items: T[] = [];
  readonly #places = new Map<T, number>();
  readonly #before: (a: T, b: T) => boolean;

  constructor(before: (a: T, b: T) => boolean) {
    this.#before = before;
  }

  get size(): number {
    return this.#items.length;
  }

  peek(): T | undefined {
    return this.#items[0];
  }

  /** Adds an item, or moves it to where it belongs now. */
  place(item: T): void {
    let at = this.#places.get(item);
    if (at === undefined) {
      at = this.#items.length;
      this.#put(item, at);
    }
    this.#sink(this.#rise(at));
  }

  remove(item: T): void {
    const at = this.#places.get(item);
    if (at === undefined) return;
    this.#places.delete(item);
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

  #put(item: T, at: number): void {
    this.#items[at] = item;
    this.#places.set(item, at);
  }
}
