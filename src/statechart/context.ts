import { isJsonObject, type Json } from '../core/json.js';
import type { Surroundings } from '../expression/expression.js';
import type { Binder } from './bind/binder.js';
import type { Context } from './run.js';
import type { Template } from './schema/chart.js';
import { failure, Undone } from './undone.js';

/** The context that a machine starts with, from its input. Throws Undone where it gives none. */
export type MakeContext = (input: unknown, surroundings: () => Surroundings) => Context;

const EMPTY: Context = Object.freeze({});

/** The one object that all instances of a machine begin with, where it is not computed from an input. */
export function sharedContext(template: Template | undefined): Context | undefined {
  if (template === undefined) return EMPTY;
  return template.kind === 'constant' && isJsonObject(template.value) ? template.value : undefined;
}

export function contextMaker(template: Template | undefined, binder: Binder): MakeContext {
  if (template === undefined) {
    binder.shape.meet(EMPTY);
    return () => EMPTY;
  }
  const make = valueMaker(template, binder);
  return (input, surroundings) => {
    try {
      const context = make(input, surroundings);
      if (isJsonObject(context)) {
        binder.shape.meet(context);
        return context;
      }
      throw new Error('it must be an object');
    } catch (error) {
      throw new Undone(failure(error, 'the context of the machine', '/context').problem, error);
    }
  };
}

function valueMaker(
  template: Template,
  binder: Binder,
): (input: unknown, surroundings: () => Surroundings) => unknown {
  switch (template.kind) {
    case 'constant':
      return () => template.value;
    case 'expression':
      return (input, surroundings) =>
        template.template.evaluate({ input: (input ?? null) as Json }, surroundings());
    case 'settled':
      throw new Error('a context is worked out as a whole');
    default: {
      const fn = binder.values.function(template) as (scope: unknown, params: unknown) => unknown;
      return (input) => fn({ input }, undefined);
    }
  }
}
