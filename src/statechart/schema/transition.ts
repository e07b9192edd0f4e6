import { isJsonObject, type Json, own } from '../../core/json.js';
import { readActions, readAssign } from './action.js';
import type { ChartTarget, ChartTransition } from './chart.js';
import { type Findings, join, type Keys, listOf, readMember } from './findings.js';
import { readGuard } from './guard.js';

const KEYS: Keys = {
  known: ['target', 'guard', 'actions', 'assign', 'reenter', 'description', 'meta'],
  renamed: { cond: 'guard', internal: 'reenter', action: 'actions', to: 'target', if: 'guard' },
};

/** Everything under one event: a target, a transition, or a list of them in the order they are tried. */
export function readTransitions(findings: Findings, value: Json, path: string): readonly ChartTransition[] {
  if (value === null) {
    const hint = 'write {} for a transition that does nothing';
    findings.add({ code: 'wrong-type', message: 'there is no transition here', path, hint });
    return [];
  }
  if (typeof value === 'string') return [toTarget(findings, value, path)];
  const transitions: ChartTransition[] = [];
  for (const [item, at] of listOf(value, path)) {
    const transition = readTransition(findings, item, at);
    if (transition !== undefined) transitions.push(transition);
  }
  return transitions;
}

function readTransition(findings: Findings, value: Json, path: string): ChartTransition | undefined {
  if (typeof value === 'string') return toTarget(findings, value, path);
  if (!isJsonObject(value)) {
    findings.wrongType(path, 'a transition', 'a target or an object', value);
    return undefined;
  }
  findings.object(value, path, 'a transition', KEYS);
  const assign = own(value, 'assign');
  const assigned = assign === undefined ? undefined : readAssign(findings, assign, join(path, 'assign'));
  const actions = readMember(findings, value, 'actions', path, readActions);
  const guard = own(value, 'guard');
  findings.text(value, 'description', path, 'a transition');
  return {
    path,
    targets: readTargets(findings, own(value, 'target'), join(path, 'target')),
    guard: guard === undefined ? undefined : readGuard(findings, guard, join(path, 'guard')),
    actions: assigned === undefined ? actions : [assigned, ...actions],
    reenter:
      own(value, 'reenter') === undefined
        ? isExternal(findings)
        : findings.flag(value, 'reenter', path, 'a transition'),
  };
}

const NO_ACTIONS: readonly never[] = Object.freeze([]);

/** A transition that is written as its target alone. */
function toTarget(findings: Findings, text: string, path: string): ChartTransition {
  const reenter = isExternal(findings);
  return { path, targets: [{ text, path }], guard: undefined, actions: NO_ACTIONS, reenter };
}

/** Whether a transition that does not say leaves its source. */
function isExternal({ dialect }: Findings): boolean {
  return dialect === 'scxml';
}

/** One target, or several that are entered together; none where there is no value. */
export function readTargets(
  findings: Findings,
  value: Json | undefined,
  path: string,
): readonly ChartTarget[] {
  if (value === undefined) return [];
  const targets: ChartTarget[] = [];
  for (const [text, at] of listOf(value, path)) {
    if (typeof text === 'string') targets.push({ text, path: at });
    else findings.wrongType(at, '"target"', 'a text', text);
  }
  return targets;
}
