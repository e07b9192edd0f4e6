import { toJson } from '../../core/json.js';
import { isError, type Problem, Refused } from '../../core/problem.js';
import type { AnyEvent, MachineImplementations } from '../config.js';
import { type Given, type Machine, machineOf } from '../machine.js';
import { explain } from '../schema/wording.js';
import { fromXState } from './xstate-json.js';

/**
 * A machine of a definition that is JSON: one of ours, or what XState v5 and Stately's tools write, with the functions that
 * it refers to by name. Throws Refused with everything that is wrong, each with its place in what was given.
 *
 * @example
 * machineFrom({ id: 'lamp', entry: { type: 'xstate.cancel', params: { sendId: 'off' } } }).id; // => 'lamp'
 */
export function machineFrom(
  definition: unknown,
  implementations: MachineImplementations<unknown, AnyEvent> = {},
): Machine {
  const json = toJson(definition);
  if ('problem' in json) throw new Refused(json.problem);
  const { source, problems, locate } = fromXState(json.value);
  const lost = problems.filter(isError);
  if (lost.length > 0) throw new Refused(lost);
  const told = (problem: Problem): Problem => ({ ...explain(problem), path: locate(problem.path) });
  try {
    return machineOf(source, implementations as Given, undefined, undefined, told);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    throw new Refused(error.problems.map(told));
  }
}
