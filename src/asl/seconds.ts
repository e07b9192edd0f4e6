import type { Json } from '../core/json.js';
import type { ActiveThread } from './active-thread.js';
import { queryFailure, runtimeFailure } from './errors.js';
import { compileTyped, isExpressionText } from './jsonata-query.js';
import { DEFAULT_TASK_TIMEOUT_SECONDS } from './limits.js';
import { compilePathText } from './path-query.js';
import type { StateSource } from './program.js';
import { refuseForeign } from './query.js';
import { wholeNumberAt } from './written-number.js';

/** Seconds, if the state names any. Throws StateFailure. */
export type Seconds = (thread: ActiveThread, selected: Json) => number | undefined;

/** How long a state waits for others: a number, an expression, or a path in a field of its own. */
export function compileSeconds(source: StateSource, field: 'TimeoutSeconds' | 'HeartbeatSeconds'): Seconds {
  const { fields, queryLanguage } = source;
  refuseForeign(source, 'JSONPath', [`${field}Path`]);
  if (queryLanguage === 'JSONata' && isExpressionText(fields.any(field))) {
    const value = compileTyped(fields, field, 'number');
    return (thread) => {
      const seconds = Number(value?.(thread));
      if (Number.isInteger(seconds) && seconds > 0) return Math.min(seconds, DEFAULT_TASK_TIMEOUT_SECONDS);
      throw queryFailure(`The ${field} field must be a positive integer: ${seconds}`, field);
    };
  }
  fields.atMostOne(field, `${field}Path`);
  const fixed = fields.integer(field, { min: 1, max: DEFAULT_TASK_TIMEOUT_SECONDS });
  const path = queryLanguage === 'JSONPath' ? compilePathText(fields, `${field}Path`) : undefined;
  if (path === undefined) return () => fixed;
  return (thread, selected) => {
    const seconds = wholeNumberAt(`${field}Path`, path.text, path.get(thread, selected));
    if (seconds > 0) return Math.min(seconds, DEFAULT_TASK_TIMEOUT_SECONDS);
    throw runtimeFailure(
      `The ${field}Path field refers to value "${seconds}" which is not positive: ${path.text}`,
    );
  };
}
