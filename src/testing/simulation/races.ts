import type { NewPlainJob } from '../../core/job.js';
import { TASK_DEADLINE_MS } from '../../core/limits.js';
import type { ClaimedJob, Store } from '../../store/store.js';
import type { World } from './world.js';

/** A name that no process of the simulation has a handler for. */
const NAME = 'raced';

const LEASE_MS = 400;
const PATIENT = { attempts: 3, delayMs: 0, rate: 1, maxDelayMs: 0 };
const DONE = { status: 'completed', output: '"won"' } as const;

/** Which came first, of two things that a store was asked for at the same instant. */
export const RACES = [
  ...['completion before timeout', 'timeout before completion'],
  ...['completion before cancel', 'cancel before completion'],
  ...['heartbeat before its loss', 'loss before heartbeat'],
  ...['renewal before takeover', 'takeover before renewal'],
] as const;

/**
 * Lets two things happen to a job at the same instant, in the order that chance decides, and holds the store to
 * what must come of it: the first one counts, the second finds that it came too late.
 */
export class Races {
  readonly broken: string[] = [];
  readonly seen = new Map<string, number>();
  #running = 0;
  #made = 0;
  readonly #world: World;
  readonly #store: Store;

  constructor(world: World, store: Store) {
    this.#world = world;
    this.#store = store;
  }

  get done(): boolean {
    return this.#running === 0;
  }

  start(): void {
    const races = [this.#timeout, this.#cancel, this.#silence, this.#takeover];
    for (const race of races) {
      this.#running += 1;
      void race.call(this).finally(() => {
        this.#running -= 1;
      });
    }
  }

  /** A completion comes at the very deadline. */
  async #timeout(): Promise<void> {
    const timeoutMs = 20 + this.#world.moment(200);
    const job = await this.#claimed('timeout', { timeoutMs, retry: { ...PATIENT, attempts: 1 } });
    const [end, _, isLate] = await this.#together(
      timeoutMs,
      () => this.#complete(job),
      () => this.#store.expire(100),
    );
    const isFirst = end === 'ended';
    if (isFirst && isLate) this.#complain(job, 'completed though its time was over');
    this.#note(isFirst ? 'completion before timeout' : 'timeout before completion');
    await this.#expect(job, isFirst ? 'completed' : 'failed', isFirst ? undefined : 'Timeout');
  }

  async #cancel(): Promise<void> {
    const job = await this.#claimed('cancel', {});
    const [end, change, isLate] = await this.#together(
      this.#world.moment(100),
      () => this.#complete(job),
      () => this.#store.cancelJob(job.id),
    );
    const isFirst = end === 'ended';
    if (isFirst === isLate) this.#complain(job, 'was ended by what came second');
    this.#note(isFirst ? 'completion before cancel' : 'cancel before completion');
    if (change !== (isFirst ? 'unchanged' : 'changed')) this.#complain(job, `cancel answered ${change}`);
    await this.#expect(job, isFirst ? 'completed' : 'cancelled');
  }

  /** A worker that stood still beats again at the very instant at which it counts as lost. */
  async #silence(): Promise<void> {
    const heartbeatMs = 20 + this.#world.moment(200);
    const job = await this.#claimed('silence', { heartbeatMs, retry: PATIENT });
    const [lost, _, isLate] = await this.#together(
      heartbeatMs,
      () => this.#store.extendJobs([{ id: job.id, token: job.token, beat: true }], LEASE_MS),
      () => this.#store.expire(100),
    );
    if (isLate && lost.length === 0) this.#complain(job, 'was kept though its worker was silent');
    await this.#goOn(job, lost.length === 0, ['heartbeat before its loss', 'loss before heartbeat']);
  }

  /** A worker that stood still renews its lease at the very instant at which another takes its job over. */
  async #takeover(): Promise<void> {
    const job = await this.#claimed('takeover', { retry: PATIENT });
    const [lost, taken, isLate] = await this.#together(
      LEASE_MS,
      () => this.#store.extendJobs([{ id: job.id, token: job.token }], LEASE_MS),
      () => this.#claim(job.queue),
    );
    const isFirst = lost.length === 0;
    if (isFirst === isLate) this.#complain(job, 'has the worker that came second');
    if (isFirst === taken.length > 0) this.#complain(job, 'has two workers, or none');
    const orders = ['renewal before takeover', 'takeover before renewal'] as const;
    await this.#goOn(job, isFirst, orders, taken[0]);
  }

  /** Who has the job ends it, and who lost it does not: the first worker, or the one it was handed to again. */
  async #goOn(
    job: ClaimedJob,
    isKept: boolean,
    [kept, lost]: readonly [string, string],
    taken?: ClaimedJob,
  ): Promise<void> {
    this.#note(isKept ? kept : lost);
    if (isKept) {
      if ((await this.#complete(job)) !== 'ended')
        this.#complain(job, 'was lost though its worker was heard');
    } else {
      const again = taken ?? (await this.#claim(job.queue))[0];
      if (again === undefined) this.#complain(job, 'was not handed out again');
      else if (again.attempts !== 2) this.#complain(job, `was handed out ${again.attempts} times`);
      if ((await this.#complete(job)) !== 'lost') this.#complain(job, 'was ended by who had lost it');
      if (again !== undefined) await this.#complete(again);
    }
    await this.#expect(job, 'completed');
  }

  async #claimed(race: string, over: Partial<NewPlainJob>): Promise<ClaimedJob> {
    await this.#world.sleep(this.#world.moment(1_000));
    const id = `race-${race}-${this.#made++}`;
    const job = { id, hash: id, queue: id, name: NAME, priority: 5, input: 'null', delayMs: 0 };
    await this.#store.enqueue([{ ...job, retry: PATIENT, timeoutMs: TASK_DEADLINE_MS, ...over }]);
    const [claimed] = await this.#claim(id);
    if (claimed === undefined) throw new Error(`${id} was not handed out`);
    return claimed;
  }

  #claim(queue: string) {
    const lanes = { names: [NAME], queues: [queue] };
    return this.#store.claimJobs({ worker: 'racer', limit: 1, leaseMs: LEASE_MS, ...lanes });
  }

  async #complete({ id, token }: ClaimedJob) {
    return (await this.#store.endJobs([{ id, token, end: DONE }]))[0];
  }

  /**
   * Both at the same instant: the world draws lots for which is first. Answers what came of each, and whether the
   * other one was. What processes do at that instant may come before either: they look for what is overdue, too.
   */
  async #together<A, B>(
    ms: number,
    one: () => Promise<A>,
    other: () => Promise<B>,
  ): Promise<[one: A, other: B, otherFirst: boolean]> {
    const order: (() => unknown)[] = [];
    const at = <T>(act: () => Promise<T>) =>
      new Promise<T>((resolve, reject) =>
        this.#world.after(ms, () => {
          order.push(act);
          act().then(resolve, reject);
        }),
      );
    const answers = await Promise.all([at(one), at(other)]);
    return [...answers, order[0] === other];
  }

  async #expect({ id }: ClaimedJob, status: string, error?: string): Promise<void> {
    const job = await this.#store.job(id);
    if (job?.status !== status || job.error !== error)
      this.broken.push(`job ${id} is ${job?.status} (${job?.error}), not ${status}`);
  }

  #note(order: string): void {
    this.seen.set(order, (this.seen.get(order) ?? 0) + 1);
  }

  #complain({ id }: ClaimedJob, what: string): void {
    this.broken.push(`job ${id}: ${what}`);
  }
}
