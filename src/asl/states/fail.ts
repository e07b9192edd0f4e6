import type { Json } from '../../core/json.js';
import { MAX_CAUSE_LENGTH } from '../../core/limits.js';
import type { ActiveThread } from '../active-thread.js';
import { compileTyped } from '../jsonata-query.js';
import { compileExpression } from '../path-query.js';
import type { StateSource, StateType } from '../program.js';
import { refuseForeign } from '../query.js';
import { compileState } from './state.js';

/** Ends the execution with an error. States Language: Fail State. */
export const fail: StateType = {
  name: 'Fail',
  compile(source) {
    const error = compileText(source, 'Error');
    const cause = compileText(source, 'Cause');
    return compileState(source, {
      terminal: true,
      enter(thread) {
        return { kind: 'fail', error: error(thread), cause: cause(thread)?.slice(0, MAX_CAUSE_LENGTH) };
      },
    });
  },
};

/** Error or Cause, as a text or, in JSONPath, as the path or intrinsic function that gives it. */
function compileText(
  source: StateSource,
  field: 'Error' | 'Cause',
): (thread: ActiveThread) => string | undefined {
  const { fields, queryLanguage } = source;
  refuseForeign(source, 'JSONPath', [`${field}Path`]);
  if (queryLanguage === 'JSONata') {
    const value = compileTyped(fields, field, 'string');
    return (thread) => (value === undefined ? undefined : String(value(thread)));
  }
  fields.atMostOne(field, `${field}Path`);
  const expression = compileExpression(source, `${field}Path`);
  const fixed = fields.text(field);
  return (thread) => (expression === undefined ? fixed : plain(expression(thread, thread.input)));
}

function plain(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
