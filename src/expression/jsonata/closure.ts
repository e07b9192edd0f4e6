import { freshSlots } from './frame.js';
import type { Signature } from './signature.js';
import { collapse, FunctionValue, type Input, plainAll, type Result, type Run, Scope } from './value.js';

/** A call that a function leaves to its caller, so that recursion in the last place needs no stack. */
export class TailCall {
  readonly callee: FunctionValue;
  readonly args: readonly Result[];

  constructor(callee: FunctionValue, args: readonly Result[]) {
    this.callee = callee;
    this.args = args;
  }
}

/** Code in the last place of a function: it may leave a call to be made instead of making it. */
export type TailCode = (input: Input, scope: Scope) => Result | TailCall;

/** A function as it is written: what does not change from one evaluation to the next. */
export interface ClosureDefinition {
  /** Where the parameters lie among the slots of the function's scope, which they share with its variables. */
  readonly parameters: readonly number[];
  readonly slots: number;
  readonly signature: Signature | undefined;
  readonly body: TailCode;
  readonly cost: number;
  /** How many calls it counts as towards the depth limit: deeply nested bodies need more of the stack. */
  readonly weight: number;
}

/** A function of the expression itself, with the scope and the context that it was made in. */
export class Closure extends FunctionValue {
  readonly #definition: ClosureDefinition;
  readonly #input: Input;
  readonly #scope: Scope;

  constructor(definition: ClosureDefinition, input: Input, scope: Scope) {
    super();
    this.#definition = definition;
    this.#input = input;
    this.#scope = scope;
  }

  override arity(): number {
    return this.#definition.parameters.length;
  }

  override call(args: readonly Result[], context: Result, run: Run): Result {
    const { weight } = this.#definition;
    run.budget.enter(weight);
    try {
      let result = this.#once(args, context, run);
      while (result instanceof TailCall) {
        const { callee, args: nextArgs } = result;
        result =
          callee instanceof Closure
            ? callee.#once(nextArgs, context, run)
            : callee.call(nextArgs, context, run);
      }
      return result;
    } finally {
      run.budget.leave(weight);
    }
  }

  #once(given: readonly Result[], context: Result, run: Run): Result | TailCall {
    const { parameters, slots, signature, body, cost } = this.#definition;
    run.budget.spend(cost);
    const args = signature === undefined ? given : signature.apply(plainAll(given), context, 'function', run);
    const scope = new Scope(run, freshSlots(slots), this.#scope);
    for (let i = 0; i < parameters.length; i++) scope.slots[parameters[i] as number] = args[i];
    return body(this.#input, scope);
  }
}

/** A function with some of its arguments already given. */
export class Partial extends FunctionValue {
  readonly #callee: FunctionValue;
  readonly #given: readonly Result[];
  /** Places of the arguments that are still to come. */
  readonly #open: readonly number[];

  constructor(callee: FunctionValue, given: readonly Result[], open: readonly number[]) {
    super();
    this.#callee = callee;
    this.#given = given;
    this.#open = open;
  }

  override arity(): number {
    return this.#open.length;
  }

  override call(args: readonly Result[], context: Result, run: Run): Result {
    const all = [...this.#given];
    this.#open.forEach((place, i) => {
      all[place] = args[i];
    });
    return nested(run, () => this.#callee.call(all, context, run));
  }
}

/** `f ~> g`: what f gives is handed to g. */
export class Composition extends FunctionValue {
  readonly #first: FunctionValue;
  readonly #second: FunctionValue;

  constructor(first: FunctionValue, second: FunctionValue) {
    super();
    this.#first = first;
    this.#second = second;
  }

  override arity(): number {
    return 1;
  }

  override call(args: readonly Result[], context: Result, run: Run): Result {
    return nested(run, () => {
      const between = collapse(this.#first.call(args.slice(0, 1), context, run), false);
      return this.#second.call([between], context, run);
    });
  }
}

function nested(run: Run, call: () => Result): Result {
  run.budget.spend();
  run.budget.enter();
  try {
    return call();
  } finally {
    run.budget.leave();
  }
}
