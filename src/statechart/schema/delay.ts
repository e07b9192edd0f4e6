import { parseDuration } from '../../core/duration.js';
import type { ChartDelay, Template } from './chart.js';
import { type Findings, isPlain, join } from './findings.js';
import { readDuration } from './reader.js';
import { isExpression, readFields, readTemplate } from './template.js';

/** Everything under `delays` of a machine: by name a duration, or what gives one when it is wanted. */
export function readDelays(findings: Findings, value: unknown): ReadonlyMap<string, Template> {
  if (!isPlain(value)) return findings.wrongType('delays', '/delays', value) ?? new Map();
  const fields = readFields(findings, value, '/delays');
  for (const [name, template] of fields) {
    if (template.kind === 'constant') readDuration(findings, template.value, join('/delays', name));
  }
  return new Map(fields);
}

/** How long a delay of a state is: a duration, the name of a delay, or, where values may stand, what gives one. */
export function readLength(
  findings: Findings,
  value: unknown,
  path: string,
  isValue: boolean,
): Pick<ChartDelay, 'delayMs' | 'delay'> {
  const named = typeof value === 'string' ? findings.delays.get(value) : undefined;
  const isComputed =
    isValue && (typeof value === 'function' || (typeof value === 'string' && isExpression(value)));
  const delay = isComputed ? readTemplate(findings, value, path) : named;
  if (delay !== undefined && delay.kind !== 'constant') return { delayMs: undefined, delay };
  const duration = parseDuration(delay === undefined ? value : delay.value);
  // One that has a name was looked at where that is given.
  if ('problem' in duration && delay === undefined && !isComputed)
    findings.tell('duration unknown', path, value);
  return { delayMs: 'value' in duration ? duration.value : 0, delay: undefined };
}
