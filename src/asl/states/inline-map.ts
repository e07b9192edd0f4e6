import { MAX_INLINE_CONCURRENCY } from '../limits.js';
import type { CompiledState } from '../program.js';
import type { MapFields } from './map-fields.js';
import { leaveFor } from './state.js';

/** A Map whose items are threads of the execution. Step Functions: Map state in Inline mode. */
export function inlineMap(fields: MapFields): Pick<CompiledState, 'enter' | 'fork'> {
  const { transition, flow, startAt, items, choose, concurrency } = fields;
  return {
    enter(thread) {
      const selected = flow.select(thread);
      const asked = concurrency(thread, selected) ?? 0;
      thread.observe('maxConcurrency', asked);
      const atOnce = asked || MAX_INLINE_CONCURRENCY;
      const list = items(thread, selected);
      const limit = Math.min(atOnce, MAX_INLINE_CONCURRENCY);
      return { kind: 'fork', threads: { each: true, given: list, length: list.length, limit } };
    },
    fork: {
      begin: (thread, index, item) => ({ state: startAt, input: choose(thread, index, item) }),
      join: (thread, results) => leaveFor(transition.next, flow.leave(thread, results)),
    },
  };
}
