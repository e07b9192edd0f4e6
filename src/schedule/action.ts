import { addressProblem, idProblem } from '../core/identifier.js';
import { isJsonObject, type Json, own, put } from '../core/json.js';
import { MAX_ID_LENGTH } from '../core/limits.js';
import { formatTimestamp } from '../core/timestamp.js';
import type { FieldReader } from './field-reader.js';

/** What a schedule does when it fires. */
export type Action =
  | { readonly kind: 'start'; readonly machine: string; readonly load: Load }
  | { readonly kind: 'send'; readonly to: string; readonly name: string; readonly load: Load };

/** What a run or a receiver is given. */
interface Load {
  readonly value?: Json;
  readonly stamp?: string;
}

/** One time that a schedule fires at, or the moment it was triggered. */
export interface Firing {
  readonly scheduledAt: number;
  readonly triggered: boolean;
}

export function readAction(reader: FieldReader): Action | undefined {
  const kind = reader.oneOf('start', 'send');
  if (kind === undefined) return undefined;
  return kind === 'start' ? readStart(reader) : readSend(reader);
}

function readStart(whole: FieldReader): Action | undefined {
  const reader = whole.member('start', ['machine', 'input', 'stamp']);
  const machine = reader?.text('machine');
  if (reader === undefined || machine === undefined) return undefined;
  const problem = idProblem('a machine', machine);
  if (problem !== undefined) reader.add('machine', problem);
  return { kind: 'start', machine, load: readLoad(reader, 'input') };
}

function readSend(whole: FieldReader): Action | undefined {
  const reader = whole.member('send', ['to', 'type', 'data', 'stamp']);
  const to = reader?.text('to');
  const name = reader?.text('type');
  if (reader === undefined || to === undefined || name === undefined) return undefined;
  const problem = addressProblem(to);
  if (problem !== undefined) reader.add('to', problem);
  if (name.length > MAX_ID_LENGTH) {
    reader.complain('type', `an event's type has at most ${MAX_ID_LENGTH} characters`);
  }
  return { kind: 'send', to, name, load: readLoad(reader, 'data') };
}

function readLoad(reader: FieldReader, key: string): Load {
  const value = reader.value(key);
  const load = value === undefined ? {} : { value };
  if (!reader.has('stamp')) return load;
  const stamp = reader.text('stamp');
  if (stamp === undefined) return load;
  if (value !== undefined && !isJsonObject(value)) {
    reader.complain('stamp', `"stamp" needs "${key}" to be an object, or absent`);
  } else if (value !== undefined && own(value, stamp) !== undefined) {
    reader.complain('stamp', `"${key}" has a "${stamp}" already`);
  }
  return { ...load, stamp };
}

/**
 * What a firing gives to the run or the receiver: the value as it stands, with the firing under the stamp's
 * key; without a value and a stamp the firing itself.
 *
 * @example
 * const firing = { scheduledAt: 0, triggered: false };
 * loadOf({ value: { a: 1 } }, 's', firing); // => { a: 1 }
 * Object.keys(loadOf({ value: { a: 1 }, stamp: 'firing' }, 's', firing)); // => ['a', 'firing']
 */
export function loadOf({ value, stamp }: Load, schedule: string, firing: Firing): Json {
  const told = {
    schedule,
    scheduledAt: formatTimestamp(firing.scheduledAt),
    triggered: firing.triggered,
  };
  if (stamp === undefined) return value === undefined ? told : value;
  const stamped: Record<string, Json> = {};
  for (const [key, member] of Object.entries(value ?? {})) put(stamped, key, member as Json);
  put(stamped, stamp, told);
  return stamped;
}
