import type { JsonObject } from '../../core/json.js';
import { builtOf } from '../builders.js';
import { MAX_ACTION_DEPTH } from '../limits.js';
import type { ChartAction, ChartAssign, ChartBranch, ChartLog, ChartNamed, Template } from './chart.js';
import { readCancel, readEmit, readRaise, readSend } from './event-action.js';
import { type Findings, isPlain, join } from './findings.js';
import { readGuard } from './guard.js';
import { readList, readText } from './reader.js';
import { readFields, readFunction, readTemplate } from './template.js';

const NAMED = { type: readText, params: readTemplate };
const LOG = { label: readText, value: readTemplate };
const BRANCH = { guard: readGuard, actions: readBranchActions, assign: readAssign };

/** What stands under the one key of a built-in action, `at` that key. */
type ReadBuiltIn = (findings: Findings, value: unknown, at: string, path: string) => ChartAction | undefined;

const BUILT_IN: Readonly<Record<string, ReadBuiltIn>> = {
  assign: readAssign,
  raise: readRaise,
  send: readSend,
  emit: readEmit,
  cancel: readCancel,
  log: readLog,
  choose: readChoose,
};

/** Actions of XState that have no place here. */
const ELSEWHERE = ['spawn', 'stop'];

/** Everything under `entry`, `exit` or `actions`: one action or a list. */
export function readActions(findings: Findings, value: unknown, path: string): readonly ChartAction[] {
  return readList(findings, value, path, readAction);
}

function readAction(findings: Findings, value: unknown, path: string): ChartAction | undefined {
  if (typeof value === 'string') return named(findings, value, undefined, path);
  if (typeof value === 'function') {
    const built = builtOf(value);
    return built === undefined
      ? { kind: 'named', path, name: findings.keep('actions', value, path), params: undefined }
      : readAction(findings, built, path);
  }
  if (!isPlain(value)) return findings.wrongType('action', path, value);
  const isThere = (key: string) => value[key] !== undefined;
  const { actions = {} } = findings.datamodel ?? {};
  const other = Object.keys(actions).find(isThere);
  if (other !== undefined) return actions[other]?.(findings, value as JsonObject, path);
  const builtIn = Object.keys(BUILT_IN).find(isThere);
  if (builtIn !== undefined) {
    const read = (_: Findings, inner: unknown, at: string) => BUILT_IN[builtIn]?.(findings, inner, at, path);
    return findings.members(`${builtIn} action`, { [builtIn]: read }, value, path)?.[builtIn];
  }
  const missing = ELSEWHERE.find(isThere);
  if (missing !== undefined) return findings.tell('not-supported action', join(path, missing), missing);
  const { type, params } = findings.members('action', NAMED, value, path) ?? {};
  if (!isThere('type')) return findings.tell('missing action', path);
  return type === undefined ? undefined : named(findings, type, params, path);
}

function named(
  findings: Findings,
  name: string,
  params: Template | undefined,
  path: string,
): ChartNamed | undefined {
  if (name.startsWith('xstate.')) return findings.tell('not-supported built-in', path, name);
  if (name === '' || /^\s*\{%/.test(name)) return findings.tell('invalid-name action', path, name);
  return { kind: 'named', path, name, params };
}

function readLog(findings: Findings, value: unknown, at: string, path: string): ChartLog | undefined {
  if (isPlain(value)) {
    const { label, value: told } = findings.members('log', LOG, value, at) ?? {};
    return { kind: 'log', path, label, value: told };
  }
  const told = readTemplate(findings, value, at);
  return told && { kind: 'log', path, label: undefined, value: told };
}

function readChoose(findings: Findings, value: unknown, at: string, path: string): ChartAction | undefined {
  const readBranch = (_: Findings, item: unknown, inner: string): ChartBranch | undefined => {
    const branch = findings.members('branch', BRANCH, item, inner);
    return branch && { guard: branch.guard, actions: actionsOf(branch) };
  };
  return findings.within('action', MAX_ACTION_DEPTH, at, () => ({
    kind: 'choose',
    path,
    branches: readList(findings, value, at, readBranch),
  }));
}

/** In a branch with nothing to do `actions:` may be left empty, as YAML reads it. */
function readBranchActions(findings: Findings, value: unknown, path: string): readonly ChartAction[] {
  return value === null ? NONE : readActions(findings, value, path);
}

/** What `assign` says is done before the actions. */
export function actionsOf({
  assign,
  actions = NONE,
}: {
  readonly assign?: ChartAssign | undefined;
  readonly actions?: readonly ChartAction[];
}): readonly ChartAction[] {
  return assign === undefined ? actions : [assign, ...actions];
}

const NONE: readonly never[] = Object.freeze([]);

/** The value of `assign`: fields, each a template, or one function that gives several fields. */
export function readAssign(findings: Findings, value: unknown, path: string): ChartAssign | undefined {
  const whole = readFunction(findings, value, path);
  if (whole !== undefined) return { kind: 'assign', path, fields: whole };
  if (!isPlain(value)) return findings.wrongType('assign', path, value);
  return { kind: 'assign', path, fields: readFields(findings, value, path) };
}
