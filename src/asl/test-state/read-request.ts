import { isJsonObject, type Json, type JsonObject, toJson } from '../../core/json.js';
import { didYouMean, Refused } from '../../core/problem.js';
import type { StateTestRequest } from './request.js';

type Kind = 'any' | 'text' | 'flag' | 'count' | Fields;

interface Fields {
  readonly [name: string]: Kind;
}

/** What a request may hold. */
const REQUEST: Fields = {
  input: 'any',
  inspectionLevel: 'text',
  revealSecrets: 'flag',
  roleArn: 'text',
  stateName: 'text',
  variables: {},
  context: {},
  mock: {
    result: 'any',
    errorOutput: { error: 'text', cause: 'text' },
    fieldValidationMode: 'text',
  },
  stateConfiguration: {
    retrierRetryCount: 'count',
    errorCausedByState: 'text',
    mapIterationFailureCount: 'count',
    mapItemReaderData: 'text',
  },
};

/** What a program asks to be tested, whatever it handed in, as a request. Throws Refused. */
export function readRequest(request: unknown): StateTestRequest {
  const json = toJson(request);
  if ('problem' in json) throw new Refused(json.problem);
  check(json.value, REQUEST, '');
  return json.value as StateTestRequest;
}

function check(value: Json, kind: Kind, path: string): void {
  switch (kind) {
    case 'any':
      return;
    case 'text':
      if (typeof value !== 'string') refuse(path, 'it must be a text');
      return;
    case 'flag':
      if (typeof value !== 'boolean') refuse(path, 'it must be true or false');
      return;
    case 'count':
      if (!Number.isInteger(value) || Number(value) < 0) refuse(path, 'it must be a whole number from 0');
      return;
    default:
      if (!isJsonObject(value)) refuse(path, 'it must be an object');
      checkFields(value, kind, path);
  }
}

/** Of some objects every field may have any name: those that say of none. */
function checkFields(value: JsonObject, fields: Fields, path: string): void {
  const known = Object.keys(fields);
  if (known.length === 0) return;
  for (const [name, member] of Object.entries(value)) {
    const kind = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (kind === undefined) refuse(`${path}/${name}`, 'there is no such field', didYouMean(name, known).hint);
    check(member, kind, `${path}/${name}`);
  }
}

function refuse(path: string, reason: string, hint?: string): never {
  const message = `${path === '' ? 'the request' : path.slice(1)}: ${reason}`;
  throw new Refused({
    code: 'ValidationException',
    message,
    path,
    ...(hint === undefined ? {} : { hint }),
  });
}
