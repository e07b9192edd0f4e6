import type { Event, SignalEvent, StartEvent } from '../core/event.js';
import { ignored, rejected, type Standing } from '../core/fold.js';
import { isJsonObject, type Json, type JsonObject, own } from '../core/json.js';
import type { Failure, Step } from '../core/language.js';
import type { Problem } from '../core/problem.js';
import { scheduleName } from '../core/schedule-id.js';
import { endRun, fire, fireDue, missDue, skip, startWaiting } from './fire.js';
import { MAX_NOTE_LENGTH } from './limits.js';
import { type Plan, readPlan } from './plan.js';
import type { Specification } from './specification.js';
import { fromState, type ScheduleState } from './state.js';
import { Turn } from './turn.js';

/** One event of a schedule. */
export function step(stored: Json, event: Event): Step {
  if (event.type === 'start') return start(event);
  const standing: Standing = { status: 'running', state: stored };
  const state = fromState(stored);
  switch (event.type) {
    case 'timer.fired': {
      const { timer } = state;
      if (timer?.effect !== event.effect) return ignored(standing, `effect ${event.effect} is not pending`);
      const turn = new Turn(state, event, planOf(state));
      turn.disarm();
      if (timer.dueAt > event.at) turn.rearm(timer);
      else fireDue(turn, timer);
      return turn.finish();
    }
    case 'child.ended': {
      const run = state.running.find(({ effect }) => effect === event.effect);
      if (run === undefined) return ignored(standing, `effect ${event.effect} is not pending`);
      const turn = new Turn(state, event, planOf(state));
      endRun(turn, event, run);
      return turn.finish();
    }
    case 'stop':
      return end(new Turn(state, event, planOf(state)), 'stopped', 'ScheduleStopped', {});
    case 'signal':
      return obey(standing, state, event);
    default:
      return ignored(standing, `a schedule does not wait for ${event.type}`);
  }
}

/** The specification was checked when it came, so that a wrong one here is a bug. */
function planOf({ specification }: ScheduleState): Plan {
  const checked = readPlan(specification as unknown as Json);
  if ('plan' in checked) return checked.plan;
  throw new Error(`the stored specification is wrong: ${problemOf(checked.problems).message}`);
}

function start(event: Extract<Event, StartEvent>): Step {
  const checked = readPlan(event.input);
  if ('problems' in checked) {
    const outcome = { kind: 'rejected', problem: problemOf(checked.problems) } as const;
    return { state: null, status: 'failed', effects: [], history: [], outcome };
  }
  const { plan } = checked;
  const state: ScheduleState = {
    name: scheduleName(event.instance) ?? event.instance,
    specification: event.input as unknown as Specification,
    paused: plan.paused ?? false,
    decided: event.at - 1,
    running: [],
    recent: [],
    counts: { fired: 0, triggered: 0, skipped: 0, missed: 0 },
  };
  const turn = new Turn(state, event, plan);
  turn.arm();
  turn.tell('ScheduleCreated', { next: turn.next, paused: state.paused });
  return turn.finish();
}

/** The first problem, with the words of all. */
function problemOf(problems: readonly Problem[]): Problem {
  const [first] = problems;
  if (first === undefined) throw new Error('what has no problem was refused');
  const message = problems.map((problem) => problem.message).join('; ');
  return { ...first, message };
}

/** The language's `fail`. */
export function fail(stored: Json, event: Event, failure: Failure): Step {
  const state = fromState(stored);
  return end(new Turn({ ...state, failure }, event, planOf(state)), 'failed', 'ScheduleFailed', {
    ...failure,
  });
}

/** Runs go on; what waited for them does not start. */
function end(turn: Turn, ended: 'stopped' | 'failed', type: string, data: JsonObject): Step {
  turn.disarm();
  turn.tell(type, data);
  const { waiting, ...rest } = turn.state;
  turn.state = { ...rest, ended };
  return turn.finish();
}

function obey(standing: Standing, state: ScheduleState, event: Extract<Event, SignalEvent>): Step {
  switch (event.name) {
    case 'pause':
      return state.paused ? ignored(standing, 'it is paused already') : pause(standing, state, event);
    case 'resume':
      return state.paused ? resume(state, event) : ignored(standing, 'it is not paused');
    case 'trigger': {
      const turn = new Turn(state, event, planOf(state));
      fire(turn, { scheduledAt: event.at, triggered: true });
      return turn.finish();
    }
    case 'skip':
      return skipNext(standing, state, event);
    case 'update':
      return update(standing, state, event);
    default:
      return ignored(standing, `a schedule takes no event "${event.name}"`);
  }
}

/** The data of `pause` is nothing, or `{ note }`. */
function pause(standing: Standing, state: ScheduleState, event: Event & SignalEvent): Step {
  const note = isJsonObject(event.data) ? own(event.data, 'note') : undefined;
  if (note !== undefined && (typeof note !== 'string' || note.length > MAX_NOTE_LENGTH)) {
    const message = `a note is a text of at most ${MAX_NOTE_LENGTH} characters`;
    return rejected(standing, event, { code: 'schedule-invalid', message, path: '/note' });
  }
  const turn = new Turn(state, event, planOf(state));
  turn.disarm();
  const said = note === undefined ? {} : { note };
  turn.state = { ...turn.state, paused: true, ...said };
  turn.tell('SchedulePaused', said);
  // A time that has come, and was held back by jitter or by those before it.
  if (state.timer !== undefined && state.timer.time <= event.at) missDue(turn);
  return turn.finish();
}

/** Goes on with the next time from now on: what passed meanwhile was not to fire. */
function resume(state: ScheduleState, event: Event): Step {
  const { note, ...rest } = state;
  const decided = Math.max(state.decided, event.at - 1);
  const turn = new Turn({ ...rest, paused: false, decided }, event, planOf(state));
  startWaiting(turn);
  turn.arm();
  turn.tell('ScheduleResumed', { next: turn.next });
  return turn.finish();
}

function skipNext(standing: Standing, state: ScheduleState, event: Event): Step {
  const { timer } = state;
  if (timer === undefined) return ignored(standing, 'there is no time to skip');
  const turn = new Turn({ ...state, decided: timer.time }, event, planOf(state));
  turn.disarm();
  skip(turn, { scheduledAt: timer.time, triggered: false }, 'asked to');
  return turn.finish();
}

/** The data is a whole specification. Without `paused` it leaves the schedule as it is, paused or not. */
function update(standing: Standing, state: ScheduleState, event: Event & SignalEvent): Step {
  const checked = readPlan(event.data ?? null);
  if ('problems' in checked) return rejected(standing, event, problemOf(checked.problems));
  const turn = new Turn(state, event, planOf(state));
  const { timer } = state;
  turn.disarm();
  if (timer !== undefined && timer.time <= event.at) {
    // What is due by the old specification, and was held back by jitter, fires by it.
    fireDue(turn, timer);
    missDue(turn);
  }
  const { note, ...rest } = turn.state;
  turn.plan = checked.plan;
  const paused = checked.plan.paused ?? state.paused;
  turn.state = {
    ...rest,
    ...(paused && note !== undefined ? { note } : {}),
    specification: event.data as unknown as Specification,
    paused,
    decided: Math.max(rest.decided, event.at - 1),
  };
  startWaiting(turn);
  turn.arm();
  turn.tell('ScheduleUpdated', { next: turn.next, paused });
  return turn.finish();
}
