import type { Chance } from '../core/chance.js';
import type { Json } from '../core/json.js';
import type { Budget } from './budget.js';

/**
 * A compiled expression: a closure, synchronous and pure, that sees own properties only and stops at its
 * budget. Both languages of expressions (JSONata, JSONPath) compile to this.
 */
export interface Expression {
  readonly text: string;
  /**
   * The value for this input; undefined where there is none. Throws ExpressionError, and nothing else, for
   * what the expression or its input did wrong, the budget included.
   */
  evaluate(input: Json | undefined, surroundings?: Surroundings): Json | undefined;
}

/** What an expression may see besides its input. All of it is handed in: there is no clock and no chance here. */
export interface Surroundings {
  /** Variables by name, without the `$`. */
  readonly bindings?: Readonly<Record<string, Json>> | undefined;
  /** For `$now()` and `$millis()`: milliseconds since 1970. Without it they are errors. */
  readonly now?: number | undefined;
  /** For `$random()`, `$shuffle()` and their like. Without it they are errors. */
  readonly chance?: Chance | undefined;
  /** A fresh default one if absent. */
  readonly budget?: Budget | undefined;
  /** For languages whose variables are those of a machine. */
  readonly machine?: MachineScope | undefined;
}

/** What a language sees of the machine that it speaks for, as it stands while an expression is evaluated. */
export interface MachineScope {
  /** The data; another object as soon as anything in it changes. */
  readonly context: Readonly<Record<string, unknown>>;
  readonly event: { readonly type: string; readonly [key: string]: unknown };
  /** The id of the instance; undefined where there is none. */
  readonly instance: string | undefined;
  /** The ids of the active states; another object as soon as one is entered or left. */
  active(): readonly string[];
}
