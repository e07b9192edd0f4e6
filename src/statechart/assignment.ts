import type { ContextShape } from './context-shape.js';
import type { Context, Op, Update, Value } from './run.js';

/** How an op sets fields. */
export type Assignment = Pick<Op, 'perform' | 'update'>;

/** Sets fields, each computed from the context before it. */
export function assignFields(
  fields: readonly (readonly [string, Value])[],
  params: Value,
  shape: ContextShape,
): Assignment {
  const names = fields.map(([field]) => field);
  for (const field of names) shape.assigns(field);
  const reads = fields.flatMap(([, { read }]) => read ?? []);
  const given = params.read;
  // Not `for … of` over pairs, which would take longer than all the rest.
  if (given !== undefined && reads.length === names.length) {
    return updating((scope) => {
      const told = given(scope, undefined);
      const next = shape.copy(scope.context as Context);
      for (let i = 0; i < names.length; i++) shape.set(next, names[i] as string, reads[i]?.(scope, told));
      return next;
    });
  }
  const producers = fields.map(([, { produce }]) => produce);
  return {
    perform(run) {
      const told = params.produce(run, undefined);
      const next = shape.copy(run.context);
      for (let i = 0; i < names.length; i++) shape.set(next, names[i] as string, producers[i]?.(run, told));
      run.assign(next);
    },
  };
}

/** Sets the fields that a function gives. */
export function assignWhole({ produce, read }: Value, params: Value, shape: ContextShape): Assignment {
  shape.assigns(undefined);
  const given = params.read;
  if (given !== undefined && read !== undefined) {
    return updating((scope) => merged(scope.context as Context, read(scope, given(scope, undefined))));
  }
  return {
    perform: (run) => run.assign(merged(run.context, produce(run, params.produce(run, undefined)))),
  };
}

function updating(update: Update): Assignment {
  return { perform: (run) => run.assign(update(run.scope())), update };
}

function merged(context: Context, fields: unknown): Context {
  if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) {
    throw new Error('an assign must give an object of fields');
  }
  return { ...context, ...fields };
}
