import { ERRORS } from '../../asl/errors.js';
import type { AslProgram, CompiledState } from '../../asl/program.js';
import { isJsonObject, type Json, own } from '../../core/json.js';
import { valueAt } from '../../core/pointer.js';
import { delimitedExpression } from '../../expression/template.js';

/** What every Error Name begins with that the States Language keeps for itself. */
export const RESERVED = 'States.';

/** The reserved Error Names that there are. */
export const STATES_ERRORS: readonly string[] = [
  ...Object.values(ERRORS),
  'States.BranchFailed',
  'States.Http.Socket',
  'States.NoChoiceMatched',
  'States.ParameterPathFailure',
  'States.Permissions',
];

/**
 * The Error Names, other than reserved ones, that a Parallel or an inline Map can fail with: those of the Fail states within
 * it. Undefined where it may be any, because tasks are done there, or a name is worked out.
 */
export function errorsWithin(
  program: AslProgram,
  source: Json,
  { inner, processor }: CompiledState,
): ReadonlySet<string> | undefined {
  if (inner.length === 0 || processor !== undefined) return undefined;
  const errors = new Set<string>();
  const within = new Set(inner);
  for (const name of within) {
    const state = program.states.get(name);
    if (state === undefined || state.processor !== undefined) return undefined;
    if (state.type === 'Task' || state.type === 'Message') return undefined;
    if (state.type === 'Fail') {
      const error = errorOf(valueAt(source, state.path));
      if (error === undefined) return undefined;
      errors.add(error);
    }
    for (const to of [...state.inner, ...state.targets.map((target) => target.to)]) within.add(to);
  }
  return errors;
}

/** The Error of a Fail state; undefined where it is worked out. */
function errorOf(state: Json | undefined): string | undefined {
  if (!isJsonObject(state) || own(state, 'ErrorPath') !== undefined) return undefined;
  const error = own(state, 'Error') ?? '';
  return typeof error === 'string' && delimitedExpression(error, 'states') === undefined ? error : undefined;
}
