import { isJsonObject, type Json, type JsonObject, own } from '../../core/json.js';
import { MAX_ACTION_DEPTH } from '../limits.js';
import type {
  ChartAction,
  ChartAssign,
  ChartBranch,
  ChartChoose,
  ChartLog,
  ChartNamed,
  Template,
} from './chart.js';
import { readCancel, readEmit, readRaise, readSend } from './event-action.js';
import { type Findings, join, type Keys, listOf } from './findings.js';
import { readGuard } from './guard.js';
import { readFunction, readTemplate } from './template.js';

const NAMED: Keys = { known: ['type', 'params'] };
const ASSIGN: Keys = { known: ['assign'] };
const LOG: Keys = { known: ['label', 'value'] };
const BRANCH: Keys = { known: ['guard', 'actions', 'assign'], renamed: { cond: 'guard', if: 'guard' } };

/** Built-in actions, by their one key. */
const BUILT_IN = {
  assign: (findings: Findings, value: JsonObject, path: string) => {
    findings.object(value, path, 'an assign action', ASSIGN);
    return readAssign(findings, own(value, 'assign') ?? null, join(path, 'assign'));
  },
  raise: readRaise,
  send: readSend,
  emit: readEmit,
  cancel: readCancel,
  log: readLog,
  choose: readChoose,
} as const;

/** Actions of XState that have no place here, and what to do instead. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  spawn: 'invoke a machine in a state',
  stop: 'what a state invokes ends when the state is left',
};

/** Everything under `entry`, `exit` or `actions`: one action or a list. */
export function readActions(
  findings: Findings,
  value: Json,
  path: string,
  depth = 0,
): readonly ChartAction[] {
  const actions: ChartAction[] = [];
  for (const [item, at] of listOf(value, path)) {
    const action = readAction(findings, item, at, depth);
    if (action !== undefined) actions.push(action);
  }
  return actions;
}

function readAction(findings: Findings, value: Json, path: string, depth: number): ChartAction | undefined {
  if (typeof value === 'string') return named(findings, value, undefined, path);
  if (!isJsonObject(value)) {
    findings.wrongType(path, 'an action', 'a name or an object', value);
    return undefined;
  }
  for (const [key, read] of Object.entries(findings.datamodel?.actions ?? {})) {
    if (own(value, key) !== undefined) return read(findings, value, path, depth);
  }
  for (const [key, read] of Object.entries(BUILT_IN)) {
    if (own(value, key) !== undefined) return read(findings, value, path, depth);
  }
  for (const [key, hint] of Object.entries(ELSEWHERE)) {
    if (own(value, key) === undefined) continue;
    const message = `there is no action "${key}"`;
    findings.add({ code: 'not-supported', message, path: join(path, key), hint });
    return undefined;
  }
  return readNamed(findings, value, path);
}

function readLog(findings: Findings, value: JsonObject, path: string): ChartLog | undefined {
  findings.object(value, path, 'a log action', { known: ['log'] });
  const log = own(value, 'log') ?? null;
  const at = join(path, 'log');
  if (!isJsonObject(log)) {
    const template = readTemplate(findings, log, at);
    return template && { kind: 'log', path, label: undefined, value: template };
  }
  findings.object(log, at, '"log"', LOG);
  const told = own(log, 'value');
  const template = told === undefined ? undefined : readTemplate(findings, told, join(at, 'value'));
  return { kind: 'log', path, label: findings.text(log, 'label', at, '"log"'), value: template };
}

function readChoose(
  findings: Findings,
  value: JsonObject,
  path: string,
  depth: number,
): ChartChoose | undefined {
  findings.object(value, path, 'a choose action', { known: ['choose'] });
  const at = join(path, 'choose');
  if (depth >= MAX_ACTION_DEPTH) {
    const message = `actions are nested deeper than ${MAX_ACTION_DEPTH}`;
    findings.add({ code: 'too-deep', message, path: at });
    return undefined;
  }
  const branches: ChartBranch[] = [];
  for (const [item, inner] of listOf(own(value, 'choose') ?? null, at)) {
    const branch = findings.object(item, inner, 'a branch of "choose"', BRANCH);
    if (branch === undefined) continue;
    const guard = own(branch, 'guard');
    const assign = own(branch, 'assign');
    const assigned = assign === undefined ? undefined : readAssign(findings, assign, join(inner, 'assign'));
    const actions = readActions(findings, own(branch, 'actions') ?? [], join(inner, 'actions'), depth + 1);
    branches.push({
      guard: guard === undefined ? undefined : readGuard(findings, guard, join(inner, 'guard')),
      actions: assigned === undefined ? actions : [assigned, ...actions],
    });
  }
  return { kind: 'choose', path, branches };
}

function readNamed(findings: Findings, value: JsonObject, path: string): ChartNamed | undefined {
  findings.object(value, path, 'an action', NAMED);
  const type = own(value, 'type');
  if (typeof type !== 'string') {
    const hint =
      'an action is a name, { type, params }, or one of { assign }, { raise }, { send }, { emit }, { cancel }, { log }, { choose }';
    if (type === undefined)
      findings.add({ code: 'missing', message: 'an action needs a "type"', path, hint });
    else findings.wrongType(join(path, 'type'), '"type" of an action', 'a text', type);
    return undefined;
  }
  const params = own(value, 'params');
  return named(
    findings,
    type,
    params === undefined ? undefined : readTemplate(findings, params, join(path, 'params')),
    path,
  );
}

function named(
  findings: Findings,
  name: string,
  params: Template | undefined,
  path: string,
): ChartNamed | undefined {
  if (name.startsWith('xstate.')) {
    findings.notSupported(path, `the built-in action "${name}"`);
    return undefined;
  }
  if (name === '' || /^\s*\{%/.test(name)) {
    const hint = 'to change the context write { assign: { field: "{% … %}" } }';
    findings.add({
      code: 'invalid-name',
      message: `an action is named, not ${JSON.stringify(name)}`,
      path,
      hint,
    });
    return undefined;
  }
  return { kind: 'named', path, name, params };
}

/** The value of `assign`: fields, each a template, or one function that gives several fields. */
export function readAssign(findings: Findings, value: Json, path: string): ChartAssign | undefined {
  const whole = readFunction(value, path);
  if (whole !== undefined) return { kind: 'assign', path, fields: whole };
  if (!isJsonObject(value)) {
    findings.wrongType(path, '"assign"', 'an object of fields', value);
    return undefined;
  }
  const fields: (readonly [string, Template])[] = [];
  for (const key of Object.keys(value)) {
    const template = readTemplate(findings, own(value, key) ?? null, join(path, key));
    if (template !== undefined) fields.push([key, template]);
  }
  return { kind: 'assign', path, fields };
}
