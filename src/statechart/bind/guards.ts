import { toJson } from '../../core/json.js';
import type { StateNode } from '../node.js';
import type { Guard } from '../run.js';
import type { ChartGuard, ChartTarget } from '../schema/chart.js';
import { readGuard } from '../schema/guard.js';
import type { Values } from './values.js';

/** Finds a state that is named as a target is. */
export type FindState = (source: StateNode, target: ChartTarget) => StateNode | undefined;

/** A guard as a closure. `source` is the state that it stands in. */
export function bindGuard(guard: ChartGuard, source: StateNode, values: Values, find: FindState): Guard {
  const bind = (inner: ChartGuard): Guard => bindGuard(inner, source, values, find);
  switch (guard.kind) {
    case 'and': {
      const guards = guard.guards.map(bind);
      return (run) => guards.every((one) => one(run));
    }
    case 'or': {
      const guards = guard.guards.map(bind);
      return (run) => guards.some((one) => one(run));
    }
    case 'not': {
      const inner = bind(guard.guard);
      return (run) => !inner(run);
    }
    case 'in': {
      const state = find(source, guard.target);
      return (run) => state !== undefined && run.isIn(state.index);
    }
    case 'expression': {
      const { template } = guard;
      return (run) => {
        const result = run.find(template);
        if (typeof result === 'boolean') return result;
        if (result === undefined) return false;
        throw new Error(`a guard must be true or false, not ${JSON.stringify(result)?.slice(0, 100)}`);
      };
    }
    default: {
      const written = writtenGuard(guard, values);
      if (written !== undefined) {
        return values.within('guard', guard.name, guard.path, () => bind(written)) ?? (() => false);
      }
      const fn = values.implementation('guards', guard.name, 'guard', guard.path);
      const params = values.optional(guard.params);
      return (run) => {
        const result = fn(run.scope(), params?.(run, undefined));
        if (typeof result === 'object' && result !== null && 'then' in result) {
          throw new Error('a guard may not be asynchronous: what does I/O is a task');
        }
        return Boolean(result);
      };
    }
  }
}

/** What was given for a name as it is written in a definition, if it was. */
function writtenGuard(
  { name, path }: Extract<ChartGuard, { kind: 'named' }>,
  { implementations: { guards = {} }, findings }: Values,
): ChartGuard | undefined {
  const given = Object.hasOwn(guards, name) ? guards[name] : undefined;
  if (typeof given !== 'object' || given === null) return undefined;
  const json = toJson(given);
  return 'value' in json ? readGuard(findings, json.value, path) : undefined;
}
