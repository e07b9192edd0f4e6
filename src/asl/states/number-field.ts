import type { Json } from '../../core/json.js';
import type { ActiveThread } from '../active-thread.js';
import { queryFailure, runtimeFailure } from '../errors.js';
import { compileTyped, isExpressionText } from '../jsonata-query.js';
import { compilePathText } from '../path-query.js';
import { type QuerySource, refuseForeign } from '../query.js';
import { fractionAt, wholeNumberAt } from '../written-number.js';

/** A number that a state names, if it does. Throws StateFailure where it is none that will do. */
export type NumberField = (thread: ActiveThread, selected: Json) => number | undefined;

/** What numbers will do, and what AWS says of others. */
export interface NumberKind {
  readonly whole: boolean;
  readonly min: number;
  readonly max?: number;
  /** What is wrong with a number that is out of bounds, said of a field. */
  readonly complaint: (field: string) => string;
  /** Another failure than States.Runtime, where a path leads to such a number. */
  readonly failure?: (complaint: string) => Error;
}

/** A count of something. */
export const COUNT: NumberKind = {
  whole: true,
  min: 0,
  complaint: (field) => `${field} cannot be negative.`,
};

/** A count of something, of which there has to be some. */
export const POSITIVE: NumberKind = {
  whole: true,
  min: 1,
  complaint: (field) => `field ${field} must be positive`,
};

/** From 0 to 100, with a fraction. */
export const PERCENTAGE: NumberKind = {
  whole: false,
  min: 0,
  max: 100,
  complaint: (field) => `${field} must be between 0 and 100.`,
};

/** A field that holds a number, in JSONata an expression as well, in JSONPath a path under `<field>Path`. */
export function compileNumberField(source: QuerySource, field: string, kind: NumberKind): NumberField {
  const { fields, queryLanguage } = source;
  refuseForeign(source, 'JSONPath', [`${field}Path`]);
  if (queryLanguage === 'JSONata' && isExpressionText(fields.any(field))) {
    const value = compileTyped(fields, field, 'number');
    return (thread) => checkedResult(field, value?.(thread) ?? 0, kind);
  }
  fields.atMostOne(field, `${field}Path`);
  const { min, max } = kind;
  const bounds = max === undefined ? { min } : { min, max };
  const fixed = kind.whole ? fields.integer(field, bounds) : fields.number(field, bounds);
  const path = queryLanguage === 'JSONPath' ? compilePathText(fields, `${field}Path`) : undefined;
  if (path === undefined) return () => fixed;
  return (thread, selected) => numberAt(field, path.text, path.get(thread, selected), kind);
}

function isWithin(number: number, { min, max = Number.POSITIVE_INFINITY }: NumberKind): boolean {
  return number >= min && number <= max;
}

function checkedResult(field: string, value: Json, kind: NumberKind): number {
  if (typeof value === 'number' && isWithin(value, kind) && (!kind.whole || Number.isInteger(value)))
    return value;
  const cause = kind.whole
    ? `The ${field} field must be a ${kind.min > 0 ? 'positive' : 'non-negative'} integer: ${JSON.stringify(value)}`
    : kind.complaint(field);
  throw queryFailure(cause, field);
}

/** A number that a path leads to, which AWS takes as a text as well. */
function numberAt(field: string, path: string, value: Json, kind: NumberKind): number {
  const number = kind.whole
    ? wholeNumberAt(`${field}Path`, path, value)
    : fractionAt(`${field}Path`, path, value);
  if (!isWithin(number, kind)) throw (kind.failure ?? runtimeFailure)(kind.complaint(field));
  return number;
}
