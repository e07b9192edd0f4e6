import { isJsonObject, type Json, own } from '../core/json.js';
import { isExpression } from './schema/template.js';

/** The machines that a definition invokes by their names; of one that was published, it is as it should be. */
export function invokedBy(source: Json): readonly string[] {
  const names = new Set<string>();
  const visit = (state: Json): void => {
    if (!isJsonObject(state)) return;
    const invoke = own(state, 'invoke') ?? [];
    for (const item of Array.isArray(invoke) ? invoke : [invoke]) {
      const machine = isJsonObject(item) ? own(item, 'machine') : undefined;
      if (typeof machine === 'string' && !isExpression(machine)) names.add(machine);
    }
    const states = own(state, 'states');
    if (isJsonObject(states)) Object.values(states).forEach(visit);
  };
  visit(source);
  return [...names];
}
