import { ARRAY_FUNCTIONS } from './functions/arrays.js';
import { BOOLEAN_FUNCTIONS } from './functions/booleans.js';
import { CLOCK_FUNCTIONS } from './functions/clock.js';
import { ENCODING_FUNCTIONS } from './functions/encoding.js';
import { FORMAT_FUNCTIONS } from './functions/formats.js';
import { HIGHER_ORDER_FUNCTIONS } from './functions/higher-order.js';
import { MATCHING_FUNCTIONS } from './functions/matching.js';
import { NUMBER_FUNCTIONS } from './functions/numbers.js';
import { OBJECT_FUNCTIONS } from './functions/objects.js';
import { STATES_FUNCTIONS } from './functions/states.js';
import { STRING_FUNCTIONS } from './functions/strings.js';
import { libraryOf } from './native.js';
import type { Rules } from './rules.js';

const STANDARD_FUNCTIONS = {
  ...STRING_FUNCTIONS,
  ...MATCHING_FUNCTIONS,
  ...NUMBER_FUNCTIONS,
  ...FORMAT_FUNCTIONS,
  ...BOOLEAN_FUNCTIONS,
  ...ARRAY_FUNCTIONS,
  ...OBJECT_FUNCTIONS,
  ...HIGHER_ORDER_FUNCTIONS,
  ...ENCODING_FUNCTIONS,
  ...CLOCK_FUNCTIONS,
};

const standard = libraryOf(STANDARD_FUNCTIONS);

/**
 * `jsonata` is what machines speak, where a wrong name should be noticed early; `states` what Step Functions
 * speaks, with the functions that it adds; `whole` all that the JSONata project's own library runs.
 */
export const DIALECTS = {
  jsonata: { functions: standard, evaluates: false, failsLate: false, writesInfinity: false },
  states: {
    functions: libraryOf({ ...STANDARD_FUNCTIONS, ...STATES_FUNCTIONS }),
    evaluates: false,
    failsLate: true,
    writesInfinity: true,
  },
  whole: { functions: standard, evaluates: true, failsLate: true, writesInfinity: false },
} as const satisfies Record<string, Rules>;

export type Dialect = keyof typeof DIALECTS;
