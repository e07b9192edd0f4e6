import { type Answer, stateNamed } from '../statechart/automaton.js';
import type { StatechartProgram } from '../statechart/compile.js';
import type { Configuration } from '../statechart/configuration.js';
import type { ChartGuard } from '../statechart/schema/chart.js';
import { chartCondition, type IsIn } from './guards/chart-condition.js';
import { both, type Case, casesAgainst, casesOf, type Formula, TRUE } from './guards/formula.js';

/** What can be told of a machine's guards without running it. */
export class GuardTruth {
  readonly #program: StatechartProgram;
  /** Of guards that ask for no state. */
  readonly #known = new Map<ChartGuard, Formula>();

  constructor(program: StatechartProgram) {
    this.#program = program;
  }

  /** The condition that a guard is in a configuration; without one, states that it asks for are not known. */
  condition(guard: ChartGuard | undefined, configuration?: Configuration): Formula {
    if (guard === undefined) return TRUE;
    const known = this.#known.get(guard);
    if (known !== undefined) return known;
    let asksForStates = false;
    const isIn: IsIn = ({ target }) => {
      asksForStates = true;
      const node = stateNamed(this.#program, target.text);
      return configuration === undefined || node === undefined
        ? undefined
        : configuration.active.includes(node);
    };
    const formula = chartCondition(guard, isIn, this.#program.hasDatamodel);
    if (!asksForStates) this.#known.set(guard, formula);
    return formula;
  }

  /** Whether guards can give these answers in one configuration, for one event. */
  readonly goTogether =
    (configuration: Configuration) =>
    (answers: readonly Answer[]): boolean => {
      let cases: readonly Case[] | undefined = [new Map()];
      for (const { transition, allows } of answers) {
        const formula = this.condition(transition.chart.guard, configuration);
        cases = both(cases, allows ? casesOf(formula, 'true') : casesAgainst(formula));
        if (cases?.length === 0) return false;
      }
      return true;
    };
}
