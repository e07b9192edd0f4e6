import { put } from '../core/json.js';
import type { ContextShape } from './context-shape.js';
import type { Op, Producer } from './run.js';

/** Sets fields, each computed from the context before it. */
export function assignFields(
  fields: readonly (readonly [string, Producer])[],
  params: Producer | undefined,
  shape: ContextShape,
): Op['perform'] {
  for (const [field] of fields) shape.assigns(field);
  const [first] = fields;
  if (first !== undefined && fields.length === 1 && first[0] !== '__proto__') {
    const [field, produce] = first;
    return (run) => {
      const value = produce(run, params?.(run, undefined));
      const next = shape.copy(run.context);
      next[field] = value;
      run.assign(next);
    };
  }
  return (run) => {
    const given = params?.(run, undefined);
    const next = shape.copy(run.context);
    for (const [field, produce] of fields) put(next, field, produce(run, given));
    run.assign(next);
  };
}

/** Sets the fields that a function gives. */
export function assignWhole(
  produce: Producer,
  params: Producer | undefined,
  shape: ContextShape,
): Op['perform'] {
  shape.assigns(undefined);
  return (run) => {
    const fields = produce(run, params?.(run, undefined));
    if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) {
      throw new Error('an assign must give an object of fields');
    }
    run.assign({ ...run.context, ...fields });
  };
}
