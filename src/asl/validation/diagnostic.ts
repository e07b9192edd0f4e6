import { isJsonArray, isJsonObject, type Json, own } from '../../core/json.js';
import type { Finding } from '../finding.js';
import { pointerKeys } from '../query.js';

/** One thing that is wrong with a definition, as ValidateStateMachineDefinition answers it. */
export interface Diagnostic {
  readonly severity: 'ERROR' | 'WARNING';
  readonly code: string;
  readonly message: string;
  /** `/States/Pick/Choices[0]/Next`; absent where AWS names no place. */
  readonly location?: string;
}

/** A finding about a source as AWS tells it. */
export function diagnosticOf(
  source: Json,
  { severity, code, message, path, place = path }: Finding,
): Diagnostic {
  return {
    severity: severity === 'warning' ? 'WARNING' : 'ERROR',
    code,
    message,
    ...(place === null ? {} : { location: locationIn(source, place) }),
  };
}

/**
 * A JSON Pointer as AWS writes places: keys as they are, indexes in brackets.
 *
 * @example
 * locationIn({ States: { 'a/b': { Choices: [{}] } } }, '/States/a~1b/Choices/0/Next'); // => '/States/a/b/Choices[0]/Next'
 * locationIn({}, ''); // => '/'
 */
export function locationIn(source: Json, pointer: string): string {
  let location = '';
  let value: Json | undefined = source;
  for (const key of pointerKeys(pointer)) {
    if (isJsonArray(value)) {
      location += `[${key}]`;
      value = value[Number(key)];
    } else {
      location += `/${key}`;
      value = isJsonObject(value) ? own(value, key) : undefined;
    }
  }
  return location === '' ? '/' : location;
}

/** A diagnostic in the refusal of a definition, which says `null` where there is no place. */
export function diagnosticText({ code, message, location }: Diagnostic): string {
  return `${code}: ${message} at ${location ?? null}`;
}
