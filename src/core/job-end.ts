import { JOB_ERRORS, type JobEnd } from './job.js';
import { toJson, utf8Length } from './json.js';
import { MAX_CAUSE_LENGTH, MAX_ID_LENGTH, MAX_PAYLOAD_BYTES } from './limits.js';
import { didYouMean } from './problem.js';
import { thrown } from './thrown.js';

/**
 * How a job ends whose handler gave this, which may be anything: a failure if it is no JSON, or too much.
 *
 * @example
 * completed('work', { n: 1 }); // => { status: 'completed', output: '{"n":1}' }
 * completed('work', undefined); // => { status: 'completed', output: 'null' }
 * completed('work', () => 1); // => { status: 'failed', error: 'ResultNotJson', cause: 'work returned something that is not JSON: a function has no JSON form at ""' }
 */
export function completed(name: string, result: unknown): JobEnd {
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

/**
 * How a job ends whose handler threw this: its name is the error's, and what it says the cause.
 *
 * @example
 * failedBy(new RangeError('too far')); // => { status: 'failed', error: 'RangeError', cause: 'too far' }
 * failedBy('no'); // => { status: 'failed', error: 'Error', cause: 'no' }
 */
export function failedBy(error: unknown): JobEnd {
  const { name, message } = thrown(error);
  return failed(name, message, isFinal(error));
}

/** How a job ends that nobody here has a handler for, of which these are the names. */
export function withoutHandler(name: string, known: Iterable<string> = []): JobEnd {
  const { hint } = didYouMean(name, known);
  const cause = `there is no handler "${name}" here${hint === undefined ? '' : ` (${hint})`}`;
  return failed(JOB_ERRORS.handlerMissing, cause, true);
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
