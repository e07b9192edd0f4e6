import type { ChildEndedEvent } from '../core/event.js';
import { childName } from '../core/identifier.js';
import { MAX_ID_LENGTH } from '../core/limits.js';
import { formatTimestamp } from '../core/timestamp.js';
import { type Firing, loadOf } from './action.js';
import { MAX_COUNTED_MISSES, MAX_FIRINGS_PER_STEP, MAX_RECENT_RUNS, MAX_RUNNING } from './limits.js';
import type { EndedRun, Run, Timer } from './state.js';
import type { Turn } from './turn.js';

/**
 * Decides upon every time that is due: those later than the window allows are missed; of the others each
 * fires, or only the last. Where a step has its fill, the next time is due already.
 */
export function fireDue(turn: Turn, timer: Timer): void {
  const { plan, event } = turn;
  const { timetable, windowMs } = plan;
  // Jitter does not make a time late. Those after it are later than it was due, for jitter ends before them.
  const isLate = timer.dueAt < event.at - windowMs;
  const start = isLate ? timetable.after(event.at - windowMs - 1) : timer.time;
  const end = event.at + 1;
  if (start === undefined || start >= end) {
    miss(turn, timer.time, end);
    decide(turn, event.at);
  } else if (plan.catchesAll) {
    miss(turn, timer.time, start);
    fireEach(turn, start);
  } else {
    const isLast = (timetable.after(start) ?? end) >= end;
    const last = isLast ? start : (timetable.upTo(event.at) ?? start);
    miss(turn, timer.time, last);
    decide(turn, event.at);
    fire(turn, { scheduledAt: last, triggered: false });
  }
}

/** Those that are due and that the step did not decide upon are missed. */
export function missDue(turn: Turn): void {
  const first = turn.left === 0 ? undefined : turn.plan.timetable.after(turn.state.decided);
  if (first !== undefined) miss(turn, first, turn.event.at + 1);
  decide(turn, turn.event.at);
}

function fireEach(turn: Turn, start: number): void {
  let time: number | undefined = start;
  for (let fired = 0; fired < MAX_FIRINGS_PER_STEP && turn.left > 0; fired++) {
    if (time === undefined || time > turn.event.at) return;
    decide(turn, time);
    fire(turn, { scheduledAt: time, triggered: false });
    time = turn.plan.timetable.after(time);
  }
}

function decide(turn: Turn, time: number): void {
  turn.state = { ...turn.state, decided: Math.max(turn.state.decided, time) };
}

/** Notes the times from `from` to before `to`. */
function miss(turn: Turn, from: number, to: number): void {
  if (from >= to) return;
  const count = turn.plan.timetable.count(from, to, MAX_COUNTED_MISSES);
  if (count === 0) return;
  turn.count('missed', count);
  turn.tell('ScheduleMissed', {
    count,
    ...(count === MAX_COUNTED_MISSES ? { atLeast: true } : {}),
    from: formatTimestamp(from),
    before: formatTimestamp(to),
  });
}

/** Fires, or does what the overlap policy says where a run has not ended. */
export function fire(turn: Turn, firing: Firing): void {
  const { running, waiting } = turn.state;
  const { action, overlap } = turn.plan;
  if (action.kind === 'send' || running.length === 0) {
    carryOut(turn, firing);
  } else if (overlap === 'allow') {
    if (running.length < MAX_RUNNING) carryOut(turn, firing);
    else skip(turn, firing, 'too many runs');
  } else if (overlap === 'skip') {
    skip(turn, firing, 'the run before has not ended');
  } else if (overlap === 'replace') {
    if (waiting !== undefined) skip(turn, waiting, 'replaced');
    stopRunning(turn);
    wait(turn, firing);
  } else if (waiting !== undefined) {
    skip(turn, firing, 'another waits already');
  } else {
    wait(turn, firing);
  }
}

export function skip(turn: Turn, firing: Firing, why: string): void {
  turn.count('skipped');
  turn.tell('ScheduleSkipped', { ...toldOf(firing), why });
}

function wait(turn: Turn, firing: Firing): void {
  turn.state = { ...turn.state, waiting: firing };
  turn.tell('ScheduleQueued', toldOf(firing));
}

function stopRunning(turn: Turn): void {
  const running = turn.state.running.map((run) => {
    if (run.stopping === true) return run;
    turn.effects.push({ type: 'cancel', id: turn.nextEffectId(), target: run.effect, kind: 'child' });
    return { ...run, stopping: true };
  });
  turn.state = { ...turn.state, running };
}

function carryOut(turn: Turn, firing: Firing): void {
  const { event, plan, state } = turn;
  const { action } = plan;
  const id = turn.nextEffectId();
  const load = loadOf(action.load, state.name, firing);
  const lateMs = Math.max(0, event.at - firing.scheduledAt);
  turn.state = { ...state, lastFiring: firing };
  turn.count(firing.triggered ? 'triggered' : 'fired');
  if (action.kind === 'send') {
    turn.effects.push({ type: 'send', id, to: action.to, name: action.name, data: load });
    turn.tell('ScheduleFired', { ...toldOf(firing), lateMs, to: action.to, event: action.name });
    return;
  }
  turn.effects.push({ type: 'spawn', id, machine: action.machine, input: load, detached: true });
  const run: Run = { id: childName(event.instance, id, 0), effect: id, ...firing, startedAt: event.at };
  turn.state = { ...turn.state, running: [...turn.state.running, run] };
  turn.tell('ScheduleFired', { ...toldOf(firing), lateMs, run: run.id, machine: action.machine });
}

/** Keeps what became of a run, and starts what waited for it. */
export function endRun(turn: Turn, { effect, status, error }: ChildEndedEvent, run: Run): void {
  const { id, scheduledAt, triggered, startedAt } = run;
  const name = error === undefined ? {} : { error: error.slice(0, MAX_ID_LENGTH) };
  const ended: EndedRun = { id, scheduledAt, triggered, startedAt, endedAt: turn.event.at, status, ...name };
  turn.state = {
    ...turn.state,
    running: turn.state.running.filter((other) => other.effect !== effect),
    recent: [ended, ...turn.state.recent].slice(0, MAX_RECENT_RUNS),
  };
  turn.tell('ScheduleRunEnded', { ...toldOf(run), run: id, status, ...name });
  startWaiting(turn);
}

/** A firing that waits is held while the schedule is paused, unless someone triggered it. */
export function startWaiting(turn: Turn): void {
  const { waiting, ...rest } = turn.state;
  if (waiting === undefined || rest.running.length > 0 || (rest.paused && !waiting.triggered)) return;
  turn.state = rest;
  carryOut(turn, waiting);
}

function toldOf({ scheduledAt, triggered }: Firing): { scheduledAt: string; triggered: boolean } {
  return { scheduledAt: formatTimestamp(scheduledAt), triggered };
}
