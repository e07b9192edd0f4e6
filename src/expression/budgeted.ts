import type { Chance } from '../core/chance.js';
import { Budget } from './budget.js';
import type { MachineScope, Surroundings } from './expression.js';

/** Surroundings in which several expressions share a budget. */
interface WithBudget extends Surroundings {
  readonly budget: Budget;
}

/** The surroundings with their own budget, or with a fresh one. */
export function budgeted(surroundings: Surroundings): WithBudget {
  return surroundings.budget === undefined ? new Budgeted(surroundings) : (surroundings as WithBudget);
}

/** Asks for what it hands on only when it is asked itself: a clock or a chance may be made on demand. */
class Budgeted implements WithBudget {
  readonly budget = new Budget();
  readonly #outer: Surroundings;

  constructor(outer: Surroundings) {
    this.#outer = outer;
  }

  get bindings(): Surroundings['bindings'] {
    return this.#outer.bindings;
  }

  get now(): number | undefined {
    return this.#outer.now;
  }

  get chance(): Chance | undefined {
    return this.#outer.chance;
  }

  get machine(): MachineScope | undefined {
    return this.#outer.machine;
  }
}
