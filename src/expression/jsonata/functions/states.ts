import type { Json } from '../../../core/json.js';
import { ExpressionError } from '../../expression-error.js';
import { hash, parseJson, partition, range, rangeLength, wholeOf } from '../../intrinsic/functions.js';
import { JavaRandom } from '../../intrinsic/java-random.js';
import { uuidOf } from '../../intrinsic/uuid.js';
import type { NativeDefinition } from '../native.js';
import { payForText } from '../text-cost.js';
import { isArray, type Run, Sequence } from '../value.js';

/**
 * What Step Functions adds to JSONata (Step Functions: transforming data with JSONata). Numbers are cut to whole ones,
 * and what there is nothing of is undefined: parts of an empty array or of no items, a range that its step leads away
 * from, a digest by no algorithm.
 */
export const STATES_FUNCTIONS: Readonly<Record<string, NativeDefinition>> = {
  partition: {
    signature: '<an?:a>',
    arity: 2,
    call: ([array, given], { budget }) => {
      if (!isArray(array) || array.length === 0) return undefined;
      const size = typeof given === 'number' ? wholeOf(given) : array.length;
      if (size === 0) return undefined;
      if (size < 0) throw refused('the second argument must be zero or greater');
      return partition(array as readonly Json[], size, budget);
    },
  },
  range: {
    signature: '<nnn?:a>',
    arity: 3,
    call: ([from, to, by], run) => {
      if (typeof from !== 'number' || typeof to !== 'number' || typeof by !== 'number') return undefined;
      const step = wholeOf(by);
      if (step === 0) return undefined;
      const count = rangeLength(wholeOf(from), wholeOf(to), step);
      run.budget.checkLength(count);
      run.budget.spend(count);
      return new Sequence(range(wholeOf(from), wholeOf(to), step, count));
    },
  },
  hash: {
    signature: '<s-s?:s>',
    arity: 2,
    call: ([text, algorithm], { budget }) =>
      typeof text === 'string' && algorithm !== undefined
        ? refusing(() => hash(text, algorithm as Json, budget))
        : undefined,
  },
  random: {
    signature: '<n?:n>',
    arity: 1,
    call: ([seed], run) =>
      typeof seed === 'number' ? new JavaRandom(seed).double() : chanceOf(run, '$random').float(),
  },
  uuid: { signature: '<:s>', arity: 0, call: (_args, run) => uuidOf(chanceOf(run, '$uuid')) },
  parse: {
    signature: '<s-:x>',
    arity: 1,
    call: ([text], run) => {
      if (typeof text !== 'string') return undefined;
      payForText(run, text.length * 16);
      return refusing(() => parseJson(text));
    },
  },
};

/** What an intrinsic function refuses has a code of JSONata here. */
function refusing<T>(call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw error instanceof ExpressionError && error.code === 'intrinsic-failure'
      ? refused(error.message)
      : error;
  }
}

function refused(reason: string): ExpressionError {
  return new ExpressionError('D3137', reason);
}

function chanceOf({ surroundings: { chance } }: Run, name: string) {
  if (chance === undefined) throw new ExpressionError('no-chance', `${name} is not available here`);
  return chance;
}
