import { escapePointer, isJsonArray, isJsonObject, type Json, own } from '../core/json.js';
import type { Fields } from './fields.js';
import { variableNameFault } from './variable-name.js';

/** The variables of a machine, a branch, or what a Map does with each item, and of what that is in. */
export interface Scope {
  readonly names: ReadonlySet<string>;
  readonly outer: Scope | undefined;
}

function isTaken(name: string, scope: Scope | undefined): boolean {
  return scope !== undefined && (scope.names.has(name) || isTaken(name, scope.outer));
}

/** An Assign of one scope: the names that it gives values to, and its JSON Pointer within the state. */
interface Assigning {
  /** Each with the key that it is written as, which in JSONPath may end in `.$`. */
  readonly assigned: readonly (readonly [key: string, name: string])[];
  readonly path: string;
}

/**
 * Refuses variables that the states of a branch, or of what a Map does with each item, assign although they belong to
 * a scope around it: they can be read there, not assigned (Step Functions: variable scope). Gives the names that are
 * taken for the scopes within.
 */
export function checkScope(states: Fields, outer: Scope | undefined): Scope {
  const names = new Set<string>();
  for (const name of states.keys()) {
    for (const { assigned, path } of assigningOf(states.peek(name) ?? null)) {
      for (const [key, variable] of assigned) {
        const at = `${states.at(name)}${path}/${escapePointer(key)}`;
        const fault = variableNameFault(variable);
        if (fault !== undefined) states.report({ ...fault, path: at });
        if (isTaken(variable, outer)) {
          states.report({
            code: 'DUPLICATE_VARIABLE_NAME',
            message: `The variable name '${variable}' was already defined in a parent scope.`,
            path: at,
            hint: 'give it another name; what is outside can be read, and the output can carry a value out',
          });
        }
        names.add(variable);
      }
    }
  }
  return { names, outer };
}

/** The Assign of a state, of its Choice rules and of its Catchers. */
function assigningOf(state: Json): Assigning[] {
  const clauses = ['Choices', 'Catch'].flatMap((field) => {
    const list = isJsonObject(state) ? own(state, field) : undefined;
    if (!isJsonArray(list)) return [];
    return list.flatMap((clause, i) => assignAt(clause, `/${field}/${i}`));
  });
  return [...assignAt(state, ''), ...clauses];
}

function assignAt(value: Json, path: string): Assigning[] {
  const assign = isJsonObject(value) ? own(value, 'Assign') : undefined;
  if (!isJsonObject(assign)) return [];
  const assigned = Object.keys(assign).map((key) => [key, key.replace(/\.\$$/, '')] as const);
  return [{ assigned, path: `${path}/Assign` }];
}
