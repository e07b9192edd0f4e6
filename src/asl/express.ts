import { isJsonObject, own } from '../core/json.js';
import type { Fields } from './fields.js';

const ACTIVITY = /^arn:[^:]*:states:[^:]*:[^:]*:activity:/;
const SYNC = /\.sync(?::2)?$/;
const TOKEN = /\.waitForTaskToken$/;

/** Refuses what an Express workflow cannot have: whatever waits for longer than it runs. Step Functions: workflow types. */
export function checkExpress(state: Fields): void {
  const resource = state.peek('Resource');
  if (typeof resource === 'string') {
    const refuse = (what: string): void =>
      state.report({
        message: `Express state machine does not support ${what}`,
        path: state.at('Resource'),
      });
    if (ACTIVITY.test(resource)) refuse('Activity ARN');
    if (SYNC.test(resource)) refuse("'.sync' service integration");
    // AWS's words end in a blank here.
    if (TOKEN.test(resource)) refuse("'.waitForTaskToken' service integration ");
  }
  for (const field of ['ItemProcessor', 'Iterator']) {
    const processor = state.peek(field);
    const config = isJsonObject(processor) ? own(processor, 'ProcessorConfig') : undefined;
    if (!isJsonObject(config) || own(config, 'Mode') !== 'DISTRIBUTED') continue;
    state.report({
      message: "The field 'Mode' with value 'DISTRIBUTED' is not supported inside 'EXPRESS' state machines",
      path: `${state.at(field)}/ProcessorConfig/Mode`,
    });
  }
}
