import type { Json } from '../../core/json.js';
import type { StoredFailure } from '../errors.js';
import type { ResultTarget, StoredWriting } from '../result-writer/stored-writing.js';
import type { StoredBits } from './bit-set.js';
import type { StoredReadAhead } from './read-ahead.js';
import type { Tolerance } from './tolerance.js';

/**
 * How far a distributed Map is. What its executions were given and what they gave is theirs alone: this is numbers,
 * and a few bits for each item. An execution is known by its first item, which is its place in its group.
 */
export interface StoredMapRun {
  /** The effect that its executions are a group of: `<instance>/<group>/<first item>`. */
  readonly group: string;
  /** The MapRunStarted, or MapRunRedriven, that its line of events goes on from. */
  readonly eventId: number;
  /** By which its executions are named. */
  readonly label: string;
  /** When it began, milliseconds since 1970. */
  readonly at: number;
  /** Items in all. */
  readonly total: number;
  /** Executions that may run at once. */
  readonly limit: number;
  readonly tolerance: Tolerance;
  /** The items, where they cannot be found again in the state's input. */
  readonly given?: readonly Json[];
  /** How many items an execution may be given, where that may be more than one. */
  readonly batch?: BatchBounds;
  /** Where its items are, where they are too many to be kept here, or were read. */
  readonly collection?: StoredCollection;
  /** Those of them that are here. */
  readonly ahead?: StoredReadAhead;
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
  readonly redrives?: { readonly count: number; readonly at: number };
  /** Its execution was redriven, and it is to be once its state is gone on with: one event may not come to all of them. */
  readonly isCut?: true;
  /** What was brought together so far of what they gave: of all items before `next`. */
  readonly gathered?: { readonly next: number; readonly outputs: readonly Json[] };
  /** Where what they gave is written, where it is, and how far that is. */
  readonly target?: ResultTarget;
  readonly writing?: StoredWriting;
  /** Why it fails, while what is running is stopped and what came of it is written. */
  readonly failure?: StoredFailure;
  /** Then all items before this one had begun: the others are passed by. */
  readonly stoppedAt?: number;
}

/**
 * Items that are too many to be kept in the state of an execution, in portions: each is an execution of its own, which
 * only holds it, so that one of them is brought without the others. They are known by their group and their place in it.
 */
export interface StoredCollection {
  readonly group: string;
  readonly portions: number;
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

export const NO_COUNTS: Counts = { running: 0, succeeded: 0, failed: 0, timedOut: 0, aborted: 0 };

/** What a Map run begins with. */
export type NewMapRun = Pick<
  StoredMapRun,
  'group' | 'eventId' | 'label' | 'at' | 'total' | 'limit' | 'tolerance' | 'given' | 'batch' | 'target'
>;

export function newMapRun(run: NewMapRun): StoredMapRun {
  return {
    ...run,
    ...{ next: 0, items: NO_COUNTS, executions: NO_COUNTS, ended: [], succeeded: [] },
    ...(run.batch === undefined ? {} : { starts: [] }),
  };
}
