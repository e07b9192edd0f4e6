import type { Json } from '../core/json.js';
import type { Template } from '../expression/template.js';
import type { ActiveThread } from './active-thread.js';
import type { Fields } from './fields.js';

/** How a state says what it takes from its data. States Language: QueryLanguage. */
export type QueryLanguage = 'JSONPath' | 'JSONata';

/** The parts of a state's source that queries are compiled from. */
export interface QuerySource {
  readonly fields: Fields;
  readonly queryLanguage: QueryLanguage;
}

/** What a JSONata expression may read as `$states`, besides input and context. */
export interface StatesExtras {
  readonly result?: Json;
  readonly errorOutput?: Json;
}

/** A value made in a state: from a payload template, or from JSONata. Throws StateFailure. */
export type Maker = (thread: ActiveThread, input: Json, extras?: StatesExtras) => Json;

/** Complains of fields that belong to the other query language. */
export function refuseForeign(
  { fields, queryLanguage }: QuerySource,
  owner: QueryLanguage,
  names: readonly string[],
): void {
  if (queryLanguage === owner) return;
  for (const name of names) {
    if (!fields.has(name)) continue;
    fields.any(name);
    fields.report({
      message: `The QueryLanguage is set to '${queryLanguage}', but field '${name}' is only supported for the '${owner}' QueryLanguage`,
      path: fields.at(name),
    });
  }
}

/** The keys of a JSON Pointer. */
export function pointerKeys(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** Stands for a template that has problems and never runs. */
export const NOTHING: Template = {
  evaluate: () => null,
  find: () => undefined,
};
