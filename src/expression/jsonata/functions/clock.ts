import { ExpressionError } from '../../expression-error.js';
import type { Arguments, NativeDefinition } from '../native.js';
import { formatInstant } from '../pictures/date-format.js';
import { parseInstant } from '../pictures/date-parse.js';
import { parseIso8601 } from '../pictures/instant.js';
import { payForText } from '../text-cost.js';
import type { Run } from '../value.js';

/** Functions on points in time, which are milliseconds since 1970. The clock is handed in. */
export const CLOCK_FUNCTIONS: Readonly<Record<string, NativeDefinition>> = {
  now: {
    signature: '<s?s?:s>',
    arity: 2,
    call: ([picture, zone], run) => format(nowOf(run, '$now'), [picture, zone], run),
  },
  millis: { signature: '<:n>', arity: 0, call: (_args, run) => nowOf(run, '$millis') },
  fromMillis: {
    signature: '<n-s?s?:s>',
    arity: 3,
    call: ([millis, picture, zone], run) =>
      typeof millis === 'number' ? format(millis, [picture, zone], run) : undefined,
  },
  toMillis: {
    signature: '<s-s?:n>',
    arity: 2,
    call: ([text, picture], run) => {
      if (typeof text !== 'string') return undefined;
      payForText(run, text.length);
      if (typeof picture !== 'string') return iso8601(text);
      return parseInstant(text, picture, () => nowOf(run, '$toMillis'), run.budget);
    },
  },
};

function nowOf({ surroundings: { now } }: Run, name: string): number {
  if (now === undefined) throw new ExpressionError('no-clock', `${name} is not available here`);
  return now;
}

function format(millis: number, [picture, zone]: Arguments, run: Run): string {
  run.budget.spend(String(picture ?? '').length);
  return formatInstant(millis, picture as string | undefined, zone as string | undefined);
}

function iso8601(text: string): number {
  const millis = parseIso8601(text);
  if (!Number.isNaN(millis)) return millis;
  throw new ExpressionError('D3110', `${JSON.stringify(text.slice(0, 100))} is not an ISO 8601 time`);
}
