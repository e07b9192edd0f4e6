import type { ChildPlace } from '../../core/effect.js';
import type { Status } from '../../core/instance.js';
import type { Json } from '../../core/json.js';
import { StateFailure, type StoredFailure } from '../errors.js';
import { NOT_WRITTEN, type ResultTarget, type StoredWriting } from '../result-writer/stored-writing.js';
import { BitSet } from './bit-set.js';
import type { MapRunChange } from './map-run-change.js';
import { NOTHING_READ, ReadAhead } from './read-ahead.js';
import {
  type BatchBounds,
  type Counts,
  NO_COUNTS,
  type StoredCollection,
  type StoredMapRun,
} from './stored-map-run.js';
import { isExceeded, type Tolerance } from './tolerance.js';

/** How the end of an execution is counted. */
const COUNTED: Readonly<Partial<Record<Status, keyof Counts>>> = {
  succeeded: 'succeeded',
  failed: 'failed',
  timed_out: 'timedOut',
};

/** A Map run while an event is worked in. */
export class MapRun {
  readonly #begun: StoredMapRun;
  readonly #ended: BitSet;
  readonly #succeeded: BitSet;
  readonly #starts: BitSet | undefined;
  readonly #earlier: readonly { readonly group: string; readonly succeeded: BitSet }[];
  readonly #reached: number;
  #gathered: { readonly next: number; readonly outputs: readonly Json[] };
  #given: readonly Json[] | undefined;
  #total: number;
  #collection: StoredCollection | undefined;
  readonly #ahead: ReadAhead;
  #next: number;
  #items: Counts;
  #executions: Counts;
  #limit: number;
  #tolerance: Tolerance;
  #writing: StoredWriting | undefined;
  #failure: StoredFailure | undefined;
  #stoppedAt: number | undefined;
  #isCut: boolean;

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
    this.#given = stored.given;
    this.#total = stored.total;
    this.#collection = stored.collection;
    this.#ahead = new ReadAhead(stored.ahead ?? NOTHING_READ);
    this.#next = stored.next;
    this.#items = stored.items;
    this.#executions = stored.executions;
    this.#limit = stored.limit;
    this.#tolerance = stored.tolerance;
    this.#writing = stored.writing;
    this.#failure = stored.failure;
    this.#stoppedAt = stored.stoppedAt;
    this.#isCut = stored.isCut === true;
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

  set total(items: number) {
    this.#total = items;
  }

  get given(): readonly Json[] | undefined {
    return this.#given;
  }

  /** Its items are these, wherever they were to come from. */
  give(items: readonly Json[]): void {
    this.#given = items;
    this.#total = items.length;
  }

  get batch(): BatchBounds | undefined {
    return this.#begun.batch;
  }

  /** Where its items are, once they are held in portions. */
  get collection(): StoredCollection | undefined {
    return this.#collection;
  }

  /** Its items are held elsewhere, so many of them in all. */
  collected(collection: StoredCollection, total: number): void {
    this.#collection = collection;
    this.#total = total;
  }

  get isBatched(): boolean {
    return this.#starts !== undefined;
  }

  /** An item that was brought; undefined where it was not, or is to be brought again. */
  item(index: number): Json | undefined {
    return this.#ahead.item(index);
  }

  /** Whether a batch may end where what was brought does. */
  get hasEnough(): boolean {
    return this.#ahead.isEnough(this.#collection?.portions ?? 0);
  }

  /** The portions to be brought next: as many as a batch may need, on the average of all items. */
  wanted(): ChildPlace[] {
    const { group = '', portions = 0 } = this.#collection ?? {};
    const batch = this.batch === undefined ? 1 : (this.batch.items ?? this.total);
    const want = this.batch === undefined ? 1 : Math.ceil((batch * portions) / this.total) + 1;
    return this.#ahead.ask(want, portions).map((index) => ({ group, index }));
  }

  /** Takes what was brought, and passes by what has begun. */
  take(portions: readonly (readonly Json[])[]): void {
    this.#ahead.take(portions);
    this.#ahead.passTo(this.#next);
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
    return this.#next < this.total && this.#executions.running < this.#limit ? this.#next : undefined;
  }

  /** How many items that execution may have: what was given together once is given together again. */
  get room(): number {
    return this.#next < this.#reached ? this.sizeOf(this.#next) : this.total - this.#next;
  }

  get isDone(): boolean {
    return this.#next >= this.total && this.#executions.running === 0;
  }

  /** Whether more items have failed than may. */
  get isExceeded(): boolean {
    const { failed, timedOut, aborted } = this.#items;
    return isExceeded(this.#tolerance, failed + timedOut + aborted, this.total);
  }

  /** Counts the execution of so many of the next items. */
  begin(size: number): void {
    const first = this.#next;
    this.#starts?.add(first);
    this.#count('running', size);
    this.#next = first + size;
    this.#skip();
    this.#ahead.passTo(this.#next);
  }

  /** Counts the end of an execution; false where none of that first item is running. */
  end(first: number, status: Status): boolean {
    if (!this.#isRunning(first)) return false;
    const size = this.sizeOf(first);
    this.#ended.add(first);
    if (status === 'succeeded') this.#succeeded.add(first);
    this.#count('running', -size);
    this.#count(COUNTED[status] ?? 'aborted', size);
    return true;
  }

  /** Gives up what is running, no more than so many executions: their first items. */
  abort(most = Number.POSITIVE_INFINITY): number[] {
    const running: number[] = [];
    for (const first of this.#firsts()) {
      if (running.length === Math.min(most, this.#executions.running)) break;
      if (this.#isRunning(first)) running.push(first);
    }
    for (const first of running) this.end(first, 'stopped');
    return running;
  }

  /** Why it fails; what is running is to be stopped, and nothing more begun. */
  get failure(): StateFailure | undefined {
    return this.#failure && StateFailure.of(this.#failure);
  }

  fail(failure: StateFailure): void {
    this.#failure = failure.stored();
  }

  /** The next item, and those with it in one execution, will never begin. */
  passBy(size: number): void {
    this.#stoppedAt ??= this.#next;
    this.#next += size;
    this.#skip();
    this.#ahead.passTo(this.#next);
  }

  /** Executions of items from a place on, in their order, no more than so many: all, or those that did or did not succeed. */
  places(from: number, limit: number, succeeded?: boolean): ChildPlace[] {
    const places: ChildPlace[] = [];
    for (const index of this.#firsts(from)) {
      if (places.length === limit) break;
      const earlier = this.#earlier.find((group) => group.succeeded.has(index));
      const hasSucceeded = earlier !== undefined || this.#succeeded.has(index);
      if (succeeded === undefined || succeeded === hasSucceeded)
        places.push({ group: earlier?.group ?? this.group, index });
    }
    return places;
  }

  /** The executions whose results come next: no more than so many, none once all were brought. */
  ungathered(limit: number): ChildPlace[] {
    return this.places(this.#gathered.next, limit);
  }

  /** What was brought together so far. */
  get outputs(): readonly Json[] {
    return this.#gathered.outputs;
  }

  /** Keeps what the next executions gave, up to the one that an item begins. */
  keep(outputs: readonly Json[], last: number): void {
    this.#gathered = { next: last + 1, outputs: [...this.#gathered.outputs, ...outputs] };
  }

  /** Where what its executions gave is written, if it is. */
  get target(): ResultTarget | undefined {
    return this.#begun.target;
  }

  /** How far that is; undefined before it has begun. */
  get writing(): StoredWriting | undefined {
    return this.#writing;
  }

  /** Goes on with the writing. */
  write(change: Partial<StoredWriting>): void {
    this.#writing = { ...(this.#writing ?? NOT_WRITTEN), ...change };
  }

  get at(): number {
    return this.#begun.at;
  }

  get label(): string {
    return this.#begun.label;
  }

  /** Executions that may run at once. */
  get limit(): number {
    return this.#limit;
  }

  get tolerance(): Tolerance {
    return this.#tolerance;
  }

  /** Other bounds hold from now on. */
  change({ limit = this.#limit, ...tolerance }: MapRunChange): void {
    this.#limit = limit;
    this.#tolerance = { ...this.#tolerance, ...tolerance };
  }

  /** Whether it ended with its execution, or failed, and is to be redriven before anything else. */
  get isCut(): boolean {
    return this.#isCut;
  }

  /** Its execution was redriven. */
  cut(): void {
    this.#isCut = true;
  }

  /** The same run with what has not succeeded to be done again, in a group of its own. */
  redriven(group: string, eventId: number, at: number): StoredMapRun {
    const {
      earlier = [],
      redrives,
      gathered,
      writing,
      failure,
      stoppedAt,
      ahead,
      isCut,
      ...run
    } = this.stored();
    const kept = (counts: Counts): Counts => ({ ...NO_COUNTS, succeeded: counts.succeeded });
    const reached = Math.max(stoppedAt ?? this.#next, this.#reached);
    const again: StoredMapRun = {
      ...run,
      ...{ group, eventId, next: 0, reached, ended: [], succeeded: [] },
      items: kept(this.#items),
      executions: kept(this.#executions),
      earlier: [...earlier, { group: this.group, succeeded: run.succeeded }],
      redrives: { count: this.redrives + 1, at },
    };
    const active = new MapRun(again);
    active.#skip();
    return active.stored();
  }

  get redrives(): number {
    return this.#begun.redrives?.count ?? 0;
  }

  /** When it was redriven last. */
  get redrivenAt(): number | undefined {
    return this.#begun.redrives?.at;
  }

  /** As it is kept between steps. */
  stored(): StoredMapRun {
    return {
      ...this.#begun,
      total: this.#total,
      ...(this.#given === undefined ? {} : { given: this.#given }),
      ...(this.#collection && { collection: this.#collection, ahead: this.#ahead.stored() }),
      ...{ next: this.#next, items: this.#items, executions: this.#executions },
      ...{ ended: this.#ended.stored(), succeeded: this.#succeeded.stored() },
      ...(this.#starts === undefined ? {} : { starts: this.#starts.stored() }),
      ...(this.#gathered.next === 0 ? {} : { gathered: this.#gathered }),
      ...{ limit: this.#limit, tolerance: this.#tolerance },
      ...(this.#writing === undefined ? {} : { writing: this.#writing }),
      ...(this.#failure === undefined ? {} : { failure: this.#failure }),
      ...(this.#stoppedAt === undefined ? {} : { stoppedAt: this.#stoppedAt }),
      ...(this.#isCut ? { isCut: true } : {}),
    };
  }

  /** Passes by what has succeeded before. */
  #skip(): void {
    while (this.#next < this.total && this.#hasSucceeded(this.#next)) this.#next += this.sizeOf(this.#next);
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

  /** How many items the execution has that begins with one. */
  sizeOf(first: number): number {
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
