import type { ChildPlace } from '../../core/effect.js';
import type { Status } from '../../core/instance.js';
import type { Json } from '../../core/json.js';
import { StateFailure } from '../errors.js';
import type { Writable } from '../execution.js';
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
  readonly #run: Writable<StoredMapRun>;
  readonly #ended: BitSet;
  readonly #succeeded: BitSet;
  readonly #starts: BitSet | undefined;
  readonly #earlier: readonly { readonly group: string; readonly succeeded: BitSet }[];
  readonly #ahead: ReadAhead;

  constructor(stored: StoredMapRun) {
    this.#run = { ...stored };
    this.#ended = new BitSet(stored.ended);
    this.#succeeded = new BitSet(stored.succeeded);
    this.#starts = stored.starts && new BitSet(stored.starts);
    this.#earlier = (stored.earlier ?? []).map(({ group, succeeded }) => ({
      group,
      succeeded: new BitSet(succeeded),
    }));
    this.#ahead = new ReadAhead(stored.ahead ?? NOTHING_READ);
  }

  get group(): string {
    return this.#run.group;
  }

  get eventId(): number {
    return this.#run.eventId;
  }

  get total(): number {
    return this.#run.total;
  }

  set total(items: number) {
    this.#run.total = items;
  }

  get given(): readonly Json[] | undefined {
    return this.#run.given;
  }

  /** Its items are these, wherever they were to come from. */
  give(items: readonly Json[]): void {
    this.#run.given = items;
    this.#run.total = items.length;
  }

  get batch(): BatchBounds | undefined {
    return this.#run.batch;
  }

  /** Where its items are, once they are held in portions. */
  get collection(): StoredCollection | undefined {
    return this.#run.collection;
  }

  /** Its items are held elsewhere, so many of them in all. */
  collected(collection: StoredCollection, total: number): void {
    this.#run.collection = collection;
    this.#run.total = total;
  }

  /** An item that was brought; undefined where it was not, or is to be brought again. */
  item(index: number): Json | undefined {
    return this.#ahead.item(index);
  }

  /** Whether a batch may end where what was brought does. */
  get hasEnough(): boolean {
    return this.#ahead.isEnough(this.#run.collection?.portions ?? 0);
  }

  /** The portions to be brought next: as many as a batch may need, on the average of all items. */
  wanted(): ChildPlace[] {
    const { group = '', portions = 0 } = this.#run.collection ?? {};
    const batch = this.batch === undefined ? 1 : (this.batch.items ?? this.total);
    const want = this.batch === undefined ? 1 : Math.ceil((batch * portions) / this.total) + 1;
    return this.#ahead.ask(want, portions).map((index) => ({ group, index }));
  }

  /** Takes what was brought, and passes by what has begun. */
  take(portions: readonly (readonly Json[])[]): void {
    this.#ahead.take(portions);
    this.#ahead.passTo(this.#run.next);
  }

  /** By which the run is known, however often it is redriven. */
  get id(): string {
    return this.#earlier[0]?.group ?? this.group;
  }

  get items(): Counts {
    return this.#run.items;
  }

  get executions(): Counts {
    return this.#run.executions;
  }

  /** The first item of the execution to begin next; undefined while there is none, or no room for it. */
  get next(): number | undefined {
    const { next, total, executions, limit } = this.#run;
    return next < total && executions.running < limit ? next : undefined;
  }

  /** How many items that execution may have: what was given together once is given together again. */
  get room(): number {
    const { next, total, reached = 0 } = this.#run;
    return next < reached ? this.sizeOf(next) : total - next;
  }

  get isDone(): boolean {
    const { next, total, executions } = this.#run;
    return next >= total && executions.running === 0;
  }

  /** Whether more items have failed than may. */
  get isExceeded(): boolean {
    const { items, tolerance, total } = this.#run;
    return isExceeded(tolerance, items.failed + items.timedOut + items.aborted, total);
  }

  /** Counts the execution of so many of the next items. */
  begin(size: number): void {
    const first = this.#run.next;
    this.#starts?.add(first);
    this.#count('running', size);
    this.#run.next = first + size;
    this.#skip();
    this.#ahead.passTo(this.#run.next);
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
      if (running.length === Math.min(most, this.#run.executions.running)) break;
      if (this.#isRunning(first)) running.push(first);
    }
    for (const first of running) this.end(first, 'stopped');
    return running;
  }

  /** Why it fails; what is running is to be stopped, and nothing more begun. */
  get failure(): StateFailure | undefined {
    const { failure } = this.#run;
    return failure && StateFailure.of(failure);
  }

  fail(failure: StateFailure): void {
    this.#run.failure = failure.stored();
  }

  /** The next item, and those with it in one execution, will never begin. */
  passBy(size: number): void {
    this.#run.stoppedAt ??= this.#run.next;
    this.#run.next += size;
    this.#skip();
    this.#ahead.passTo(this.#run.next);
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
    return this.places(this.#run.gathered?.next ?? 0, limit);
  }

  /** What was brought together so far. */
  get outputs(): readonly Json[] {
    return this.#run.gathered?.outputs ?? [];
  }

  /** Keeps what the next executions gave, up to the one that an item begins. */
  keep(outputs: readonly Json[], last: number): void {
    this.#run.gathered = { next: last + 1, outputs: [...this.outputs, ...outputs] };
  }

  /** Where what its executions gave is written, if it is. */
  get target(): ResultTarget | undefined {
    return this.#run.target;
  }

  /** How far that is; undefined before it has begun. */
  get writing(): StoredWriting | undefined {
    return this.#run.writing;
  }

  /** Goes on with the writing. */
  write(change: Partial<StoredWriting>): void {
    this.#run.writing = { ...(this.#run.writing ?? NOT_WRITTEN), ...change };
  }

  get at(): number {
    return this.#run.at;
  }

  get label(): string {
    return this.#run.label;
  }

  /** Executions that may run at once. */
  get limit(): number {
    return this.#run.limit;
  }

  get tolerance(): Tolerance {
    return this.#run.tolerance;
  }

  /** Other bounds hold from now on. */
  change({ limit = this.#run.limit, ...tolerance }: MapRunChange): void {
    this.#run.limit = limit;
    this.#run.tolerance = { ...this.#run.tolerance, ...tolerance };
  }

  /** Whether it ended with its execution, or failed, and is to be redriven before anything else. */
  get isCut(): boolean {
    return this.#run.isCut === true;
  }

  /** Its execution was redriven. */
  cut(): void {
    this.#run.isCut = true;
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
    const reached = Math.max(stoppedAt ?? run.next, run.reached ?? 0);
    const again: StoredMapRun = {
      ...run,
      ...{ group, eventId, next: 0, reached, ended: [], succeeded: [] },
      items: kept(run.items),
      executions: kept(run.executions),
      earlier: [...earlier, { group: this.group, succeeded: run.succeeded }],
      redrives: { count: this.redrives + 1, at },
    };
    const active = new MapRun(again);
    active.#skip();
    return active.stored();
  }

  get redrives(): number {
    return this.#run.redrives?.count ?? 0;
  }

  /** When it was redriven last. */
  get redrivenAt(): number | undefined {
    return this.#run.redrives?.at;
  }

  /** As it is kept between steps. */
  stored(): StoredMapRun {
    return {
      ...this.#run,
      ...{ ended: this.#ended.stored(), succeeded: this.#succeeded.stored() },
      ...(this.#starts && { starts: this.#starts.stored() }),
      ...(this.#run.collection && { ahead: this.#ahead.stored() }),
    };
  }

  /** Passes by what has succeeded before. */
  #skip(): void {
    const run = this.#run;
    while (run.next < run.total && this.#hasSucceeded(run.next)) run.next += this.sizeOf(run.next);
  }

  #hasSucceeded(first: number): boolean {
    return this.#earlier.some(({ succeeded }) => succeeded.has(first));
  }

  #isRunning(first: number): boolean {
    const isFirst = this.#starts === undefined || this.#starts.has(first);
    return isFirst && first < this.#run.next && !this.#ended.has(first) && !this.#hasSucceeded(first);
  }

  /** The first items of the executions that have begun, none before `from`. */
  *#firsts(from = 0): Iterable<number> {
    for (let first = from; first < this.#run.next; first++) {
      if (this.#starts === undefined || this.#starts.has(first)) yield first;
    }
  }

  /** How many items the execution has that begins with one. */
  sizeOf(first: number): number {
    if (this.#starts === undefined) return 1;
    let end = first + 1;
    const { next, reached = 0 } = this.#run;
    const last = Math.max(next, reached);
    while (end < last && !this.#starts.has(end)) end++;
    return end - first;
  }

  #count(what: keyof Counts, size: number): void {
    const { items, executions } = this.#run;
    this.#run.items = { ...items, [what]: items[what] + size };
    this.#run.executions = { ...executions, [what]: executions[what] + Math.sign(size) };
  }
}
