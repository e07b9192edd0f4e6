import { canonicalText, type Json } from '../../core/json.js';
import { delimitedExpression } from '../../expression/template.js';
import type { ChartGuard } from '../../statechart/schema/chart.js';
import type { Formula } from './formula.js';
import { TRUE } from './formula.js';
import { jsonataCondition, undecided } from './jsonata-condition.js';

/** Whether the state that a guard names is active; undefined where that is not known. */
export type IsIn = (guard: Extract<ChartGuard, { readonly kind: 'in' }>) => boolean | undefined;

/** The condition that a guard is; expressions of another language than JSONata are not looked into. */
export function chartCondition(guard: ChartGuard, isIn: IsIn, isForeign: boolean): Formula {
  switch (guard.kind) {
    case 'and':
    case 'or': {
      const [first, ...rest] = guard.guards.map((inner) => chartCondition(inner, isIn, isForeign));
      const { kind } = guard;
      const none: Formula = kind === 'and' ? TRUE : { kind: 'constant', outcome: 'false' };
      return rest.reduce<Formula>((left, right) => ({ kind, left, right }), first ?? none);
    }
    case 'not':
      return { kind: 'not', operand: chartCondition(guard.guard, isIn, isForeign), strictly: true };
    case 'in': {
      const active = isIn(guard);
      if (active === undefined) return undecided(`in ${guard.target.text}`);
      return { kind: 'constant', outcome: active ? 'true' : 'false' };
    }
    case 'expression':
      return isForeign ? undecided('') : jsonataCondition(delimitedExpression(guard.text) ?? guard.text);
    default: {
      const { params } = guard;
      // The same function with the same constants is asked the same; computed params are not compared.
      if (params !== undefined && params.kind !== 'constant') return undecided('');
      return undecided(`${guard.name} ${canonicalText((params?.value ?? null) as Json)}`);
    }
  }
}
