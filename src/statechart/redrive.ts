import type { Event, RedriveEvent } from '../core/event.js';
import { ignored, rejected } from '../core/fold.js';
import { given } from '../core/given.js';
import { type Json, own } from '../core/json.js';
import type { Step } from '../core/language.js';
import { invocation } from './bind/invocation.js';
import type { StatechartProgram } from './compile.js';
import type { Configuration } from './configuration.js';
import { beginsOf, isWaitedFor, waitsOf } from './earlier.js';
import { type MachineEvent, REDRIVE } from './machine-event.js';
import { Macrostep, type Taken } from './macrostep.js';
import { Numbering } from './numbering.js';
import { applied } from './outcome.js';
import { planFor } from './select.js';
import { start } from './step.js';
import { configurationOf, contextOf, type Pending, type StoredState, storedState } from './stored-state.js';
import { Undone } from './undone.js';

/** Under which a start that failed finds its input. */
const START = 'start';

/**
 * What was given to what is to be done again: the tasks and machines that it waited for when it failed. Of what
 * is not brought along the input is worked out anew.
 */
export function inputsOfRedrive(state: Json): readonly string[] {
  const { value, waits = {} } = storedState(state);
  if (value === null) return [START];
  return Object.keys(waits).filter((id) => {
    const pending = waits[id];
    return pending !== undefined && ('task' in pending || 'child' in pending);
  });
}

/**
 * Lets an instance go on as if it had never failed, and as if no time had passed since: delays have as long to go as they had, tasks and
 * machines begin again with what they were given. An answer that it could not take is taken now, unless it told of a
 * failure: then that is what begins again. A start that failed starts again.
 */
export function redrive(program: StatechartProgram, state: Json, event: Event & RedriveEvent): Step {
  const stored = storedState(state);
  if (stored.value === null) {
    const input = own(event.inputs, START);
    if (input === undefined)
      return ignored({ status: 'failed', state }, 'nobody knows what it was to start with');
    const { inputs: _, type: __, ...stamp } = event;
    const { versions } = stored;
    return start(program, { ...stamp, type: 'start', machine: '', input, ...given({ versions }) });
  }
  const { waits = {}, answer } = stored;
  const taken: Taken[] = [];
  const history = [{ type: 'InstanceRedriven', data: {} }];
  const taking = answer && answerEvent(program, waits[answer.effect], answer.output);
  const configuration = configurationOf(program.space, stored);
  const { lent } = contextOf(program, stored);
  const run = new Macrostep(configuration, lent, taking ?? { type: REDRIVE }, event, taken);
  const numbering = new Numbering(undefined, event, !program.hasFunctions, stored.versions);
  try {
    for (const [id, pending] of Object.entries(waits)) {
      if (id === answer?.effect) continue;
      if ('dueAt' in pending) numbering.begin(later(pending, stored, event));
      else beginAgain(configuration, run, pending, own(event.inputs, id));
    }
    if (taking !== undefined) run.react(planFor(configuration, taking.type));
    return applied(program, run, undefined, numbering, history, taken);
  } catch (error) {
    if (!(error instanceof Undone)) throw error;
    return rejected({ status: 'failed', state }, event, error.problem);
  }
}

/** The answer that could not be taken, as an event of the machine; undefined where nothing waits for it any more. */
function answerEvent(
  { space }: StatechartProgram,
  waiting: Pending | undefined,
  output: Json,
): MachineEvent | undefined {
  if (waiting === undefined || !('task' in waiting || 'child' in waiting)) return undefined;
  const id = 'task' in waiting ? waiting.task : waiting.child;
  return { type: space.dialect.events.taskDone(id), output };
}

/** As far off as it was when the instance failed. */
function later<P extends { readonly dueAt: number }>(
  pending: P,
  { failedAt }: StoredState,
  { at }: Event,
): P {
  return { ...pending, dueAt: pending.dueAt - (failedAt ?? at) + at };
}

/** A task or a machine begins again, with what it was given where that is known. */
function beginAgain(
  { active, space }: Configuration,
  run: Macrostep,
  pending: Pending,
  input: Json | undefined,
): void {
  for (const node of active) {
    for (const [n, wait] of waitsOf(node, space.dialect).entries()) {
      if (!isWaitedFor(pending, wait)) continue;
      const invoke = node.chart.invoke[n - node.chart.after.length];
      // A machine whose name is worked out is what that comes to now.
      if (input === undefined || invoke === undefined || invoke.machine !== undefined)
        beginsOf(node)[n]?.perform(run);
      else run.emit(invocation(invoke, wait.key, input));
    }
  }
}
