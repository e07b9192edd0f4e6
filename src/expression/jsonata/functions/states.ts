import type { Json } from '../../../core/json.js';
import { MAX_SEQUENCE_LENGTH } from '../../budget.js';
import { ExpressionError } from '../../expression-error.js';
import { hash, parseJson, partition, range } from '../../intrinsic/functions.js';
import { JavaRandom } from '../../intrinsic/java-random.js';
import { uuidOf } from '../../intrinsic/uuid.js';
import type { NativeDefinition } from '../native.js';
import { payForText } from '../text-cost.js';
import { isArray, type Run } from '../value.js';

/** What Step Functions adds to JSONata (States Language: JSONata functions provided by Step Functions). */
export const STATES_FUNCTIONS: Readonly<Record<string, NativeDefinition>> = {
  partition: {
    signature: '<an:a>',
    arity: 2,
    call: ([array, size], run) =>
      isArray(array) ? partition(array as readonly Json[], Math.round(Number(size)), run.budget) : undefined,
  },
  range: {
    signature: '<nnn:a>',
    arity: 3,
    call: ([from, to, step], run) => {
      if (typeof from !== 'number' || typeof to !== 'number' || typeof step !== 'number') return undefined;
      const numbers = range(from, to, step, MAX_SEQUENCE_LENGTH);
      run.budget.spend(numbers.length);
      return numbers;
    },
  },
  hash: {
    signature: '<s-s:s>',
    arity: 2,
    call: ([text, algorithm], run) =>
      typeof text === 'string' ? hash(text, String(algorithm), run.budget) : undefined,
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
      payForText(run, text.length * 8);
      return parseJson(text);
    },
  },
};

function chanceOf({ surroundings: { chance } }: Run, name: string) {
  if (chance === undefined) throw new ExpressionError('no-chance', `${name} is not available here`);
  return chance;
}
