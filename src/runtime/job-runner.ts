import { given } from '../core/given.js';
import { ISOLATED_DELIVERIES, LEASE_MS, MAX_BATCH_INSTANCES } from '../core/limits.js';
import type { ClaimedJob, ClaimJobsQuery, JobLease, Store } from '../store/store.js';
import { Alarm } from './alarm.js';
import { Answering } from './answering.js';
import { type Clock, pause } from './clock.js';
import { Handover, type JobIntake } from './handover.js';
import { attempt } from './job-attempt.js';
import { JobEnds } from './job-ends.js';
import { Overdue, type TimedJob } from './overdue.js';
import type { Registry } from './registry.js';
import { POLL_MS, sleepUntilDue } from './sleep.js';
import { RETRY_MS } from './worker.js';

/** Handlers that one process runs at once; one whose job was taken from it no longer counts. */
export const JOB_CONCURRENCY = 100;

const EXTEND_EVERY_MS = LEASE_MS / 3;

/**
 * Places are filled together: as soon as this share of them is free, or all are, or some were for so long, in
 * milliseconds. A claim for each would cost more than the jobs.
 */
const CLAIM_SHARE = 0.25;
const GATHER_MS = 10;

/** How long heartbeats are gathered before they are written. */
export const BEAT_MS = 50;

export interface JobRunnerOptions {
  readonly store: Store;
  readonly registry: Registry;
  readonly clock: Clock;
  readonly identity: string;
  readonly concurrency?: number;
  /** The queues to serve; all if absent. */
  readonly queues?: readonly string[];
  /** Fail at once what the machines here ask for and no handler is here for (rule 9: dev and run only). */
  readonly failMissing?: boolean;
  /** Tasks that are left to workers elsewhere, whether there is a handler here or not. */
  readonly remote?: readonly string[];
  readonly note?: (instance: string) => void;
  readonly onError?: (error: unknown) => void;
}

interface Running extends TimedJob {
  readonly abort: AbortController;
  beat: boolean;
  /** Its handler is done, and its end is on its way to the store. */
  isOver: boolean;
}

/**
 * Claims jobs and runs their handlers, beside the worker and independent of it. It renews its leases while it
 * lives; a job whose lease was lost is aborted here and goes on elsewhere under the same id (rule 7).
 */
export class JobRunner implements JobIntake {
  /** Where turns are committed that may make jobs for it. */
  readonly handover: Handover;
  readonly #options: JobRunnerOptions;
  readonly #alarm: Alarm;
  readonly #unsubscribe: () => void;
  readonly #ends: JobEnds;
  readonly #overdue: Overdue;
  /** What is ours, by job, until its end is written: not a handler that goes on after its signal. */
  readonly #running = new Map<string, Running>();
  /** How many of them have a handler at work. */
  #busy = 0;
  /** Places that are kept for what is handed over by a commit under way. */
  #reserved = 0;
  /** The last claim took all that there was, and nobody has told of more since. */
  #drained = false;
  /** It waits for a place, and nobody asked meanwhile when something is due. */
  #isFull = false;
  #claimedAt = Number.NEGATIVE_INFINITY;
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
    this.handover = new Handover(options.store, this);
    const answering = new Answering(options, this.handover);
    this.#ends = new JobEnds(options.store, answering, options.clock, options.onError);
    this.#overdue = new Overdue(options.clock, () => {
      this.#expire().catch(() => {});
    });
    this.#unsubscribe = options.store.onChange(({ jobs }) => {
      if (jobs) this.#more();
    });
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
    this.#ends.giveUp();
    for (const { abort } of this.#running.values()) abort.abort(new Error('the process is stopping'));
    await this.#settled(graceMs);
    this.#stopExtending();
    const left = [...this.#running.values()].filter(({ isOver }) => !isOver);
    for (const running of left) this.#overdue.forget(running);
    await this.#giveBack(left.map(({ job }) => job));
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
        await this.#fill();
      } catch (error) {
        this.#options.onError?.(error);
        if (this.#open) await pause(this.#options.clock, RETRY_MS);
      }
    }
  }

  /** Fills the places that are free, or waits until there is something to fill them with. */
  async #fill(): Promise<void> {
    const free = this.#free();
    const gatherMs = this.#gatherMs(free);
    if (gatherMs > 0) {
      this.#isFull = free === 0;
      await this.#alarm.wait(gatherMs);
      this.#isFull = false;
      return;
    }
    // Beforehand: what is told of while it is asked may be missing from the answer.
    this.#drained = true;
    const jobs = await this.#claim(free);
    if (jobs.length >= free) this.#drained = false;
    if (!this.#open) return this.#giveBack(jobs);
    for (const job of jobs) this.#start(job);
    if (jobs.length < free) await this.#sleep();
  }

  /** Something may be there to claim. */
  #more(): void {
    this.#drained = false;
    this.#alarm.ring();
  }

  /** A place is free: of use to a claim only where there may be something to claim. */
  #placeFree(): void {
    if (!this.#drained || this.#isFull || !this.#open) this.#alarm.ring();
  }

  reserve(most: number): ClaimJobsQuery | undefined {
    const limit = Math.min(most, this.#free());
    if (!this.#open || !this.#drained || limit === 0) return undefined;
    this.#reserved += limit;
    return this.#query(limit);
  }

  begin({ limit }: ClaimJobsQuery, jobs: readonly ClaimedJob[]): void {
    this.#reserved -= limit;
    if (!this.#open) void this.#giveBack(jobs);
    else for (const job of jobs) this.#start(job);
    if (jobs.length < limit) this.#placeFree();
  }

  #free(): number {
    const { concurrency = JOB_CONCURRENCY } = this.#options;
    // What has ended needs no place; but where the store falls behind with the ends, nothing more is begun.
    const free = Math.min(concurrency - this.#busy, 2 * concurrency - this.#running.size);
    return Math.max(0, free - this.#reserved);
  }

  /** How long to wait for more places before the free ones are filled. */
  #gatherMs(free: number): number {
    const { concurrency = JOB_CONCURRENCY, clock } = this.#options;
    if (free === 0) return POLL_MS;
    if (this.#busy === 0 || free >= concurrency * CLAIM_SHARE) return 0;
    return Math.max(0, this.#claimedAt + GATHER_MS - clock.now());
  }

  async #claim(limit: number): Promise<readonly ClaimedJob[]> {
    const { store, clock } = this.#options;
    // A process that stood still renews what it has before it takes its own jobs for abandoned ones.
    if (clock.now() - this.#extendedAt > EXTEND_EVERY_MS * 2) await this.#extend();
    this.#claimedAt = clock.now();
    return store.claimJobs(this.#query(limit));
  }

  #query(limit: number): ClaimJobsQuery {
    return { worker: this.#options.identity, limit, leaseMs: LEASE_MS, ...this.#lanes() };
  }

  /** The names and queues to ask for, all queues where none is given; and whether one like the one here is too many. */
  #lanes(): Pick<ClaimJobsQuery, 'names' | 'queues' | 'isolated'> {
    const isolated = [...this.#running.values()].some(({ job }) => job.attempts > ISOLATED_DELIVERIES);
    return { names: this.#names(), ...given({ queues: this.#options.queues }), isolated };
  }

  /** Names that no machine here knows are nobody's typing errors: they are for whoever claims them. */
  #names(): readonly string[] {
    const { failMissing = false, registry, remote = [] } = this.#options;
    const names = new Set(registry.handlerNames);
    if (failMissing) for (const name of registry.taskNames) names.add(name);
    for (const name of remote) names.delete(name);
    return [...names];
  }

  async #sleep(): Promise<void> {
    await sleepUntilDue(this.#alarm, this.#options.store, { definitions: [], ...this.#lanes() });
  }

  #start(job: ClaimedJob): void {
    const beganAt = this.#options.clock.now();
    const before = this.#running.get(job.id);
    if (before !== undefined && (before.isOver || before.job.dueAt === job.dueAt)) {
      // It was lost while its handler went on here, and is ours again: once is enough.
      Object.assign(before, { job, beganAt, beatAt: beganAt });
      if (!before.isOver) this.#overdue.watch(before);
      return;
    }
    // The attempt that goes on here has failed in the store: this is the next one.
    if (before !== undefined) this.#letGo(before);
    const running: Running = {
      ...{ job, beganAt, beatAt: beganAt },
      ...{ abort: new AbortController(), beat: false, isOver: false },
    };
    this.#running.set(job.id, running);
    this.#busy += 1;
    this.#overdue.watch(running);
    const settled = this.#carryOut(running).finally(() => {
      this.#settling.delete(settled);
      this.#placeFree();
    });
    this.#settling.add(settled);
  }

  async #carryOut(running: Running): Promise<void> {
    const { registry, note } = this.#options;
    const { job, abort } = running;
    const place = { abort, note, heartbeat: () => this.#beat(running) };
    const end = await attempt(job, registry.handler(job.name), place);
    if (!this.#isOurs(running)) return;
    running.isOver = true;
    this.#overdue.forget(running);
    this.#busy -= 1;
    this.#placeFree();
    // While the process stops, a handler that gave up on our signal has not failed: the job goes on elsewhere.
    const again =
      this.#aborted && abort.signal.aborted && end.status === 'failed'
        ? await this.#giveBack([running.job])
        : await this.#ends.end(running, end);
    this.#running.delete(job.id);
    if (again === undefined) return;
    if (this.#open) this.#start(again);
    else await this.#giveBack([again]);
  }

  #isOurs(running: Running): boolean {
    return this.#running.get(running.job.id) === running;
  }

  /** Best effort: where it fails, the leases run out by themselves. */
  async #giveBack(left: readonly ClaimedJob[]): Promise<undefined> {
    if (left.length === 0) return;
    const leases = left.map(({ id, token }) => ({ id, token }));
    await this.#options.store.releaseJobs(leases).catch(() => {});
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
      if (lease.token !== running.job.token) continue;
      if (lost.has(lease.id)) this.#letGo(running);
      else if (lease.beat && this.#isOurs(running) && !running.isOver) this.#hasBeaten(running);
    }
  }

  #hasBeaten(running: Running): void {
    running.beatAt = this.#options.clock.now();
    this.#overdue.watch(running);
  }

  /** Has the store end what took too long, and the handler told. */
  async #expire(): Promise<void> {
    // What said in time that it is alive has not been silent.
    if (this.#beating) await this.#extend();
    await this.#options.store.expire(MAX_BATCH_INSTANCES);
    await this.#extend();
  }

  /** Tells a handler that its job is no longer ours. Whether it listens or not, its place is free. */
  #letGo(running: Running): void {
    // What has ended already is told by the store.
    if (running.isOver || !this.#isOurs(running)) return;
    this.#running.delete(running.job.id);
    this.#overdue.forget(running);
    this.#busy -= 1;
    running.abort.abort(new Error('the job is no longer ours'));
    this.#placeFree();
  }
}

/** The lease to renew, and what is to be told with it, which is then told. */
function leaseOf(running: Running): Required<JobLease> {
  const { job, beat } = running;
  running.beat = false;
  return { id: job.id, token: job.token, beat };
}
