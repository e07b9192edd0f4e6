import type { Status } from '../core/instance.js';

/** How AWS calls it that an execution has ended so, or has not. */
export type ExecutionStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';

const STATUSES: Readonly<Record<Status, ExecutionStatus>> = {
  running: 'RUNNING',
  paused: 'RUNNING',
  succeeded: 'SUCCEEDED',
  failed: 'FAILED',
  timed_out: 'TIMED_OUT',
  stopped: 'ABORTED',
};

/**
 * @example
 * executionStatus('stopped'); // => 'ABORTED'
 */
export function executionStatus(status: Status): ExecutionStatus {
  return STATUSES[status];
}
