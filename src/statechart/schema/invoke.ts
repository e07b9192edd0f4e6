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
  timeout: readTimeout,
  retry: asIs,
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
  heartbeat: notYet,
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
  return {
    path,
    kind: of,
    src: isMachine ? machine : (src ?? ''),
    id: invoke.id,
    input: invoke.input,
    timeoutMs: invoke.timeout,
    onDone,
    onError,
    forward: readForward(findings, invoke.forward, join(path, 'forward'), of),
    retry: retryOf(findings, invoke.retry, join(path, 'retry'), of),
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

function retryOf(
  findings: Findings,
  value: unknown,
  path: string,
  of: ChartInvoke['kind'],
): ChartInvoke['retry'] {
  if (value === undefined) return NONE;
  if (of === 'task') return readRetry(findings, value, path);
  findings.tell('invoke retry', path);
  return NONE;
}

function readTimeout(findings: Findings, value: unknown, path: string): number | undefined {
  const delayMs = readDuration(findings, value, path);
  if (delayMs === 0) findings.tell('duration nothing', path);
  return delayMs;
}
