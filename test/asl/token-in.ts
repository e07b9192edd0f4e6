import type { Json } from '../../src/core/json.js';
import { type CallbackToken, readTaskToken } from '../../src/core/task-token.js';

/** The task token that stands somewhere in what a handler was given. */
export function tokenIn(value: Json): CallbackToken | undefined {
  if (typeof value === 'string') {
    const token = readTaskToken(value);
    return token === undefined || 'job' in token ? undefined : token;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  for (const member of Object.values(value)) {
    const token = tokenIn(member as Json);
    if (token !== undefined) return token;
  }
  return undefined;
}
