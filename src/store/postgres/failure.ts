import { type Problem, Refused } from '../../core/problem.js';

/** What a failure means to the one who chose the database, by SQLSTATE or its first letters, the longest first. */
const SENTENCES: readonly (readonly [sqlState: string, code: string, sentence: string])[] = [
  ['57014', 'store-timeout', 'took too long to answer, and was told to give up'],
  ['57P', 'store-unreachable', 'is shutting down or starting'],
  ['08', 'store-unreachable', 'cannot be reached: the connection broke'],
  ['53100', 'store-full', 'cannot grow: the disk is full'],
  ['53300', 'store-busy', 'has no connection left for us'],
  ['53', 'store-broken', 'has run out of a resource'],
  ['40', 'store-busy', 'is too busy: transactions kept getting in each other’s way'],
  ['55P03', 'store-busy', 'keeps something locked'],
  ['28', 'store-denied', 'refuses the user or the password'],
  ['3D000', 'store-unknown', 'does not exist'],
  ['42501', 'store-denied', 'does not allow this user to do what is needed'],
  ['25006', 'store-read-only', 'is read-only: a standby, or made so'],
  ['58', 'store-broken', 'cannot be read or written: the disk reports an error'],
  ['XX001', 'store-damaged', 'is damaged'],
  ['XX002', 'store-damaged', 'is damaged'],
];

/** Failures of the way to the server, by Node's codes. */
const NETWORK = new Map([
  ['ECONNREFUSED', 'nobody listens there'],
  ['ENOTFOUND', 'there is no such host'],
  ['EAI_AGAIN', 'its name cannot be looked up'],
  ['ECONNRESET', 'the connection broke'],
  ['EPIPE', 'the connection broke'],
  ['ETIMEDOUT', 'it does not answer'],
  ['EHOSTUNREACH', 'there is no way to that host'],
  ['ENETUNREACH', 'there is no way to that network'],
  ['ENOENT', 'there is no such socket'],
  ['EACCES', 'its socket cannot be opened'],
]);

/** What the driver says in words alone. */
const WORDS: readonly (readonly [pattern: RegExp, code: string, sentence: string])[] = [
  [/timeout exceeded when trying to connect/i, 'store-busy', 'has had no connection free for us in time'],
  [
    /connection terminated due to connection timeout/i,
    'store-unreachable',
    'cannot be reached: it does not answer',
  ],
  [/query read timeout/i, 'store-timeout', 'took too long to answer'],
  [
    /connection terminated|client has encountered a connection error|connection error/i,
    'store-unreachable',
    'cannot be reached: the connection broke',
  ],
  [/does not support SSL/i, 'store-tls', 'does not speak TLS, and sslmode asks for it'],
  [/certificate|self-signed|altname/i, 'store-tls', 'shows a certificate that is not to be trusted'],
];

/** PostgreSQL's five characters for what went wrong, if the error is one of its. */
export function sqlState(error: unknown): string | undefined {
  const code = error instanceof Error ? (error as { code?: unknown }).code : undefined;
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : undefined;
}

/** Whether the transaction lost against another one, and would do better now. */
export function isCollision(error: unknown): boolean {
  const state = sqlState(error);
  return state === '40P01' || state === '40001';
}

/** One plain sentence for a failure that is not our bug, as Refused with its cause; others as they are. */
export function plainly(error: unknown, url: string): unknown {
  const known = meaning(error);
  if (known === undefined) return error;
  const [code, sentence] = known;
  return refused({ code, message: `${url} ${sentence}`, path: '' }, error);
}

export function refused(problem: Problem, cause?: unknown): Refused {
  return new Refused(problem, cause === undefined ? {} : { cause });
}

function meaning(error: unknown): readonly [code: string, sentence: string] | undefined {
  if (!(error instanceof Error)) return undefined;
  const state = sqlState(error);
  const told = state === undefined ? undefined : SENTENCES.find(([prefix]) => state.startsWith(prefix));
  if (told !== undefined) return [told[1], told[2]];
  const network = NETWORK.get(String((error as { code?: unknown }).code));
  if (network !== undefined) return ['store-unreachable', `cannot be reached: ${network}`];
  // Where a name has several addresses, all of which failed.
  if (error instanceof AggregateError && error.errors.length > 0) return meaning(error.errors[0]);
  const words = WORDS.find(([pattern]) => pattern.test(error.message));
  return words === undefined ? undefined : [words[1], words[2]];
}
