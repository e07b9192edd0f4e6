import { Chance } from '../core/chance.js';
import type { Json } from '../core/json.js';
import { Budget, MAX_EXPRESSION_STEPS } from '../expression/budget.js';
import type { Surroundings } from '../expression/expression.js';
import { ExpressionError } from '../expression/expression-error.js';
import { compileJsonata } from '../expression/jsonata/jsonata.js';
import { offsetIn } from '../expression/source-error.js';

export type { Json } from '../core/json.js';
export { ExpressionError } from '../expression/expression-error.js';

/** What a compiled expression is given besides its input. */
export interface JsonataOptions {
  /** The clock behind `$now` and `$millis`, in milliseconds since 1970, asked at most once an evaluation. By default the machine's. */
  readonly now?: () => number;
  /** What `$random` and `$shuffle` derive from: the same seed, the same numbers, call by call. By default they differ each time. */
  readonly seed?: string;
  /** Steps that one evaluation may take; MAX_EXPRESSION_STEPS by default. */
  readonly steps?: number;
}

/**
 * A compiled expression. Gives its value for an input, undefined for nothing. `bindings` are variables by name, without
 * the `$`: values of JSON, no functions. Throws ExpressionError.
 */
export type Jsonata = (input?: unknown, bindings?: Readonly<Record<string, unknown>>) => Json | undefined;

/**
 * Compiles an expression of JSONata, the whole language, to a function: synchronous, and stopped by its budget. It sees
 * own properties of data only. Throws ExpressionError with the code of the JSONata project's library, if it has one,
 * and the offset into the text: here for what is wrong with the text, later for what goes wrong with an input.
 *
 * @example
 * const total = compile('$sum(orders[qty > 1].(price * qty))');
 * total({ orders: [{ qty: 2, price: 5 }, { qty: 1, price: 3 }] }); // => 10
 * total({}); // => undefined
 * compile('$now()', { now: () => 0 })(); // => '1970-01-01T00:00:00.000Z'
 * compile('$greeting & " " & name')({ name: 'Ada' }, { greeting: 'Hello' }); // => 'Hello Ada'
 */
export function compile(text: string, options: JsonataOptions = {}): Jsonata {
  checkUse(text, options);
  const checked = compileJsonata(text, 'whole');
  if ('problem' in checked) {
    const { problem } = checked;
    throw new ExpressionError(problem.code, problem.message, offsetIn(text, problem));
  }
  const expression = checked.value;
  const { now = Date.now, seed = `${Date.now()}/${Math.random()}`, steps = MAX_EXPRESSION_STEPS } = options;
  const chance = new Chance(seed);
  return (input, bindings) => {
    if (bindings !== undefined) refuseFunctions(bindings);
    const surroundings = new Moment(now, chance, new Budget(steps), bindings as Bindings);
    try {
      return expression.evaluate(input as Json | undefined, surroundings);
    } catch (error) {
      throw withLibraryCode(error);
    }
  };
}

/** What each option is; an expression without bounds, or with another's clock, would be worse than none. */
const OPTIONS = {
  now: { is: (value) => typeof value === 'function', what: 'a function that gives milliseconds' },
  seed: { is: (value) => typeof value === 'string', what: 'a text' },
  steps: { is: (value) => Number.isInteger(value) && Number(value) >= 0, what: 'a whole number from 0' },
} satisfies Record<keyof JsonataOptions, { is(value: unknown): boolean; what: string }>;

function checkUse(text: unknown, options: JsonataOptions): void {
  if (typeof text !== 'string') throw misused('an expression is a text');
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(OPTIONS, name)) throw misused(`there is no option "${name}"`);
    const { is, what } = OPTIONS[name as keyof JsonataOptions];
    if (value !== undefined && !is(value)) throw misused(`${name} must be ${what}`);
  }
}

function misused(message: string): ExpressionError {
  return new ExpressionError('invalid-option', message);
}

type Bindings = Readonly<Record<string, Json>> | undefined;

/** The surroundings of one evaluation, which all happens at one time. */
class Moment implements Surroundings {
  readonly chance: Chance;
  readonly budget: Budget;
  readonly bindings: Bindings;
  readonly #clock: () => number;
  #now: number | undefined;

  constructor(clock: () => number, chance: Chance, budget: Budget, bindings: Bindings) {
    this.#clock = clock;
    this.chance = chance;
    this.budget = budget;
    this.bindings = bindings;
  }

  get now(): number {
    this.#now ??= this.#clock();
    return this.#now;
  }
}

/** A function of the program, called by an expression, would be outside of every bound. */
function refuseFunctions(bindings: Readonly<Record<string, unknown>>): void {
  for (const name in bindings) {
    if (typeof bindings[name] !== 'function' || !Object.hasOwn(bindings, name)) continue;
    throw new ExpressionError('function-binding', `$${name} is a function: only values of JSON can be bound`);
  }
}

/** What the JSONata project's library says at bounds of its own. For the length of texts it has none. */
const LIBRARY_CODES: Readonly<Record<string, string>> = {
  'budget-depth': 'D1011',
  'budget-steps': 'D1012',
  'budget-length': 'D2015',
};

function withLibraryCode(error: unknown): unknown {
  if (!(error instanceof ExpressionError)) return error;
  const code = LIBRARY_CODES[error.code];
  return code === undefined ? error : new ExpressionError(code, error.message, error.position);
}
