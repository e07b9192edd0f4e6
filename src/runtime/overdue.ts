import type { Clock } from './clock.js';
import type { HeldJob } from './job-ends.js';
import { POLL_MS } from './sleep.js';

/** A job at work here, and when the store last heard that its handler is alive, by this process's clock. */
export interface TimedJob extends HeldJob {
  beatAt: number;
}

/**
 * Tells when a job at work here has taken too long, or was silent for too long. Workers look for that too, but one
 * that sleeps may have asked before the job began, and not ask again for POLL_MS: what has longer is left to them.
 */
export class Overdue {
  readonly #clock: Clock;
  readonly #tell: () => void;
  readonly #watched = new Set<TimedJob>();
  #looksAt = Number.POSITIVE_INFINITY;
  #cancel = () => {};

  constructor(clock: Clock, tell: () => void) {
    this.#clock = clock;
    this.#tell = tell;
  }

  /** Begins with a job, or anew where it has begun again or given a sign of life. */
  watch(timed: TimedJob): void {
    const at = overAt(timed);
    if (at - this.#clock.now() < POLL_MS) {
      this.#watched.add(timed);
      this.#lookAt(at);
    } else this.forget(timed);
  }

  forget(timed: TimedJob): void {
    if (this.#watched.delete(timed) && this.#watched.size === 0) this.#rest();
  }

  #lookAt(at: number): void {
    if (at >= this.#looksAt) return;
    this.#cancel();
    this.#looksAt = at;
    this.#cancel = this.#clock.after(at - this.#clock.now(), () => this.#look());
  }

  #rest(): void {
    this.#cancel();
    this.#looksAt = Number.POSITIVE_INFINITY;
  }

  #look(): void {
    this.#rest();
    const now = this.#clock.now();
    const over = [...this.#watched].filter((timed) => overAt(timed) <= now);
    for (const timed of over) this.#watched.delete(timed);
    // What had its time extended meanwhile is looked at again then.
    this.#lookAt(Math.min(...[...this.#watched].map(overAt)));
    if (over.length > 0) this.#tell();
  }
}

/**
 * By our clock, and not before the store has it so: that handed the job out before it reached us. Infinity where it
 * may take any time.
 */
function overAt({ job, beganAt, beatAt }: TimedJob): number {
  const { deadlineAt = Number.POSITIVE_INFINITY, heartbeatMs = Number.POSITIVE_INFINITY } = job;
  return Math.min(beganAt + deadlineAt - (job.startedAt ?? job.dueAt), beatAt + heartbeatMs);
}
