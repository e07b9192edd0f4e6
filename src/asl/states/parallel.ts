import { compileDataFlow } from '../data-flow.js';
import { dataLimitFailure } from '../errors.js';
import { exceedsDataLimit } from '../payload.js';
import type { StateType } from '../program.js';
import { compileRecovery, compileState, compileTransition, leaveFor } from './state.js';

/** Has each of its branches run on what it is given, and goes on with a list of what they gave. States Language: Parallel State. */
export const parallel: StateType = {
  name: 'Parallel',
  compile(source) {
    const { fields, name } = source;
    const transition = compileTransition(fields);
    const flow = compileDataFlow(source, { payload: 'task', assign: true });
    fields.require('Branches');
    const branches = fields.list('Branches');
    if (branches?.length === 0)
      fields.report({ message: 'Value cannot be empty', path: fields.at('Branches') });
    const inner = (branches ?? []).map((branch) => {
      const startAt = source.branch(branch);
      branch.close();
      return startAt;
    });
    const recovery = compileRecovery(source, transition);
    return compileState(source, {
      ...recovery,
      inner,
      enter(thread) {
        const given = flow.payload(thread, flow.select(thread));
        if (given !== thread.input && exceedsDataLimit(given)) throw dataLimitFailure(name);
        return { kind: 'fork', threads: { given, length: inner.length, limit: inner.length } };
      },
      fork: {
        begin: (_, index, given) => ({ state: inner[index] ?? '', input: given }),
        join: (thread, results) => leaveFor(transition.next, flow.leave(thread, results)),
      },
    });
  },
};
