import type { Datamodels } from '../../statechart/schema/findings.js';
import { contentActions } from './content.js';
import type { JavascriptEngine } from './engine.js';
import { Scripting } from './scripting.js';
import { Sessions } from './session.js';

/**
 * The `ecmascript` datamodel (SCXML B.2), by the engine that is handed in: expressions are JavaScript, and the fields of
 * the context are their variables.
 */
export function ecmascript(engine: JavascriptEngine): Datamodels {
  const sessions = new Sessions(engine);
  return {
    ecmascript: (machine) => {
      const scripting = new Scripting(sessions, machine);
      return {
        template: (value) => scripting.template(value),
        condition: (text) => scripting.condition(text),
        actions: contentActions(scripting),
      };
    },
  };
}
