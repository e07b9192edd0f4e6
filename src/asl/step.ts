import type { Event, SignalEvent, StartEvent, StopEvent } from '../core/event.js';
import { ignored, rejected, type Standing } from '../core/fold.js';
import { placeOf } from '../core/identifier.js';
import { APPLIED } from '../core/journal.js';
import type { Json, JsonObject } from '../core/json.js';
import type { Failure, Step } from '../core/language.js';
import { MAX_DELAY_MS } from '../core/limits.js';
import type { ActiveThread } from './active-thread.js';
import { ROLE_ARN } from './arn.js';
import { ERRORS } from './errors.js';
import {
  type Execution,
  effectsOf,
  fromState,
  type Thread,
  toState,
  type Waiting,
  type Writable,
} from './execution.js';
import { failureDetails, WHOLE } from './history.js';
import { EXPRESS_TIMEOUT_SECONDS, MAX_DATA_BYTES } from './limits.js';
import { readMapRunUpdate, UPDATE_MAP_RUN } from './map-run/map-run-change.js';
import { exceedsDataLimit } from './payload.js';
import type { Answer, AslProgram } from './program.js';
import { resume, run } from './run.js';
import { Threads } from './threads.js';
import { type End, Turn } from './turn.js';

/** One event of an execution. States run one after another until one of them waits, or the execution ends. */
export function step(program: AslProgram, state: Json, event: Event): Step {
  if (event.type === 'start') return begin(program, event);
  const standing: Standing = { status: 'running', state };
  const execution = fromState(state);
  switch (event.type) {
    case 'continue':
      return (
        goOn(program, new Threads(new Turn(execution, event))) ??
        ignored(standing, 'there is nothing to go on with')
      );
    case 'stop':
      return stop(new Threads(new Turn(execution, event)), event);
    case 'signal':
      return signal(program, standing, event);
    case 'redrive':
    case 'migrate':
      throw new Error(`a ${event.type} is no step of an execution`);
    default:
      return answer(program, execution, event) ?? ignored(standing, `effect ${event.effect} is not pending`);
  }
}

/** The one signal that there is changes the bounds of a Map run. */
function signal(program: AslProgram, standing: Standing, event: Event & SignalEvent): Step {
  if (event.name !== UPDATE_MAP_RUN) return ignored(standing, 'an execution takes no such signals');
  const update = readMapRunUpdate(event.data);
  if ('problem' in update) return rejected(standing, event, update.problem);
  const { mapRun: id, change } = update.value;
  const threads = new Threads(new Turn(fromState(standing.state), event));
  const thread = threads.where(({ mapRun }) => mapRun !== undefined).find(({ mapRun }) => mapRun?.id === id);
  if (thread?.mapRun === undefined) {
    const message = `no Map run ${id} is under way`;
    return rejected(standing, event, { code: 'unknown-map-run', message, path: '/mapRun' });
  }
  thread.mapRun.change(change);
  // What is on its way to it makes it go on in any case.
  if (thread.waiting?.for !== 'executions' || thread.waiting.items !== undefined)
    return threads.finish(false);
  // It goes on under its new bounds.
  thread.waiting = undefined;
  return run(program, threads, stackOf(thread));
}

/** A thread on top of those that it is in. */
function stackOf(thread: ActiveThread): ActiveThread[] {
  const stack = [thread];
  for (let { parent } = thread; parent !== undefined; parent = parent.parent) stack.unshift(parent);
  return stack;
}

/** What an execution that is tried out begins with besides its input. */
export interface Given {
  /** What stands in its context object instead of what would. */
  readonly context?: JsonObject;
  readonly variables?: JsonObject;
}

/** The first step of an execution. */
export function begin(program: AslProgram, event: Event & StartEvent, given: Given = {}): Step {
  const { machine, input, at, part } = event;
  const { startAt, timeoutSeconds, express, label, role } = roleOf(program, part);
  if (exceedsDataLimit(input)) {
    const problem = {
      code: 'payload-too-large',
      message: `the input of an execution may not exceed ${MAX_DATA_BYTES} bytes`,
      path: '',
    };
    return {
      state: null,
      status: 'failed',
      effects: [],
      history: [],
      outcome: { kind: 'rejected', problem },
    };
  }
  const { context, variables } = given;
  const start: Writable<Execution['start']> = { machine, at, input };
  if (express === true) start.express = express;
  if (label !== undefined) start.label = label;
  if (role !== undefined) start.role = role;
  if (context !== undefined) start.context = context;
  const execution: Execution = { start, threads: {}, nextEventId: 1 };
  if (start.role === 'portion')
    return { state: toState(execution), status: 'succeeded', effects: [], history: [], outcome: APPLIED };
  const turn = new Turn(execution, event);
  turn.record(0, 'ExecutionStarted', { input, inputDetails: WHOLE, roleArn: ROLE_ARN });
  beginDeadline(
    express === true
      ? Math.min(timeoutSeconds ?? EXPRESS_TIMEOUT_SECONDS, EXPRESS_TIMEOUT_SECONDS)
      : timeoutSeconds,
    turn,
  );
  const threads = new Threads(turn);
  const first: Thread = { state: startAt, input, lastEventId: 0 };
  const main = threads.begin(variables === undefined ? first : { ...first, variables });
  return run(program, threads, [main]);
}

/** What an execution does: all of a definition, or a part of it, which has no TimeoutSeconds of its own. */
interface Role {
  readonly startAt: string;
  readonly timeoutSeconds?: number | undefined;
  readonly express?: boolean | undefined;
  /** Of the Map that it has an item of, or a batch of them. */
  readonly label?: string;
  /** Of one that reads items for a Map, or holds some of them. */
  readonly role?: 'reader' | 'portion';
}

/** The part of the execution of an item is the name of its Map; those that read and hold items have parts of their own. */
function roleOf(program: AslProgram, part: string | undefined): Role {
  if (part === undefined) return program;
  const processor = program.states.get(part)?.processor;
  if (processor !== undefined) return processor;
  for (const { name: startAt, processor } of program.states.values()) {
    if (processor?.reader === part) return { startAt, role: 'reader' };
    if (processor?.portion === part) return { startAt, role: 'portion' };
  }
  throw new Error(`the definition has no distributed Map ${part}`);
}

/** The timer of the machine's TimeoutSeconds begins to run. */
export function beginDeadline(timeoutSeconds: number | undefined, turn: Turn): void {
  if (timeoutSeconds === undefined) return;
  const id = turn.nextEffectId();
  const dueAt = turn.event.at + Math.min(timeoutSeconds * 1_000, MAX_DELAY_MS);
  turn.effects.push({ type: 'timer', id, dueAt });
  turn.deadline = id;
}

/** Goes on where the last step was cut off; undefined if it was not. */
function goOn(program: AslProgram, threads: Threads): Step | undefined {
  const stack = ready(threads);
  return stack.every(({ fork }) => fork !== undefined) ? undefined : run(program, threads, stack);
}

/** What does not wait, as a stack: on top the thread that began first, below all those that have begun others. */
export function ready(threads: Threads): ActiveThread[] {
  const begun = threads.where(({ fork }) => fork !== undefined);
  const alone = threads.where(({ fork, waiting }) => fork === undefined && waiting === undefined);
  return [...begun, ...alone.reverse()];
}

function stop(threads: Threads, { error, cause }: StopEvent): Step {
  const details = failureDetails(error, cause);
  return ended(threads, { status: 'stopped', after: 0, type: 'ExecutionAborted', details, error, cause });
}

/** The language's `fail`. */
export function fail(_: AslProgram, state: Json, event: Event, { error, cause }: Failure): Step {
  const threads = new Threads(new Turn(fromState(state), event));
  const after = threads.main?.lastEventId ?? 0;
  const details = failureDetails(error, cause);
  return ended(threads, { status: 'failed', after, type: 'ExecutionFailed', details, error, cause });
}

/** Undefined if nothing waits for this answer (rule 2). */
function answer(program: AslProgram, execution: Execution, event: Event & Answer): Step | undefined {
  const threads = new Threads(new Turn(execution, event));
  if (event.type === 'timer.fired' && execution.deadline === event.effect) return timeOut(threads);
  const thread = threads.waitingFor(event.effect);
  if (thread?.waiting === undefined || !isAnswer(event, thread.waiting)) return undefined;
  if (thread.mapRun !== undefined && thread.waiting.for === 'executions' && event.type === 'child.ended') {
    if (!thread.mapRun.end(placeOf(event.child), event.status)) return undefined;
  }
  return resume(program, threads, stackOf(thread), event);
}

/** Whether an event of this type answers what is waited for: what its effect is answered by, or who was given a token. */
function isAnswer({ type, effect }: Answer, waiting: Waiting): boolean {
  if (waiting.for === 'executions') return type === (effect === waiting.items ? 'gathered' : 'child.ended');
  if (waiting.for === 'portions') return type === 'child.ended';
  if (waiting.for === 'results') return type === 'gathered';
  const asked = effectsOf(waiting).find(({ id }) => id === effect);
  if (asked === undefined) return false;
  if (type === 'timer.fired') return asked.kind === 'timer';
  if (type === 'child.ended') return asked.kind === 'child';
  const isJob = asked.kind === 'task' && type !== 'task.heartbeat';
  const isMessage = waiting.for === 'message' && type === 'task.succeeded';
  return isJob || isMessage || effect === waiting.callback?.effect;
}

/** AWS writes nothing about the state that the machine's TimeoutSeconds cuts off. */
function timeOut(threads: Threads): Step {
  const error = ERRORS.timeout;
  return ended(threads, { status: 'timed_out', after: 0, type: 'ExecutionTimedOut', details: {}, error });
}

/** The execution ends from without, in whatever state it is. */
function ended(threads: Threads, end: End): Step {
  const state = threads.main?.state;
  threads.end(state === undefined ? end : { ...end, state });
  return threads.finish(false);
}
