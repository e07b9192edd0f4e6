import type { JobEnd } from '../core/job.js';
import { completed, failedBy, withoutHandler } from '../core/job-end.js';
import type { Json } from '../core/json.js';
import type { ClaimedJob } from '../store/store.js';
import type { Handler, HandlerJob } from './handler.js';
import { blamable } from './stray-error.js';

/** What an attempt has to do with the process that it is made in. */
export interface AttemptPlace {
  readonly abort: AbortController;
  readonly heartbeat: () => void;
  /** Called with who is to blame before the handler runs, and with '' after that. */
  readonly note?: ((owner: string) => void) | undefined;
}

/** Runs the handler of a job; answers how the job ended, whatever the handler did. */
export async function attempt(
  job: ClaimedJob,
  handler: Handler | undefined,
  { abort, heartbeat, note }: AttemptPlace,
): Promise<JobEnd> {
  const resource = job.name;
  if (handler === undefined) return withoutHandler(resource);
  // Whoever is to blame: the instance where there is one.
  const owner = job.instance ?? job.id;
  const context = contextOf(job, abort.signal, heartbeat);
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
    return completed(resource, result);
  } catch (error) {
    return failedBy(error);
  }
}

function contextOf(job: ClaimedJob, signal: AbortSignal, heartbeat: () => void): HandlerJob {
  return {
    jobId: job.id,
    resource: job.name,
    ...(job.instance === undefined ? {} : { instance: job.instance }),
    queue: job.queue,
    attempt: job.attempts,
    ...(job.retry === undefined ? {} : { attempts: job.retry.attempts }),
    signal,
    heartbeat,
  };
}
