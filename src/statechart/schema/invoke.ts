import { readActions } from './action.js';
import type { ChartInvoke } from './chart.js';
import { type Findings, join } from './findings.js';
import { asIs, notYet, readDuration, readJson, readList, readNames, readText } from './reader.js';
import { readRetry } from './retry.js';
import { isExpression, readSettled, readTemplate } from './template.js';
import { readTransitions } from './transition.js';

const KEYS = {
  src: readText,
  machine: readText,
  id: readText,
  input: readTemplate,
  params: readSettled,
  timeout: readLimit,
  heartbeat: readLimit,
  retry: readRetry,
  forward: asIs,
  actions: readActions,
  finalize: readActions,
  onDone: readTransitions,
  onError: readTransitions,
  description: readText,
  meta: readJson,
  onSnapshot: notYet,
  systemId: notYet,
  syncSnapshot: notYet,
};

const NONE: readonly never[] = Object.freeze([]);

/** Everything under `invoke`: one task or a list of them. */
export function readInvokes(findings: Findings, value: unknown, path: string): readonly ChartInvoke[] {
  return readList(findings, value, path, readInvoke);
}

function readInvoke(findings: Findings, value: unknown, path: string): ChartInvoke | undefined {
  const invoke = findings.members('invoke', KEYS, value, path);
  if (invoke === undefined) return undefined;
  const { machine, src, onDone = NONE, onError = NONE, actions = NONE, finalize = NONE } = invoke;
  if (machine !== undefined && src !== undefined) findings.tell('invoke both', join(path, 'machine'));
  const isMachine = machine !== undefined && machine !== '';
  if (!isMachine && (src === '' || !Object.hasOwn(invoke, 'src'))) findings.tell('missing src', path);
  const of: ChartInvoke['kind'] = isMachine ? 'machine' : 'task';
  for (const limit of ['timeout', 'heartbeat'] as const) {
    if (isMachine && invoke[limit] !== undefined) findings.tell('invoke limit', join(path, limit));
  }
  return {
    path,
    kind: of,
    src: isMachine ? machine : (src ?? ''),
    id: invoke.id,
    input: invoke.input,
    timeoutMs: invoke.timeout,
    heartbeatMs: invoke.heartbeat,
    onDone,
    onError,
    forward: readForward(findings, invoke.forward, join(path, 'forward'), of),
    retry: invoke.retry ?? NONE,
    machine:
      isMachine && isExpression(machine) ? readTemplate(findings, machine, join(path, 'machine')) : undefined,
    params: invoke.params,
    actions,
    finalize,
  };
}

/** `true` for every event, or the descriptors of some. */
function readForward(
  findings: Findings,
  value: unknown,
  path: string,
  of: ChartInvoke['kind'],
): readonly string[] {
  if (value === undefined || value === false) return NONE;
  if (of === 'task') findings.tell('invoke forward', path);
  if (of === 'task') return NONE;
  if (value === true) return ['*'];
  return readNames(findings, value, path, 'forward');
}

/** How long a task may take, or be silent: milliseconds. */
function readLimit(findings: Findings, value: unknown, path: string): number | undefined {
  const ms = readDuration(findings, value, path);
  if (ms === 0) findings.tell('duration nothing', path);
  return ms;
}
