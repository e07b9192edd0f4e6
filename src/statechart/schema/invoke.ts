import { parseDuration } from '../../core/duration.js';
import { type Json, type JsonObject, own } from '../../core/json.js';
import { readActions } from './action.js';
import type { ChartInvoke } from './chart.js';
import { type Findings, join, type Keys, listOf, readMember } from './findings.js';
import { readRetry } from './retry.js';
import { isExpression, readSettled, readTemplate } from './template.js';
import { readTransitions } from './transition.js';

const KEYS: Keys = {
  known: [
    'src',
    'machine',
    'id',
    'input',
    'params',
    'timeout',
    'retry',
    'forward',
    'actions',
    'finalize',
    'onDone',
    'onError',
    'description',
    'meta',
  ],
  later: ['onSnapshot', 'systemId', 'syncSnapshot', 'heartbeat'],
  renamed: { task: 'src', data: 'input', name: 'src', autoForward: 'forward' },
};

/** Everything under `invoke`: one task or a list of them. */
export function readInvokes(findings: Findings, value: Json, path: string): readonly ChartInvoke[] {
  const invokes: ChartInvoke[] = [];
  for (const [item, at] of listOf(value, path)) {
    const invoke = readInvoke(findings, item, at);
    if (invoke !== undefined) invokes.push(invoke);
  }
  return invokes;
}

function readInvoke(findings: Findings, value: Json, path: string): ChartInvoke | undefined {
  const invoke = findings.object(value, path, '"invoke"', KEYS);
  if (invoke === undefined) return undefined;
  const { kind, src } = readSource(findings, invoke, path);
  const [input, params] = [own(invoke, 'input'), own(invoke, 'params')];
  const id = findings.text(invoke, 'id', path, '"invoke"');
  findings.text(invoke, 'description', path, '"invoke"');
  return {
    path,
    kind,
    src,
    id,
    input: input === undefined ? undefined : readTemplate(findings, input, join(path, 'input')),
    timeoutMs: readTimeout(findings, own(invoke, 'timeout'), join(path, 'timeout')),
    onDone: readMember(findings, invoke, 'onDone', path, readTransitions),
    onError: readMember(findings, invoke, 'onError', path, readTransitions),
    forward: readForward(findings, invoke, kind, path),
    retry:
      kind === 'task'
        ? readMember(findings, invoke, 'retry', path, readRetry)
        : refuseRetry(findings, invoke, path),
    machine:
      isExpression(src) && kind === 'machine'
        ? readTemplate(findings, src, join(path, 'machine'))
        : undefined,
    params: params === undefined ? undefined : readSettled(findings, params, join(path, 'params')),
    actions: readMember(findings, invoke, 'actions', path, readActions),
    finalize: readMember(findings, invoke, 'finalize', path, readActions),
  };
}

/** What is invoked: the `src` of a task, or a `machine`. */
function readSource(
  findings: Findings,
  invoke: JsonObject,
  path: string,
): { readonly kind: ChartInvoke['kind']; readonly src: string } {
  const src = findings.text(invoke, 'src', path, '"invoke"');
  const machine = findings.text(invoke, 'machine', path, '"invoke"');
  if (machine !== undefined && src !== undefined) {
    const message = '"invoke" has a "src", which is a task, and a "machine"';
    findings.add({ code: 'invoke', message, path: join(path, 'machine'), hint: 'write one of them' });
  }
  if (machine !== undefined && machine !== '') return { kind: 'machine', src: machine };
  if (own(invoke, 'src') === undefined || src === '') {
    const hint = 'the name that a handler is registered under, or a "machine"';
    findings.add({ code: 'missing', message: '"invoke" needs a "src"', path, hint });
  }
  return { kind: 'task', src: src ?? '' };
}

/** `true` for every event, or the descriptors of some. */
function readForward(
  findings: Findings,
  invoke: JsonObject,
  kind: ChartInvoke['kind'],
  path: string,
): readonly string[] {
  const value = own(invoke, 'forward');
  if (value === undefined || value === false) return [];
  const at = join(path, 'forward');
  if (kind === 'task') {
    findings.add({ code: 'invoke', message: 'events can be sent on to a machine, not to a task', path: at });
    return [];
  }
  if (value === true) return ['*'];
  return listOf(value, at).flatMap(([item, inner]) => {
    if (typeof item === 'string' && item !== '') return [item];
    findings.wrongType(inner, '"forward"', 'true, or names of events', item);
    return [];
  });
}

function refuseRetry(findings: Findings, invoke: JsonObject, path: string): readonly never[] {
  if (own(invoke, 'retry') === undefined) return [];
  const message = '"retry" is for tasks: a machine that failed can be retried itself';
  findings.add({ code: 'invoke', message, path: join(path, 'retry') });
  return [];
}

function readTimeout(findings: Findings, value: Json | undefined, path: string): number | undefined {
  if (value === undefined) return undefined;
  const duration = parseDuration(value);
  if ('problem' in duration) {
    findings.add({ ...duration.problem, path });
    return undefined;
  }
  if (duration.value === 0) findings.add({ code: 'duration', message: 'a timeout of nothing', path });
  return duration.value;
}
