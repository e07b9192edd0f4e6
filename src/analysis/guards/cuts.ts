/** A boundary in an order: just before a value, or just after it. */
export interface Cut<T> {
  readonly at: T;
  readonly after: boolean;
}

/** A set of values of one order (numbers, texts), kept as the places where one passes into it or out of it. */
export class Cuts<T extends number | string> {
  /** Whether the smallest values are in it. */
  readonly starts: boolean;
  /** Ascending; each changes whether one is inside. */
  readonly cuts: readonly Cut<T>[];

  constructor(starts: boolean, cuts: readonly Cut<T>[]) {
    this.starts = starts;
    this.cuts = cuts;
  }

  get isEmpty(): boolean {
    return !this.starts && this.cuts.length === 0;
  }

  get complement(): Cuts<T> {
    return new Cuts(!this.starts, this.cuts);
  }

  and(other: Cuts<T>): Cuts<T> {
    return this.#merge(other, (a, b) => a && b);
  }

  or(other: Cuts<T>): Cuts<T> {
    return this.#merge(other, (a, b) => a || b);
  }

  /** The runs of values inside, ascending; an end is undefined where there is none. */
  get runs(): readonly { readonly from: Cut<T> | undefined; readonly to: Cut<T> | undefined }[] {
    const ends: (Cut<T> | undefined)[] = this.starts ? [undefined, ...this.cuts] : [...this.cuts];
    const runs: { from: Cut<T> | undefined; to: Cut<T> | undefined }[] = [];
    for (let i = 0; i < ends.length; i += 2) runs.push({ from: ends[i], to: ends[i + 1] });
    return runs;
  }

  #merge(other: Cuts<T>, holds: (a: boolean, b: boolean) => boolean): Cuts<T> {
    let [a, b] = [this.starts, other.starts];
    const starts = holds(a, b);
    let inside = starts;
    const cuts: Cut<T>[] = [];
    for (let i = 0, j = 0; i < this.cuts.length || j < other.cuts.length; ) {
      const [mine, theirs] = [this.cuts[i], other.cuts[j]];
      const order = mine === undefined ? 1 : theirs === undefined ? -1 : compareCuts(mine, theirs);
      const at = order <= 0 ? mine : theirs;
      if (order <= 0) {
        a = !a;
        i++;
      }
      if (order >= 0) {
        b = !b;
        j++;
      }
      if (at === undefined || holds(a, b) === inside) continue;
      inside = !inside;
      cuts.push(at);
    }
    return new Cuts(starts, cuts);
  }
}

export type Comparison = '=' | '<' | '<=' | '>' | '>=';

/**
 * The values that compare so with one.
 *
 * @example
 * compared('<', 3).runs; // => [{ from: undefined, to: { at: 3, after: false } }]
 */
export function compared<T extends number | string>(operator: Comparison, at: T): Cuts<T> {
  switch (operator) {
    case '<':
      return new Cuts(true, [{ at, after: false }]);
    case '<=':
      return new Cuts(true, [{ at, after: true }]);
    case '>':
      return new Cuts(false, [{ at, after: true }]);
    case '>=':
      return new Cuts(false, [{ at, after: false }]);
    default:
      return new Cuts(false, [
        { at, after: false },
        { at, after: true },
      ]);
  }
}

function compareCuts<T>(a: Cut<T>, b: Cut<T>): number {
  if (a.at !== b.at) return a.at < b.at ? -1 : 1;
  return Number(a.after) - Number(b.after);
}
