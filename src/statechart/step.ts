import type { Event, SignalEvent, StartEvent, StopEvent } from '../core/event.js';
import { ignored } from '../core/fold.js';
import { given } from '../core/given.js';
import { APPLIED } from '../core/journal.js';
import { copyJson, isJsonObject, type Json, type JsonObject } from '../core/json.js';
import type { Step } from '../core/language.js';
import { answer } from './answer.js';
import type { StatechartProgram } from './compile.js';
import { INIT, isReserved } from './machine-event.js';
import { Macrostep, type Taken } from './macrostep.js';
import { childrenOf, Numbering } from './numbering.js';
import { surroundings } from './origin.js';
import { applied, failed, numberingOf, pathOf, reasonOf, rejected, unhandled } from './outcome.js';
import { planFor } from './select.js';
import { asJson, configurationOf, contextOf, type StoredState, storedState } from './stored-state.js';
import { Undone } from './undone.js';

/**
 * One event of a durable instance: the same macrostep as the pure transition's, with effects numbered and a
 * history told.
 *
 * | history entry | data | when |
 * |---|---|---|
 * | InstanceStarted | `to` | the initial states were entered |
 * | TransitionTaken | `event`, `from`, `to` | for each microstep; no `event` if it needed none, no `to` if it stayed |
 * | EventRejected | `event`, `code`, `message` | nothing took it, or its macrostep was undone |
 * | ActionScheduled | `effect`, `name` | an action that nobody waits for |
 * | TaskScheduled | `effect`, `id`, `name` | a task was invoked |
 * | TaskSucceeded | `effect`, `id` | its answer came |
 * | TaskFailed | `effect`, `id`, `error`, `cause` | its answer came |
 * | TaskRetryScheduled | `effect`, `id`, `attempt`, `dueAt` | it failed, and is tried again then |
 * | TaskCancelled, TimerCancelled | `effect` | the state that waited was left |
 * | TimerSet | `effect`, `timer`, `dueAt` | a state with `after` was entered |
 * | TimerFired | `effect`, `timer` | |
 * | MachineInvoked | `effect`, `id`, `machine`, `child` | another machine was invoked |
 * | MachineSucceeded | `effect`, `id` | it came to its end |
 * | MachineFailed | `effect`, `id`, `error`, `cause` | it ended otherwise |
 * | MachineRetryScheduled | `effect`, `id`, `attempt`, `dueAt` | it failed, and another is begun then |
 * | MachineStopped | `effect` | the state that waited for it was left |
 * | EventHeld | `effect`, `event`, `id`, `dueAt` | an event is held back, to be raised or sent |
 * | EventReleased | `effect`, `event` | its time has come |
 * | EventCancelled | `effect` | it was cancelled |
 * | EventSent | `effect`, `to`, `event` | to another instance |
 * | EventDropped | `to`, `event` | to a parent or a child that there is not |
 * | EventEmitted | `event`, `data` | to those who watch |
 * | Logged | `label`, `value` | |
 * | InstanceSucceeded | `output` | a final state of the machine was entered |
 * | InstanceFailed | `error`, `cause` | a start or an answer could not be taken |
 * | InstanceStopped | `error`, `cause`, if they were given | from outside |
 *
 * States are paths from the root; the root's own is empty.
 */
export function step(program: StatechartProgram, state: Json, event: Event): Step {
  if (event.type === 'start') return start(program, event);
  const stored = storedState(state);
  switch (event.type) {
    case 'signal':
      return signal(program, stored, event);
    case 'task.succeeded':
    case 'task.failed':
    case 'timer.fired':
    case 'child.ended':
      return answer(program, stored, event);
    case 'stop':
      return stop(stored, event);
    default:
      return ignored({ status: 'running', state }, 'there is nothing to continue');
  }
}

export function start(program: StatechartProgram, event: Event & StartEvent): Step {
  const taken: Taken[] = [];
  const numbering = numberingOf(program, undefined, event);
  try {
    const made = program.makeContext(event.input, () => surroundings(event));
    // What all instances begin with is no function's to change.
    const isShared = program.hasFunctions && made === program.sharedContext;
    const context = isShared ? (copyJson(made as JsonObject) as JsonObject) : made;
    const first = { type: INIT, input: event.input };
    const run = new Macrostep(program.start.to, context, first, event, taken);
    run.start(program.start);
    const started = { type: 'InstanceStarted', data: { to: pathOf(program.start.to) } };
    return applied(program, run, undefined, numbering, [started], taken.slice(1));
  } catch (error) {
    if (!(error instanceof Undone)) throw error;
    const stored = { value: null, context: null, ...given({ versions: event.versions }) };
    return failed(stored, event, numberingOf(program, undefined, event), [], reasonOf(error.problem));
  }
}

function signal(program: StatechartProgram, stored: StoredState, event: Event & SignalEvent): Step {
  const { name, data } = event;
  if (isReserved(name) || name === '' || name === '*') {
    const message = `an event from outside may not be called ${JSON.stringify(name)}`;
    return rejected(stored, name, { code: 'reserved-event', message, path: '' });
  }
  const configuration = configurationOf(program.space, stored);
  const context = contextOf(program, stored);
  const taken: Taken[] = [];
  const children = childrenOf(stored, event);
  const invoked = children.find(({ instance }) => instance === event.from)?.key;
  const body = program.space.dialect.outside({
    name,
    ...(data === undefined ? {} : { data }),
    ...(event.from === undefined ? {} : { from: event.from }),
    ...(event.sendId === undefined ? {} : { sendId: event.sendId }),
    ...(invoked === undefined ? {} : { invoked }),
  });
  // Functions see what came with the event beside its type, too, as a program writes it that sends it in memory.
  const seen = program.hasFunctions && isJsonObject(data) ? { ...data, ...body } : body;
  const run = new Macrostep(configuration, context.lent, seen, { ...event, children }, taken);
  try {
    run.receive(invoked);
    run.react(planFor(configuration, name));
    const isTouched = run.moved || run.effects.length > 0 || run.context !== context.lent;
    if (!isTouched) return unhandled(program, stored, configuration, name);
    return applied(program, run, context, numberingOf(program, stored, event), [], taken);
  } catch (error) {
    if (!(error instanceof Undone)) throw error;
    return rejected(stored, name, error.problem);
  }
}

function stop(stored: StoredState, event: Event & StopEvent): Step {
  const numbering = new Numbering(stored.pending, event, true, stored.versions);
  numbering.cancelAll();
  const { value, context } = stored;
  const reasons = {
    ...(event.error === undefined ? {} : { error: event.error }),
    ...(event.cause === undefined ? {} : { cause: event.cause }),
  };
  const reason =
    event.error === undefined && event.cause === undefined
      ? {}
      : { error: { error: event.error ?? 'Stopped', cause: event.cause ?? '' } };
  const happening = { type: 'InstanceStopped', data: reasons };
  return {
    state: asJson({ value, context, ...reason, stopped: true }),
    status: 'stopped',
    effects: numbering.effects,
    history: [...numbering.history, happening],
    outcome: APPLIED,
  };
}
