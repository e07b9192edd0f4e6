import { compileDataFlow } from '../data-flow.js';
import type { StateType } from '../program.js';
import { compileState, leaveFor } from './state.js';

/** Ends its thread well. States Language: Succeed State. */
export const succeed: StateType = {
  name: 'Succeed',
  compile(source) {
    const flow = compileDataFlow(source, {});
    return compileState(source, {
      terminal: true,
      enter(thread) {
        const selected = flow.select(thread);
        return leaveFor(undefined, flow.leave(thread, selected));
      },
    });
  },
};
