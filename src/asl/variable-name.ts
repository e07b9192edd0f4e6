import { MAX_VARIABLE_NAME_LENGTH } from './limits.js';

const RESERVED = 'states';
const NAME = /^\p{ID_Start}\p{ID_Continue}*$/u;

/** Why a text, without the `$`, is no name of a variable, as AWS says it. */
export interface NameFault {
  readonly code: string;
  readonly message: string;
}

/**
 * What keeps a variable from being read as `$name`; undefined if nothing does. States Language: Variables.
 *
 * @example
 * variableNameFault('total'); // => undefined
 * variableNameFault('$total')?.message; // => "Invalid variable name '$total': the variable name contains invalid characters."
 * variableNameFault('states')?.code; // => 'RESERVED_VARIABLE_NAME'
 */
export function variableNameFault(name: string): NameFault | undefined {
  if (name === RESERVED)
    return { code: 'RESERVED_VARIABLE_NAME', message: `Cannot assign to reserved variable '$${RESERVED}'.` };
  const isName = NAME.test(name);
  if (isName && [...name].length <= MAX_VARIABLE_NAME_LENGTH) return undefined;
  const reason = isName
    ? `the variable name exceeds ${MAX_VARIABLE_NAME_LENGTH} characters`
    : 'the variable name contains invalid characters';
  return { code: 'INVALID_VARIABLE_NAME', message: `Invalid variable name '${name}': ${reason}.` };
}
