import { put } from '../core/json.js';
import type { ContextShape } from './context-shape.js';
import type { Op, Producer } from './run.js';

/** Sets fields, each computed from the context before it. */
export function assignFields(
  fields: readonly (readonly [string, Producer])[],
  params: Producer | undefined,
  shape: ContextShape,
): Op['perform'] {
  const names = fields.map(([field]) => field);
  const producers = fields.map(([, produce]) => produce);
  for (const field of names) shape.assigns(field);
  const [only = ''] = names;
  const [produce] = producers;
  if (produce !== undefined && names.length === 1 && only !== '__proto__') {
    return (run) => {
      const value = produce(run, params?.(run, undefined));
      const next = shape.copy(run.context);
      next[only] = value;
      run.assign(next);
    };
  }
  return (run) => {
    const given = params?.(run, undefined);
    const next = shape.copy(run.context);
    // Not `for … of` over the pairs, which would take longer than all the rest.
    for (let i = 0; i < names.length; i++) put(next, names[i] as string, producers[i]?.(run, given));
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
