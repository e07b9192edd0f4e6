import { parseDuration } from '../../core/duration.js';
import { type Json, own } from '../../core/json.js';
import type { ChartInvoke } from './chart.js';
import { type Findings, join, type Keys, listOf, readMember } from './findings.js';
import { readTemplate } from './template.js';
import { readTransitions } from './transition.js';

const KEYS: Keys = {
  known: ['src', 'id', 'input', 'timeout', 'onDone', 'onError', 'description', 'meta'],
  later: ['retry', 'onSnapshot', 'systemId', 'syncSnapshot', 'autoForward', 'heartbeat'],
  renamed: { task: 'src', data: 'input', name: 'src' },
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
  const src = findings.text(invoke, 'src', path, '"invoke"');
  if (own(invoke, 'src') === undefined || src === '') {
    const hint = 'the name that a handler is registered under';
    findings.add({ code: 'missing', message: '"invoke" needs a "src"', path, hint });
  }
  const input = own(invoke, 'input');
  const id = findings.text(invoke, 'id', path, '"invoke"');
  findings.text(invoke, 'description', path, '"invoke"');
  return {
    path,
    src: src ?? '',
    id,
    input: input === undefined ? undefined : readTemplate(findings, input, join(path, 'input')),
    timeoutMs: readTimeout(findings, own(invoke, 'timeout'), join(path, 'timeout')),
    onDone: readMember(findings, invoke, 'onDone', path, readTransitions),
    onError: readMember(findings, invoke, 'onError', path, readTransitions),
  };
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
