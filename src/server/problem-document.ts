import { type Problem, Refused } from '../core/problem.js';

/** An error as RFC 9457 has it, with our stable `code` and every problem, of which `detail` tells the first. */
interface ProblemDocument {
  readonly type: 'about:blank';
  /** The status in words. */
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly problems: readonly Problem[];
}

/** The status for each code. A refusal that is not listed is a bad request. */
const STATUS_OF: Readonly<Record<string, number>> = {
  'foreign-origin': 403,
  'unknown-host': 403,
  'unknown-route': 404,
  'unknown-machine': 404,
  'unknown-instance': 404,
  'unknown-version': 404,
  'unknown-revision': 404,
  'unknown-job': 404,
  'unknown-schedule': 404,
  TaskDoesNotExist: 404,
  'method-not-allowed': 405,
  conflict: 409,
  ended: 409,
  'not-parked': 409,
  'job-owned': 409,
  'job-state': 409,
  'lease-lost': 409,
  TaskTimedOut: 409,
  'missing-code': 409,
  'other-code': 409,
  'payload-too-large': 413,
  internal: 500,
  unavailable: 503,
  'too-many-streams': 503,
};

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  413: 'Content Too Large',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};

const INTERNAL: Problem = {
  code: 'internal',
  message: 'something went wrong here; the server has the details',
  path: '',
};

/** When a client that was told 503 may well ask again, in seconds. */
const RETRY_AFTER_S = '1';

const NO_STORE: Problem = {
  code: 'unavailable',
  message: 'the store cannot be used now; the server has the details',
  path: '',
};

/** What a client is told of an error: everything that it did wrong, nothing of what went wrong inside. */
function problemDocument(error: unknown): ProblemDocument {
  if (!(error instanceof Refused)) return documentOf([INTERNAL]);
  return documentOf(isInside(error) ? [NO_STORE] : error.problems);
}

/** Whether an error is the server's own affair: a bug, broken I/O, a store that refuses to work. */
export function isInside(error: unknown): boolean {
  return !(error instanceof Refused) || error.code.startsWith('store-');
}

function documentOf(problems: readonly Problem[]): ProblemDocument {
  const { code, message } = problems[0] ?? INTERNAL;
  const status = (Object.hasOwn(STATUS_OF, code) ? STATUS_OF[code] : undefined) ?? 400;
  return { type: 'about:blank', title: TITLES[status] ?? 'Error', status, code, detail: message, problems };
}

export function problemResponse(error: unknown, headers: Readonly<Record<string, string>> = {}): Response {
  const document = problemDocument(error);
  // What is not to be had now may be soon.
  const later = document.status === 503 ? { 'retry-after': RETRY_AFTER_S } : {};
  return new Response(JSON.stringify(document), {
    status: document.status,
    headers: { ...later, ...headers, 'content-type': 'application/problem+json' },
  });
}
