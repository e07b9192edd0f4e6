import { didYouMean } from '../core/problem.js';
import type { Fields } from './fields.js';
import type { CompiledState } from './program.js';

const MISSING = 'MISSING_TRANSITION_TARGET';

/**
 * Whether every transition leads to a state, some state ends the machine, and every state can be reached: what
 * AWS checks, in its words. Without a terminal state AWS does not go on to look for unreachable ones; in a branch, or in
 * what a Map does with each item, it asks for none.
 */
export function checkTransitions(
  machine: Fields,
  list: Fields,
  startAt: string | undefined,
  states: ReadonlyMap<string, CompiledState>,
): void {
  const names = list.keys();
  const missing = (to: string, path: string): void =>
    machine.report({
      code: MISSING,
      message: `Missing 'Next' target: ${to}`,
      path,
      ...didYouMean(to, names),
    });
  if (startAt !== undefined && !list.has(startAt)) missing(startAt, machine.at('StartAt'));
  for (const { targets } of states.values()) {
    for (const { to, path } of targets) if (!list.has(to)) missing(to, path);
  }
  // States that could not be read may end the machine and lead anywhere: their own problems come first.
  if (states.size < names.length) return;
  if (machine.path === '' && ![...states.values()].some(({ terminal }) => terminal)) {
    machine.report({
      code: 'MISSING_END_STATE',
      message: 'Workflow has no terminal state',
      path: machine.path,
      place: null,
    });
    return;
  }
  if (startAt === undefined) return;
  const reached = reachable(startAt, states);
  for (const name of names) {
    if (reached.has(name)) continue;
    machine.report({ code: MISSING, message: `State "${name}" is not reachable.`, path: list.at(name) });
  }
}

function reachable(startAt: string, states: ReadonlyMap<string, CompiledState>): ReadonlySet<string> {
  const reached = new Set<string>();
  const open = [startAt];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (reached.has(name)) continue;
    reached.add(name);
    for (const { to } of states.get(name)?.targets ?? []) open.push(to);
  }
  return reached;
}
