import { type Duration, parseDuration } from '../core/duration.js';
import { given } from '../core/given.js';
import { idProblem, nameProblem } from '../core/identifier.js';
import type { JobEnd, JobRetry, NewPlainJob } from '../core/job.js';
import {
  DEFAULT_BACKOFF,
  DEFAULT_JOB_ATTEMPTS,
  DEFAULT_PRIORITY,
  DEFAULT_QUEUE,
  LAST_PRIORITY,
  MAX_BACKOFF_RATE,
  MAX_CAUSE_LENGTH,
  MAX_CLAIM_WAIT_MS,
  MAX_DELAY_MS,
  MAX_ID_LENGTH,
  MAX_JOB_ATTEMPTS,
  MAX_QUEUE_CONCURRENCY,
  MAX_REMOTE_CLAIM,
  MAX_REMOTE_LEASE_MS,
  MAX_REMOTE_NAMES,
  MAX_TASK_NAME_LENGTH,
  MIN_REMOTE_LEASE_MS,
  REMOTE_LEASE_MS,
  TASK_DEADLINE_MS,
} from '../core/limits.js';
import { Refused } from '../core/problem.js';
import type { Backoff, EnqueueOptions, JobClaimOptions, JobFailure } from '../core/queue.js';
import type { ClaimJobsQuery } from '../store/store.js';
import { bodyHash } from './hash.js';
import { checkedPayload } from './request.js';

/** What someone asked to be enqueued, checked. Its hash is of what they asked for, not of what we made of it. */
export function newPlainJob(id: string, name: string, options: EnqueueOptions): NewPlainJob {
  refuseNamed('a job id', id, '/id', idProblem);
  refuseNamed('a task name', name, '/name', (what, text) => nameProblem(what, text, MAX_TASK_NAME_LENGTH));
  if (options.queue !== undefined) refuseQueue(options.queue);
  const input = checkedPayload(options.input, 'the input');
  const asked = given({
    queue: options.queue,
    priority: checkedWhole(options.priority, '/priority', 1, LAST_PRIORITY),
    delayMs: checkedDuration(options.delay, '/delay', 0, MAX_DELAY_MS),
    attempts: checkedWhole(options.attempts, '/attempts', 1, MAX_JOB_ATTEMPTS),
    backoff: options.backoff === undefined ? undefined : checkedBackoff(options.backoff),
    timeoutMs: checkedDuration(options.timeout, '/timeout', 1, MAX_DELAY_MS),
    heartbeatMs: checkedDuration(options.heartbeat, '/heartbeat', 1, MAX_DELAY_MS),
  });
  const {
    queue = DEFAULT_QUEUE,
    priority = DEFAULT_PRIORITY,
    delayMs = 0,
    attempts = DEFAULT_JOB_ATTEMPTS,
    backoff = DEFAULT_BACKOFF,
    timeoutMs = TASK_DEADLINE_MS,
    heartbeatMs,
  } = asked;
  return {
    ...{ id, name, queue, priority, delayMs, timeoutMs, input: JSON.stringify(input) },
    ...given({ heartbeatMs }),
    retry: { attempts, ...backoff },
    hash: bodyHash({ name, input, ...asked }),
  };
}

function checkedBackoff(backoff: Duration | Backoff): Omit<JobRetry, 'attempts'> {
  const isWhole = typeof backoff === 'object' && backoff !== null;
  const { delay, rate, max }: Backoff = isWhole ? backoff : { delay: backoff };
  const delayMs = checkedDuration(delay, '/backoff/delay', 0, MAX_DELAY_MS) ?? DEFAULT_BACKOFF.delayMs;
  const longest = checkedDuration(max, '/backoff/max', 0, MAX_DELAY_MS);
  const isRate = typeof rate === 'number' && rate >= 1 && rate <= MAX_BACKOFF_RATE;
  if (rate !== undefined && !isRate)
    throw invalid(`rate must be a number from 1 to ${MAX_BACKOFF_RATE}`, '/backoff/rate');
  // A first pause beyond the longest that is usual is meant as it is written.
  const maxDelayMs = longest ?? Math.max(delayMs, DEFAULT_BACKOFF.maxDelayMs);
  return { delayMs, rate: rate ?? DEFAULT_BACKOFF.rate, maxDelayMs };
}

/** What a worker in another process may claim: without its signal, and with how long it waits. */
export function checkedClaim(options: JobClaimOptions): Omit<ClaimJobsQuery, 'worker'> & { waitMs: number } {
  return {
    limit: checkedWhole(options.limit, '/limit', 1, MAX_REMOTE_CLAIM) ?? 1,
    leaseMs: checkedLease(options.lease),
    waitMs: checkedDuration(options.wait, '/wait', 0, MAX_CLAIM_WAIT_MS) ?? 0,
    ...given({
      names: options.names === undefined ? undefined : checkedNames(options.names, '/names'),
      queues: options.queues === undefined ? undefined : checkedNames(options.queues, '/queues'),
    }),
  };
}

/** How long a claim holds, in milliseconds. */
export function checkedLease(lease: Duration | undefined): number {
  return checkedDuration(lease, '/lease', MIN_REMOTE_LEASE_MS, MAX_REMOTE_LEASE_MS) ?? REMOTE_LEASE_MS;
}

export function checkedFailure({ error, cause = '', final = false }: JobFailure): JobEnd {
  if (typeof error !== 'string' || error === '' || error.length > MAX_ID_LENGTH)
    throw invalid(`error must be a text of 1 to ${MAX_ID_LENGTH} characters`, '/error');
  if (typeof cause !== 'string') throw invalid('cause must be a text', '/cause');
  if (typeof final !== 'boolean') throw invalid('final must be true or false', '/final');
  return { status: 'failed', error, cause: cause.slice(0, MAX_CAUSE_LENGTH), final };
}

export function checkedConcurrency(concurrency: number | null): number | undefined {
  if (concurrency === null) return undefined;
  return checkedWhole(concurrency, '/concurrency', 1, MAX_QUEUE_CONCURRENCY);
}

export function refuseQueue(queue: string): void {
  refuseNamed('a queue', queue, '/queue', idProblem);
}

function checkedNames(names: readonly string[], path: string): readonly string[] {
  const isList = Array.isArray(names) && names.every((name) => typeof name === 'string');
  if (isList && names.length <= MAX_REMOTE_NAMES) return names;
  throw invalid(`${path.slice(1)} must be a list of at most ${MAX_REMOTE_NAMES} texts`, path);
}

/** A caller may be no TypeScript: whatever is no text is told, too. */
function refuseNamed(what: string, name: unknown, path: string, problemOf: typeof idProblem): void {
  if (typeof name !== 'string') throw invalid(`${what} must be a text`, path);
  const problem = problemOf(what, name);
  if (problem !== undefined) throw new Refused({ ...problem, path });
}

function checkedWhole(value: number | undefined, path: string, least: number, most: number) {
  if (value === undefined) return undefined;
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw invalid(`${path.slice(1)} must be a whole number from ${least} to ${most}`, path);
}

function checkedDuration(value: Duration | undefined, path: string, leastMs: number, mostMs: number) {
  if (value === undefined) return undefined;
  const duration = parseDuration(value);
  if ('problem' in duration) throw new Refused({ ...duration.problem, path });
  if (duration.value >= leastMs && duration.value <= mostMs) return duration.value;
  const range = mostMs === MAX_DELAY_MS ? `at least ${leastMs} ms` : `from ${leastMs} to ${mostMs} ms`;
  throw invalid(`${path.slice(1)} must be ${range}`, path);
}

function invalid(message: string, path: string): Refused {
  return new Refused({ code: 'invalid-job', message, path });
}
