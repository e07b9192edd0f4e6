import type { ChildPlace } from '../../core/effect.js';
import type { Status } from '../../core/instance.js';
import type { Json } from '../../core/json.js';
import { BitSet, type StoredBits } from './bit-set.js';
import { isExceeded, type Tolerance } from './tolerance.js';

/**
 * How far a distributed Map is. What its executions were given and what they gave is theirs alone: this is numbers,
 * and a few bits for each item. An execution is known by its first item, which is its place in its group.
 */
export interface StoredMapRun {
  /** The effect that its executions are a group of: `<instance>/<group>/<first item>`. */
  readonly group: string;
  /** The MapRunStarted, or MapRunRedriven, that its line of events goes on from. */
  readonly eventId: number;
  /** When it began, milliseconds since 1970. */
  readonly at: number;
  /** Items in all. */
  readonly total: number;
  /** Executions that may run at once. */
  readonly limit: number;
  readonly tolerance: Tolerance;
  /** The items, where they cannot be found again in the state's input. */
  readonly given?: Json;
  /** How many items an execution may be given, where that may be more than one. */
  readonly batch?: BatchBounds;
  /** The effect under whose child they are, where they were read. */
  readonly collection?: string;
  /** Those that were brought from there and have not all begun. */
  readonly window?: { readonly from: number; readonly items: readonly Json[] };
  /** All items before this one have begun, or need not begin again; and those before `reached` had once, if it was redriven. */
  readonly next: number;
  readonly reached?: number;
  readonly items: Counts;
  readonly executions: Counts;
  readonly ended: StoredBits;
  readonly succeeded: StoredBits;
  /** Where executions have more than one item: the first item of each. */
  readonly starts?: StoredBits;
  /** What had succeeded before it was redriven, by the group that it is in. */
  readonly earlier?: readonly { readonly group: string; readonly succeeded: StoredBits }[];
  readonly redrives?: number;
  /** What was brought together so far of what they gave: of all items before `next`. */
  readonly gathered?: { readonly next: number; readonly outputs: readonly Json[] };
}

/** What a batch of items may come to: so many of them, so many bytes (UTF-8, as JSON text) of an execution's input. */
export interface BatchBounds {
  readonly items?: number;
  readonly bytes: number;
}

/** How many there are of each; what is not begun is none of them. */
export interface Counts {
  readonly running: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly timedOut: number;
  readonly aborted: number;
}

const NONE: Counts = { running: 0, succeeded: 0, failed: 0, timedOut: 0, aborted: 0 };

/** How the end of an execution is counted. */
const COUNTED: Readonly<Partial<Record<Status, keyof Counts>>> = {
  succeeded: 'succeeded',
  failed: 'failed',
  timed_out: 'timedOut',
};

/** What a Map run begins with. */
export type NewMapRun = Pick<
  StoredMapRun,
  'group' | 'eventId' | 'at' | 'total' | 'limit' | 'tolerance' | 'given' | 'batch'
>;

export function newMapRun(run: NewMapRun): StoredMapRun {
  return {
    ...run,
    ...{ next: 0, items: NONE, executions: NONE, ended: [], succeeded: [] },
    ...(run.batch === undefined ? {} : { starts: [] }),
  };
}

/** A Map run while an event is worked in. */
export class MapRun {
  readonly #begun: StoredMapRun;
  readonly #ended: BitSet;
  readonly #succeeded: BitSet;
  readonly #starts: BitSet | undefined;
  readonly #earlier: readonly { readonly group: string; readonly succeeded: BitSet }[];
  readonly #reached: number;
  #gathered: { readonly next: number; readonly outputs: readonly Json[] };
  #total: number;
  #collection: string | undefined;
  #window: { readonly from: number; readonly items: readonly Json[] } | undefined;
  #next: number;
  #items: Counts;
  #executions: Counts;

  constructor(stored: StoredMapRun) {
    this.#begun = stored;
    this.#ended = new BitSet(stored.ended);
    this.#succeeded = new BitSet(stored.succeeded);
    this.#starts = stored.starts && new BitSet(stored.starts);
    this.#earlier = (stored.earlier ?? []).map(({ group, succeeded }) => ({
      group,
      succeeded: new BitSet(succeeded),
    }));
    this.#reached = stored.reached ?? 0;
    this.#gathered = stored.gathered ?? { next: 0, outputs: [] };
    this.#total = stored.total;
    this.#collection = stored.collection;
    this.#window = stored.window;
    this.#next = stored.next;
    this.#items = stored.items;
    this.#executions = stored.executions;
  }

  get group(): string {
    return this.#begun.group;
  }

  get eventId(): number {
    return this.#begun.eventId;
  }

  get total(): number {
    return this.#total;
  }

  get given(): Json | undefined {
    return this.#begun.given;
  }

  get batch(): BatchBounds | undefined {
    return this.#begun.batch;
  }

  /** The effect under whose child its items are, once they were read. */
  get collection(): string | undefined {
    return this.#collection;
  }

  get isBatched(): boolean {
    return this.#starts !== undefined;
  }

  /** The items that were brought, by their places. */
  get read(): readonly Json[] {
    const { from = 0, items = [] } = this.#window ?? {};
    const list: Json[] = [];
    for (const [index, item] of items.entries()) list[from + index] = item;
    return list;
  }

  /** So many items were read, and are there under the child of an effect. */
  collected(effect: string, total: number): void {
    this.#collection = effect;
    this.#total = total;
  }

  /** Some of them were brought, from a place on. */
  take(from: number, items: readonly Json[]): void {
    if (items.length === 0) throw new Error(`there is nothing at ${from} of ${this.#total} items`);
    this.#window = { from, items };
  }

  /** Whether an item is at hand. */
  has(index: number): boolean {
    if (this.#collection === undefined) return true;
    const { from, items } = this.#window ?? { from: 0, items: [] };
    return index >= from && index < from + items.length;
  }

  /** Whether a batch of this size ends where what was brought does, and more of it could be brought at once. */
  mayLack(size: number): boolean {
    const window = this.#window;
    if (window === undefined || !this.isBatched) return false;
    const end = this.#next + size;
    return end === window.from + window.items.length && end < this.#total && window.from < this.#next;
  }

  /** By which the run is known, however often it is redriven. */
  get id(): string {
    return this.#earlier[0]?.group ?? this.group;
  }

  get items(): Counts {
    return this.#items;
  }

  get executions(): Counts {
    return this.#executions;
  }

  /** The first item of the execution to begin next; undefined while there is none, or no room for it. */
  get next(): number | undefined {
    return this.#next < this.total && this.#executions.running < this.#begun.limit ? this.#next : undefined;
  }

  /** How many items that execution may have: what was given together once is given together again. */
  get room(): number {
    const room = this.#next < this.#reached ? this.#sizeOf(this.#next) : this.total - this.#next;
    const { from, items } = this.#window ?? { from: 0, items: undefined };
    return items === undefined ? room : Math.min(room, from + items.length - this.#next);
  }

  get isDone(): boolean {
    return this.#next >= this.total && this.#executions.running === 0;
  }

  /** Whether more items have failed than may. */
  get isExceeded(): boolean {
    const { failed, timedOut, aborted } = this.#items;
    return isExceeded(this.#begun.tolerance, failed + timedOut + aborted, this.total);
  }

  /** Counts the execution of so many of the next items. */
  begin(size: number): void {
    const first = this.#next;
    this.#starts?.add(first);
    this.#count('running', size);
    this.#next = first + size;
    this.#skip();
  }

  /** Counts the end of an execution; false where none of that first item is running. */
  end(first: number, status: Status): boolean {
    if (!this.#isRunning(first)) return false;
    const size = this.#sizeOf(first);
    this.#ended.add(first);
    if (status === 'succeeded') this.#succeeded.add(first);
    this.#count('running', -size);
    this.#count(COUNTED[status] ?? 'aborted', size);
    return true;
  }

  /** Gives up what is running: the first items of those executions. */
  abort(): number[] {
    const running = [...this.#firsts()].filter((first) => this.#isRunning(first));
    for (const first of running) this.end(first, 'stopped');
    return running;
  }

  /** The executions whose results come next, in the order of the items: no more than so many, none once all were brought. */
  ungathered(limit: number): ChildPlace[] {
    const places: ChildPlace[] = [];
    for (const index of this.#firsts(this.#gathered.next)) {
      if (places.length === limit) break;
      const earlier = this.#earlier.find(({ succeeded }) => succeeded.has(index));
      places.push({ group: earlier?.group ?? this.group, index });
    }
    return places;
  }

  /** What was brought together so far. */
  get outputs(): readonly Json[] {
    return this.#gathered.outputs;
  }

  /** Keeps what the next executions gave, up to the one that an item begins. */
  keep(outputs: readonly Json[], last: number): void {
    this.#gathered = { next: last + 1, outputs: [...this.#gathered.outputs, ...outputs] };
  }

  /** The same run with what has not succeeded to be done again, in a group of its own. */
  redriven(group: string, eventId: number): StoredMapRun {
    const { earlier = [], redrives = 0, gathered: _, ...run } = this.stored();
    const kept = (counts: Counts): Counts => ({ ...NONE, succeeded: counts.succeeded });
    const reached = Math.max(this.#next, this.#reached);
    const again: StoredMapRun = {
      ...run,
      ...{ group, eventId, next: 0, reached, ended: [], succeeded: [] },
      items: kept(this.#items),
      executions: kept(this.#executions),
      earlier: [...earlier, { group: this.group, succeeded: run.succeeded }],
      redrives: redrives + 1,
    };
    const active = new MapRun(again);
    active.#skip();
    return active.stored();
  }

  get redrives(): number {
    return this.#begun.redrives ?? 0;
  }

  /** As it is kept between steps. */
  stored(): StoredMapRun {
    const { window: _, ...begun } = this.#begun;
    const window = this.has(this.#next) ? this.#window : undefined;
    return {
      ...begun,
      total: this.#total,
      ...(this.#collection === undefined ? {} : { collection: this.#collection }),
      ...(window === undefined ? {} : { window }),
      ...{ next: this.#next, items: this.#items, executions: this.#executions },
      ...{ ended: this.#ended.stored(), succeeded: this.#succeeded.stored() },
      ...(this.#starts === undefined ? {} : { starts: this.#starts.stored() }),
      ...(this.#gathered.next === 0 ? {} : { gathered: this.#gathered }),
    };
  }

  /** Passes by what has succeeded before. */
  #skip(): void {
    while (this.#next < this.total && this.#hasSucceeded(this.#next)) this.#next += this.#sizeOf(this.#next);
  }

  #hasSucceeded(first: number): boolean {
    return this.#earlier.some(({ succeeded }) => succeeded.has(first));
  }

  #isRunning(first: number): boolean {
    const isFirst = this.#starts === undefined || this.#starts.has(first);
    return isFirst && first < this.#next && !this.#ended.has(first) && !this.#hasSucceeded(first);
  }

  /** The first items of the executions that have begun, none before `from`. */
  *#firsts(from = 0): Iterable<number> {
    for (let first = from; first < this.#next; first++) {
      if (this.#starts === undefined || this.#starts.has(first)) yield first;
    }
  }

  #sizeOf(first: number): number {
    if (this.#starts === undefined) return 1;
    let end = first + 1;
    const last = Math.max(this.#next, this.#reached);
    while (end < last && !this.#starts.has(end)) end++;
    return end - first;
  }

  #count(what: keyof Counts, size: number): void {
    this.#items = { ...this.#items, [what]: this.#items[what] + size };
    this.#executions = { ...this.#executions, [what]: this.#executions[what] + Math.sign(size) };
  }
}
