import type { Json, JsonObject } from '../core/json.js';
import type { ActiveThread } from './active-thread.js';
import { type Assign, compileAssign, compileCatchOutput, type Leaving } from './data-flow.js';
import { compileErrorEquals } from './error-equals.js';
import { errorMatches, type StateFailure } from './errors.js';
import type { Fields } from './fields.js';
import type { QueryLanguage } from './query.js';

/** Where a failed state leads instead (States Language: Fallback States). */
export interface CatchClause {
  readonly errorEquals: readonly string[];
  readonly next: string;
  /** JSON Pointer of its Next. */
  readonly nextPath: string;
  /** What the next state gets, and what is assigned, from the error output. */
  leave(thread: ActiveThread, errorOutput: JsonObject): Leaving;
}

export function compileCatchers(source: {
  readonly fields: Fields;
  readonly queryLanguage: QueryLanguage;
}): CatchClause[] {
  const list = source.fields.list('Catch') ?? [];
  return list.map((clause, i) => {
    clause.require('Next');
    const errorEquals = compileErrorEquals(clause, i === list.length - 1);
    const next = clause.text('Next') ?? '';
    const output = compileCatchOutput(clause, source.queryLanguage, `Catch[${i}]/Output`);
    const assign: Assign | undefined = compileAssign(clause, source.queryLanguage, `Catch[${i}]/Assign`, [
      'errorOutput',
    ]);
    clause.close();
    return {
      errorEquals,
      next,
      nextPath: clause.at('Next'),
      leave(thread, errorOutput) {
        const assigned = assign?.(thread, errorOutput, { errorOutput });
        return { output: output(thread, errorOutput), ...(assigned === undefined ? {} : { assigned }) };
      },
    };
  });
}

export function catchTargets(
  catchers: readonly CatchClause[],
): { readonly to: string; readonly path: string }[] {
  return catchers.map(({ next, nextPath }) => ({ to: next, path: nextPath }));
}

/** The first Catcher that takes the error. */
export function findCatcher(
  catchers: readonly CatchClause[],
  error: string | undefined,
): CatchClause | undefined {
  return catchers.find(({ errorEquals }) => errorMatches(errorEquals, error));
}

/** What a Catcher works on. States Language: Error output. */
export function errorOutput({ error, cause }: Pick<StateFailure, 'error' | 'cause'>): JsonObject {
  const output: Record<string, Json> = { Error: error ?? '' };
  if (cause !== undefined) output['Cause'] = cause;
  return output;
}
