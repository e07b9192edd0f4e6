import type { Duration } from '../core/duration.js';
import { given } from '../core/given.js';
import type { ClaimedJob, Job, JobEnd } from '../core/job.js';
import type { Json } from '../core/json.js';
import { MAX_DELAY_MS } from '../core/limits.js';
import { Refused } from '../core/problem.js';
import type {
  ActivityClaimOptions,
  ActivityTask,
  EnqueuedJob,
  EnqueueOptions,
  JobClaimOptions,
  JobFailure,
  QueueStatistics,
} from '../core/queue.js';
import { writeTaskToken } from '../core/task-token.js';
import type { ClaimJobsQuery, JobChange, Store } from '../store/store.js';
import { Alarm } from './alarm.js';
import type { Clock } from './clock.js';
import { newId } from './identifier.js';
import {
  checkedClaim,
  checkedConcurrency,
  checkedFailure,
  checkedLease,
  newPlainJob,
  refuseQueue,
} from './job-request.js';
import { checkedPayload } from './request.js';
import { untilDue } from './sleep.js';

/**
 * Who claims for workers that are no part of this process. They have no name of their own in the store: only
 * their leases tell whether they live.
 */
const REMOTE_WORKER = 'remote';

/** How long who waits for a job sleeps at least, unless woken, in milliseconds. */
const LEAST_PAUSE_MS = 20;

/** Plain jobs and their queues, and jobs in the hands of other processes: an Engine's part of both. */
export class JobQueue {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #closing: AbortSignal;

  /** Whoever waits for a job is let go when `closing` says so. */
  constructor(store: Store, clock: Clock, closing: AbortSignal) {
    this.#store = store;
    this.#clock = clock;
    this.#closing = closing;
  }

  async enqueue(name: string, options: EnqueueOptions): Promise<EnqueuedJob> {
    const job = newPlainJob(options.id ?? newId(), name, options);
    const [result] = await this.#store.enqueue([job]);
    if (result === 'conflict') {
      const message = `job "${job.id}" exists already, with another name, input or options`;
      throw new Refused({ code: 'conflict', message, path: '/id' });
    }
    return { ...(await this.#existing(job.id)), duplicate: result === 'exists' };
  }

  async cancel(id: string): Promise<Job> {
    const change = await this.#store.cancelJob(id);
    return this.#changed(id, change, 'cancelled', 'only pending and processing jobs can be');
  }

  async retry(id: string): Promise<Job> {
    const change = await this.#store.retryJob(id);
    return this.#changed(id, change, 'retried', 'only failed and cancelled jobs can be');
  }

  queues(): Promise<readonly QueueStatistics[]> {
    return this.#store.queues();
  }

  async limit(queue: string, concurrency: number | null): Promise<void> {
    refuseQueue(queue);
    await this.#store.limitQueue(queue, checkedConcurrency(concurrency));
  }

  async claim({ signal, ...options }: JobClaimOptions): Promise<readonly ClaimedJob[]> {
    const { waitMs, ...query } = checkedClaim(options);
    return this.#claim(query, waitMs, signal);
  }

  /** Nobody else gets the task, however long its worker takes: only its own timeouts say when that is too long. */
  async claimActivity(
    activity: string,
    { signal, wait }: ActivityClaimOptions,
  ): Promise<ActivityTask | undefined> {
    const { waitMs, ...query } = checkedClaim({ names: [activity], ...given({ wait }) });
    const [job] = await this.#claim({ ...query, leaseMs: MAX_DELAY_MS }, waitMs, signal);
    if (job === undefined) return undefined;
    const token = writeTaskToken({ job: job.id, lease: job.token });
    return { token, input: JSON.parse(job.input) as Json };
  }

  async #claim(
    query: Omit<ClaimJobsQuery, 'worker'>,
    waitMs: number,
    signal: AbortSignal | undefined,
  ): Promise<readonly ClaimedJob[]> {
    const deadline = this.#clock.now() + waitMs;
    const alarm = new Alarm(this.#clock);
    const ring = () => alarm.ring();
    const ends = [this.#closing, ...(signal === undefined ? [] : [signal])];
    const unsubscribe = this.#store.onChange(ring);
    for (const end of ends) end.addEventListener('abort', ring);
    try {
      while (true) {
        if (ends.some(({ aborted }) => aborted)) return [];
        const claimed = await this.#store.claimJobs({ worker: REMOTE_WORKER, ...query });
        if (signal?.aborted === true) {
          // Whoever waited is gone, and nobody would answer for them.
          await this.#store.releaseJobs(claimed);
          return [];
        }
        const left = deadline - this.#clock.now();
        if (claimed.length > 0 || left <= 0) return claimed;
        await alarm.wait(Math.min(left, await this.#pauseMs(query)));
      }
    } finally {
      unsubscribe();
      for (const end of ends) end.removeEventListener('abort', ring);
    }
  }

  async heartbeat(id: string, token: string, lease: Duration | undefined): Promise<void> {
    const [lost] = await this.#store.extendJobs([{ id, token, beat: true }], checkedLease(lease));
    if (lost !== undefined) throw await this.#lost(id);
  }

  complete(id: string, token: string, output: Json | undefined): Promise<Job> {
    const checked = checkedPayload(output, 'the output');
    return this.#end(id, token, { status: 'completed', output: JSON.stringify(checked) });
  }

  fail(id: string, token: string, failure: JobFailure): Promise<Job> {
    return this.#end(id, token, checkedFailure(failure));
  }

  async #end(id: string, token: string, end: JobEnd): Promise<Job> {
    const [result] = await this.#store.endJobs([{ id, token, end }]);
    if (result === 'lost') throw await this.#lost(id);
    return this.#existing(id);
  }

  /**
   * How long to wait for what nothing tells of: a delay that is over, a lease that ran out. Not one moment, though:
   * what is overdue and was not to be had waits for someone else, an end that a worker writes.
   */
  async #pauseMs(query: { readonly names?: readonly string[]; readonly queues?: readonly string[] }) {
    return Math.max(LEAST_PAUSE_MS, await untilDue(this.#store, { ...query, definitions: [] }));
  }

  async #existing(id: string): Promise<Job> {
    const job = await this.#store.job(id);
    if (job === undefined) throw unknownJob(id);
    return job;
  }

  async #changed(id: string, change: JobChange, done: string, rule: string): Promise<Job> {
    if (change === 'unknown') throw unknownJob(id);
    const job = await this.#existing(id);
    if (change === 'changed') return job;
    const isOwned = change === 'owned';
    const message = isOwned
      ? `job "${id}" belongs to instance "${job.instance}", which alone decides what becomes of it`
      : `job "${id}" is ${job.status} and cannot be ${done}: ${rule}`;
    throw new Refused({ code: isOwned ? 'job-owned' : 'job-state', message, path: '' });
  }

  async #lost(id: string): Promise<Refused> {
    const { status } = await this.#existing(id);
    const message = `job "${id}" is no longer held with this token: it is ${status}`;
    const hint = 'it ended, was cancelled, took too long, or was handed out again; stop working on it';
    return new Refused({ code: 'lease-lost', message, path: '', hint });
  }
}

function unknownJob(id: string): Refused {
  return new Refused({ code: 'unknown-job', message: `there is no job "${id}"`, path: '' });
}
