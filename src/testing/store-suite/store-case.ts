import type { Store } from '../../store/store.js';

/** A store under test, empty at first, with what a test needs to move the world around it. */
export interface StoreHarness {
  readonly store: Store;
  /** The only clock that the store reads. */
  readonly clock: { now(): number; advance(ms: number): void };
  /** Another handle on the same data, as another process would have it. Absent where there is no such thing. */
  readonly second?: () => Promise<Store>;
  /** What a new process finds after this one died at this instant. Absent where nothing outlives a process. */
  readonly crash?: () => Promise<Store>;
}

/** One thing that every store must do. It throws (node:assert) where the store does not. */
export interface StoreCase {
  /** A sentence about the store. */
  readonly name: string;
  /**
   * What the case is about, where that is not every store's affair: a second process, a crash, or the memory
   * store as the reference, which says nothing about itself.
   */
  readonly needs?: Needed;
  readonly run: (harness: StoreHarness) => Promise<void>;
}

export type Needed = 'second' | 'crash' | 'reference';
