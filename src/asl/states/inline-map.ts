import { dataLimitFailure } from '../errors.js';
import { MAX_INLINE_CONCURRENCY } from '../limits.js';
import { exceedsDataLimit } from '../payload.js';
import type { CompiledState } from '../program.js';
import type { MapFields } from './map-fields.js';
import { leaveFor } from './state.js';

/** A Map whose items are threads of the execution. Step Functions: Map state in Inline mode. */
export function inlineMap(fields: MapFields): Pick<CompiledState, 'enter' | 'fork'> {
  const { name, transition, flow, startAt, items, selector, concurrency } = fields;
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
      begin(thread, index, item) {
        if (selector === undefined) return { state: startAt, input: item };
        thread.choosing = { index, value: item };
        const input = selector(thread, flow.select(thread));
        thread.choosing = undefined;
        thread.observe('afterItemSelector', input);
        if (exceedsDataLimit(input)) throw dataLimitFailure(name);
        return { state: startAt, input };
      },
      join: (thread, results) => leaveFor(transition.next, flow.leave(thread, results)),
    },
  };
}
