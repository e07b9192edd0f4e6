import { inspect } from 'node:util';
import { blame } from '../runtime/stray-error.js';
import type { Terminal } from './terminal.js';

/**
 * Says what was thrown where nobody caught it, and answers whether the process can go on: a handler's timer or
 * forgotten promise fails its own task alone. Anything else may have left the process in any state.
 */
export function sayStrayError(error: unknown, { err, env }: Pick<Terminal, 'err' | 'env'>): boolean {
  const culprit = blame(error);
  const whole = culprit === undefined || env['DETENT_DEBUG'] || !(error instanceof Error);
  const text = whole ? inspect(error) : `${error.name}: ${error.message}`;
  if (culprit === undefined) err(`${text}\n`);
  else
    err(`the handler "${culprit.resource}" of ${culprit.instance} threw where nothing catches it: ${text}\n`);
  return culprit !== undefined;
}
