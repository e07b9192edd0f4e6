import { ExpressionError } from '../../expression-error.js';
import type { NativeDefinition } from '../native.js';
import type { Run, Value } from '../value.js';

const ISO_8601 =
  /^\d{4}(-[01]\d)?(-[0-3]\d)?(T[0-2]\d:[0-5]\d(:[0-5]\d(\.\d+)?)?([+-][0-2]\d:?[0-5]\d|Z)?)?$/;

/** Functions on points in time, which are milliseconds since 1970. The clock is handed in. */
export const CLOCK_FUNCTIONS: Readonly<Record<string, NativeDefinition>> = {
  now: {
    signature: '<s?s?:s>',
    arity: 2,
    call: ([picture, zone], run) => formatInstant(nowOf(run, '$now'), picture, zone),
  },
  fromMillis: {
    signature: '<n-s?s?:s>',
    arity: 3,
    call: ([millis, picture, zone]) =>
      typeof millis === 'number' ? formatInstant(millis, picture, zone) : undefined,
  },
  toMillis: {
    signature: '<s-s?:n>',
    arity: 2,
    call: ([text, picture]) => (typeof text === 'string' ? parseInstant(text, picture) : undefined),
  },
  millis: { signature: '<:n>', arity: 0, call: (_args, run) => nowOf(run, '$millis') },
};

export function nowOf({ surroundings: { now } }: Run, name: string): number {
  if (now === undefined) throw new ExpressionError('no-clock', `${name} is not available here`);
  return now;
}

function formatInstant(millis: number, picture: Value | undefined, zone: Value | undefined): string {
  if (picture !== undefined || zone !== undefined) {
    throw new ExpressionError('picture-unsupported', 'date and time pictures are not supported yet');
  }
  return new Date(millis).toISOString();
}

function parseInstant(text: string, picture: Value | undefined): number {
  if (picture !== undefined) {
    throw new ExpressionError('picture-unsupported', 'date and time pictures are not supported yet');
  }
  if (ISO_8601.test(text)) return Date.parse(text);
  throw new ExpressionError('D3110', `${JSON.stringify(text)} is not an ISO 8601 time`);
}
