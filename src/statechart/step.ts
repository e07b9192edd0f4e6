import {
  answeredEffect,
  type Event,
  type SignalEvent,
  type StartEvent,
  type StopEvent,
} from '../core/event.js';
import { ignored } from '../core/fold.js';
import { APPLIED, type Happening } from '../core/journal.js';
import type { Json, JsonObject } from '../core/json.js';
import type { Failure, Step } from '../core/language.js';
import { didYouMean, type Problem } from '../core/problem.js';
import type { StatechartProgram } from './compile.js';
import type { Configuration } from './configuration.js';
import { INIT, isReserved, type MachineEvent, taskDone, taskError } from './machine-event.js';
import { Macrostep, surroundings, type Taken } from './macrostep.js';
import { json, Numbering } from './numbering.js';
import { planFor } from './select.js';
import { asJson, configurationOf, type Pending, type StoredState, storedState } from './stored-state.js';
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
 * | TaskCancelled, TimerCancelled | `effect` | the state that waited was left |
 * | TimerSet | `effect`, `timer`, `dueAt` | a state with `after` was entered |
 * | TimerFired | `effect`, `timer` | |
 * | EventSent | `effect`, `to`, `event` | to another instance |
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
      return answer(program, stored, event);
    case 'stop':
      return stop(stored, event);
    default:
      return ignored({ status: 'running', state }, 'there is nothing to continue');
  }
}

function start(program: StatechartProgram, event: Event & StartEvent): Step {
  const taken: Taken[] = [];
  const numbering = new Numbering(undefined, event, !program.hasFunctions);
  try {
    const context = program.makeContext(event.input, () => surroundings(event));
    const first = { type: INIT, input: event.input };
    const run = new Macrostep(program.start.to, context, first, event, taken);
    run.start(program.start);
    const history = [{ type: 'InstanceStarted', data: { to: pathOf(program.start.to) } }];
    return applied(program, run, undefined, numbering, [...history, ...taken.slice(1).map(told)]);
  } catch (error) {
    if (!(error instanceof Undone)) throw error;
    const stored = { value: null, context: null };
    return failed(
      stored,
      new Numbering(undefined, event, !program.hasFunctions),
      [],
      reasonOf(error.problem),
    );
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
  const given: MachineEvent = data === undefined ? { type: name } : { type: name, data };
  const run = new Macrostep(configuration, context, given, event, taken);
  try {
    run.react(planFor(configuration, name));
    if (!run.moved) return unhandled(program, stored, configuration, name);
    return applied(
      program,
      run,
      stored,
      new Numbering(stored.pending, event, !program.hasFunctions),
      taken.map(told),
    );
  } catch (error) {
    if (!(error instanceof Undone)) throw error;
    return rejected(stored, name, error.problem);
  }
}

type Answer = Extract<Event, { readonly effect: string }>;

function answer(program: StatechartProgram, stored: StoredState, event: Answer): Step {
  const waiting = stored.pending === undefined ? undefined : ownPending(stored.pending, event.effect);
  if (waiting === undefined || 'timer' in waiting !== (event.type === 'timer.fired')) {
    return ignored({ status: 'running', state: asJson(stored) }, `the effect ${event.effect} is not pending`);
  }
  const { given, happening } = answered(waiting, event);
  const numbering = new Numbering(stored.pending, event, !program.hasFunctions);
  numbering.answered(event.effect);
  const configuration = configurationOf(program.space, stored);
  const context = contextOf(program, stored);
  const taken: Taken[] = [];
  const run = new Macrostep(configuration, context, given, event, taken);
  try {
    run.react(planFor(configuration, given.type));
    if (!run.moved && event.type === 'task.failed') {
      const { error, cause } = event;
      return failed(stored, numbering, [happening], { error, cause });
    }
    return applied(program, run, stored, numbering, [happening, ...taken.map(told)]);
  } catch (error) {
    if (!(error instanceof Undone)) throw error;
    const fresh = new Numbering(stored.pending, event, !program.hasFunctions);
    fresh.answered(event.effect);
    return failed(stored, fresh, [happening], reasonOf(error.problem));
  }
}

/** The event that an answer is to the machine, and what the history says of it. */
function answered(waiting: Pending, event: Answer): { given: MachineEvent; happening: Happening } {
  const { effect } = event;
  if ('timer' in waiting) {
    const { timer } = waiting;
    return { given: { type: timer }, happening: { type: 'TimerFired', data: { effect, timer } } };
  }
  const id = waiting.task;
  if (event.type === 'task.failed') {
    const { error, cause } = event;
    return {
      given: { type: taskError(id), error: { name: error, message: cause } },
      happening: { type: 'TaskFailed', data: { effect, id, error, cause } },
    };
  }
  const output = event.type === 'task.succeeded' ? event.output : null;
  return {
    given: { type: taskDone(id), output },
    happening: { type: 'TaskSucceeded', data: { effect, id } },
  };
}

function stop(stored: StoredState, event: Event & StopEvent): Step {
  const numbering = new Numbering(stored.pending, event, true);
  numbering.cancelAll();
  const { value, context } = stored;
  const given = {
    ...(event.error === undefined ? {} : { error: event.error }),
    ...(event.cause === undefined ? {} : { cause: event.cause }),
  };
  const reason =
    event.error === undefined && event.cause === undefined
      ? {}
      : { error: { error: event.error ?? 'Stopped', cause: event.cause ?? '' } };
  const happening = { type: 'InstanceStopped', data: given };
  return {
    state: asJson({ value, context, ...reason, stopped: true }),
    status: 'stopped',
    effects: numbering.effects,
    history: [...numbering.history, happening],
    outcome: APPLIED,
  };
}

/** The language's `fail`: the event that it cannot take answers nothing that would be waited for any longer. */
export function fail(_: StatechartProgram, state: Json, event: Event, failure: Failure): Step {
  const stored = storedState(state);
  const numbering = new Numbering(stored.pending, event, true);
  const effect = answeredEffect(event);
  if (effect !== undefined) numbering.answered(effect);
  return failed(stored, numbering, [], failure);
}

/** What a macrostep that went through leaves behind. Throws Undone where that is not JSON. */
function applied(
  program: StatechartProgram,
  run: Macrostep,
  before: StoredState | undefined,
  numbering: Numbering,
  taken: readonly Happening[],
): Step {
  for (const effect of run.effects) numbering.add(effect);
  if (run.done) numbering.cancelAll();
  const unsure = program.hasFunctions && run.context !== before?.context;
  const context = unsure ? json(run.context, 'the context') : (run.context as Json);
  const { value } = run.configuration;
  const history = [...taken, ...numbering.history];
  const rest = { effects: numbering.effects, history, outcome: APPLIED };
  if (!run.done)
    return { state: asJson({ value, context, ...numbering.pending }), status: 'running', ...rest };
  const output = json(run.output, 'the output');
  history.push({ type: 'InstanceSucceeded', data: { output } });
  return { state: asJson({ value, context, output }), status: 'succeeded', ...rest };
}

/** The end of an instance that could not take a start or an answer: as it was, with nothing waited for. */
function failed(
  { value, context }: StoredState,
  numbering: Numbering,
  before: readonly Happening[],
  error: Failure,
): Step {
  numbering.cancelAll();
  return {
    state: asJson({ value, context, error }),
    status: 'failed',
    effects: numbering.effects,
    history: [...before, ...numbering.history, { type: 'InstanceFailed', data: { ...error } }],
    outcome: APPLIED,
  };
}

function unhandled(
  program: StatechartProgram,
  stored: StoredState,
  configuration: Configuration,
  name: string,
): Step {
  const where = pathOf(configuration);
  const message = `nothing takes ${JSON.stringify(name)} in "${where}"`;
  if (program.onUnhandled === 'ignore') return ignored({ status: 'running', state: asJson(stored) }, message);
  const near = didYouMean(name, acceptedBy(configuration));
  return rejected(stored, name, { code: 'unhandled-event', message, path: '', ...near });
}

function rejected(stored: StoredState, event: string, problem: Problem): Step {
  const { code, message } = problem;
  return {
    state: asJson(stored),
    status: 'running',
    effects: [],
    history: [{ type: 'EventRejected', data: { event, code, message } }],
    outcome: { kind: 'rejected', problem },
  };
}

function told({ event, move }: Taken): Happening {
  const { source, target } = move.transition;
  return {
    type: 'TransitionTaken',
    data: {
      ...(event === undefined ? {} : { event }),
      from: source.path,
      ...(target === undefined ? {} : { to: target.path }),
    },
  };
}

function reasonOf({ code, message }: Problem): Failure {
  return { error: code, cause: message };
}

function pathOf(configuration: Configuration): string {
  return configuration.atoms.map((atom) => atom.path).join(', ');
}

function contextOf({ shape }: StatechartProgram, { context }: StoredState): JsonObject {
  shape.meet(context as JsonObject);
  return context as JsonObject;
}

function ownPending(pending: Readonly<Record<string, Pending>>, id: string): Pending | undefined {
  return Object.hasOwn(pending, id) ? pending[id] : undefined;
}

/** The names, and wildcards, that transitions of the active states are listening for, the innermost first. */
export function acceptedBy(configuration: Configuration): readonly string[] {
  const names = new Set<string>();
  for (const node of configuration.active.toReversed()) {
    for (const [descriptor] of node.chart.on) if (!isReserved(descriptor)) names.add(descriptor);
  }
  return [...names];
}
