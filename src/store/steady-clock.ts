/** How far the system's clock may step back before the store follows it, in milliseconds. */
export const MAX_STEP_BACK_MS = 5_000;

/**
 * A clock that stands still where the one beneath it steps back a little, as clocks do that are kept in time:
 * messages are ordered by their arrival (rule 4). A long way back was somebody's wish, and is followed:
 * better a message out of order than an hour of silence.
 *
 * @example
 * const times = [1_000, 990, 1_001];
 * const now = steadyClock(() => times.shift() ?? 0);
 * [now(), now(), now()]; // => [1000, 1000, 1001]
 */
export function steadyClock(clock: () => number): () => number {
  let last = Number.NEGATIVE_INFINITY;
  return () => {
    const time = clock();
    last = last - time > MAX_STEP_BACK_MS ? time : Math.max(last, time);
    return last;
  };
}
