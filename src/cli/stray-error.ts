import { inspect } from 'node:util';
import { blame } from '../runtime/stray-error.js';
import type { Terminal } from './terminal.js';
import { plain } from './text/plain.js';

/**
 * Says what was thrown where nobody caught it, and answers whether the process can go on: a handler's timer or
 * forgotten promise fails its own task alone. Anything else may have left the process in any state.
 */
export function sayStrayError(error: unknown, { err, env }: Pick<Terminal, 'err' | 'env'>): boolean {
  const culprit = blame(error);
  if (culprit === undefined) {
    err(`${inspect(error)}\n`);
    return false;
  }
  const { resource, instance } = culprit;
  const brief = !env['DETENT_DEBUG'] && error instanceof Error;
  const text = brief ? plain(`${error.name}: ${error.message}`) : inspect(error);
  err(`${plain(`the handler "${resource}" of ${instance}`)} threw where nothing catches it: ${text}\n`);
  return true;
}
