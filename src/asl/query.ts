import type { Json } from '../core/json.js';
import type { Template } from '../expression/template.js';
import type { ActiveThread } from './active-thread.js';
import type { Fields } from './fields.js';
import type { Finding } from './finding.js';

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
      message: `${FOREIGN} '${queryLanguage}', but field '${name}' is only supported for the '${owner}' QueryLanguage`,
      path: fields.at(name),
      place: fields.path,
    });
  }
}

const FOREIGN = 'The QueryLanguage is set to';

/** Whether a finding is about a field of the state at a path that belongs to the other query language. */
export function isForeign({ message, place }: Finding, path: string): boolean {
  return place === path && message.startsWith(FOREIGN);
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
