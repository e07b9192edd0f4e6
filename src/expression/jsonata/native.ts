import { ExpressionError } from '../expression-error.js';
import { parseSignature, type Signature } from './signature.js';
import { FunctionValue, plainAll, type Result, type Run, type Value } from './value.js';

/** The arguments of a function of the library, as its signature lets them through. */
export type Arguments = readonly (Value | undefined)[];

/** What a function of the library does. `given` are the arguments before sequences became arrays. */
export type Implementation = (args: Arguments, run: Run, given: readonly Result[]) => Result;

/** One function of the library. */
export interface NativeDefinition {
  /** What it takes, as JSONata writes signatures. */
  readonly signature: string;
  /** How many arguments functions such as `$map` hand over to it. */
  readonly arity: number;
  readonly call: Implementation;
}

/** A function of the library as a value. */
export class Native extends FunctionValue {
  readonly #name: string;
  readonly #arity: number;
  readonly #signature: Signature;
  readonly #call: Implementation;

  constructor(name: string, definition: NativeDefinition) {
    super();
    this.#name = name;
    this.#arity = definition.arity;
    this.#signature = parseSignature(definition.signature);
    this.#call = definition.call;
  }

  override arity(): number {
    return this.#arity;
  }

  /** A sequence is left as it is: the expression that calls collapses it, a function that calls does not. */
  override call(args: readonly Result[], context: Result, run: Run): Result {
    run.budget.spend();
    const values = this.#signature.apply(plainAll(args), context, this.#name, run);
    return this.#call(values, run, args);
  }
}

/** Calls a function that was handed over as an argument. */
export function callGiven(fn: Value | undefined, args: readonly Result[], run: Run): Result {
  if (!(fn instanceof FunctionValue))
    throw new ExpressionError('T1006', 'Attempted to invoke a non-function');
  run.budget.spend();
  return fn.call(args, undefined, run);
}

/** Functions by the name that expressions call them by, without the `$`. */
export type Library = ReadonlyMap<string, Native>;

export function libraryOf(definitions: Readonly<Record<string, NativeDefinition>>): Library {
  return new Map(
    Object.entries(definitions).map(([name, definition]) => [name, new Native(name, definition)]),
  );
}
