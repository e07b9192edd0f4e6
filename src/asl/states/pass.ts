import { compileDataFlow } from '../data-flow.js';
import type { StateType } from '../program.js';
import { refuseForeign } from '../query.js';
import { compileState, compileTransition, leaveFor } from './state.js';

/** Passes its input on, or puts something fixed or made in its place. States Language: Pass State. */
export const pass: StateType = {
  name: 'Pass',
  compile(source) {
    const { fields } = source;
    const transition = compileTransition(fields);
    const flow = compileDataFlow(source, { payload: 'pass', assign: true });
    refuseForeign(source, 'JSONPath', ['Result']);
    const fixed = source.queryLanguage === 'JSONPath' ? fields.any('Result') : undefined;
    return compileState(source, {
      ...transition,
      enter(thread) {
        const selected = flow.select(thread);
        const made = flow.payload(thread, selected);
        const result = fixed === undefined ? made : fixed;
        return leaveFor(transition.next, flow.leave(thread, result));
      },
    });
  },
};
