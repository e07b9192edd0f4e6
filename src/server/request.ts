import { parseDuration } from '../core/duration.js';
import { given } from '../core/given.js';
import { isJsonObject, type Json, type JsonObject, own } from '../core/json.js';
import { MAX_PAYLOAD_TEXT_BYTES } from '../core/limits.js';
import { didYouMean, type Problem, Refused } from '../core/problem.js';

/** Bytes of a request's body: a payload at its limit, however it is written, and some room for the rest. */
export const MAX_BODY_BYTES = MAX_PAYLOAD_TEXT_BYTES;

/** The longest that a request may wait for its effect, in milliseconds. */
export const MAX_WAIT_MS = 60_000;

/**
 * The body as a JSON object that has no keys but `known`, or whichever if none are named; an empty body is `{}`.
 * Refuses a body beyond MAX_BODY_BYTES while it is still arriving.
 */
export async function readBody(request: Request, known?: readonly string[]): Promise<JsonObject> {
  const text = await readText(request);
  if (text.trim() === '') return {};
  const body = parse(text);
  if (!isJsonObject(body)) throw refused('the body must be a JSON object', '');
  if (known === undefined) return body;
  const unknown = Object.keys(body).filter((key) => !known.includes(key));
  if (unknown.length > 0) throw new Refused(unknown.map((key) => unknownName('key', key, known)));
  return body;
}

async function readText(request: Request): Promise<string> {
  const declared = Number(request.headers.get('content-length') ?? 0);
  if (declared > MAX_BODY_BYTES) throw tooLarge();
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let bytes = 0;
  let text = '';
  try {
    for await (const chunk of request.body ?? []) {
      bytes += chunk.byteLength;
      if (bytes > MAX_BODY_BYTES) throw tooLarge();
      text += decoder.decode(chunk, { stream: true });
    }
    return text + decoder.decode();
  } catch (error) {
    if (error instanceof TypeError && error.message.includes('encoded data')) {
      throw refused('the body is not UTF-8', '');
    }
    throw error;
  }
}

function parse(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    throw new Refused({
      code: 'not-json',
      message: `the body is not JSON: ${(error as Error).message}`,
      path: '',
    });
  }
}

/** A member that must be a text if it is there. */
export function textMember(body: JsonObject, key: string): string | undefined {
  const value = own(body, key);
  if (value === undefined) return undefined;
  if (typeof value !== 'string') throw refused(`${key} must be a text`, `/${key}`);
  if (!isStorable(value)) throw refused(`${key} may not contain NUL or half a character`, `/${key}`);
  return value;
}

/** Whether a store can hold a text, or look for it. */
function isStorable(text: string): boolean {
  return !text.includes('\u0000') && text.isWellFormed();
}

/** Refuses a URL that no store could look anything up by. */
export function refuseNul({ url }: Request): void {
  if (url.includes('%00')) throw refused('a URL may not contain NUL', '');
}

/** A member that must be a text. */
export function requiredText(body: JsonObject, key: string): string {
  const value = textMember(body, key);
  if (value === undefined) throw refused(`${key} is missing`, `/${key}`);
  return value;
}

/** The query's parameters, each at most once; refuses those that are not `known`, which is mostly a slip. */
export function readQuery<K extends string>(url: string, known: readonly K[]): Partial<Record<K, string>> {
  const query: Partial<Record<K, string>> = {};
  for (const [name, value] of new URL(url).searchParams) {
    const key = known.find((candidate) => candidate === name);
    if (key === undefined) throw new Refused(unknownName('parameter', name, known));
    if (query[key] !== undefined) throw refused(`the parameter ${name} stands twice`, '');
    query[key] = value;
  }
  return query;
}

/** A whole number from 1 on, if it is there. */
export function numberMember(body: JsonObject, key: string): number | undefined {
  const value = own(body, key);
  if (value === undefined || (Number.isSafeInteger(value) && (value as number) > 0))
    return value as number | undefined;
  throw refused(`${key} must be a whole number from 1 on`, `/${key}`);
}

/** True or false, if it is there. */
export function flagMember(body: JsonObject, key: string): boolean | undefined {
  const value = own(body, key);
  if (value === undefined || typeof value === 'boolean') return value;
  throw refused(`${key} must be true or false`, `/${key}`);
}

/** `limit` and `after` of a listing; the engine checks the limit's range. */
export function pageOf(query: { limit?: string; after?: string }): { limit?: number; after?: string } {
  const { limit, after } = query;
  if (limit !== undefined && !/^\d{1,9}$/.test(limit)) {
    throw new Refused({
      code: 'invalid-limit',
      message: `limit must be a whole number, not ${limit}`,
      path: '',
    });
  }
  return given({ limit: limit === undefined ? undefined : Number(limit), after });
}

/** `revision`, if it is there; the engine says which there are. */
export function revisionOf(revision: string | undefined): number | undefined {
  if (revision === undefined || /^[1-9]\d{0,14}$/.test(revision))
    return revision === undefined ? revision : Number(revision);
  throw refused(`revision must be a whole number from 1 on, not ${revision}`, '');
}

/** `wait`, in milliseconds, if it is there: an open connection is not held longer than MAX_WAIT_MS. */
export function waitOf(wait: string | undefined): number | undefined {
  if (wait === undefined) return undefined;
  const duration = parseDuration(wait);
  if ('problem' in duration) throw new Refused(duration.problem);
  if (duration.value > MAX_WAIT_MS) throw refused(`wait may not exceed ${MAX_WAIT_MS / 1_000} s`, '');
  return duration.value;
}

/** What a request is told again by may stand in the body or, for clients that send one with each, in the header. */
export function idempotencyId(inBody: string | undefined, inHeader: string | undefined): string | undefined {
  if (inBody !== undefined && inHeader !== undefined && inBody !== inHeader) {
    throw refused(`the body's id "${inBody}" and the Idempotency-Key "${inHeader}" differ`, '/id');
  }
  return inBody ?? inHeader;
}

/** One of a few words, if it is there. */
export function oneOf<T extends string>(
  name: string,
  value: string | undefined,
  words: readonly T[],
): T | undefined {
  if (value === undefined) return undefined;
  const word = words.find((candidate) => candidate === value);
  if (word !== undefined) return word;
  const message = `${name} must be one of ${words.join(', ')}`;
  throw new Refused({ code: 'invalid-request', message, path: '', ...didYouMean(value, words) });
}

function unknownName(what: string, name: string, known: readonly string[]): Problem {
  const { hint = `known: ${known.join(', ') || 'none'}` } = didYouMean(name, known);
  return { code: 'invalid-request', message: `unknown ${what} ${JSON.stringify(name)}`, path: '', hint };
}

function refused(message: string, path: string): Refused {
  return new Refused({ code: 'invalid-request', message, path });
}

function tooLarge(): Refused {
  const message = `a request's body may not exceed ${MAX_BODY_BYTES} bytes`;
  return new Refused({ code: 'payload-too-large', message, path: '' });
}
