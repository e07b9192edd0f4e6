import type { JobEnd } from '../../core/job.js';
import { completed, failedBy, withoutHandler } from '../../core/job-end.js';
import type { Json } from '../../core/json.js';
import { DEFAULT_QUEUE } from '../../core/limits.js';
import type { Handler, Handlers } from '../../runtime/handler.js';
import type { Performance } from './timeline.js';

/** What becomes of a task that there is no handler for: it fails, or gives what it was given. */
export type MissingHandlers = 'fail' | 'pass-through';

export interface HandlersAtWorkOptions {
  readonly handlers: Handlers;
  readonly missing: MissingHandlers;
  /** Told how a task ended that is still waited for. */
  readonly ended: (job: Performance, end: JobEnd) => void;
  readonly beat: (job: Performance) => void;
}

/** The handlers of a simulation that have not answered yet. */
export class HandlersAtWork {
  readonly #options: HandlersAtWorkOptions;
  readonly #running = new Map<string, AbortController>();
  #wake = () => {};

  constructor(options: HandlersAtWorkOptions) {
    this.#options = options;
  }

  get areIdle(): boolean {
    return this.#running.size === 0;
  }

  begin(job: Performance): void {
    const { handlers, missing } = this.#options;
    const { name } = job.task;
    const handler = Object.hasOwn(handlers, name) ? handlers[name] : undefined;
    if (handler !== undefined) void this.#carryOut(job, handler);
    else if (missing === 'pass-through') this.#options.ended(job, completed(name, job.task.input));
    else this.#options.ended(job, withoutHandler(name, Object.keys(handlers)));
  }

  /** Nobody waits for its answer any longer. */
  forget(jobId: string): void {
    const abort = this.#running.get(jobId);
    if (!this.#running.delete(jobId)) return;
    abort?.abort(new Error('the job is no longer waited for'));
    this.#wake();
  }

  /** True once one of them has answered, or someone wakes us; false after so many milliseconds of real time. */
  async settled(limitMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), limitMs);
      this.#wake = () => {
        clearTimeout(timer);
        resolve(true);
      };
    });
  }

  /** Ends the waiting for them. */
  wake(): void {
    this.#wake();
  }

  async #carryOut(job: Performance, handler: Handler): Promise<void> {
    const abort = new AbortController();
    this.#running.set(job.jobId, abort);
    const end = await this.#end(job, handler, abort.signal);
    // It may have been forgotten meanwhile.
    if (!this.#running.delete(job.jobId)) return;
    this.#options.ended(job, end);
    this.#wake();
  }

  async #end(job: Performance, handler: Handler, signal: AbortSignal): Promise<JobEnd> {
    const { jobId, instance, task } = job;
    const heartbeat = () => this.#options.beat(job);
    const context = {
      jobId,
      resource: task.name,
      instance,
      queue: DEFAULT_QUEUE,
      attempt: 1,
      signal,
      heartbeat,
    };
    try {
      // A copy, as it would be if it had come from a store.
      const input = JSON.parse(JSON.stringify(task.input)) as Json;
      return completed(task.name, await handler(input, context));
    } catch (error) {
      return failedBy(error);
    }
  }
}
