/**
 * When to look again. It never decides whether something is due: that is the store's clock. Handed in, so that
 * a simulation can run a day in a millisecond.
 */
export interface Clock {
  /** Milliseconds; only differences mean anything. */
  now(): number;
  /** Runs `action` once after `ms`; returns what cancels it. */
  after(ms: number, action: () => void): () => void;
}

/** The longest delay that setTimeout takes without firing at once. */
const MAX_TIMEOUT_MS = 2_147_483_647;

/** Resolves after `ms`. */
export async function pause(clock: Clock, ms: number): Promise<void> {
  await new Promise<void>((resolve) => clock.after(ms, resolve));
}

export const systemClock: Clock = {
  now: () => performance.now(),
  after(ms, action) {
    const timer = setTimeout(action, Math.min(Math.max(0, ms), MAX_TIMEOUT_MS));
    return () => clearTimeout(timer);
  },
};
