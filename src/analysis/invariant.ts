import type { Json } from '../core/json.js';
import { Refused } from '../core/problem.js';
import { ExpressionError } from '../expression/expression-error.js';
import { compileJsonata } from '../expression/jsonata/jsonata.js';
import { delimitedExpression } from '../expression/template.js';
import type { Advance, World } from './world.js';

/** What must hold wherever a machine stands. */
export interface Invariant {
  readonly text: string;
  /** What is wrong there, in words; undefined where nothing is. */
  violation(world: World, advance: Advance): string | undefined;
}

/**
 * A JSONata expression over `{ value, context, output, status, states, event }`, of a workflow `input` and `variables` too:
 * where the machine stands, and the event that brought it there. Throws Refused where it is none.
 */
export function readInvariant(text: string): Invariant {
  const inner = delimitedExpression(text) ?? text;
  const compiled = compileJsonata(inner);
  if ('problem' in compiled) throw new Refused({ ...compiled.problem, path: '' });
  const expression = compiled.value;
  return {
    text: inner,
    violation({ subject }, { to, choice }) {
      const { standing } = to;
      if (standing.state === null) return undefined;
      const states = subject.language.active(subject.program, standing.state);
      const event: Json = {
        type: choice.kind === 'event' ? choice.name : choice.words,
        data: choice.data ?? null,
      };
      const sight = { ...subject.sight(standing.state), status: standing.status, states, event };
      try {
        const holds = expression.evaluate(sight);
        if (holds === true) return undefined;
        return holds === false
          ? 'the invariant does not hold'
          : `the invariant gives ${JSON.stringify(holds) ?? 'nothing'}, not true or false`;
      } catch (error) {
        if (!(error instanceof ExpressionError)) throw error;
        return `the invariant fails: ${error.message}`;
      }
    },
  };
}
