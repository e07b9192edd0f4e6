import type { HandlerJob } from '../../runtime/handler.js';
import type { ClaimedJob, Store } from '../../store/store.js';
import { replacedStore } from './wrapped-store.js';

/** Sees what a store says of jobs, and what handlers do with them. */
export class JobWitness {
  /** What was seen that may never be. */
  readonly broken: string[] = [];
  /** What handlers returned, by job, as JSON. */
  readonly #outputs = new Map<string, Set<string>>();
  /** How often handlers began with each attempt, by job. */
  readonly #begun = new Map<string, Map<number, number>>();
  /** Whose tokens the store said that a job has ended by, and how often that it may begin anew. */
  readonly #ends = new Map<string, Set<string>>();
  readonly #lives = new Map<string, number>();
  readonly #paused = new Set<string>();
  readonly #limited = new Set<string>();

  /** The store, seen. */
  watch(store: Store): Store {
    return replacedStore(store, this.#watched(store));
  }

  begins({ jobId, attempt }: HandlerJob): void {
    const begun = this.#begun.get(jobId) ?? new Map<number, number>();
    this.#begun.set(jobId, begun.set(attempt, (begun.get(attempt) ?? 0) + 1));
  }

  /** The attempts that handlers began with more than once; of jobs that never began anew. */
  begunTwice(): { readonly id: string; readonly attempt: number }[] {
    return [...this.#begun].flatMap(([id, begun]) =>
      this.#lives.has(id)
        ? []
        : [...begun].flatMap(([attempt, times]) => (times > 1 ? [{ id, attempt }] : [])),
    );
  }

  returns({ jobId }: HandlerJob, output: unknown): void {
    const outputs = this.#outputs.get(jobId) ?? new Set();
    this.#outputs.set(jobId, outputs.add(JSON.stringify(output)));
  }

  /** Whether a handler returned this for the job. */
  hasReturned(id: string, output: string | undefined): boolean {
    return output !== undefined && this.#outputs.get(id)?.has(output) === true;
  }

  #watched(store: Store): Partial<Store> {
    return {
      endJobs: async (ends) => {
        const results = await store.endJobs(ends);
        for (const [index, { id, token }] of ends.entries())
          if (results[index] === 'ended') this.#ended(id, token);
        return results;
      },
      commit: async (commits, take) => {
        const committed = await store.commit(commits, take);
        for (const [index, { answers }] of commits.entries()) {
          if (committed.results[index] !== 'committed') continue;
          for (const { id, token } of answers) this.#ended(id, token);
        }
        this.#handedOut(committed.jobs);
        for (const { id, queue } of committed.jobs)
          if (this.#limited.has(queue)) this.broken.push(`${id} was handed over past the limit of its queue`);
        return committed;
      },
      retryJob: async (id) => {
        const change = await store.retryJob(id);
        if (change === 'changed') this.#lives.set(id, (this.#lives.get(id) ?? 0) + 1);
        return change;
      },
      claimJobs: async (query) => {
        const claimed = await store.claimJobs(query);
        this.#handedOut(claimed);
        if (claimed.some(({ queue }) => this.#limited.has(queue))) await this.#lookForCrowds(store);
        return claimed;
      },
      limitQueue: (queue, concurrency) => {
        this.#limited.add(queue);
        return store.limitQueue(queue, concurrency);
      },
      pause: async (target) => {
        const paused = await store.pause(target);
        if ('queue' in target) this.#paused.add(target.queue);
        return paused;
      },
      resume: async (target) => {
        if ('queue' in target) this.#paused.delete(target.queue);
        return store.resume(target);
      },
    };
  }

  async #lookForCrowds(store: Store): Promise<void> {
    for (const { queue, processing, concurrency = processing } of await store.queues()) {
      if (processing > concurrency)
        this.broken.push(`${processing} jobs of queue ${queue} are processed at once`);
    }
  }

  #handedOut(jobs: readonly ClaimedJob[]): void {
    for (const { id, queue } of jobs)
      if (this.#paused.has(queue)) this.broken.push(`${id} was handed out of a paused queue`);
  }

  /** The same token again is an answer that was asked for again. */
  #ended(id: string, token: string): void {
    const ends = this.#ends.get(id) ?? new Set();
    this.#ends.set(id, ends.add(token));
    if (ends.size > (this.#lives.get(id) ?? 0) + 1) this.broken.push(`job ${id} ended ${ends.size} times`);
  }
}
