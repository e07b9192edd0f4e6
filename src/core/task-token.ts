import { decodeBase64, encodeBase64 } from './base64.js';

/**
 * What whoever answers a task from outside shows: opaque, and of use to nobody who was not given it (rule 5). It names
 * what it answers, and holds the secret that is kept there.
 */
export type TaskToken = CallbackToken | ClaimToken;

/** Of a task that an instance waits for until it is answered. */
export interface CallbackToken {
  readonly instance: string;
  readonly effect: string;
  readonly secret: string;
}

/** Of a job that was claimed, with the lease that it was claimed under. */
export interface ClaimToken {
  readonly job: string;
  readonly lease: string;
}

/** A task that waits for its answer from outside, as the state of its instance has it. */
export interface Callback {
  readonly secret: string;
  /** When it will have waited too long, in milliseconds since 1970. */
  readonly dueAt: number;
  /** Bytes (UTF-8, as JSON text) that its output may have. */
  readonly maxOutputBytes: number;
}

/**
 * A token as text, of signs that are safe in addresses and on command lines.
 *
 * @example
 * writeTaskToken({ job: 'a/1/0', lease: 'x' }); // => 'WyJhLzEvMCIsIngiXQ'
 */
export function writeTaskToken(token: TaskToken): string {
  const parts = 'job' in token ? [token.job, token.lease] : [token.instance, token.effect, token.secret];
  return encodeBase64(JSON.stringify(parts)).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

/**
 * The token that a text is; undefined if it is none.
 *
 * @example
 * readTaskToken('WyJhLzEvMCIsIngiXQ'); // => { job: 'a/1/0', lease: 'x' }
 * readTaskToken('nonsense'); // => undefined
 */
export function readTaskToken(text: string): TaskToken | undefined {
  const json = decodeBase64(text.replaceAll('-', '+').replaceAll('_', '/'));
  const parts = json === undefined ? undefined : partsOf(json);
  if (parts === undefined) return undefined;
  const [first = '', second = '', third] = parts;
  if (parts.length === 2) return { job: first, lease: second };
  if (parts.length === 3 && third !== undefined) return { instance: first, effect: second, secret: third };
  return undefined;
}

function partsOf(json: string): readonly string[] | undefined {
  try {
    const parts: unknown = JSON.parse(json);
    const isTexts = Array.isArray(parts) && parts.every((part) => typeof part === 'string');
    return isTexts ? (parts as readonly string[]) : undefined;
  } catch {
    return undefined;
  }
}
