import { builtOf } from '../builders.js';
import type { StateNode } from '../node.js';
import type { Guard, Run, Scope } from '../run.js';
import type { ChartGuard, ChartTarget } from '../schema/chart.js';
import { readGuard } from '../schema/guard.js';
import type { Values } from './values.js';

/** Finds a state that is named as a target is. */
export type FindState = (target: ChartTarget) => StateNode | undefined;

/** A guard as a closure. */
export function bindGuard(guard: ChartGuard, values: Values, find: FindState): Guard {
  const bind = (inner: ChartGuard): Guard => bindGuard(inner, values, find);
  switch (guard.kind) {
    case 'and':
      return joined(guard.guards.map(bind), (guards, holds) => guards.every(holds));
    case 'or':
      return joined(guard.guards.map(bind), (guards, holds) => guards.some(holds));
    case 'not':
      return joined([bind(guard.guard)], (guards, holds) => !guards.every(holds));
    case 'in': {
      const state = find(guard.target);
      return { allows: (run) => state !== undefined && run.isIn(state.index) };
    }
    case 'expression': {
      const { template } = guard;
      const allows = (run: Run) => {
        const result = run.find(template);
        if (typeof result === 'boolean') return result;
        if (result === undefined) return false;
        throw new Error(`a guard must be true or false, not ${JSON.stringify(result)?.slice(0, 100)}`);
      };
      return { allows };
    }
    default:
      return bindNamed(guard, values, bind);
  }
}

function bindNamed(
  { name, path, params }: ChartGuard & { readonly kind: 'named' },
  values: Values,
  bind: (guard: ChartGuard) => Guard,
): Guard {
  const given = values.given('guards', name);
  const written = builtOf(given) ?? given;
  if (typeof written === 'object' && written !== null) {
    const read = () => {
      const guard = readGuard(values.findings, written, path);
      return guard && bind(guard);
    };
    return values.within('guard', name, path, read) ?? NEVER;
  }
  const fn = values.implementation('guards', name, path);
  if (params === undefined) return decided((scope) => truth(fn(scope, undefined)));
  const { produce, read } = values.value(params);
  if (read !== undefined) return decided((scope) => truth(fn(scope, read(scope, undefined))));
  return { allows: (run) => truth(fn(run.scope(), produce(run, undefined))) };
}

/** A guard that context and event decide. */
function decided(decides: (scope: Scope) => boolean): Guard {
  return { allows: (run) => decides(run.scope()), decides };
}

const NEVER = decided(() => false);

/** A guard made of others, which is decided where all of them are. */
function joined(
  guards: readonly Guard[],
  join: (guards: readonly Guard[], holds: (guard: Guard) => boolean) => boolean,
): Guard {
  if (guards.every(({ decides }) => decides !== undefined)) {
    return decided((scope) => join(guards, ({ decides }) => decides?.(scope) === true));
  }
  return { allows: (run) => join(guards, ({ allows }) => allows(run)) };
}

function truth(result: unknown): boolean {
  if (typeof result === 'object' && result !== null && 'then' in result) {
    throw new Error('a guard may not be asynchronous: what does I/O is a task');
  }
  return Boolean(result);
}
