import { ExpressionError } from '../../expression-error.js';
import type { NativeDefinition } from '../native.js';
import { integerPicture } from '../pictures/integer-picture.js';
import { formatNumber, type Signs } from '../pictures/number-picture.js';
import { finite } from '../truth.js';
import { isObject, type Value } from '../value.js';

/** Numbers as texts by a picture, and back. */
export const FORMAT_FUNCTIONS: Readonly<Record<string, NativeDefinition>> = {
  formatNumber: {
    signature: '<n-so?:s>',
    arity: 3,
    call: ([number, picture, options], run) => {
      if (typeof number !== 'number') return undefined;
      run.budget.spend(24 + String(picture).length);
      return formatNumber(finite(number), String(picture), signsOf(options));
    },
  },
  formatInteger: {
    signature: '<n-s:s>',
    arity: 2,
    call: ([number, picture], run) => {
      if (typeof number !== 'number') return undefined;
      run.budget.spend(1 + String(picture).length);
      return integerPicture(String(picture)).format(Math.floor(finite(number)));
    },
  },
  parseInteger: {
    signature: '<s-s:n>',
    arity: 2,
    call: ([text, picture], run) => {
      if (typeof text !== 'string') return undefined;
      // Every character is looked at, and more than once.
      run.budget.spend(text.length);
      const number = integerPicture(String(picture)).parse(text);
      if (!Number.isNaN(number)) return number;
      throw new ExpressionError('D3030', `${JSON.stringify(text)} is not a number as "${picture}" writes it`);
    },
  },
};

function signsOf(options: Value | undefined): Partial<Signs> {
  if (!isObject(options)) return {};
  return Object.fromEntries(
    Object.entries(options).filter(([, sign]) => typeof sign === 'string' && sign !== ''),
  );
}
