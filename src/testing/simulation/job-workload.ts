import type { Json } from '../../core/json.js';
import { DEFAULT_QUEUE } from '../../core/limits.js';
import { Refused } from '../../core/problem.js';
import type { EnqueueOptions } from '../../core/queue.js';
import type { Store } from '../../store/store.js';
import type { JobWitness } from './job-witness.js';
import { BrokenIo, type Process } from './process.js';
import type { World } from './world.js';

/** A queue that lets no more than this many of its jobs be processed at once. */
export const NARROW = { queue: 'narrow', concurrency: 2 } as const;

/** The queues that are paused now and then: instances ask for jobs in the second. */
export const PAUSABLE = [NARROW.queue, DEFAULT_QUEUE] as const;

const TASKS = ['echo', 'flaky', 'slow', 'hopeless'] as const;

/** Asks a process until it has answered. */
type Insist = (ask: (process: Process) => Promise<unknown>) => Promise<void>;

interface PromisedJob {
  readonly id: string;
  readonly name: string;
  readonly input: Json;
  readonly attempts: number;
  isCancelled: boolean;
}

/** Plain jobs that were acknowledged: some fail, some take long, some are cancelled or begun anew. */
export class JobWorkload {
  readonly jobs: PromisedJob[] = [];
  readonly broken: string[] = [];
  readonly #world: World;
  readonly #insist: Insist;

  constructor(world: World, insist: Insist) {
    this.#world = world;
    this.#insist = insist;
  }

  /** One request of a client: mostly a job, sometimes a word on one that is there. */
  async request(id: string): Promise<void> {
    const { chance } = this.#world;
    const known = this.jobs[chance.below(Math.max(1, this.jobs.length))];
    if (known === undefined) return this.#enqueue(id);
    switch (chance.below(10)) {
      case 0:
        known.isCancelled = true;
        return this.#change((process) => process.engine.cancelJob(known.id));
      case 1:
        return this.#change((process) => process.engine.retryJob(known.id));
      case 2:
        return this.#hold(PAUSABLE[chance.below(PAUSABLE.length)] ?? DEFAULT_QUEUE);
      default:
        return this.#enqueue(id);
    }
  }

  async #hold(queue: string): Promise<void> {
    await this.#insist((process) => process.engine.pause({ queue }));
    await this.#world.sleep(this.#world.moment(500));
    await this.#insist((process) => process.engine.resume({ queue }));
  }

  async #enqueue(id: string): Promise<void> {
    const { chance } = this.#world;
    const name = TASKS[chance.below(TASKS.length)] ?? 'echo';
    const attempts = 1 + chance.below(4);
    const input = chance.below(100);
    const options: EnqueueOptions = {
      ...{ id, input, attempts, priority: 1 + chance.below(9) },
      ...{ backoff: { delay: chance.below(200), max: 500 }, delay: chance.below(2) * chance.below(500) },
      ...(chance.below(2) === 0 ? { queue: NARROW.queue } : {}),
      ...(chance.below(3) === 0 ? { timeout: 50 + chance.below(4_000) } : {}),
      ...(chance.below(3) === 0 ? { heartbeat: 100 + chance.below(1_000) } : {}),
    };
    await this.#insist((process) => process.engine.enqueue(name, options));
    this.jobs.push({ id, name, input, attempts, isCancelled: false });
    if (chance.below(8) > 0) return;
    await this.#insist(async (process) => {
      try {
        await process.engine.enqueue(name, { ...options, input: 'another' });
        this.broken.push(`job ${id} was taken again with another input`);
      } catch (error) {
        if (!(error instanceof Refused && error.code === 'conflict')) throw error;
      }
    });
  }

  /** Where the job stands otherwise, there is nothing to be changed. */
  #change(ask: (process: Process) => Promise<unknown>): Promise<void> {
    return this.#insist((process) =>
      ask(process).catch((error: unknown) => {
        if (error instanceof BrokenIo || !(error instanceof Refused) || error.code !== 'job-state')
          throw error;
      }),
    );
  }
}

/** What was promised of plain jobs and not kept. Asked when nothing moves any more. */
export async function jobVerdict(
  store: Store,
  { jobs, broken }: JobWorkload,
  witness: JobWitness,
): Promise<string[]> {
  const faults = [...broken, ...witness.broken];
  for (const { id, attempt } of witness.begunTwice())
    faults.push(`job ${id} was begun twice with attempt ${attempt}`);
  for (const promised of jobs) {
    const job = await store.job(promised.id);
    const complain = (what: string) => faults.push(`job ${promised.id} ${what}`);
    if (job === undefined) {
      complain('is lost');
      continue;
    }
    const { status, attempts, output, error } = job;
    if (attempts > promised.attempts) complain(`was handed out ${attempts} times`);
    if (status === 'cancelled' && !promised.isCancelled) complain('was cancelled by nobody');
    if (status === 'completed' && !witness.hasReturned(promised.id, output))
      complain(`completed with ${output}, which no handler returned`);
    if (status === 'failed' && error !== 'Hopeless' && attempts < promised.attempts)
      complain(`failed with ${error} after ${attempts} of ${promised.attempts} attempts`);
    if (promised.name === 'hopeless' && (status === 'completed' || error === 'RangeError'))
      complain(`is ${status}, though its handler always fails for good`);
  }
  return faults;
}
