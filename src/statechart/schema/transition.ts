import { actionsOf, readActions, readAssign } from './action.js';
import type { ChartTarget, ChartTransition } from './chart.js';
import { type Findings, isPlain } from './findings.js';
import { readGuard } from './guard.js';
import { readFlag, readJson, readList, readText } from './reader.js';

const KEYS = {
  target: readTargets,
  guard: readGuard,
  actions: readActions,
  assign: readAssign,
  reenter: readFlag,
  description: readText,
  meta: readJson,
};

/** Everything under one event: a target, a transition, or a list of them in the order they are tried. */
export function readTransitions(
  findings: Findings,
  value: unknown,
  path: string,
): readonly ChartTransition[] {
  if (value === null) findings.tell('wrong-type nothing', path);
  return value === null ? NONE : readList(findings, value, path, readTransition);
}

const NONE: readonly never[] = Object.freeze([]);

/** One that is written as a target alone, or with its members. One that does not say leaves its source as its dialect has it. */
function readTransition(findings: Findings, value: unknown, path: string): ChartTransition | undefined {
  const external = findings.dialect === 'scxml';
  if (typeof value === 'string') {
    return { path, targets: [{ text: value, path }], guard: undefined, actions: NONE, reenter: external };
  }
  if (!isPlain(value)) return findings.wrongType('transition', path, value);
  const read = findings.members('transition', KEYS, value, path);
  if (read === undefined) return undefined;
  const { target: targets = NONE, guard, reenter = external } = read;
  return { path, targets, guard, actions: actionsOf(read), reenter };
}

/** One target, or several that are entered together. */
export function readTargets(findings: Findings, value: unknown, path: string): readonly ChartTarget[] {
  return readList(findings, value, path, readTarget);
}

function readTarget(findings: Findings, value: unknown, path: string): ChartTarget | undefined {
  return typeof value === 'string' ? { text: value, path } : findings.wrongType('target', path, value);
}
