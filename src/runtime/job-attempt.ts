import { JOB_ERRORS, type JobEnd } from '../core/job.js';
import { type Json, toJson, utf8Length } from '../core/json.js';
import { MAX_CAUSE_LENGTH, MAX_ID_LENGTH, MAX_PAYLOAD_BYTES } from '../core/limits.js';
import { thrown } from '../core/thrown.js';
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
  if (handler === undefined) {
    return failed(JOB_ERRORS.handlerMissing, `there is no handler "${resource}" here`, true);
  }
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
    return resultEnd(resource, result);
  } catch (error) {
    const { name, message } = thrown(error);
    return failed(name, message, isFinal(error));
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

/** Whether what was thrown asks not to be tried again; whatever was thrown, this throws nothing. */
function isFinal(error: unknown): boolean {
  try {
    return Object.hasOwn(error as object, 'final') && (error as { final?: unknown }).final === true;
  } catch {
    return false;
  }
}

function failed(error: string, cause: string, final: boolean): JobEnd {
  const why = { error: error.slice(0, MAX_ID_LENGTH), cause: cause.slice(0, MAX_CAUSE_LENGTH) };
  return { status: 'failed', ...why, ...(final ? { final } : {}) };
}

function resultEnd(name: string, result: unknown): JobEnd {
  const checked = toJson(result);
  if ('problem' in checked) {
    const { path, message } = checked.problem;
    const cause = `${name} returned something that is not JSON: ${message} at "${path}"`;
    return failed(JOB_ERRORS.resultNotJson, cause, false);
  }
  const output = JSON.stringify(checked.value);
  if (utf8Length(output) > MAX_PAYLOAD_BYTES) {
    const cause = `${name} returned more than ${MAX_PAYLOAD_BYTES} bytes`;
    return failed(JOB_ERRORS.resultTooLarge, cause, false);
  }
  return { status: 'completed', output };
}
