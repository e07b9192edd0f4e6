import type { QueueStatistics } from '../../core/queue.js';
import { table } from './table.js';
import { timeText } from './time.js';

/** Queues as a table. */
export function queuesText(queues: readonly QueueStatistics[]): string {
  const head = [
    ...['QUEUE', 'PENDING', 'SINCE', 'DELAYED', 'PROCESSING'],
    ...['COMPLETED', 'FAILED', 'CANCELLED', 'LIMIT', 'STATE'],
  ];
  const rows = queues.map((queue) => [
    queue.queue,
    String(queue.pending),
    queue.pendingSince === undefined ? '-' : timeText(queue.pendingSince),
    String(queue.delayed),
    String(queue.processing),
    String(queue.completed),
    String(queue.failed),
    String(queue.cancelled),
    queue.concurrency === undefined ? '-' : String(queue.concurrency),
    queue.paused ? 'paused' : 'open',
  ]);
  return table([head, ...rows]);
}
