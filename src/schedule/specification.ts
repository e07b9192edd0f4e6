import type { Json } from '../core/json.js';

/**
 * What a schedule does and when: the input of its start, and the data of its `update`. Exactly one of `cron`
 * and `every`, and exactly one of `start` and `send`. Durations are texts (`15m`) or milliseconds, instants
 * RFC 3339 with an offset (`2026-12-01T00:00:00Z`).
 */
export interface Specification {
  /** Five or six fields, or a nickname such as `@daily`. */
  readonly cron?: string;
  /** An interval of elapsed time, counted from `from`, else from 1970. */
  readonly every?: string | number;
  /** The IANA name of the zone that `cron` is read in; UTC if absent. */
  readonly timeZone?: string;
  /** Moves an interval's times; shorter than the interval. */
  readonly offset?: string | number;
  /** Each firing is delayed by chance, at most this long and never to the next time or beyond. */
  readonly jitter?: string | number;
  readonly start?: StartAction;
  readonly send?: SendAction;
  /** What to do when the run before has not ended; `skip` if absent. Not with `send`. */
  readonly overlap?: Overlap;
  /** What to do about times that passed while nothing could fire; `last` if absent. */
  readonly catchUp?: CatchUp;
  /** How late a firing may be to be caught up; a day if absent. Not with `catchUp: none`. */
  readonly catchUpWindow?: string | number;
  /** No firing before it. */
  readonly from?: string;
  /** No firing at it or after it. */
  readonly until?: string;
  /** The schedule ends after so many firings; those by `trigger` do not count. */
  readonly limit?: number;
  readonly paused?: boolean;
}

/** A run of a machine, which is an instance of its own. */
export interface StartAction {
  readonly machine: string;
  /** As it stands; if absent, the firing: `{ schedule, scheduledAt, triggered }`. */
  readonly input?: Json;
  /** The key of `input`, then an object, that the firing is put under. */
  readonly stamp?: string;
}

/** A signal to an instance. */
export interface SendAction {
  readonly to: string;
  readonly type: string;
  /** As it stands; if absent, the firing. */
  readonly data?: Json;
  readonly stamp?: string;
}

export const OVERLAPS = ['skip', 'allow', 'queue', 'replace'] as const;

export type Overlap = (typeof OVERLAPS)[number];

export const CATCH_UPS = ['none', 'last', 'all'] as const;

export type CatchUp = (typeof CATCH_UPS)[number];
