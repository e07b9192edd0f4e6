import type { ClaimedJob, NewJob } from '../../../core/job.js';
import type { ClaimJobsQuery } from '../../store.js';
import type { Acceptance } from '../accept.js';
import type { Holder } from '../leases.js';
import { type Gates, gates } from './queues.js';

/** Jobs that are handed to the one who commits them, instead of waiting in their queues until somebody claims them. */
export class Taking {
  readonly taken: ClaimedJob[] = [];
  readonly #query: ClaimJobsQuery;
  readonly #gates: Gates;
  readonly #now: number;
  readonly #holder: Holder;

  constructor({ database, random, now }: Acceptance, query: ClaimJobsQuery) {
    this.#query = query;
    this.#gates = gates(database);
    this.#now = now;
    this.#holder = { token: random(), worker: query.worker, leaseUntil: now + query.leaseMs };
  }

  get worker(): string {
    return this.#query.worker;
  }

  /** Who holds a job that is about to be added; undefined if it has to wait. */
  holderOf({ name, queue, deadlineAt }: NewJob): Holder | undefined {
    const { limit, names, queues } = this.#query;
    if (this.taken.length >= limit || deadlineAt <= this.#now) return undefined;
    if (names?.includes(name) === false || queues?.includes(queue) === false) return undefined;
    const { paused, free } = this.#gates;
    return paused.has(queue) || free.has(queue) ? undefined : this.#holder;
  }
}
