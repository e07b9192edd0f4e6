import { isJsonArray, isJsonObject, type Json, own } from '../core/json.js';
import type { Fields } from './fields.js';

/** An Assign of one scope: the names that it gives values to, and its JSON Pointer within the state. */
interface Assigning {
  readonly names: readonly string[];
  readonly path: string;
}

/**
 * Refuses variables that the states of a branch, or of what a Map does with each item, assign although they belong to
 * a scope around it: they can be read there, not assigned (Step Functions: variable scope). Gives the names that are
 * taken for the scopes within.
 */
export function checkScope(states: Fields, outer: ReadonlySet<string>): ReadonlySet<string> {
  const all = new Set(outer);
  for (const name of states.keys()) {
    for (const { names, path } of assigningOf(states.peek(name) ?? null)) {
      for (const variable of names) {
        if (outer.has(variable)) {
          states.report({
            message: `The variable '${variable}' is assigned in an outer scope and cannot be assigned here`,
            path: `${states.at(name)}${path}`,
            hint: 'give it another name; what is outside can be read, and the output can carry a value out',
          });
        }
        all.add(variable);
      }
    }
  }
  return all;
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
  const names = Object.keys(assign).map((key) => key.replace(/\.\$$/, ''));
  return [{ names, path: `${path}/Assign` }];
}
