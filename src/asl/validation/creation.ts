import { isJsonArray, isJsonObject, type Json, type JsonObject, jsonEqual, own } from '../../core/json.js';
import { definitionRefusal } from './validation.js';

/** Why AWS refuses a request: the error's name, and its message. */
export interface Refusal {
  readonly code: string;
  readonly message: string;
}

/** A state machine that there is already by the name that another is to be created under. */
export interface Existing {
  readonly arn: string;
  /** The request that it was created by. */
  readonly request: JsonObject;
}

/** What must be the same for a second CreateStateMachine to be the first once more. Step Functions: CreateStateMachine, Idempotency. */
const SAME = [
  'definition',
  'type',
  'loggingConfiguration',
  'tracingConfiguration',
  'encryptionConfiguration',
];

/**
 * Why CreateStateMachine refuses a request, as far as that can be told from the request and from the machine that has its
 * name; undefined if it does not.
 *
 * @example
 * creationRefusal({ name: 'a', definition: '{}' })?.code; // => 'InvalidDefinition'
 */
export function creationRefusal(request: JsonObject, existing?: Existing): Refusal | undefined {
  const refusal = versionRefusal(request) ?? loggingRefusal(own(request, 'loggingConfiguration'));
  if (refusal !== undefined) return refusal;
  const type = own(request, 'type') === 'EXPRESS' ? 'EXPRESS' : 'STANDARD';
  const message = definitionRefusal(String(own(request, 'definition') ?? ''), type);
  if (message !== undefined) return { code: 'InvalidDefinition', message };
  if (existing === undefined || isSame(request, existing.request)) return undefined;
  return { code: 'StateMachineAlreadyExists', message: `State Machine Already Exists: '${existing.arn}'` };
}

/** A version's description without the version. */
function versionRefusal(request: JsonObject): Refusal | undefined {
  if (own(request, 'versionDescription') === undefined || own(request, 'publish') === true) return undefined;
  return {
    code: 'ValidationException',
    message: 'Version description can only be set when publish is true',
  };
}

/**
 * Why AWS refuses a LoggingConfiguration, in creating and in updating; undefined if it does not. Whether there is such a log
 * group is not looked at.
 *
 * @example
 * loggingRefusal({ level: 'ALL' })?.message; // => 'Invalid Logging Configuration: Must specify exactly one Log Destination.'
 */
export function loggingRefusal(configuration: Json | undefined): Refusal | undefined {
  if (!isJsonObject(configuration)) return undefined;
  const destinations = own(configuration, 'destinations');
  const count = isJsonArray(destinations) ? destinations.length : 0;
  const isOff = (own(configuration, 'level') ?? 'OFF') === 'OFF';
  if (count === 1 || (isOff && count === 0)) return undefined;
  return {
    code: 'InvalidLoggingConfiguration',
    message: 'Invalid Logging Configuration: Must specify exactly one Log Destination.',
  };
}

function isSame(one: JsonObject, other: JsonObject): boolean {
  return SAME.every((field) => jsonEqual(own(one, field) ?? null, own(other, field) ?? null));
}
