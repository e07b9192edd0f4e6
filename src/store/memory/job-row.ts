import type { Job } from '../../core/job.js';
import type { EndJobResult } from '../store.js';

/** A job, and who holds it. `job` is replaced at every change, never changed in place. */
export interface JobRow {
  readonly seq: number;
  /** Of a plain job. */
  readonly hash: string | undefined;
  job: Job;
  token: string | undefined;
  /** The token that last ended it, or gave it up for another attempt, and what was answered. */
  endedBy: { readonly token: string; readonly result: EndJobResult } | undefined;
  leaseUntil: number | undefined;
  beatAt: number | undefined;
  /** Kept by `settle`. */
  expiresAt: number;
  /** Where it stands in its lane, and among those that expire. */
  place: number;
  openPlace: number;
}
