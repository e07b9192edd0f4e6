import type { Status } from '../core/instance.js';
import type { Json } from '../core/json.js';
import type { Failure, View } from '../core/language.js';
import { formatTimestamp } from '../core/timestamp.js';
import type { Firing } from './action.js';
import type { Specification } from './specification.js';

/** Everything that a schedule knows. Instants are milliseconds since 1970. */
export interface ScheduleState {
  readonly name: string;
  readonly specification: Specification;
  readonly paused: boolean;
  /** Said with the pause. */
  readonly note?: string;
  /** Absent while paused, and when no time is left. */
  readonly timer?: Timer;
  /** No time up to this one will be decided upon again, whatever the specification becomes. */
  readonly decided: number;
  /** What starts when the runs have ended. */
  readonly waiting?: Firing;
  readonly running: readonly Run[];
  /** Newest first. */
  readonly recent: readonly EndedRun[];
  readonly lastFiring?: Firing;
  readonly counts: Counts;
  readonly ended?: 'finished' | 'stopped' | 'failed';
  /** Why it failed. */
  readonly failure?: Failure;
}

/** What the schedule waits for: `dueAt` is the time with its jitter. */
export interface Timer {
  readonly effect: string;
  readonly time: number;
  readonly dueAt: number;
}

export interface Run extends Firing {
  /** The instance. */
  readonly id: string;
  readonly effect: string;
  readonly startedAt: number;
  /** It was asked to stop, for another to take its place. */
  readonly stopping?: boolean;
}

export interface EndedRun extends Omit<Run, 'effect' | 'stopping'> {
  readonly endedAt: number;
  readonly status: Status;
  readonly error?: string;
}

export interface Counts {
  /** Times that started a run or sent a signal. */
  readonly fired: number;
  /** The same, by `trigger`. */
  readonly triggered: number;
  /** Firings that were left out for the run before, for a limit, or because someone asked. */
  readonly skipped: number;
  /** Times that nothing could fire at, and that were not caught up. */
  readonly missed: number;
}

/** The one place where a stored state gets its type back. */
export function fromState(state: Json): ScheduleState {
  return state as unknown as ScheduleState;
}

/** Whether the schedule is on, holds still, or has ended. */
export function standOf({ ended, paused }: ScheduleState): 'active' | 'paused' | 'finished' {
  return ended !== undefined ? 'finished' : paused ? 'paused' : 'active';
}

/** `context` is what there is to know of a schedule, instants as texts; `output` the counts, when it has ended. */
export function viewOf(stored: Json): View {
  if (stored === null) return { value: null, context: null, output: null };
  const state = fromState(stored);
  const { name, specification, note, timer, waiting, running, recent, lastFiring, counts } = state;
  const context = {
    name,
    specification,
    ...(note === undefined ? {} : { note }),
    next: timer === undefined ? null : formatTimestamp(timer.time),
    last: lastFiring === undefined ? null : firingView(lastFiring),
    waiting: waiting === undefined ? null : firingView(waiting),
    running: running.map((run) => ({
      id: run.id,
      ...firingView(run),
      startedAt: formatTimestamp(run.startedAt),
      ...(run.stopping === true ? { stopping: true } : {}),
    })),
    recent: recent.map((run) => ({
      id: run.id,
      ...firingView(run),
      startedAt: formatTimestamp(run.startedAt),
      endedAt: formatTimestamp(run.endedAt),
      status: run.status,
      ...(run.error === undefined ? {} : { error: run.error }),
    })),
    counts: { ...counts },
  };
  return {
    value: standOf(state),
    context: context as unknown as Json,
    output: state.ended === undefined ? null : { ...counts },
    ...(state.failure === undefined ? {} : { error: state.failure }),
  };
}

function firingView({ scheduledAt, triggered }: Firing): { scheduledAt: string; triggered: boolean } {
  return { scheduledAt: formatTimestamp(scheduledAt), triggered };
}
