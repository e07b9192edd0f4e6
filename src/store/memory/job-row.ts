import type { Job } from '../../core/job.js';

/** A job, and who holds it. `job` is replaced at every change, never changed in place. */
export interface JobRow {
  readonly seq: number;
  /** Of a plain job. */
  readonly hash: string | undefined;
  job: Job;
  token: string | undefined;
  leaseUntil: number | undefined;
  beatAt: number | undefined;
  /** Kept by `settle`. */
  expiresAt: number;
  /** Where it stands in its lane, and among those that expire. */
  place: number;
  openPlace: number;
}
