import { JOB_ERRORS, type JobEnd } from '../core/job.js';
import { type Json, toJson, utf8Length } from '../core/json.js';
import { LEASE_MS, MAX_CAUSE_LENGTH, MAX_ID_LENGTH, MAX_PAYLOAD_BYTES } from '../core/limits.js';
import { thrown } from '../core/thrown.js';
import type { ClaimedJob, JobLease, Store } from '../store/store.js';
import { Alarm } from './alarm.js';
import { type Clock, pause } from './clock.js';
import type { Registry } from './registry.js';
import { blamable } from './stray-error.js';
import { POLL_MS, RETRY_MS } from './worker.js';

/** Handlers that one process runs at once; one whose job was taken from it no longer counts. */
export const JOB_CONCURRENCY = 100;

const EXTEND_EVERY_MS = LEASE_MS / 3;

/** How long heartbeats are gathered before they are written. */
export const BEAT_MS = 50;

export interface JobRunnerOptions {
  readonly store: Store;
  readonly registry: Registry;
  readonly clock: Clock;
  readonly identity: string;
  readonly concurrency?: number;
  /** Take every job, and fail at once those that no handler is here for (rule 9: dev and run only). */
  readonly failMissing?: boolean;
  readonly note?: (instance: string) => void;
  readonly onError?: (error: unknown) => void;
}

interface Running {
  /** Replaced where its lease was lost and came back to us. */
  job: ClaimedJob;
  readonly abort: AbortController;
  beat: boolean;
}

/**
 * Claims jobs and runs their handlers, beside the worker and independent of it. It renews its leases while it
 * lives; a job whose lease was lost is aborted here and goes on elsewhere under the same id (rule 7).
 */
export class JobRunner {
  readonly #options: JobRunnerOptions;
  readonly #alarm: Alarm;
  readonly #unsubscribe: () => void;
  /** What runs here and is ours, by job: not a handler that goes on after its signal. */
  readonly #running = new Map<string, Running>();
  readonly #settling = new Set<Promise<void>>();
  #open = true;
  /** What still runs was told to stop. */
  #aborted = false;
  #stopExtending = () => {};
  #extendedAt: number;
  #beating = false;
  #finished: Promise<void> = Promise.resolve();

  constructor(options: JobRunnerOptions) {
    this.#options = options;
    this.#extendedAt = options.clock.now();
    this.#alarm = new Alarm(options.clock);
    this.#unsubscribe = options.store.onChange(() => this.#alarm.ring());
  }

  start(): void {
    this.#stopExtending = this.#extendWhileAlive();
    this.#finished = this.#run();
  }

  /**
   * Claims nothing more, lets what runs finish for `drainMs`, then aborts it, waits for that at most `graceMs`,
   * and gives the rest back. It renews its leases to the end.
   */
  async stop(graceMs: number, drainMs = 0): Promise<void> {
    this.#open = false;
    this.#alarm.ring();
    await this.#finished;
    if (drainMs > 0) await this.#settled(drainMs);
    this.#aborted = true;
    for (const { abort } of this.#running.values()) abort.abort(new Error('the process is stopping'));
    await this.#settled(graceMs);
    this.#stopExtending();
    await this.#giveBack([...this.#running.values()].map(({ job }) => job));
    this.#unsubscribe();
  }

  /** Waits for what runs, at most so long. */
  async #settled(limitMs: number): Promise<void> {
    let cancel = () => {};
    const limit = new Promise<void>((resolve) => {
      cancel = this.#options.clock.after(limitMs, resolve);
    });
    await Promise.race([Promise.allSettled(this.#settling), limit]);
    cancel();
  }

  async #run(): Promise<void> {
    while (this.#open) {
      try {
        const jobs = await this.#claim();
        if (this.#open) for (const job of jobs) this.#begin(job);
        else await this.#giveBack(jobs);
        if (this.#open && jobs.length === 0) await this.#sleep();
      } catch (error) {
        this.#options.onError?.(error);
        if (this.#open) await pause(this.#options.clock, RETRY_MS);
      }
    }
  }

  async #claim(): Promise<readonly ClaimedJob[]> {
    const { store, clock, identity, concurrency = JOB_CONCURRENCY } = this.#options;
    // A process that stood still renews what it has before it takes its own jobs for abandoned ones.
    if (clock.now() - this.#extendedAt > EXTEND_EVERY_MS * 2) await this.#extend();
    const limit = concurrency - this.#running.size;
    if (limit <= 0) return [];
    return store.claimJobs({ worker: identity, limit, leaseMs: LEASE_MS, ...this.#names() });
  }

  /** The names to ask for; none given means every job. */
  #names(): { names?: readonly string[] } {
    return this.#options.failMissing ? {} : { names: this.#options.registry.handlerNames };
  }

  async #sleep(): Promise<void> {
    const { store, concurrency = JOB_CONCURRENCY } = this.#options;
    let pause = POLL_MS;
    if (this.#running.size < concurrency) {
      const due = await store.nextDue({ definitions: [], ...this.#names() });
      if (due !== undefined) pause = Math.min(POLL_MS, Math.max(1, due - (await store.now())));
    }
    await this.#alarm.wait(pause);
  }

  #begin(job: ClaimedJob): void {
    const before = this.#running.get(job.id);
    if (before !== undefined) {
      // It was lost while its handler went on here, and is ours again: once is enough.
      before.job = job;
      return;
    }
    const running: Running = { job, abort: new AbortController(), beat: false };
    this.#running.set(job.id, running);
    const settled = this.#carryOut(running).finally(() => {
      if (this.#running.get(job.id) === running) this.#running.delete(job.id);
      this.#settling.delete(settled);
      this.#alarm.ring();
    });
    this.#settling.add(settled);
  }

  async #carryOut(running: Running): Promise<void> {
    const end = await this.#end(running);
    // While the process stops, a handler that gave up on our signal has not failed: the job goes on elsewhere.
    if (this.#aborted && running.abort.signal.aborted && end.status === 'failed')
      return this.#giveBack([running.job]);
    while (true) {
      const { job } = running;
      try {
        const [result] = await this.#options.store.endJobs([{ id: job.id, token: job.token, end }]);
        if (result === 'ended' || running.job === job) return;
      } catch (error) {
        this.#options.onError?.(error);
        if (this.#aborted) return;
        await pause(this.#options.clock, RETRY_MS);
      }
    }
  }

  /** Best effort: where it fails, the leases run out by themselves. */
  async #giveBack(left: readonly ClaimedJob[]): Promise<void> {
    if (left.length === 0) return;
    const leases = left.map(({ id, token }) => ({ id, token }));
    await this.#options.store.releaseJobs(leases).catch(() => {});
  }

  async #end(running: Running): Promise<JobEnd> {
    const { job, abort } = running;
    const { registry, note } = this.#options;
    const handler = registry.handler(job.name);
    if (handler === undefined) {
      return failed(JOB_ERRORS.handlerMissing, `there is no handler "${job.name}" here`);
    }
    const resource = job.name;
    // Whoever is to blame: the instance where there is one.
    const owner = job.instance ?? job.id;
    const context = {
      jobId: job.id,
      resource,
      ...(job.instance === undefined ? {} : { instance: job.instance }),
      attempt: job.attempts,
      signal: abort.signal,
      heartbeat: () => this.#beat(running),
    };
    try {
      const result = await new Promise((resolve, reject) => {
        const fail = (error: unknown) => {
          reject(error);
          abort.abort(new Error('the job has failed'));
        };
        note?.(owner);
        const returned = blamable({ instance: owner, resource, fail }, async () =>
          handler(JSON.parse(job.input) as Json, context),
        );
        // What blocks the process has happened by now; what is awaited blocks nobody.
        note?.('');
        returned.then(resolve, reject);
      });
      return resultEnd(resource, result);
    } catch (error) {
      return thrownEnd(error);
    }
  }

  /** Beats of many handlers travel together, soon enough for the shortest heartbeat worth asking for. */
  #beat(running: Running): void {
    running.beat = true;
    if (this.#beating) return;
    this.#beating = true;
    this.#options.clock.after(BEAT_MS, () => {
      this.#beating = false;
      this.#extend().catch(() => {});
    });
  }

  #extendWhileAlive(): () => void {
    const { clock } = this.#options;
    let cancel = () => {};
    const tick = () => {
      this.#extend().catch(() => {});
      cancel = clock.after(EXTEND_EVERY_MS, tick);
    };
    cancel = clock.after(EXTEND_EVERY_MS, tick);
    return () => cancel();
  }

  async #extend(): Promise<void> {
    this.#extendedAt = this.#options.clock.now();
    if (this.#running.size === 0) return;
    const asked = [...this.#running.values()].map((running) => ({ running, lease: leaseOf(running) }));
    let lost: ReadonlySet<string>;
    try {
      const leases = asked.map(({ lease }) => lease);
      lost = new Set(await this.#options.store.extendJobs(leases, LEASE_MS));
    } catch (error) {
      // A beat is not lost with the call that carried it.
      for (const { running, lease } of asked) running.beat ||= lease.beat;
      throw error;
    }
    for (const { running, lease } of asked) {
      if (lost.has(lease.id) && lease.token === running.job.token) this.#letGo(running);
    }
  }

  /** Tells a handler that its job is no longer ours. Whether it listens or not, its place is free. */
  #letGo(running: Running): void {
    const { job, abort } = running;
    if (this.#running.get(job.id) === running) this.#running.delete(job.id);
    abort.abort(new Error('the job is no longer ours'));
    this.#alarm.ring();
  }
}

/** The lease to renew, and what is to be told with it, which is then told. */
function leaseOf(running: Running): Required<JobLease> {
  const { job, beat } = running;
  running.beat = false;
  return { id: job.id, token: job.token, beat };
}

function failed(error: string, cause: string): JobEnd {
  return { status: 'failed', error: error.slice(0, MAX_ID_LENGTH), cause: cause.slice(0, MAX_CAUSE_LENGTH) };
}

function resultEnd(name: string, result: unknown): JobEnd {
  const checked = toJson(result);
  if ('problem' in checked) {
    const { path, message } = checked.problem;
    return failed(
      JOB_ERRORS.resultNotJson,
      `${name} returned something that is not JSON: ${message} at "${path}"`,
    );
  }
  const output = JSON.stringify(checked.value);
  if (utf8Length(output) > MAX_PAYLOAD_BYTES) {
    return failed(JOB_ERRORS.resultTooLarge, `${name} returned more than ${MAX_PAYLOAD_BYTES} bytes`);
  }
  return { status: 'completed', output };
}

function thrownEnd(error: unknown): JobEnd {
  const { name, message } = thrown(error);
  return failed(name, message);
}
