import { parseDuration } from '../core/duration.js';
import type { Wait } from '../core/engine.js';
import { idProblem } from '../core/identifier.js';
import { type Json, toJson, utf8Length } from '../core/json.js';
import { MAX_ID_LENGTH, MAX_PAGE, MAX_PAYLOAD_BYTES } from '../core/limits.js';
import { Refused } from '../core/problem.js';

/** Rows of a listing that asks for no number. */
const DEFAULT_PAGE = 100;

/** What a caller gave as data, as JSON within the limit; refuses anything else. Nothing given is null. */
export function checkedPayload(value: unknown, what: string, maxBytes: number = MAX_PAYLOAD_BYTES): Json {
  const checked = toJson(value);
  if ('problem' in checked) {
    const { path, message } = checked.problem;
    throw new Refused({ code: 'not-json', message: `${what} is not JSON: ${message}`, path });
  }
  const bytes = utf8Length(JSON.stringify(checked.value));
  if (bytes > maxBytes) {
    const message = `${what} has ${bytes} bytes; at most ${maxBytes} are taken`;
    throw new Refused({ code: 'payload-too-large', message, path: '' });
  }
  return checked.value;
}

/** Refuses an id that breaks the rules for ids. */
export function refuseId(what: string, id: string): void {
  const problem = idProblem(what, id);
  if (problem !== undefined) throw new Refused({ ...problem, path: '/id' });
}

/** Refuses a name that schedules alone have: each of them is made from a specification, not from a definition. */
export function refuseReserved(what: 'language' | 'machine', name: string, reserved: string): void {
  if (name !== reserved) return;
  const message = `the ${what} "${name}" is that of schedules`;
  const hint = 'create a schedule: engine.schedule(name, …), "detent schedule add" or POST /api/v1/schedules';
  throw new Refused({ code: 'reserved', message, path: `/${what}`, hint });
}

/** Refuses an event's name that no definition could have. */
export function refuseName(name: unknown): void {
  if (typeof name === 'string' && name !== '' && name.length <= MAX_ID_LENGTH) return;
  const message = `an event's type is a text of 1 to ${MAX_ID_LENGTH} characters`;
  throw new Refused({ code: 'invalid-event', message, path: '/type' });
}

export function checkedLimit(limit: number | undefined): number {
  if (limit === undefined) return DEFAULT_PAGE;
  if (Number.isInteger(limit) && limit >= 1 && limit <= MAX_PAGE) return limit;
  throw new Refused({
    code: 'invalid-limit',
    message: `limit must be a whole number from 1 to ${MAX_PAGE}`,
    path: '',
  });
}

export function checkedWait(wait: Wait): number {
  const checked = parseDuration(wait);
  if ('problem' in checked) throw new Refused(checked.problem);
  return checked.value;
}
