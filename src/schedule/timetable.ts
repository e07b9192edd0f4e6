/** When a schedule is due: an increasing, possibly endless row of instants in milliseconds since 1970. */
export interface Timetable {
  /** The first time later than an instant; undefined if there is none. */
  after(instant: number): number | undefined;
  /** The last time not later than an instant; undefined if there is none. */
  upTo(instant: number): number | undefined;
  /** How many times there are from `from` to before `to`: `max` if there are as many or more. */
  count(from: number, to: number, max: number): number;
}

/**
 * Every so many milliseconds of elapsed time, counted from an anchor in both directions: it never drifts.
 *
 * @example
 * interval(60_000, 5_000).after(5_000); // => 65000
 * interval(60_000, 5_000).upTo(64_999); // => 5000
 * interval(60_000, 0).count(0, 180_001, 100); // => 4
 */
export function interval(everyMs: number, anchor: number): Timetable {
  const index = (instant: number) => Math.floor((instant - anchor) / everyMs);
  const upTo = (instant: number) => anchor + index(instant) * everyMs;
  return {
    after: (instant) => upTo(instant) + everyMs,
    upTo,
    count: (from, to, max) => Math.max(0, Math.min(max, index(to - 1) - index(from - 1))),
  };
}

/** Those times of a timetable that are in a span: from `from` on, and before `until`. */
export function within(whole: Timetable, { from = 0, until = Number.POSITIVE_INFINITY }: Span): Timetable {
  const inside = (time: number | undefined) =>
    time !== undefined && time >= from && time < until ? time : undefined;
  return {
    after: (instant) => inside(whole.after(Math.max(instant, from - 1))),
    upTo: (instant) => inside(whole.upTo(Math.min(instant, until - 1))),
    count: (first, last, max) => whole.count(Math.max(first, from), Math.min(last, until), max),
  };
}

export interface Span {
  readonly from?: number;
  readonly until?: number;
}
