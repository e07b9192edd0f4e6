import type { HandlerJob } from '../../runtime/handler.js';
import type { Store } from '../../store/store.js';

/** Sees what a store says of plain jobs, and what handlers do with them. */
export class JobWitness {
  /** What was seen that may never be. */
  readonly broken: string[] = [];
  /** What handlers returned, by job, as JSON. */
  readonly #outputs = new Map<string, Set<string>>();
  /** How often handlers began with each attempt, by job. */
  readonly #begun = new Map<string, Map<number, number>>();
  /** How often the store said that a job has ended, and how often that it may begin anew. */
  readonly #ends = new Map<string, number>();
  readonly #lives = new Map<string, number>();
  readonly #paused = new Set<string>();
  readonly #limited = new Set<string>();

  /** The store, seen. */
  watch(store: Store): Store {
    const watched = this.#watched(store);
    return new Proxy(store, {
      get: (target, property: string & keyof Store) => {
        const member = watched[property] ?? target[property];
        return typeof member === 'function' ? member.bind(target) : member;
      },
    });
  }

  begins({ jobId, attempt }: HandlerJob): void {
    const begun = this.#begun.get(jobId) ?? new Map<number, number>();
    this.#begun.set(jobId, begun.set(attempt, (begun.get(attempt) ?? 0) + 1));
  }

  /** The attempts that handlers began with more than once; of a job that never began anew. */
  begunTwice(id: string): number[] {
    if (this.#lives.has(id)) return [];
    return [...(this.#begun.get(id) ?? [])].flatMap(([attempt, times]) => (times > 1 ? [attempt] : []));
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
        for (const [index, { id }] of ends.entries()) if (results[index] === 'ended') this.#ended(id);
        return results;
      },
      retryJob: async (id) => {
        const change = await store.retryJob(id);
        if (change === 'changed') this.#lives.set(id, (this.#lives.get(id) ?? 0) + 1);
        return change;
      },
      claimJobs: async (query) => {
        const claimed = await store.claimJobs(query);
        for (const { id, queue } of claimed)
          if (this.#paused.has(queue)) this.broken.push(`${id} was handed out of a paused queue`);
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

  #ended(id: string): void {
    const ends = (this.#ends.get(id) ?? 0) + 1;
    this.#ends.set(id, ends);
    if (ends > (this.#lives.get(id) ?? 0) + 1) this.broken.push(`job ${id} ended ${ends} times`);
  }
}
