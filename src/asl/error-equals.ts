import { ERRORS } from './errors.js';
import type { Fields } from './fields.js';

/** The Error Names that a Retrier or Catcher takes; States.ALL stands alone, in the last of them. */
export function compileErrorEquals(clause: Fields, last: boolean): readonly string[] {
  clause.require('ErrorEquals');
  const names = clause.texts('ErrorEquals');
  if (names?.length === 0)
    clause.report({ message: 'Value cannot be empty', path: clause.at('ErrorEquals') });
  const all = names?.indexOf(ERRORS.all) ?? -1;
  if (names !== undefined && all >= 0 && (names.length > 1 || !last)) {
    clause.report({
      message: 'States.ALL must appear alone and at end of list',
      path: `${clause.at('ErrorEquals')}/${all}`,
    });
  }
  return names ?? [];
}
