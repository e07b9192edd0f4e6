import type { InvokeEffect, SpawnEffect } from '../machine-effect.js';
import type { ChartInvoke } from '../schema/chart.js';

/** What begins an invocation, under the key that its answer comes by. */
export function invocation(
  { kind, src, timeoutMs, retry }: ChartInvoke,
  key: string,
  input: unknown,
  used: readonly number[] = [],
): InvokeEffect | SpawnEffect {
  if (kind === 'machine') return { type: 'spawn', key, machine: src, input };
  const timeout = timeoutMs === undefined ? {} : { timeoutMs };
  const retrying = retry.length === 0 ? {} : { used };
  return { type: 'task', ask: true, key, name: src, input, ...timeout, ...retrying };
}
