import { given } from '../../core/given.js';
import type { InvokeEffect, SpawnEffect } from '../machine-effect.js';
import type { ChartInvoke } from '../schema/chart.js';

/** What begins an invocation, under the key that its answer comes by. */
export function invocation(
  { kind, src, timeoutMs, heartbeatMs, retry }: ChartInvoke,
  key: string,
  input: unknown,
  used: readonly number[] = [],
): InvokeEffect | SpawnEffect {
  const retrying = retry.length === 0 ? {} : { used };
  if (kind === 'machine') return { type: 'spawn', key, machine: src, input, ...retrying };
  return {
    type: 'task',
    ask: true,
    key,
    name: src,
    input,
    ...given({ timeoutMs, heartbeatMs }),
    ...retrying,
  };
}
