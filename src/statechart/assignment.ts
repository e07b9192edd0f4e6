import { put } from '../core/json.js';
import type { Op, Producer } from './run.js';

/** Sets fields, each computed from the context before it. */
export function assignFields(
  fields: readonly (readonly [string, Producer])[],
  params: Producer | undefined,
): Op['perform'] {
  const [first] = fields;
  if (first !== undefined && fields.length === 1 && first[0] !== '__proto__') {
    const [key, produce] = first;
    return (run) => {
      const value = produce(run, params?.(run, undefined));
      const next: Record<string, unknown> = { ...run.context };
      next[key] = value;
      run.assign(next);
    };
  }
  return (run) => {
    const given = params?.(run, undefined);
    const next: Record<string, unknown> = { ...run.context };
    for (const [key, produce] of fields) put(next, key, produce(run, given));
    run.assign(next);
  };
}

/** Sets the fields that a function gives. */
export function assignWhole(produce: Producer, params: Producer | undefined): Op['perform'] {
  return (run) => {
    const fields = produce(run, params?.(run, undefined));
    if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) {
      throw new Error('an assign must give an object of fields');
    }
    run.assign({ ...run.context, ...fields });
  };
}
