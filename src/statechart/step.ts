import {
  answeredEffect,
  type Event,
  type SignalEvent,
  type StartEvent,
  type StopEvent,
} from '../core/event.js';
import { ignored } from '../core/fold.js';
import { given } from '../core/given.js';
import { childName } from '../core/identifier.js';
import { APPLIED, type Happening } from '../core/journal.js';
import { isJsonObject, type Json, type JsonObject } from '../core/json.js';
import type { Failure, Step } from '../core/language.js';
import { didYouMean, type Problem } from '../core/problem.js';
import { invocation } from './bind/invocation.js';
import type { StatechartProgram } from './compile.js';
import type { Configuration } from './configuration.js';
import type { Dialect } from './dialect.js';
import { historyValueOf } from './history-value.js';
import { INIT, isReserved, type MachineEvent } from './machine-event.js';
import { type Child, Macrostep, surroundings, type Taken } from './macrostep.js';
import type { StateNode } from './node.js';
import { isLeft, json, Numbering } from './numbering.js';
import { invokedAs, nextAttempt } from './retry.js';
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
 * | TaskRetryScheduled | `effect`, `id`, `attempt`, `dueAt` | it failed, and is tried again then |
 * | TaskCancelled, TimerCancelled | `effect` | the state that waited was left |
 * | TimerSet | `effect`, `timer`, `dueAt` | a state with `after` was entered |
 * | TimerFired | `effect`, `timer` | |
 * | MachineInvoked | `effect`, `id`, `machine`, `child` | another machine was invoked |
 * | MachineSucceeded | `effect`, `id` | it came to its end |
 * | MachineFailed | `effect`, `id`, `error`, `cause` | it ended otherwise |
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
    const context = program.makeContext(event.input, () => surroundings(event));
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
    ...(invoked === undefined ? {} : { invoked }),
  });
  // Functions see what came with the event beside its type, too, as a program writes it that sends it in memory.
  const seen = program.hasFunctions && isJsonObject(data) ? { ...data, ...body } : body;
  const run = new Macrostep(configuration, context, seen, { ...event, children }, taken);
  try {
    run.receive(invoked);
    run.react(planFor(configuration, name));
    const isTouched = run.moved || run.effects.length > 0 || run.context !== context;
    if (!isTouched) return unhandled(program, stored, configuration, name);
    return applied(program, run, stored, numberingOf(program, stored, event), [], taken);
  } catch (error) {
    if (!(error instanceof Undone)) throw error;
    return rejected(stored, name, error.problem);
  }
}

type Answer = Extract<Event, { readonly effect: string }>;

function answer(program: StatechartProgram, stored: StoredState, event: Answer): Step {
  const waiting = stored.pending === undefined ? undefined : ownPending(stored.pending, event.effect);
  if (waiting === undefined || !answers(event, waiting)) {
    return ignored({ status: 'running', state: asJson(stored) }, `the effect ${event.effect} is not pending`);
  }
  const numbering = numberingOf(program, stored, event);
  numbering.answered(event.effect);
  if (isLeft(waiting) && failureOf(event) !== undefined) return forgotten(stored, numbering);
  if ('send' in waiting) return released(stored, numbering, event.effect, waiting.send);
  if ('retry' in waiting) return tryAgain(program, stored, numbering, waiting);
  const { given, happening, failure } = answered(program.space.dialect, waiting, event);
  const configuration = configurationOf(program.space, stored);
  if ('task' in waiting && failure !== undefined) {
    const { input = null, used } = waiting;
    const invoke = used && invokedAs(configuration, waiting.task);
    const next = invoke && used && nextAttempt(invoke, { input, used }, failure.error, event);
    if (next !== undefined) {
      numbering.again(waiting.task, next);
      return goesOn(stored, numbering, [happening]);
    }
  }
  const context = contextOf(program, stored);
  const taken: Taken[] = [];
  const children = childrenOf(stored, event);
  const run = new Macrostep(configuration, context, given, { ...event, children }, taken);
  const { dialect } = program.space;
  try {
    if (!dialect.invokesAtOnce) run.receive('child' in waiting ? waiting.child : undefined);
    run.react(planFor(configuration, given.type));
    if (!run.moved && failure !== undefined && ('task' in waiting || dialect.failsWithMachines))
      return failed(stored, event, numbering, [happening], failure);
    return applied(program, run, stored, numbering, [happening], taken);
  } catch (error) {
    if (!(error instanceof Undone)) throw error;
    const fresh = numberingOf(program, stored, event);
    fresh.answered(event.effect);
    return failed(stored, event, fresh, [happening], reasonOf(error.problem));
  }
}

function numberingOf(program: StatechartProgram, stored: StoredState | undefined, event: Event): Numbering {
  const versions = event.type === 'start' ? event.versions : stored?.versions;
  const { hearsOut } = program.space.dialect;
  return new Numbering(stored?.pending, event, !program.hasFunctions, versions, hearsOut);
}

/** The pause before another attempt is over. */
function tryAgain(
  program: StatechartProgram,
  stored: StoredState,
  numbering: Numbering,
  { retry: key, input, used }: Extract<Pending, { readonly retry: string }>,
): Step {
  const invoke = invokedAs(configurationOf(program.space, stored), key);
  if (invoke !== undefined) numbering.add(invocation(invoke, key, input, used));
  return goesOn(stored, numbering, []);
}

/** Where it stands nothing changes, but for what it waits for. */
function goesOn(stored: StoredState, numbering: Numbering, happened: readonly Happening[]): Step {
  const { pending: _, ...rest } = stored;
  return {
    state: asJson({ ...rest, ...numbering.kept }),
    status: 'running',
    effects: numbering.effects,
    history: [...happened, ...numbering.history],
    outcome: APPLIED,
  };
}

/** What was invoked, and the instances that these are. */
function childrenOf({ pending = {} }: StoredState, { instance }: Event): readonly Child[] {
  return Object.entries(pending).flatMap(([effect, waiting]) =>
    'child' in waiting && !isLeft(waiting)
      ? [{ key: waiting.child, instance: childName(instance, effect, 0) }]
      : [],
  );
}

/** Whether an event is of the kind that something waits for. */
function answers({ type }: Answer, waiting: Pending): boolean {
  if ('task' in waiting && !('retry' in waiting)) return type === 'task.succeeded' || type === 'task.failed';
  return type === ('child' in waiting ? 'child.ended' : 'timer.fired');
}

/** What an answer is to the machine, what the history says of it, and what is wrong if nothing takes it. */
interface Answered {
  readonly given: MachineEvent;
  readonly happening: Happening;
  readonly failure?: Failure;
}

function answered(
  { events, ended }: Dialect,
  waiting: Exclude<Pending, { readonly send: unknown } | { readonly retry: string }>,
  event: Answer,
): Answered {
  const { effect } = event;
  if ('timer' in waiting) {
    const { timer } = waiting;
    return { given: { type: timer }, happening: { type: 'TimerFired', data: { effect, timer } } };
  }
  if ('raise' in waiting) {
    const { raise } = waiting;
    return { given: raise, happening: { type: 'EventReleased', data: { effect, event: raise.type } } };
  }
  const [id, what] = 'task' in waiting ? [waiting.task, 'Task'] : [waiting.child, 'Machine'];
  const failure = failureOf(event);
  if (failure === undefined) {
    const output = 'output' in event ? event.output : null;
    return {
      given: { type: events.taskDone(id), ...ended(id), output },
      happening: { type: `${what}Succeeded`, data: { effect, id } },
    };
  }
  const { error, cause } = failure;
  return {
    given: { type: events.taskError(id), ...ended(id), error: { name: error, message: cause } },
    happening: { type: `${what}Failed`, data: { effect, id, error, cause } },
    failure,
  };
}

/** Why what was invoked did not come to its end, where it did not. */
function failureOf(event: Answer): Failure | undefined {
  if (event.type === 'task.failed') return { error: event.error, cause: event.cause };
  if (event.type !== 'child.ended' || event.status === 'succeeded') return undefined;
  const { status, error = status, cause = `the machine ${event.child} is ${status}` } = event;
  return { error, cause };
}

/** What had been told to stop has stopped. */
function forgotten({ pending: _, ...rest }: StoredState, numbering: Numbering): Step {
  const state = asJson({ ...rest, ...numbering.kept });
  return { state, status: 'running', effects: [], history: [], outcome: APPLIED };
}

/** An event that was held back is sent: the machine itself is not asked. */
function released(
  stored: StoredState,
  numbering: Numbering,
  effect: string,
  send: { readonly to: string; readonly name: string; readonly data?: Json },
): Step {
  numbering.add({ type: 'send', ...send });
  return goesOn(stored, numbering, [{ type: 'EventReleased', data: { effect, event: send.name } }]);
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

/** The language's `fail`: the event that it cannot take answers nothing that would be waited for any longer. */
export function fail(_program: StatechartProgram, state: Json, event: Event, failure: Failure): Step {
  const stored = storedState(state);
  const numbering = new Numbering(stored.pending, event, true, stored.versions);
  const effect = answeredEffect(event);
  if (effect !== undefined) numbering.answered(effect);
  // The answer may be what is too large: what gave it is done again.
  const end = failed(stored, event, numbering, [], failure);
  const { answer: _, ...rest } = storedState(end.state);
  return { ...end, state: asJson(rest) };
}

/** What a macrostep that went through leaves behind. Throws Undone where that is not JSON. */
export function applied(
  program: StatechartProgram,
  run: Macrostep,
  before: StoredState | undefined,
  numbering: Numbering,
  happened: readonly Happening[],
  taken: readonly Taken[],
): Step {
  for (const effect of run.effects) numbering.add(effect);
  if (run.done) numbering.cancelAll();
  const unsure = program.hasFunctions && run.context !== before?.context;
  const context = unsure ? json(run.context, 'the context') : (run.context as Json);
  const { value } = run.configuration;
  const remembered = historyValueOf(run.configuration);
  const kept = { value, context, ...(remembered === undefined ? {} : { history: remembered }) };
  const history = [...happened, ...taken.flatMap(told), ...numbering.history];
  const pointers = taken.flatMap(({ move }) => move.transitions.map(({ chart }) => chart.path));
  const rest = { effects: numbering.effects, history, outcome: APPLIED, taken: pointers };
  if (!run.done)
    return { state: asJson({ ...kept, ...numbering.kept } as StoredState), status: 'running', ...rest };
  const output = json(run.output, 'the output');
  history.push({ type: 'InstanceSucceeded', data: { output } });
  return { state: asJson({ value, context, output }), status: 'succeeded', ...rest };
}

/**
 * The end of an instance that could not take a start or an answer: as it was, with nothing waited for, and with what a
 * redrive needs to go on from there.
 */
export function failed(
  { value, context, history, pending: waits, versions }: StoredState,
  event: Event,
  numbering: Numbering,
  before: readonly Happening[],
  error: Failure,
): Step {
  numbering.cancelAll();
  const answer = goodAnswer(event);
  return {
    state: asJson({
      value,
      context,
      error,
      failedAt: event.at,
      ...given({ history, waits, versions, answer }),
    }),
    status: 'failed',
    effects: numbering.effects,
    history: [...before, ...numbering.history, { type: 'InstanceFailed', data: { ...error } }],
    outcome: APPLIED,
  };
}

/** What need not be done again, since it went well. */
function goodAnswer(event: Event): StoredState['answer'] {
  const isGood =
    event.type === 'task.succeeded' || (event.type === 'child.ended' && event.status === 'succeeded');
  return isGood ? { effect: event.effect, output: event.output } : undefined;
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

export function told({ event, move }: Taken): Happening[] {
  return move.transitions.map(({ source, targets }) => ({
    type: 'TransitionTaken',
    data: {
      ...(event === undefined ? {} : { event }),
      from: source.path,
      ...(targets.length === 0 ? {} : { to: pathsOf(targets) }),
    },
  }));
}

function reasonOf({ code, message }: Problem): Failure {
  return { error: code, cause: message };
}

function pathOf({ atoms }: Configuration): string {
  return pathsOf(atoms);
}

function pathsOf(nodes: readonly StateNode[]): string {
  return nodes.map(({ path }) => path).join(', ');
}

export function contextOf({ shape }: StatechartProgram, { context }: StoredState): JsonObject {
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
    for (const { descriptors } of node.chart.on) {
      for (const descriptor of descriptors) if (!isReserved(descriptor)) names.add(descriptor);
    }
  }
  return [...names];
}
